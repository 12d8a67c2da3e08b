import { writeSync } from 'node:fs'
import { startCoreSession } from './core-session.ts'
import { readStored } from './storage-ledger.ts'
import { StorageWorkload } from './storage-workload.ts'

// A host reduced to its core: says what it found, then writes through the contract and says each change once it is acknowledged.
// Arguments: the data folder, the catalogue, and after how many steps it stops by itself (never where none is given).
const [folder = '', catalogueFile = '', steps] = process.argv.slice(2)
const say = (line: string): void => void writeSync(1, `${line}\n`)

const session = await startCoreSession({ folder, catalogueFile })
say(`found ${JSON.stringify(await readStored(session))}`)
const workload = new StorageWorkload(session, say)
await workload.begin()
for (let step = 0; steps === undefined || step < Number(steps); step += 1) await workload.step()
await session.stop()
say('stopped')
