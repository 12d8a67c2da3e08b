import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundleProgram, CHECKPOINTS_OFTEN, type Weakness } from '#test/helpers/bundle-program'
import { CATALOGUE_FILE } from '#test/helpers/make-core'
import { StorageLedger, type Stored } from '#test/helpers/storage-ledger'
import { randomFrom, type Random } from './seeded-random.ts'

/** What a run of kills brought. */
export interface CoreKillReport {
  readonly kills: number
  /** Kills that came before the core had started. */
  readonly atStart: number
  readonly acknowledged: number
  /** Writes that were gone or half there after a kill, and starts that failed, in words. */
  readonly faults: readonly string[]
}

/** A kill comes so long after the process began, or after the first acknowledged note, at the latest. */
const START_MS = 220
const WORK_MS = 100
const LANES = 3

interface Life {
  readonly found: Stored | null
  readonly complaint: string
}

/** One life of a core; what it says goes to the ledger after what it found was compared. */
const live = async (
  program: string,
  folder: string,
  ledger: StorageLedger,
  random: Random | null,
  onFound: (stored: Stored) => void,
): Promise<Life> => {
  const child = spawn(process.execPath, [program, folder, CATALOGUE_FILE, ...(random === null ? ['3'] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  let complaint = ''
  let found: Stored | null = null
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
  const killIn = (milliseconds: number): void => void setTimeout(() => child.kill('SIGKILL'), milliseconds)
  const diesAtStart = random?.chance(0.3) ?? false
  let isDoomed = false
  if (random !== null && diesAtStart) killIn(random() * START_MS)
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('found ')) {
      found = JSON.parse(line.slice(6)) as Stored
      onFound(found)
    } else {
      ledger.hear(line)
      if (random !== null && !diesAtStart && !isDoomed && line.startsWith('ack note')) {
        isDoomed = true
        killIn(random() * WORK_MS)
      }
    }
  }
  await closed
  return { found, complaint }
}

const runLane = async (kills: number, random: Random, program: string): Promise<CoreKillReport> => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-core-kill-'))
  const ledger = new StorageLedger()
  const faults: string[] = []
  let atStart = 0
  try {
    for (let kill = 0; kill <= kills; kill += 1) {
      const isLast = kill === kills
      const { found, complaint } = await live(program, folder, ledger, isLast ? null : random, (stored) => {
        faults.push(...ledger.compare(stored).map((fault) => `kill ${kill}: ${fault}`))
      })
      if (complaint !== '') faults.push(`kill ${kill}: ${complaint.slice(0, 2000)}`)
      if (found === null) {
        atStart += 1
        if (isLast && complaint === '') faults.push('the last start said nothing')
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { kills, atStart, acknowledged: ledger.acknowledged, faults }
}

/** Kills a core at any moment, its start included, and compares what it had acknowledged with what the next one finds. */
export const runCoreKills = async (kills: number, seed: number, weaknesses: readonly Weakness[] = []): Promise<CoreKillReport> => {
  const program = await bundleProgram('storage-host', [...CHECKPOINTS_OFTEN, ...weaknesses])
  const lanes = Math.min(LANES, kills)
  try {
    const reports = await Promise.all(
      Array.from({ length: lanes }, (_, lane) => runLane(Math.floor((kills + lane) / lanes), randomFrom(seed + lane), program.file)),
    )
    const sum = (of: (report: CoreKillReport) => number): number => reports.reduce((total, report) => total + of(report), 0)
    return {
      kills: sum((each) => each.kills),
      atStart: sum((each) => each.atStart),
      acknowledged: sum((each) => each.acknowledged),
      faults: reports.flatMap((each) => each.faults),
    }
  } finally {
    program.remove()
  }
}

/** A build that keeps one transaction open and commits nothing before it is closed. */
export const COMMITS_LATE: readonly Weakness[] = [
  { file: 'core/database/driver-db.ts', from: "'BEGIN IMMEDIATE', 'COMMIT'", to: "'SAVEPOINT held', 'SAVEPOINT kept'" },
  {
    file: 'core/database/open-database.ts',
    from: "driver.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[]",
    to: '[{ busy: 0 }]',
  },
]
