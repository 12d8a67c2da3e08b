import { Worker } from 'node:worker_threads'
import { isErrorCode, PatchbayError } from '#shared/errors'
import type { Log } from '../log.ts'
import { type CheckpointTask, ENDED, HOLDS } from './checkpoint-task.ts'
import type { Driver } from './driver-db.ts'
import { toStorageError } from './storage-error.ts'
import { workerAddress } from './worker-address.ts'

/** Pages of the WAL that are not in the database yet, from which on a checkpoint is worth its price: a first look at 10,000 connections stays below. */
const WORTH_PAGES = 3300
/** What was committed during a checkpoint is taken as well, at most so many times: only when nothing is left the WAL begins anew. */
const MOST_ROUNDS = 4
/** A thread that had nothing to do for so long ends. */
const IDLE_MS = 5000
/** The longest that an end waits for a checkpoint under way. */
const END_WAIT_MS = 10_000
const AFTER_FAILURE_MS = 60_000

export interface CheckpointerOptions {
  readonly file: string
  /** 32 bytes, copied. */
  readonly key: Uint8Array
  readonly log: Log
  /** A checkpoint failed with this. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Writes the WAL into the database from a thread of its own, so that no commit has to: a checkpoint inside a commit takes ten times
 * as long as the commit. Where the thread cannot run, SQLite's own checkpoint does it, later (`wal_autocheckpoint`).
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions
  readonly #key: Uint8Array
  readonly #flags = new Int32Array(new SharedArrayBuffer(8))
  readonly #waiting: (() => void)[] = []
  #worker: Worker | null = null
  #isRunning = false
  #rounds = 0
  #isEnded = false
  #idle: NodeJS.Timeout | null = null
  #notBefore = 0
  #length: { readonly driver: Driver; readonly statement: ReturnType<Driver['prepare']> } | null = null

  constructor(options: CheckpointerOptions) {
    this.#options = options
    this.#key = new Uint8Array(new SharedArrayBuffer(options.key.length))
    this.#key.set(options.key)
  }

  /** Something was committed: starts a checkpoint where it is worth it. Never throws, as the commit stands. */
  note(driver: Driver): void {
    if (this.#isRunning || this.#isEnded || performance.now() < this.#notBefore) return
    try {
      if (this.#pendingPages(driver) < WORTH_PAGES) return
      this.#worker ??= this.#startWorker()
      if (this.#idle !== null) clearTimeout(this.#idle)
      this.#isRunning = true
      this.#rounds = 1
      this.#worker.postMessage(null)
    } catch (error) {
      this.#fail(toStorageError(error))
    }
  }

  /** Resolves when no checkpoint is under way: two who wait for the same disk take longer than one after the other. */
  waitForRoom(): Promise<void> {
    if (!this.#isRunning) return Promise.resolve()
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }

  /** Waits until the thread has let go of the database, and ends it. */
  end(): void {
    this.#isEnded = true
    Atomics.store(this.#flags, ENDED, 1)
    if (Atomics.load(this.#flags, HOLDS) === 1 && Atomics.wait(this.#flags, HOLDS, 1, END_WAIT_MS) === 'timed-out')
      this.#options.log.warn('storage.checkpoint_endless')
    this.#key.fill(0)
    this.#length = null
    this.#letGo()
  }

  #pendingPages(driver: Driver): number {
    if (this.#length?.driver !== driver) this.#length = { driver, statement: driver.prepare('PRAGMA wal_checkpoint(NOOP)') }
    const { log, checkpointed } = this.#length.statement.get() as { readonly log: number; readonly checkpointed: number }
    return log - checkpointed
  }

  /** Whether something was committed while the last round went on. */
  #isRest(): boolean {
    if (this.#rounds >= MOST_ROUNDS || this.#length === null) return false
    try {
      return this.#pendingPages(this.#length.driver) > 0
    } catch {
      // The database was closed, or opened anew, meanwhile.
      return false
    }
  }

  #startWorker(): Worker {
    const task: CheckpointTask = { file: this.#options.file, key: this.#key, flags: this.#flags }
    const worker = new Worker(workerAddress('checkpoint-worker', import.meta.url), { workerData: task, execArgv: [] })
    worker.unref()
    worker.on('message', (failure: { readonly code: string; readonly detail: string } | null) => {
      if (this.#isEnded) return
      if (failure === null && this.#isRest()) {
        this.#rounds += 1
        return worker.postMessage(null)
      }
      this.#finish()
      if (failure === null) return
      const code = isErrorCode(failure.code) ? failure.code : 'storage.failed'
      this.#fail(new PatchbayError(code, { data: { detail: failure.detail } }))
    })
    worker.on('error', (error) => this.#lose(error))
    worker.on('exit', () => this.#lose(null))
    return worker
  }

  /** The thread ended by itself. */
  #lose(error: Error | null): void {
    Atomics.store(this.#flags, HOLDS, 0)
    this.#letGo()
    this.#fail(new PatchbayError('storage.failed', { cause: error, data: { reason: error?.message.slice(0, 200) ?? 'worker_ended' } }))
  }

  #fail(error: unknown): void {
    if (this.#isEnded) return
    this.#notBefore = performance.now() + AFTER_FAILURE_MS
    this.#options.log.warn('storage.checkpoint_failed', { error })
    this.#options.onFailure(error)
  }

  #finish(): void {
    this.#release()
    this.#idle = setTimeout(() => this.#letGo(), IDLE_MS)
    this.#idle.unref()
  }

  #letGo(): void {
    this.#release()
    this.#worker?.removeAllListeners()
    void this.#worker?.terminate()
    this.#worker = null
  }

  /** Nothing is under way any more: whoever waited goes on. */
  #release(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
    this.#isRunning = false
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
