import Database from 'better-sqlite3'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { PatchbayError } from '#shared/errors'
import type { Log } from '../log.ts'
import { makePrivateFolder, syncFile, syncFolder } from './durable-file.ts'
import { assertKnownVersion, migrate, type MigrationResult } from './migrate.ts'
import type { Migration } from './migrations/index.ts'
import { wrapDriver, type Driver } from './driver-db.ts'
import type { WritableDb } from './sql.ts'
import { toStorageError, withStorageErrors } from './storage-error.ts'

// The live database file is touched by SQLite alone: a read or copy of it through `fs` in this process would silently
// drop SQLite's POSIX locks. What needs its bytes works on a name of its own, before the file is opened, or by VACUUM INTO.

const OLDEST_SQLITE = [3, 51, 3] as const
const NODE_API = 10
const BUSY_TIMEOUT_MS = 5000
/** 32 MiB. */
const LONGEST_WAL_PAGES = 8192
const LOOK_PREFIX = '.look-'

interface KeyedDriver extends Driver {
  key(key: Buffer): unknown
}

/** Throws `host.unsupported_runtime` where the driver would crash the process instead of refusing to load. */
export const assertSupportedRuntime = (versions: Readonly<Record<string, string | undefined>> = process.versions): void => {
  if (!(Number(versions['napi']) >= NODE_API)) {
    throw new PatchbayError('host.unsupported_runtime', { data: { node: versions['node'] ?? null, napi: versions['napi'] ?? null } })
  }
}

const openDriver = (file: string, options: { readonly readonly?: boolean; readonly timeout?: number } = {}): KeyedDriver => {
  assertSupportedRuntime()
  return withStorageErrors(
    { file: basename(file) },
    () => new Database(file, { timeout: BUSY_TIMEOUT_MS, ...options }) as unknown as KeyedDriver,
  )
}

/** Raw key, no derivation; every page carries a MAC, so that a changed bit is an error and never data. */
const useKey = (driver: KeyedDriver, key: Uint8Array): void => {
  if (key.length !== 32) throw new Error('A database key has 32 bytes.')
  const raw = Buffer.alloc(256)
  const length = raw.write('raw:')
  raw.set(key, length)
  try {
    driver.pragma("cipher = 'chacha20'")
    driver.key(raw.subarray(0, length + key.length))
  } finally {
    raw.fill(0)
  }
}

const isOldSqlite = (version: string): boolean => {
  const parts = version.split('.').map(Number)
  for (const [index, least] of OLDEST_SQLITE.entries()) {
    const part = parts[index] ?? 0
    if (part !== least) return part < least
  }
  return false
}

const configure = (driver: Driver, isFile: boolean): void => {
  const version = String(driver.prepare('SELECT sqlite_version()').pluck().get())
  // Versions before 3.51.3 can corrupt a database when a WAL is reset.
  if (isOldSqlite(version)) throw new PatchbayError('host.unsupported_runtime', { data: { sqlite: version } })
  driver.pragma('temp_store = MEMORY')
  driver.pragma('trusted_schema = OFF')
  driver.pragma('foreign_keys = ON')
  driver.pragma('secure_delete = ON')
  if (isFile) {
    driver.pragma('journal_mode = WAL')
    driver.pragma('journal_size_limit = 16777216')
    // SQLite's default of 2 MB is deciphered again and again where there are 100,000 connections.
    driver.pragma('cache_size = -16384')
    // The last resort: a thread of its own does it much earlier.
    driver.pragma(`wal_autocheckpoint = ${LONGEST_WAL_PAGES}`)
  }
  // The driver's default in WAL mode is NORMAL, which loses acknowledged commits at a power cut.
  driver.pragma('synchronous = FULL')
  const asserted = {
    synchronous: 2,
    foreign_keys: 1,
    secure_delete: 1,
    busy_timeout: BUSY_TIMEOUT_MS,
    ...(isFile ? { journal_mode: 'wal', wal_autocheckpoint: LONGEST_WAL_PAGES } : {}),
  }
  for (const [name, wanted] of Object.entries(asserted)) {
    const actual = driver.pragma(name, { simple: true })
    if (actual !== wanted) throw new PatchbayError('storage.failed', { data: { pragma: name, actual } })
  }
}

const openKeyed = (file: string, key: Uint8Array, options: { readonly readonly?: boolean } = {}): KeyedDriver => {
  const driver = openDriver(file, options)
  try {
    useKey(driver, key)
    // The first read is where a wrong key or a damaged first page shows.
    driver.prepare('SELECT count(*) FROM sqlite_schema').get()
    return driver
  } catch (error) {
    driver.close()
    throw toStorageError(error, { file: basename(file) })
  }
}

/**
 * The schema version, read under other names of the same files: even a reading SQLite rewrites `-shm`, and closing
 * may fold the WAL into the database, while a database from the future must stay byte for byte as it is.
 */
const peekVersion = (file: string, key: Uint8Array): number => {
  const left = readdirSync(dirname(file)).filter((name) => name.startsWith(LOOK_PREFIX))
  for (const name of left) rmSync(join(dirname(file), name), { recursive: true, force: true })
  const folder = mkdtempSync(join(dirname(file), LOOK_PREFIX))
  try {
    for (const suffix of ['', '-wal']) {
      if (!existsSync(file + suffix)) continue
      try {
        linkSync(file + suffix, join(folder, basename(file) + suffix))
      } catch {
        copyFileSync(file + suffix, join(folder, basename(file) + suffix))
      }
    }
    const driver = openKeyed(join(folder, basename(file)), key, { readonly: true })
    try {
      return Number(driver.pragma('user_version', { simple: true }))
    } finally {
      driver.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Writes all of the WAL into the database and empties it; false where somebody else is in the way. */
export const emptyWal = (driver: Driver): boolean => {
  const [row] = driver.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[]
  return row?.busy === 0
}

/** Folds the WAL into a file that is about to get another name. A mere close says nothing when it could not. */
const foldIn = (driver: Driver): void => {
  if (!emptyWal(driver)) throw new PatchbayError('storage.failed', { data: { reason: 'not_folded_in' } })
}

/** A new database is made whole under another name, so that a file under the real name is never half made. */
export const createDatabase = (file: string, key: Uint8Array, steps: readonly Migration[] | undefined): void => {
  const fresh = `${file}.new`
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(fresh + suffix, { force: true })
  closeSync(openSync(fresh, 'wx', 0o600))
  const driver = openKeyed(fresh, key)
  try {
    configure(driver, true)
    migrate(wrapDriver(driver), steps === undefined ? {} : { steps })
    foldIn(driver)
  } finally {
    driver.close()
  }
  syncFile(fresh)
  renameSync(fresh, file)
  syncFolder(dirname(file))
}

/** The fact by which a file says that it is a backup, or was put in the place of the database: how it came there. */
export const PLACED_FACT = 'placed_as'

/** Reads every page of a database and proves it; its schema version. Throws `storage.corrupt`. Not for the live file. */
export const verifyDatabase = (file: string, key: Uint8Array): number => {
  const driver = openKeyed(file, key, { readonly: true })
  try {
    const check = driver.prepare('PRAGMA integrity_check(1)').pluck().get()
    if (check !== 'ok') throw new PatchbayError('storage.corrupt', { data: { file: basename(file), check } })
    return Number(driver.pragma('user_version', { simple: true }))
  } catch (error) {
    throw toStorageError(error, { file: basename(file) })
  } finally {
    driver.close()
  }
}

/** A further connection to a database, with nothing set up: for threads beside the one that serves. */
export const openBeside = (file: string, key: Uint8Array, options: { readonly readonly?: boolean } = {}) => {
  const driver = openKeyed(file, key, options)
  const db = wrapDriver(driver)
  return { run: db.run, all: db.all, close: () => void driver.close() }
}

/** Keeps a fact about the database in it, in the place of an earlier one. */
export const setFact = (db: WritableDb, name: string, value: string): void =>
  void db.run('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value)

/** Writes facts into a database that is not the live one. */
export const markAsPlaced = (file: string, key: Uint8Array, facts: Readonly<Record<string, string>>): void => {
  const driver = openKeyed(file, key)
  try {
    if (driver.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'facts'").pluck().get() === 0) return
    const db = wrapDriver(driver)
    db.transaction(() => {
      for (const [name, value] of Object.entries(facts)) setFact(db, name, value)
    })
    foldIn(driver)
  } finally {
    driver.close()
  }
}

const backUp = (db: WritableDb, file: string, key: Uint8Array, change: MigrationResult, at: number): string => {
  const folder = join(dirname(file), 'backups')
  makePrivateFolder(folder)
  const stamp = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const backup = join(folder, `patchbay-${stamp}-version-${change.from}.db`)
  const unverified = `${backup}.part`
  rmSync(unverified, { force: true })
  closeSync(openSync(unverified, 'wx', 0o600))
  db.run('VACUUM INTO ?', unverified)
  markAsPlaced(unverified, key, { [PLACED_FACT]: 'restored' })
  const found = verifyDatabase(unverified, key)
  if (found !== change.from) throw new PatchbayError('storage.failed', { data: { backup: basename(backup), version: found } })
  syncFile(unverified)
  renameSync(unverified, backup)
  syncFolder(folder)
  return backup
}

export interface OpenDatabase {
  readonly db: WritableDb
  /** Folds the WAL in and lets go of the file; a second call does nothing. Later use of `db` throws `host.stopping`. */
  close(): void
}

export interface OpenDatabaseOptions {
  readonly file: string
  /** 32 bytes; the caller may zero them afterwards. */
  readonly key: Uint8Array
  readonly now: () => number
  readonly log: Log
  readonly steps?: readonly Migration[]
}

/**
 * Opens the encrypted database and brings its schema up to date; makes one only where there is no file at all.
 * Throws `storage.corrupt` (also for a wrong key), `storage.future`, and the other `storage.*`; the files stay where they are.
 */
export const openLive = (options: OpenDatabaseOptions): Driver => {
  const { file, key, log } = options
  assertSupportedRuntime()
  makePrivateFolder(dirname(file))
  return withStorageErrors({ file: basename(file) }, () => {
    const size = statSync(file, { throwIfNoEntry: false })?.size
    if (size === undefined) {
      // A WAL without its database is what is left of one; a new database under that name would destroy it.
      if (existsSync(`${file}-wal`))
        throw new PatchbayError('storage.corrupt', { data: { file: basename(file), reason: 'main_file_missing' } })
      createDatabase(file, key, options.steps)
      log.info('database.created', { file: basename(file) })
    } else if (size === 0) {
      throw new PatchbayError('storage.corrupt', { data: { file: basename(file), reason: 'empty_file' } })
    } else {
      assertKnownVersion(peekVersion(file, key), options.steps)
      if (process.platform !== 'win32') chmodSync(file, 0o600)
    }

    const driver = openKeyed(file, key)
    try {
      configure(driver, true)
      const db = wrapDriver(driver)
      const change = migrate(db, {
        ...(options.steps === undefined ? {} : { steps: options.steps }),
        beforeChange: (planned) => {
          const backup = backUp(db, file, key, planned, options.now())
          log.info('database.backed_up', { backup: basename(backup), version: planned.from })
        },
      })
      if (change.from !== change.to) log.info('database.migrated', { from: change.from, to: change.to })
      return driver
    } catch (error) {
      driver.close()
      throw error
    }
  })
}

/** Opens a database again that `openLive` had open: after a failed write nothing that the old connection held may be believed. */
export const reopenLive = (file: string, key: Uint8Array): Driver => {
  const driver = openKeyed(file, key)
  try {
    configure(driver, true)
    return driver
  } catch (error) {
    driver.close()
    throw toStorageError(error, { file: basename(file) })
  }
}

/** Like `openLive`, as stores see it, with no life around it. */
export const openDatabase = (options: OpenDatabaseOptions): OpenDatabase => {
  const driver = openLive(options)
  return { db: wrapDriver(driver), close: () => void (driver.open && driver.close()) }
}

/** A migrated database in memory, for tests. */
export const openMemoryDatabase = (steps?: readonly Migration[]): OpenDatabase => {
  const driver = openDriver(':memory:')
  configure(driver, false)
  const db = wrapDriver(driver)
  migrate(db, steps === undefined ? {} : { steps })
  return { db, close: () => void (driver.open && driver.close()) }
}

/** Holds a file of ours so that no other process can hold it meanwhile; null when another one does. Freed by the kernel when we die. */
export const holdFile = (file: string, waitMs: number): { release(): void } | null => {
  const driver = openDriver(file, { timeout: waitMs })
  try {
    // Nothing is ever written: a journal beside it would only be one more file, open to others by the umask.
    driver.pragma('journal_mode = MEMORY')
    driver.pragma('locking_mode = EXCLUSIVE')
    driver.exec('BEGIN EXCLUSIVE')
    if (process.platform !== 'win32') chmodSync(file, 0o600)
    return { release: () => void (driver.open && driver.close()) }
  } catch (error) {
    driver.close()
    const mapped = toStorageError(error, { file: basename(file) })
    if (mapped instanceof PatchbayError && mapped.code === 'storage.busy') return null
    throw mapped
  }
}
