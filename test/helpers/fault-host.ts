import { readSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { PatchbayError } from '#shared/errors'
import { startCoreSession, type CoreSession } from './core-session.ts'
import { faultOfPages } from './open-folder.ts'
import { readStored, StorageLedger } from './storage-ledger.ts'
import { StorageWorkload } from './storage-workload.ts'

// Runs one script of work again and again, each time with another call of the system failing, as the control page of fault-shim.c
// says; prints a line of JSON for each run. Arguments: a folder to work in, the catalogue, the control file, the runs.

/** One run: which call fails, with which error; `nth` 0 makes none fail and counts them. */
interface FaultRun {
  readonly kind: number
  readonly error: number
  readonly nth: number
  readonly isForever: boolean
}

const [place = '', catalogueFile = '', controlFile = '', runs = '[]'] = process.argv.slice(2)
const control = openSync(controlFile, 'r+')
const NEVER = 2_147_483_647
/** By when a core must have mended itself once nothing fails any more, milliseconds. */
const MENDED_MS = 2000

const arm = ({ kind, error, nth, isForever }: FaultRun, folder: string): void => {
  const page = Buffer.alloc(256)
  for (const [index, value] of [0, error, nth === 0 ? NEVER : nth, isForever ? 1 : 0].entries()) page.writeInt32LE(value, index * 4)
  page.write(folder, 24)
  writeSync(control, page, 0, page.length, 0)
  page.writeInt32LE(kind, 0)
  writeSync(control, page, 0, 4, 0)
}

const disarm = (): { readonly seen: number; readonly failed: number } => {
  writeSync(control, Buffer.alloc(4), 0, 4, 0)
  const page = Buffer.alloc(24)
  readSync(control, page, 0, page.length, 0)
  return { seen: page.readInt32LE(16), failed: page.readInt32LE(20) }
}

const unnamed = new Set<string>()
const surprises: string[] = []
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) =>
    surprises.push(`${event}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  )
}

/** Whether the work was done; an error without a name of ours is noted. */
const attempt = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof PatchbayError) || error.code === 'internal')
      unnamed.add(`${what}: ${error instanceof PatchbayError ? error.code : String(error)}`)
    return false
  }
}

const mended = async (work: () => Promise<unknown>): Promise<string | null> => {
  const end = performance.now() + MENDED_MS
  for (;;) {
    try {
      await work()
      return null
    } catch (error) {
      if (performance.now() > end) return error instanceof Error ? error.message : String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const runOnce = async (run: FaultRun, folder: string): Promise<Record<string, unknown>> => {
  const ledger = new StorageLedger()
  let session: CoreSession | null = null
  const start = async (): Promise<void> => {
    session = await startCoreSession({ folder, catalogueFile })
  }
  unnamed.clear()
  surprises.length = 0
  arm(run, folder)
  await attempt('start', start)
  let workload: StorageWorkload | null = null
  if (session !== null) {
    const work = (workload = new StorageWorkload(session, (line) => ledger.hear(line)))
    if (await attempt('begin', () => work.begin())) {
      for (const step of ['note', 'note', 'look', 'profile', 'note', 'note'] as const) await attempt(step, () => work[step]())
    }
  }
  const { seen, failed } = disarm()
  const faults: string[] = []
  // What the core does not do by itself, once nothing fails any more, is a fault; only a start that threw may be tried again.
  if (session === null) await start().catch((error: unknown) => faults.push(`the second start: ${String(error)}`))
  if (session !== null) {
    const live: CoreSession = session
    const again = (workload = workload ?? new StorageWorkload(live, (line) => ledger.hear(line)))
    const late = await mended(async () => {
      await again.begin()
      await again.note()
    })
    if (late !== null) faults.push(`not mended: ${late}`)
    faults.push(
      ...ledger.compare(await readStored(live).catch(() => ({ connections: [], profiles: [], look: '', alarm: 'nothing can be read' }))),
    )
    await live.stop()
    const after = await startCoreSession({ folder, catalogueFile })
    faults.push(...ledger.compare(await readStored(after)).map((fault) => `after a restart: ${fault}`))
    await after.stop()
    const page = await faultOfPages(folder)
    if (page !== null) faults.push(`corrupt: ${page}`)
  }
  return {
    ...run,
    seen,
    failed,
    acknowledged: ledger.acknowledged,
    faults: [...faults, ...surprises, ...[...unnamed].map((each) => `unnamed: ${each}`)],
  }
}

for (const [index, run] of (JSON.parse(runs) as FaultRun[]).entries()) {
  const folder = join(place, `run-${index}`)
  let report
  try {
    report = await runOnce(run, folder)
  } catch (error) {
    disarm()
    report = { ...run, seen: 0, failed: 0, acknowledged: 0, faults: [`the run ended: ${String(error)}`] }
  }
  process.stdout.write(`${JSON.stringify(report)}\n`)
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
