import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { StorageNotice } from '#shared/contract/backup'
import { PatchbayError } from '#shared/errors'
import { stampOf } from './backups/backup-name.ts'
import { makePrivateFolder, syncFile, syncFolder } from './durable-file.ts'
import { latestVersion } from './migrate.ts'
import type { Migration } from './migrations/index.ts'
import { createDatabase, markAsPlaced, PLACED_FACT, verifyDatabase } from './open-database.ts'
import { withStorageErrors } from './storage-error.ts'

/** The fact that holds the notice about the stored data until a person has read it. */
export const NOTICE_FACT = 'storage_notice'

const SUFFIXES = ['', '-wal', '-shm'] as const
const prepared = (file: string): string => `${file}.restore`

const presentOf = (file: string): string[] => SUFFIXES.filter((suffix) => existsSync(file + suffix))

/** Moves files of the database into a folder; nothing is deleted or written over. */
const putAside = (file: string, folder: string): void => {
  // The database goes first: without it SQLite opens nothing, while without its WAL it would open an older state.
  for (const suffix of presentOf(file)) renameSync(file + suffix, join(folder, basename(file) + suffix))
  syncFolder(folder)
  syncFolder(dirname(file))
}

/** Ends a change of the database that a kill interrupted once the decision was carried out halfway. True when there was one. */
export const finishPlacing = (file: string, at: number): boolean => {
  if (!existsSync(prepared(file))) return false
  if (existsSync(file)) {
    // The kill came before the first move: what was prepared must not come in the place of a database that goes missing later.
    rmSync(prepared(file), { force: true })
    return false
  }
  if (presentOf(file).length > 0) putAside(file, quarantineFor(file, at))
  renameSync(prepared(file), file)
  syncFolder(dirname(file))
  return true
}

const quarantineFor = (file: string, at: number): string => {
  const parent = join(dirname(file), 'quarantine')
  makePrivateFolder(parent)
  for (let attempt = 0; ; attempt++) {
    const folder = join(parent, attempt === 0 ? stampOf(at) : `${stampOf(at)}-${attempt}`)
    if (existsSync(folder)) continue
    mkdirSync(folder, { mode: 0o700 })
    syncFolder(parent)
    return folder
  }
}

export interface Placing {
  readonly file: string
  readonly key: Uint8Array
  readonly at: number
  readonly steps?: readonly Migration[] | undefined
  /** The verified backup to put in place; null for an empty database. */
  readonly backup: string | null
}

/** Makes what is to come, under a name of its own, and proves it. */
const prepare = ({ file, key, at, steps, backup }: Placing, folder: string | null): void => {
  const next = `${prepared(file)}.part`
  for (const name of [next, prepared(file)]) for (const suffix of [...SUFFIXES, '-journal']) rmSync(name + suffix, { force: true })
  if (backup === null) createDatabase(next, key, steps)
  else {
    copyFileSync(backup, next)
    if (process.platform !== 'win32') chmodSync(next, 0o600)
  }
  try {
    const kind = backup === null ? 'quarantined' : 'restored'
    const notice: StorageNotice = { kind, at: new Date(at).toISOString(), lostWrites: null, folder }
    const version = verifyDatabase(next, key)
    if (version > latestVersion(steps)) throw new PatchbayError('storage.future', { data: { version } })
    markAsPlaced(next, key, { [PLACED_FACT]: kind, [NOTICE_FACT]: JSON.stringify(notice) })
  } catch (error) {
    rmSync(next, { force: true })
    throw backup === null ? error : new PatchbayError('backup.unusable', { cause: error, data: { backup: basename(backup) } })
  }
  syncFile(next)
  renameSync(next, prepared(file))
  syncFolder(dirname(file))
}

/**
 * Puts a backup, or an empty database, in the place of the database, which must not be open. The former files go to the quarantine.
 * A kill at any point leaves the former database, or the new one after the next start. Throws `backup.unusable`, `storage.*`.
 */
export const putInPlace = (placing: Placing): void => {
  const { file, at } = placing
  withStorageErrors({ file: basename(file) }, () => {
    const folder = presentOf(file).length === 0 ? null : quarantineFor(file, at)
    try {
      prepare(placing, folder)
    } catch (error) {
      if (folder !== null) rmdirSync(folder)
      throw error
    }
    if (folder !== null) putAside(file, folder)
    renameSync(prepared(file), file)
    syncFolder(dirname(file))
  })
}

export interface PrivateCopy {
  readonly file: string
  remove(): void
}

/** Copies database and WAL of a folder that cannot be written to a private one, where they can be opened. Not while they are open here. */
export const copyPrivately = (file: string): PrivateCopy => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-read-only-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    return withStorageErrors({ file: basename(file) }, () => {
      for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, join(folder, basename(file) + suffix))
      return { file: join(folder, basename(file)), remove }
    })
  } catch (error) {
    remove()
    throw error
  }
}
