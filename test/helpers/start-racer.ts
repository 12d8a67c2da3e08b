import { createInterface } from 'node:readline'
import { acquireInstanceLock, type InstanceLock } from '#core/database/instance-lock'
import { PatchbayError } from '#shared/errors'

// One of many processes that want the same data folders, one after the other: says for each folder that it is told who has won.
// Whoever has won keeps the folder until it is killed.
// Held on to: a lock that nobody refers to any more is collected, and its file let go.
const held: InstanceLock[] = []
process.stdout.write('ready\n')
for await (const folder of createInterface({ input: process.stdin })) {
  try {
    held.push(acquireInstanceLock(folder))
    process.stdout.write('won\n')
  } catch (error) {
    process.stdout.write(error instanceof PatchbayError ? `${error.code} ${String(error.data['pid'])}\n` : `failed ${String(error)}\n`)
  }
}
