import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleProgram, CHECKPOINTS_OFTEN, type Weakness } from '#test/helpers/bundle-program'
import { CATALOGUE_FILE } from '#test/helpers/make-core'
import { scratchFolder } from './folder-image.ts'
import type { Random } from './seeded-random.ts'

const run = promisify(execFile)

/** What fails: the kind of call as fault-shim.c numbers them, and the error of Linux. */
const FAULTS = [
  { name: 'ENOSPC on write', kind: 1, error: 28 },
  { name: 'EIO on write', kind: 1, error: 5 },
  { name: 'EIO on fsync', kind: 2, error: 5 },
  { name: 'EMFILE on open', kind: 3, error: 24 },
] as const

interface FaultRun {
  readonly kind: number
  readonly error: number
  readonly nth: number
  readonly isForever: boolean
}

interface RunReport extends FaultRun {
  readonly seen: number
  readonly failed: number
  readonly acknowledged: number
  readonly faults: readonly string[]
}

export interface IoFaultReport {
  readonly runs: number
  /** Calls that failed. */
  readonly failed: number
  readonly acknowledged: number
  readonly faults: readonly string[]
}

/** A core that looks often whether the cause is gone, so that many runs fit into a minute. */
const IMPATIENT: readonly Weakness[] = [
  { file: 'core/database/storage-trouble.ts', from: 'LOOK_EVERY_MS = 1_000', to: 'LOOK_EVERY_MS = 20' },
  { file: 'core/engine-life.ts', from: 'START_AGAIN_MS = 1_000', to: 'START_AGAIN_MS = 20' },
]

/** Processes beside each other: a run mostly waits for the core to look again. */
const LANES = 6

const nameOf = ({ kind, error, nth, isForever }: FaultRun): string =>
  `${FAULTS.find((fault) => fault.kind === kind && fault.error === error)?.name ?? 'nothing'} at ${nth}${isForever ? ' and ever after' : ''}`

/** Makes one call of the system fail in each run of a script of work: `times` chosen ones, or each of them in every way. */
export const runIoFaults = async (times: number | 'all', random: Random, weaknesses: readonly Weakness[] = []): Promise<IoFaultReport> => {
  const program = await bundleProgram('fault-host', [...CHECKPOINTS_OFTEN, ...IMPATIENT, ...weaknesses])
  const place = scratchFolder()
  const shim = join(place, 'fault-shim.so')
  try {
    await run('gcc', [
      '-O2',
      '-Wall',
      '-Werror',
      '-shared',
      '-fPIC',
      '-o',
      shim,
      join(import.meta.dirname, 'fault-shim.c'),
      '-ldl',
      '-D_GNU_SOURCE',
    ])
    const go = async (lane: number, runs: readonly FaultRun[]): Promise<RunReport[]> => {
      const control = join(place, `control-${lane}`)
      writeFileSync(control, Buffer.alloc(4096))
      const env = { ...process.env, LD_PRELOAD: shim, FAULT_CONTROL: control }
      const args = [program.file, join(place, `lane-${lane}`), CATALOGUE_FILE, control]
      const reports: RunReport[] = []
      // The list of runs travels as an argument, which may not be too long.
      for (let from = 0; from < runs.length; from += 500) {
        const { stdout } = await run(process.execPath, [...args, JSON.stringify(runs.slice(from, from + 500))], { env, maxBuffer: 1e9 })
        reports.push(
          ...stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as RunReport),
        )
      }
      return reports
    }
    const counted = await go(
      0,
      FAULTS.map(({ kind, error }) => ({ kind, error, nth: 0, isForever: false })),
    )
    const every = counted.flatMap(({ kind, error, seen }) =>
      Array.from({ length: seen }, (_, index) => [false, true].map((isForever) => ({ kind, error, nth: index + 1, isForever }))).flat(),
    )
    const chosen = times === 'all' ? every : Array.from({ length: times }, () => random.pick(every))
    const lanes = Array.from({ length: LANES }, (_, lane) => chosen.filter((_run, index) => index % LANES === lane))
    const reports = (await Promise.all(lanes.map((runs, lane) => go(lane, runs)))).flat()
    return {
      runs: reports.length,
      failed: reports.reduce((sum, { failed }) => sum + failed, 0),
      acknowledged: reports.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
      faults: [...counted, ...reports].flatMap((report) => report.faults.map((fault) => `${nameOf(report)}: ${fault}`)),
    }
  } finally {
    program.remove()
    rmSync(place, { recursive: true, force: true })
  }
}

/** A build that stays with what it could not open. */
export const NEVER_REOPENS: readonly Weakness[] = [
  { file: 'core/database/storage.ts', from: 'open.driver = reopenLive(open.file, database)', to: 'void database' },
  { file: 'core/engine-life.ts', from: 'onMended: () => void mend()', to: 'onMended: () => undefined' },
]
