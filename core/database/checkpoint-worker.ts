import { parentPort, workerData } from 'node:worker_threads'
import { PatchbayError } from '#shared/errors'
import { type CheckpointTask, ENDED, HOLDS } from './checkpoint-task.ts'
import { openBeside } from './open-database.ts'
import { toStorageError } from './storage-error.ts'

// Runs in a thread of its own: a checkpoint waits for the disk twice, tens of milliseconds each time.

const { file, key, flags } = workerData as CheckpointTask

/** Writes into the database what its WAL holds by now. Nobody is kept waiting: what is in use stays for the next time. */
const checkpoint = (): void => {
  const live = openBeside(file, key)
  try {
    live.run('PRAGMA synchronous = FULL')
    live.all('PRAGMA wal_checkpoint(PASSIVE)')
  } finally {
    live.close()
  }
}

parentPort?.on('message', () => {
  // Raised before looking: whoever ends this waits until it is lowered, or is seen here.
  Atomics.store(flags, HOLDS, 1)
  let failure: { readonly code: string; readonly detail: string } | null = null
  try {
    if (Atomics.load(flags, ENDED) === 0) checkpoint()
  } catch (error) {
    const mapped = toStorageError(error)
    const code = mapped instanceof PatchbayError ? mapped.code : 'storage.failed'
    failure = { code, detail: error instanceof Error ? error.message.slice(0, 200) : '' }
  } finally {
    Atomics.store(flags, HOLDS, 0)
    Atomics.notify(flags, HOLDS)
  }
  parentPort?.postMessage(failure)
})
