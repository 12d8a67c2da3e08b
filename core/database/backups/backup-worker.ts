import { parentPort, workerData } from 'node:worker_threads'
import { PatchbayError } from '#shared/errors'
import { toStorageError } from '../storage-error.ts'
import { type BackupTask, runBackupTask } from './backup-task.ts'

// Runs in a thread of its own: copying and reading a whole database takes hundreds of milliseconds.

const task = workerData as BackupTask
try {
  parentPort?.postMessage({ isDone: true, result: runBackupTask(task) })
} catch (error) {
  const mapped = toStorageError(error)
  const known = mapped instanceof PatchbayError ? mapped : new PatchbayError('storage.failed')
  const detail = error instanceof Error ? error.message : ''
  parentPort?.postMessage({ isDone: false, code: known.code, data: { ...known.data, detail: detail.slice(0, 200) } })
} finally {
  task.key.fill(0)
}
