import { rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { StorageStatus } from '#shared/contract/backup'
import { PatchbayError } from '#shared/errors'
import { startCoreSession } from './core-session.ts'
import { readStored, StorageLedger } from './storage-ledger.ts'
import { StorageWorkload } from './storage-workload.ts'

// A core on a disk of its own (a mount that ends with this process): fills it, then makes it read-only, and each time looks what the
// core says, that nothing acknowledged is lost, and that it mends itself. Prints what was wrong, as JSON.
const [disk = '', catalogueFile = ''] = process.argv.slice(2)
const faults: string[] = []
const ledger = new StorageLedger()
let session = await startCoreSession({ folder: join(disk, 'data'), catalogueFile })
let workload = new StorageWorkload(session, (line) => ledger.hear(line))
const storage = async (): Promise<StorageStatus> => (await session.call<{ storage: StorageStatus }>('system.status')).storage

/** The code of the error a write gives, null when it is done. */
const codeOfWrite = async (): Promise<string | null> => {
  try {
    await workload.note()
    return null
  } catch (error) {
    return error instanceof PatchbayError ? error.code : String(error)
  }
}

const mendsItself = async (what: string): Promise<void> => {
  const end = performance.now() + 5000
  while ((await codeOfWrite()) !== null) {
    if (performance.now() > end) return void faults.push(`${what}: not mended: ${JSON.stringify(await storage())}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  faults.push(...ledger.compare(await readStored(session)).map((fault) => `${what}: ${fault}`))
}

const whileBroken = async (what: string, code: string, reason: string): Promise<void> => {
  let refused: string | null = null
  for (let write = 0; write < 5000 && refused === null; write += 1) refused = await codeOfWrite()
  if (refused !== code) faults.push(`${what}: a write says ${refused}`)
  const status = await storage()
  if (status.state !== 'open' || status.isWritable || status.reason !== reason)
    faults.push(`${what}: the state is ${JSON.stringify(status)}`)
  const stored = await readStored(session)
  faults.push(...ledger.compare({ ...stored, alarm: null }).map((fault) => `${what}: ${fault}`))
}

await workload.begin()
await workload.note()

const filler = join(disk, 'filler')
try {
  for (let size = 1; size < 4096; size += 1) writeFileSync(filler, Buffer.alloc(65_536, 1), { flag: 'a' })
} catch {
  // Full, as it should be.
}
await whileBroken('full', 'storage.full', 'full')
rmSync(filler)
await mendsItself('after a full disk')

// A disk cannot become read-only under a file that is open for writing.
await session.stop()
execFileSync('mount', ['-o', 'remount,ro', disk])
session = await startCoreSession({ folder: join(disk, 'data'), catalogueFile })
workload = new StorageWorkload(session, (line) => ledger.hear(line))
await workload.begin()
await whileBroken('read-only', 'storage.read_only', 'read_only')
execFileSync('mount', ['-o', 'remount,rw', disk])
await mendsItself('after a read-only disk')

await session.stop()
const after = await startCoreSession({ folder: join(disk, 'data'), catalogueFile })
faults.push(...ledger.compare(await readStored(after)).map((fault) => `after a restart: ${fault}`))
await after.stop()
process.stdout.write(`${JSON.stringify({ acknowledged: ledger.acknowledged, faults })}\n`)
process.exit(0)
