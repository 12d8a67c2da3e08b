import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { withStorageErrors } from './storage-error.ts'

/** Makes the names in a folder durable. Windows has no such call and needs none. */
export const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Makes the content of a file durable. Not for the live database: closing another handle of it drops SQLite's locks. */
export const syncFile = (file: string): void => {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Makes a folder for this user alone (0700), with those above it. */
export const makePrivateFolder = (folder: string): void => {
  withStorageErrors({ folder }, () => mkdirSync(folder, { recursive: true, mode: 0o700 }))
}

/** The name a file is written under first. Always the same: a folder has one owner, and what a kill left is written over or removed. */
const nameBeside = (file: string): string => join(dirname(file), `.${basename(file)}.tmp`)

const writeBeside = (file: string, content: string | Uint8Array): string => {
  const beside = nameBeside(file)
  rmSync(beside, { force: true })
  const handle = openSync(beside, 'wx', 0o600)
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  return beside
}

/** Replaces a file (0600) so that after a power cut it holds the old content or the new, never a part. Throws `storage.*`. */
export const writeFileDurably = (file: string, content: string | Uint8Array): void => {
  withStorageErrors({ file }, () => {
    renameSync(writeBeside(file, content), file)
    syncFolder(dirname(file))
  })
}

/** Like `writeFileDurably`, but a file that is already there stays and wins: false, and nothing was written. */
export const createFileDurably = (file: string, content: string | Uint8Array): boolean =>
  withStorageErrors({ file }, () => {
    const beside = writeBeside(file, content)
    try {
      linkSync(beside, file)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      // Some file systems know no second names; there the folder's one owner is what keeps others out.
      if (existsSync(file)) return false
      renameSync(beside, file)
    } finally {
      rmSync(beside, { force: true })
    }
    syncFolder(dirname(file))
    return true
  })

/** Removes a file for good, with what an interrupted write of it may have left. Throws `storage.*`. */
export const removeFileDurably = (file: string): void => {
  withStorageErrors({ file }, () => {
    for (const name of [nameBeside(file), file]) rmSync(name, { force: true })
    syncFolder(dirname(file))
  })
}
