import { Worker } from 'node:worker_threads'
import { isErrorCode, PatchbayError } from '#shared/errors'
import { workerAddress } from '../worker-address.ts'
import type { BackupResults, BackupTask } from './backup-task.ts'

type Message =
  | { readonly isDone: true; readonly result: unknown }
  | { readonly isDone: false; readonly code: string; readonly data: Readonly<Record<string, unknown>> }

/** Does a task in a thread of its own, so that calls are answered meanwhile. Throws `storage.*`. */
export const runInWorker = <T extends BackupTask>(task: T): Promise<BackupResults[T['kind']]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(workerAddress('backup-worker', import.meta.url), { workerData: task, execArgv: [] })
    let isAnswered = false
    worker.once('message', (message: Message) => {
      isAnswered = true
      if (message.isDone) resolve(message.result as BackupResults[T['kind']])
      else reject(new PatchbayError(isErrorCode(message.code) ? message.code : 'storage.failed', { data: message.data }))
    })
    worker.once('error', (error) =>
      reject(new PatchbayError('storage.failed', { cause: error, data: { reason: error.message.slice(0, 200) } })),
    )
    worker.once('exit', () => {
      if (!isAnswered) reject(new PatchbayError('storage.failed', { data: { reason: 'worker_ended' } }))
    })
  })
