import { createInterface } from 'node:readline'
import { acquireInstanceLock } from '#core/database/instance-lock'
import { PatchbayError } from '#shared/errors'

// One of many processes that want the same data folders, one after the other: says for each folder that it is told who has won.
// Whoever has won keeps the folder until it is killed.
process.stdout.write('ready\n')
for await (const folder of createInterface({ input: process.stdin })) {
  try {
    acquireInstanceLock(folder)
    process.stdout.write('won\n')
  } catch (error) {
    process.stdout.write(error instanceof PatchbayError ? `${error.code} ${String(error.data['pid'])}\n` : `failed ${String(error)}\n`)
  }
}
