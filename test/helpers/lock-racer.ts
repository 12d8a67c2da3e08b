import { acquireInstanceLock } from '#core/database/instance-lock'
import { PatchbayError } from '#shared/errors'

// One of many processes that want the same data folder: says who won, then holds on until it is killed or told to let go.
const folder = process.argv[2] ?? ''
process.stdin.once('data', () => {
  try {
    const lock = acquireInstanceLock(folder)
    process.stdout.write('won\n')
    process.stdin.once('data', () => {
      lock.release()
      process.exit(0)
    })
  } catch (error) {
    process.stdout.write(error instanceof PatchbayError ? `${error.code} ${String(error.data['pid'])}\n` : `failed ${String(error)}\n`)
    process.exit(0)
  }
})
process.stdout.write('ready\n')
