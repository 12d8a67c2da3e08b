import { join } from 'node:path'
import type { Backup, BackupComparison, StorageStatus } from '#shared/contract/backup'
import { PatchbayError } from '#shared/errors'
import type { Log } from '../../log.ts'
import { freeBytes } from '../folder-probe.ts'
import type { Storage } from '../storage.ts'
import { type BackupFile, pruneBackups } from './backup-name.ts'
import { runInWorker } from './run-backup-task.ts'

export interface BackupKeeperOptions {
  readonly storage: Storage
  readonly dataFolder: string
  readonly now: () => number
  readonly monotonicNow: () => number
  readonly log: Log
  readonly onChange: () => void
  /** Ends all use of the database; called before it is replaced. */
  readonly endUse: () => Promise<void>
  /** Begins to use the database again, whichever it is now. */
  readonly beginUse: () => void
  /** How long after the start the first look is, and then between two looks, milliseconds. */
  readonly lookEveryMs?: number | undefined
}

const LOOK_EVERY_MS = 60_000
const DAY_MS = 86_400_000
/** However the wall clock jumps, no two nightly backups of one run are closer than this. */
const LEAST_GAP_MS = 3_600_000
/** What must stay free beside a backup. */
const SPARE_BYTES = 16 * 1_048_576

/** Makes the nightly backups, and what a person asks of backups: one thing after the other. */
export class BackupKeeper {
  readonly #options: BackupKeeperOptions
  #timer: NodeJS.Timeout | null = null
  #turn: Promise<unknown> = Promise.resolve()
  #lastNightly: number | null = null
  #lastFailure: { readonly at: number; readonly code: string } | null = null
  #isStopped = true

  constructor(options: BackupKeeperOptions) {
    this.#options = options
  }

  /** Looks from now on whether a backup is due. */
  start(): void {
    this.#isStopped = false
    this.#timer ??= setInterval(() => void this.lookWhetherDue(), this.#options.lookEveryMs ?? LOOK_EVERY_MS)
    this.#timer.unref()
  }

  /** Waits for what is in hand. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    await this.#turn
  }

  /** Why the last nightly backup could not be made, as a code; null when it could. */
  get failure(): string | null {
    return this.#lastFailure?.code ?? null
  }

  list(): Backup[] {
    return this.#options.storage.backups()
  }

  /** Makes a backup when the newest one is older than a day, those that a wrong clock dated into the future aside. */
  lookWhetherDue(): Promise<void> {
    return this.#inTurn(async () => {
      const { storage, now, monotonicNow, log } = this.#options
      const since = monotonicNow()
      if (this.#isStopped || !storage.isWritable) return
      if (this.#lastNightly !== null && since - this.#lastNightly < LEAST_GAP_MS) return
      if (this.#lastFailure !== null && since - this.#lastFailure.at < LEAST_GAP_MS) return
      const at = now()
      const newest = storage.backups().find(({ reason, createdAt }) => reason !== 'migration' && Date.parse(createdAt) <= at + LEAST_GAP_MS)
      const age = newest === undefined ? Infinity : at - Date.parse(newest.createdAt)
      const isOld = age >= DAY_MS || (this.#lastNightly !== null && since - this.#lastNightly >= DAY_MS)
      if (!isOld) return
      try {
        await this.#make('nightly')
        this.#lastNightly = since
        this.#lastFailure = null
        pruneBackups(this.#options.dataFolder, at + LEAST_GAP_MS)
        this.#options.onChange()
      } catch (error) {
        const code = error instanceof PatchbayError ? error.code : 'internal'
        this.#lastFailure = { at: monotonicNow(), code }
        log.warn('backup.failed', { error, detail: error instanceof PatchbayError ? error.data : null })
      }
    })
  }

  create(): Promise<Backup> {
    return this.#inTurn(async () => {
      const refusal = this.#options.storage.refusal()
      if (refusal !== null) throw refusal
      const made = await this.#make('manual')
      this.#options.onChange()
      return made
    })
  }

  compare(backupId: string): Promise<BackupComparison> {
    return this.#inTurn(async () => {
      const backup = this.#usable(backupId)
      const { live, key } = this.#options.storage.forBackups()
      try {
        return { backup, ...(await runInWorker({ kind: 'compare', backup: backup.file, live, key })) }
      } finally {
        key.fill(0)
      }
    })
  }

  /** Puts a backup in place, or an empty database where it is null. Throws `backup.not_found`, `backup.unusable`, `storage.*`. */
  replace(backupId: string | null): Promise<StorageStatus> {
    return this.#inTurn(async () => {
      const { storage, log, endUse, beginUse } = this.#options
      const backup = backupId === null ? null : this.#usable(backupId)
      if (backup !== null) await this.#verify(backup)
      await endUse()
      try {
        storage.replace(backup?.file ?? null)
        log.warn('storage.replaced', { backup: backupId })
      } finally {
        beginUse()
      }
      return storage.status()
    })
  }

  #usable(backupId: string): BackupFile {
    const found = this.#options.storage.backups().find((backup) => backup.backupId === backupId)
    if (found === undefined) throw new PatchbayError('backup.not_found', { data: { backupId } })
    if (!found.isUsable) throw new PatchbayError('backup.unusable', { data: { backupId, version: found.schemaVersion } })
    return found
  }

  async #verify(backup: BackupFile): Promise<void> {
    const { key } = this.#options.storage.forBackups()
    try {
      await runInWorker({ kind: 'verify', file: backup.file, key })
    } catch (error) {
      throw new PatchbayError('backup.unusable', { cause: error, data: { backupId: backup.backupId } })
    } finally {
      key.fill(0)
    }
  }

  async #make(reason: 'nightly' | 'manual'): Promise<BackupFile> {
    const { storage, dataFolder, now, log } = this.#options
    const { live, folder, key } = storage.forBackups()
    try {
      if (live === null) throw new PatchbayError('storage.rescue')
      const needed = storage.sizeBytes() * 2 + SPARE_BYTES
      const free = freeBytes(dataFolder)
      if (free !== null && free < needed) throw new PatchbayError('storage.full', { data: { free, needed } })
      const started = performance.now()
      const name = await runInWorker({ kind: 'make', file: live, folder, reason, at: now(), key })
      const made = storage.backups().find(({ file }) => file === join(folder, name))
      if (made === undefined) throw new PatchbayError('storage.failed', { data: { reason: 'backup_vanished' } })
      log.info('backup.made', { backup: name, milliseconds: Math.round(performance.now() - started) })
      return made
    } catch (error) {
      // Copying reads every page: what it stumbles over is damage of the database itself.
      if (error instanceof PatchbayError && error.code === 'storage.corrupt' && error.data['file'] === 'patchbay.db')
        storage.reportCorrupt()
      throw error
    } finally {
      key.fill(0)
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}
