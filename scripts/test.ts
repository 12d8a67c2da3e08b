import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildIsFresh } from './build-stamp.mjs'
import { describeCheck, runChecks } from './checks.ts'
import { closingLine, describeRun, isGood, runPlaywright, runVitest, type SuiteRun, type TestOutcome } from './suites.ts'
import { electronProgram, root, runProgram, say } from './tool.ts'

const UNIT = ['shared', 'core', 'renderer', 'client', 'cli', 'electron', 'architecture']

const args = process.argv.slice(2)
const isUnit = args.includes('--unit')
const flags = args.filter((arg) => arg === '-u')
const filters = args.filter((arg) => !arg.startsWith('-'))
const unknown = args.find((arg) => arg.startsWith('-') && !['--unit', '-u'].includes(arg))

const started = Date.now()
const outcomes: TestOutcome[] = []

const add = (run: SuiteRun): void => {
  outcomes.push(...run.outcomes)
  for (const line of describeRun(run)) say(line)
}

const build = async (): Promise<void> => {
  if (buildIsFresh(root)) return
  const { code, output, ms } = await runProgram(join(root, 'scripts/build.ts'), [])
  const outcome = { suite: 'build', title: 'everything builds', message: output, state: code === 0 ? 'passed' : 'failed' } as const
  add({ outcomes: [outcome], msBySuite: new Map([['build', ms]]) })
}

const check = async (): Promise<void> => {
  const from = Date.now()
  const results = await runChecks((result) => {
    if (!result.isGood) say(describeCheck(result))
  }, true)
  add({
    outcomes: results.map(({ name, isGood: good }) => ({
      suite: 'check',
      title: name,
      state: good ? ('passed' as const) : ('failed' as const),
      message: good ? '' : 'see above',
    })),
    msBySuite: new Map([['check', Date.now() - from]]),
  })
}

const suiteOf = (file: string): string => file.split('/')[1] ?? file

const unitFolders = (): string[] => UNIT.filter((folder) => existsSync(join(root, 'test', folder))).map((folder) => `test/${folder}/`)

/** The core on Electron's own Node, where its program is; else named as skipped. */
const coreOnElectron = async (): Promise<void> => {
  const runtime = electronProgram()
  const suite = "core on Electron's Node"
  if (runtime === null) {
    const title = 'the core suite: the program of Electron is not on this machine'
    return add({ outcomes: [{ suite, title, state: 'skipped', message: '' }], msBySuite: new Map() })
  }
  add(
    await runVitest({ name: 'core-on-electron', args: ['test/core/'], env: { ELECTRON_RUN_AS_NODE: '1' }, runtime, suiteOf: () => suite }),
  )
}

if (unknown !== undefined) {
  say(`Unknown option ${unknown}. Options: --unit, -u, and parts of file names.`)
  process.exit(2)
}
await build()
if (filters.length > 0) {
  add(await runVitest({ name: 'chosen', args: [...flags, ...filters], suiteOf }))
} else if (isUnit) {
  add(await runVitest({ name: 'unit', args: [...flags, ...unitFolders()], suiteOf }))
} else {
  // Many tests wait for something; the checks work meanwhile.
  const [run] = await Promise.all([runVitest({ name: 'all', args: flags, suiteOf }), check()])
  add(run)
  await coreOnElectron()
  add(await runPlaywright([]))
}
say(`All suites took ${((Date.now() - started) / 1000).toFixed(1)} s.`)
say(closingLine(outcomes))
process.exitCode = isGood(outcomes) ? 0 : 1
