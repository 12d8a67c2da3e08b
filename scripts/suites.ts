import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root, runProgram, toolPath } from './tool.ts'

/** The outcome of one test of any runner. */
export interface TestOutcome {
  readonly suite: string
  readonly title: string
  readonly state: 'passed' | 'failed' | 'skipped'
  /** Why it failed, else empty. */
  readonly message: string
}

/** What one run of a test program brought: its tests, the time of each suite, and a crash that no test accounts for. */
export interface SuiteRun {
  readonly outcomes: readonly TestOutcome[]
  readonly msBySuite: ReadonlyMap<string, number>
  /** What harnesses counted, a line each. */
  readonly counts?: readonly string[]
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly startTime: number
    readonly endTime: number
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

interface PlaywrightSuite {
  readonly title: string
  readonly suites?: readonly PlaywrightSuite[]
  readonly specs?: readonly {
    readonly title: string
    readonly tests: readonly {
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped'
      readonly results: readonly { readonly error?: { readonly message?: string }; readonly duration: number }[]
    }[]
  }[]
}

interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[]
  readonly errors: readonly { readonly message?: string }[]
}

const reportFile = (name: string): string => {
  mkdirSync(join(root, 'test-results'), { recursive: true })
  const file = join(root, 'test-results', `${name}.json`)
  rmSync(file, { force: true })
  return file
}

const readReport = <T>(file: string): T | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return null
  }
}

const crash = (suite: string, title: string, message: string): TestOutcome => ({ suite, title, state: 'failed', message })

/** A run that failed although no test did is itself a failure: a crash, an unhandled error, or nothing to run. */
const withCrash = (run: SuiteRun, name: string, code: number, output: string): SuiteRun => {
  const isAccounted = run.outcomes.some(({ state }) => state === 'failed')
  if (run.outcomes.length === 0) return { ...run, outcomes: [crash(name, 'no test ran', output.slice(-8000))] }
  if (code === 0 || isAccounted) return run
  return { ...run, outcomes: [...run.outcomes, crash(name, `the run ended with ${code} although no test failed`, output.slice(-8000))] }
}

/** Harnesses print what they counted as `count: ...`, on stderr; the dots of the tests may stand before it. */
const countsIn = (output: string): string[] => [...output.matchAll(/(?:^|[^\w\s])count: (.+)$/gm)].map(([, line = '']) => line)

interface VitestOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The program that runs vitest, Node unless named. */
  readonly runtime?: string
  /** The suite to which a test file, named from the root, belongs. */
  readonly suiteOf: (file: string) => string
  /** Receives each count as soon as it is there. */
  readonly onCount?: (line: string) => void
}

const vitestState = (status: string): TestOutcome['state'] => (status === 'passed' ? 'passed' : status === 'failed' ? 'failed' : 'skipped')

/** Runs vitest once over the files that `args` choose. */
export const runVitest = async ({ name, args, env = {}, runtime, suiteOf, onCount }: VitestOptions): Promise<SuiteRun> => {
  const file = reportFile(name)
  const flags = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`, ...args]
  const { code, output } = await runProgram(toolPath('vitest', 'vitest'), flags, {
    env: { NO_COLOR: '1', ...env },
    ...(runtime !== undefined && { runtime }),
    ...(onCount !== undefined && { onOutput: (text) => countsIn(text).forEach(onCount) }),
  })
  const outcomes: TestOutcome[] = []
  const msBySuite = new Map<string, number>()
  for (const result of readReport<VitestReport>(file)?.testResults ?? []) {
    const path = relative(root, result.name).replaceAll('\\', '/')
    const suite = suiteOf(path)
    msBySuite.set(suite, (msBySuite.get(suite) ?? 0) + Math.max(0, result.endTime - result.startTime))
    for (const { fullName, status, failureMessages } of result.assertionResults) {
      outcomes.push({ suite, title: `${path}: ${fullName}`, state: vitestState(status), message: failureMessages.join('\n') })
    }
    const isAccounted = result.assertionResults.some(({ status }) => status === 'failed')
    if (result.status === 'failed' && !isAccounted) outcomes.push(crash(suite, `${path}: the file could not be run`, result.message))
  }
  return withCrash({ outcomes, msBySuite, counts: countsIn(output) }, name, code, output)
}

const PLAYWRIGHT_STATES = { expected: 'passed', unexpected: 'failed', flaky: 'failed', skipped: 'skipped' } as const

const playwrightOutcomes = (suite: PlaywrightSuite, path: readonly string[]): TestOutcome[] => [
  ...(suite.specs ?? []).flatMap(({ title, tests }) =>
    tests.map(({ status, results }) => ({
      suite: 'e2e',
      title: [...path, suite.title, title].join(': '),
      state: PLAYWRIGHT_STATES[status],
      message: results.map(({ error }) => error?.message ?? '').join('\n'),
    })),
  ),
  ...(suite.suites ?? []).flatMap((inner) => playwrightOutcomes(inner, [...path, suite.title])),
]

/** Runs the journeys of test/e2e in a real browser. */
export const runPlaywright = async (args: readonly string[]): Promise<SuiteRun> => {
  if (!existsSync(join(root, 'test/e2e'))) return { outcomes: [], msBySuite: new Map() }
  const file = reportFile('e2e')
  const { code, output, ms } = await runProgram(toolPath('@playwright/test', 'playwright'), ['test', '--reporter=json', ...args], {
    env: { NO_COLOR: '1', FORCE_COLOR: '0', PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  })
  const report = readReport<PlaywrightReport>(file)
  const outcomes = (report?.suites ?? []).flatMap((suite) => playwrightOutcomes(suite, []))
  const errors = (report?.errors ?? []).map(({ message }) => crash('e2e', 'playwright could not go on', message ?? ''))
  return withCrash({ outcomes: [...outcomes, ...errors], msBySuite: new Map([['e2e', ms]]) }, 'e2e', code, output)
}

/** The closing line: `N passed, N failed`, and the skipped where there are any. */
export const closingLine = (outcomes: readonly TestOutcome[]): string => {
  const count = (state: TestOutcome['state']) => outcomes.filter((outcome) => outcome.state === state).length
  const skipped = count('skipped')
  return `${count('passed')} passed, ${count('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** Whether a run may end with 0: something passed and nothing failed. */
export const isGood = (outcomes: readonly TestOutcome[]): boolean =>
  outcomes.some(({ state }) => state === 'passed') && outcomes.every(({ state }) => state !== 'failed')

/** The lines for one run: each suite with its counts and time, the reason of each failure, the name of each skipped test. */
export const describeRun = ({ outcomes, msBySuite, counts = [] }: SuiteRun): string[] => {
  const suites = [...new Set(outcomes.map(({ suite }) => suite))].sort()
  const lines = suites.flatMap((suite) => {
    const own = outcomes.filter((outcome) => outcome.suite === suite)
    const ms = msBySuite.get(suite)
    const mark = own.every(({ state }) => state === 'skipped') ? 'skip' : isGood(own) ? 'ok  ' : 'FAIL'
    const head = `${mark} ${suite}: ${closingLine(own)}`
    return [
      `${head}${ms === undefined ? '' : ` (${(ms / 1000).toFixed(1)} s)`}`,
      ...own.filter(({ state }) => state === 'failed').map(({ title, message }) => `  failed: ${title}\n${message.replace(/^/gm, '    ')}`),
      ...own.filter(({ state }) => state === 'skipped').map(({ title }) => `  skipped: ${title}`),
    ]
  })
  return [...lines, ...counts.map((line) => `     ${line}`)]
}
