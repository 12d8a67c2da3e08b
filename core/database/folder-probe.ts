import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { PatchbayError } from '#shared/errors'
import { toStorageError } from './storage-error.ts'

/** Why a folder takes no writes. */
export type FolderTrouble = 'read_only' | 'full' | 'io'

const RESERVE_BYTES = 1_048_576
const PROBE_BYTES = 65_536

const write = (file: string, bytes: number): void => {
  const handle = openSync(file, 'w', 0o600)
  try {
    // Written, not only made longer: a sparse file keeps no space.
    const block = Buffer.alloc(PROBE_BYTES, 0x5a)
    for (let left = bytes; left > 0; left -= block.length) writeSync(handle, block, 0, Math.min(left, block.length))
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const troubleOf = (error: unknown): FolderTrouble => {
  const mapped = toStorageError(error)
  if (!(mapped instanceof PatchbayError)) return 'io'
  return mapped.code === 'storage.full' ? 'full' : mapped.code === 'storage.read_only' ? 'read_only' : 'io'
}

/** Writes a little and takes it away again: null when the folder takes it, else why not. */
export const probeFolder = (folder: string): FolderTrouble | null => {
  const file = join(folder, '.probe')
  try {
    write(file, PROBE_BYTES)
    return null
  } catch (error) {
    return troubleOf(error)
  } finally {
    try {
      rmSync(file, { force: true })
    } catch {
      // Nothing can be removed from a folder that is read-only.
    }
  }
}

const reserveIn = (folder: string): string => join(folder, '.reserve')

/** Keeps 1 MiB aside for the moment when the disk is full. False when it cannot be kept now. */
export const keepReserve = (folder: string): boolean => {
  const file = reserveIn(folder)
  try {
    if (statSync(file, { throwIfNoEntry: false })?.size === RESERVE_BYTES) return true
    write(file, RESERVE_BYTES)
    return true
  } catch {
    releaseReserve(folder)
    return false
  }
}

/** Gives the reserve back, so that what frees space can be written. */
export const releaseReserve = (folder: string): void => {
  try {
    rmSync(reserveIn(folder), { force: true })
  } catch {
    // A folder that takes nothing gives nothing.
  }
}

/** Bytes that this user may still write there; null where the system does not say. */
export const freeBytes = (folder: string): number | null => {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
