import { writeSync } from 'node:fs'
import { startCoreSession } from './core-session.ts'
import { StorageWorkload } from './storage-workload.ts'

// A core that writes a few notes and makes a backup, again and again until it is killed. Says each backup with the note that is in it.
const [folder = '', catalogueFile = ''] = process.argv.slice(2)
const say = (line: string): void => void writeSync(1, `${line}\n`)

const session = await startCoreSession({ folder, catalogueFile })
let note = 0
const workload = new StorageWorkload(session, (line) => {
  if (line.startsWith('ack note')) note = Number(line.split(' ').at(-1))
})
await workload.begin()
for (;;) {
  for (let step = 0; step < 3; step += 1) await workload.note()
  say('try backup')
  const { backupId } = await session.call<{ backupId: string }>('backup.create')
  say(`ack ${backupId} ${note}`)
}
