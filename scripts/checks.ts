import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LockFile, lockFileFaults } from './lock-file.ts'
import { root, runProgram, toolPath } from './tool.ts'

/** What one check found; `output` says it, and is empty when all is well. */
export interface CheckResult {
  readonly name: string
  readonly isGood: boolean
  readonly output: string
  readonly ms: number
}

type Run = (isBackground: boolean) => Promise<{ code: number; output: string; ms: number }>

type Check = readonly [name: string, run: Run]

const FOLDERS = ['shared', 'core', 'renderer', 'client', 'cli', 'electron', 'scripts', 'test']

const tool = (name: string, packageName: string, program: string, args: readonly string[]): Check => [
  name,
  (isBackground) => runProgram(toolPath(packageName, program), args, { isBackground }),
]

const lockFile: Check = [
  'lock file',
  () => {
    const faults = lockFileFaults(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile)
    return Promise.resolve({ code: faults.length, output: faults.join('\n'), ms: 0 })
  },
]

const CHECKS: readonly Check[] = [
  ...FOLDERS.map((folder) => tool(`types of ${folder}`, 'typescript', 'tsc', ['-p', folder])),
  tool('lint', 'oxlint', 'oxlint', ['--type-aware', '--deny-warnings', '--format=unix']),
  tool('format', 'oxfmt', 'oxfmt', ['--check', ...FOLDERS, 'electron.vite.config.ts', 'playwright.config.ts', 'vitest.config.ts']),
  tool('unused code', 'knip', 'knip', ['--no-progress']),
  ['generated documents are fresh', (isBackground) => runProgram(join(root, 'scripts/docs.ts'), ['--check'], { isBackground })],
  lockFile,
]

/** Runs every check, two at a time, and reports each as it ends; in the background they leave the processor to others. */
export const runChecks = async (report: (result: CheckResult) => void, isBackground = false): Promise<readonly CheckResult[]> => {
  const waiting = [...CHECKS]
  const results: CheckResult[] = []
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const [name, run] = check
      const { code, output, ms } = await run(isBackground)
      const result = { name, isGood: code === 0, output: code === 0 ? '' : output.trimEnd(), ms }
      results.push(result)
      report(result)
    }
  }
  await Promise.all([work(), work()])
  return results
}

/** One line for a check, and what it found below it. */
export const describeCheck = ({ name, isGood, output, ms }: CheckResult): string =>
  `${isGood ? 'ok  ' : 'FAIL'} ${name} (${(ms / 1000).toFixed(1)} s)${output === '' ? '' : `\n${output}`}`
