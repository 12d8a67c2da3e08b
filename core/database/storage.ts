import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { StorageNotice, StorageReason, StorageStatus } from '#shared/contract/backup'
import { PatchbayError } from '#shared/errors'
import type { Log } from '../log.ts'
import { backupFolder, type BackupFile, listBackups } from './backups/backup-name.ts'
import { clearNotice, COUNT_COMMIT, countedCommits, logNotice, openLedger, TOUCH_COUNT } from './commit-ledger.ts'
import { Checkpointer } from './checkpointer.ts'
import { type CommitMark, MARK_FILE } from './commit-mark.ts'
import { type Driver, wrapDriver } from './driver-db.ts'
import { freeBytes, keepReserve, probeFolder, releaseReserve } from './folder-probe.ts'
import { latestVersion } from './migrate.ts'
import type { Migration } from './migrations/index.ts'
import { emptyWal, openLive, reopenLive } from './open-database.ts'
import { copyPrivately, finishPlacing, type PrivateCopy, putInPlace } from './put-in-place.ts'
import type { WritableDb } from './sql.ts'
import { CODES, isPassing, reasonOf } from './storage-reason.ts'
import { StorageTrouble } from './storage-trouble.ts'

export interface StorageOptions {
  readonly folder: string
  readonly now: () => number
  readonly log: Log
  /** The keys of the database and of the mark, copied at once. Throws `vault.locked`, `vault.key_missing`. */
  readonly keys: () => { readonly database: Uint8Array; readonly mark: Uint8Array }
  /** The status is another one. */
  readonly onChange: () => void
  /** The database can be used no more: whoever uses it has to end. */
  readonly onLost: () => void
  /** The cause is gone: open again what was opened without being writable, or not at all. */
  readonly onMended: () => void
  readonly steps?: readonly Migration[] | undefined
  /** Between two looks whether the cause is gone, milliseconds. */
  readonly probeEveryMs?: number | undefined
}

/** How much of the disk must be free before a full one counts as mended. */
const ENOUGH_BYTES = 2 * 1_048_576

interface OpenState {
  driver: Driver
  readonly file: string
  readonly db: WritableDb
  readonly mark: CommitMark | null
  readonly copy: PrivateCopy | null
  /** Null where nothing is written for good. */
  readonly checkpointer: Checkpointer | null
}

/** The database of a data folder through its whole life: opened, refused, damaged, full, restored. Never destroys a file. */
export class Storage {
  readonly #options: StorageOptions
  readonly #file: string
  #keys: { readonly database: Uint8Array; readonly mark: Uint8Array } | null = null
  #open: OpenState | null = null
  readonly #trouble: StorageTrouble
  #notice: StorageNotice | null = null
  #isSuspect = false
  #isUnproven = false
  #isClosed = false

  constructor(options: StorageOptions) {
    this.#options = options
    this.#file = join(options.folder, 'patchbay.db')
    this.#trouble = new StorageTrouble({
      now: options.now,
      log: options.log,
      lookEveryMs: options.probeEveryMs,
      look: () => this.#look(),
      onEnter: (isRescue) => {
        if (isRescue) options.onLost()
        options.onChange()
      },
    })
  }

  /** Opens the database, or says in the status why not and gives null. Throws `vault.*` and what is no matter of storage. */
  open(): WritableDb | null {
    if (this.#open !== null) return this.db
    if (this.#keys === null) {
      const { database, mark } = this.#options.keys()
      this.#keys = { database: Uint8Array.from(database), mark: Uint8Array.from(mark) }
    }
    const { folder } = this.#options
    const blocked = existsSync(folder) ? probeFolder(folder) : null
    if (blocked === 'full') releaseReserve(folder)
    try {
      return this.#openFiles(blocked)
    } catch (error) {
      if (!(error instanceof PatchbayError)) throw error
      const reason = error.code === 'storage.busy' ? 'io' : reasonOf(error)
      if (reason === null) throw error
      this.#options.log.error('storage.not_open', { reason, code: error.code, detail: error.data })
      this.#trouble.enter(reason, true)
      return null
    }
  }

  /** The database as it is open now, null in rescue and while closed. */
  get db(): WritableDb | null {
    return this.#trouble.isRescue ? null : (this.#open?.db ?? null)
  }

  get isWritable(): boolean {
    return this.db !== null && this.#trouble.reason === null
  }

  /** Opened from a private copy: everything that would write has to wait until it is mended. */
  get isCopy(): boolean {
    return this.#open?.copy != null
  }

  status(): StorageStatus {
    const backups = this.backups()
    return {
      state: this.#trouble.isRescue ? 'rescue' : this.#open === null ? 'closed' : 'open',
      reason: this.#trouble.reason,
      since: this.#trouble.since,
      isWritable: this.isWritable,
      notice: this.#notice,
      backups: { count: backups.length, newestAt: backups[0]?.createdAt ?? null },
      newestBackup: backups.find(({ isUsable }) => isUsable)?.file ?? null,
    }
  }

  backups(): BackupFile[] {
    return listBackups(this.#options.folder, latestVersion(this.#options.steps))
  }

  /** Why nothing can be written, as the error of a call that wants to; null when it can. */
  refusal(): PatchbayError | null {
    return this.#trouble.refusal()
  }

  /** Somebody is about to remove things: on a full disk the reserve is theirs for a moment. False where that does not help. */
  relieve(): boolean {
    if (this.#trouble.reason !== 'full' || this.#open === null || this.#open.copy !== null || this.#trouble.isRescue) return false
    releaseReserve(this.#options.folder)
    this.#trouble.relieve()
    return true
  }

  /** Not even the vault could be opened or made for this reason: waits until the folder takes writes. */
  waitForFolder(error: PatchbayError): void {
    this.#trouble.enter(reasonOf(error) ?? 'io', true)
  }

  /** The person has read the notice. */
  acknowledge(): StorageStatus {
    if (this.#notice !== null && this.isWritable && this.#open !== null) clearNotice(this.#open.db)
    this.#notice = null
    this.#options.onChange()
    return this.status()
  }

  /** How large the database is, its WAL included. */
  sizeBytes(): number {
    const file = this.#open?.file ?? this.#file
    return ['', '-wal'].reduce((sum, suffix) => sum + (statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0), 0)
  }

  /** What a task on the files needs: the live file where it can be read. Throws while the keys are not there. */
  forBackups(): { readonly live: string | null; readonly folder: string; readonly key: Uint8Array } {
    if (this.#keys === null) throw new PatchbayError('vault.locked')
    return {
      live: this.db === null ? null : (this.#open?.file ?? null),
      folder: backupFolder(this.#options.folder),
      key: Uint8Array.from(this.#keys.database),
    }
  }

  /** Puts a backup (or nothing) in the place of the database, which nobody may use meanwhile, and opens it. */
  replace(backup: string | null): WritableDb | null {
    const key = this.#keys?.database
    if (key === undefined) throw new PatchbayError('vault.locked')
    const blocked = probeFolder(this.#options.folder)
    if (blocked !== null) throw new PatchbayError(CODES[blocked], { data: { reason: blocked } })
    this.#letGo()
    try {
      putInPlace({ file: this.#file, key, at: this.#options.now(), steps: this.#options.steps, backup })
    } finally {
      this.#trouble.clear()
      this.open()
      this.#options.onChange()
    }
    return this.db
  }

  /** A page of the database is not what was written: found by somebody who read it elsewhere. */
  reportCorrupt(): void {
    this.#trouble.enter('corrupt', true)
  }

  /** Folds the WAL in and lets go of everything. */
  close(): void {
    this.#isClosed = true
    this.#trouble.end()
    this.#letGo()
    this.#keys?.database.fill(0)
    this.#keys?.mark.fill(0)
    this.#keys = null
  }

  /** Lets go of the files, so that they can be opened anew. */
  letGo(): void {
    this.#letGo()
    this.#trouble.clear()
  }

  #openFiles(blocked: 'read_only' | 'full' | 'io' | null): WritableDb {
    if (blocked === null) {
      if (finishPlacing(this.#file, this.#options.now())) this.#options.log.warn('storage.placing_finished')
      const hasTraces = existsSync(join(this.#options.folder, MARK_FILE)) || this.backups().length > 0
      if (!existsSync(this.#file) && hasTraces) throw new PatchbayError('storage.missing')
      return this.#adopt(this.#file, null, null)
    }
    if (!existsSync(this.#file)) throw new PatchbayError(CODES[blocked])
    if (blocked === 'full') {
      try {
        return this.#adopt(this.#file, null, 'full')
      } catch (error) {
        if (!(error instanceof PatchbayError) || !['storage.full', 'storage.failed', 'storage.read_only'].includes(error.code)) throw error
      }
    }
    const copy = copyPrivately(this.#file)
    try {
      return this.#adopt(copy.file, copy, blocked)
    } catch (error) {
      copy.remove()
      throw error
    }
  }

  #adopt(file: string, copy: PrivateCopy | null, blocked: StorageReason | null): WritableDb {
    const { folder, log, now, steps } = this.#options
    const keys = this.#keys
    if (keys === null) throw new PatchbayError('vault.locked')
    const driver = openLive({ file, key: keys.database, now, log, ...(steps === undefined ? {} : { steps }) })
    try {
      const plain = wrapDriver(driver)
      const { notice, mark } = openLedger(plain, { folder, key: keys.mark, at: now(), log, isWritable: blocked === null })
      if (notice !== null && notice.at !== this.#notice?.at) logNotice(log, notice)
      this.#notice = notice
      const checkpointer =
        copy === null ? new Checkpointer({ file, key: keys.database, log, onFailure: (error) => this.#noteFailure(error) }) : null
      this.#open = { driver, file, copy, mark, checkpointer, db: this.#wrap() }
    } catch (error) {
      driver.close()
      throw error
    }
    this.#isSuspect = false
    this.#isUnproven = false
    if (blocked === null) {
      this.#trouble.clear()
      if (!keepReserve(folder)) log.warn('storage.no_reserve', { freeBytes: freeBytes(folder) })
    } else this.#trouble.enter(blocked, false)
    return this.#open.db
  }

  #wrap(): WritableDb {
    return wrapDriver({
      driver: (isInside) => this.#driver(isInside),
      admitWrite: () => {
        const refusal = this.#trouble.isRelieved && this.#open?.copy === null ? null : this.refusal()
        if (refusal !== null) throw refusal
      },
      beforeCommit: (run) => run(COUNT_COMMIT),
      committed: () => {
        this.#open?.mark?.count()
        this.#open?.checkpointer?.note(this.#open.driver)
      },
      failed: (error) => this.#noteFailure(error),
      secureMark: () => this.#open?.mark?.writeNow(),
      waitForRoom: async () => this.#open?.checkpointer?.waitForRoom(),
    })
  }

  #driver(isInside: boolean): Driver {
    const open = this.#open
    if (open === null) throw this.refusal() ?? new PatchbayError('host.stopping')
    if (this.#trouble.isRescue) throw this.refusal() ?? new PatchbayError('storage.rescue')
    if (this.#isSuspect && !isInside && this.#keys !== null) {
      const { database } = this.#keys
      // Closed already where an earlier attempt could not open it again.
      if (open.driver.open) open.driver.close()
      open.driver = reopenLive(open.file, database)
      // A commit that was refused may be there all the same: then the mark is behind by it.
      open.mark?.raiseTo(countedCommits(wrapDriver(open.driver)))
      this.#isSuspect = false
      this.#isUnproven = true
      this.#options.log.warn('storage.reopened')
      if (!this.#prove()) this.#trouble.enter('io', false)
    }
    if (!open.driver.open) throw this.refusal() ?? new PatchbayError('host.stopping')
    return open.driver
  }

  /**
   * Writes all of the WAL into the database and empties it. After a failed fsync the disk may lack what the page cache shows as
   * written; a later commit behind such a part would be lost with it at a power cut. False while that is not possible.
   */
  #prove(): boolean {
    try {
      if (this.#isUnproven) this.#isUnproven = this.#open === null || !emptyWal(this.#open.driver)
    } catch (error) {
      this.#options.log.warn('storage.not_proven', { error })
    }
    return !this.#isUnproven
  }

  #noteFailure(error: unknown): void {
    if (!(error instanceof PatchbayError) || this.#isClosed) return
    const reason = reasonOf(error)
    if (reason === 'corrupt') return this.#trouble.enter('corrupt', true)
    if (reason === null || !isPassing(reason)) return
    // After a failed write the page cache may hold what the disk does not: nothing of this connection is believed any more.
    if (reason === 'io') this.#isSuspect = true
    const found = probeFolder(this.#options.folder) ?? (reason === 'io' ? null : reason)
    if (found !== null) this.#trouble.enter(found, false)
  }

  /** Whether the cause is gone; then it is open for writes again. */
  #look(): void {
    const { reason, isRescue } = this.#trouble
    const open = this.#open
    if (reason === null || this.#isClosed) return
    const { folder, log } = this.#options
    if (probeFolder(folder) !== null) return
    if (reason === 'full' && ((freeBytes(folder) ?? ENOUGH_BYTES) < ENOUGH_BYTES || !keepReserve(folder))) return
    if (isRescue || open === null || open.copy !== null || open.mark === null) return this.#options.onMended()
    // A commit that reaches the disk is the only proof.
    if (!this.#prove() || !this.#trouble.disprove(() => void open.db.run(TOUCH_COUNT))) return
    log.info('storage.mended', { reason })
    this.#options.onChange()
  }

  #letGo(): void {
    const open = this.#open
    this.#open = null
    if (open === null) return
    open.mark?.close()
    open.checkpointer?.end()
    try {
      if (open.driver.open) open.driver.close()
    } catch (error) {
      this.#options.log.warn('storage.close_failed', { error })
    }
    open.copy?.remove()
  }
}
