import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PatchbayError } from '#shared/errors'
import { makePrivateFolder, writeFileDurably } from './durable-file.ts'
import { holdFile } from './open-database.ts'

/** Racers disturb each other for the blink in which SQLite climbs to its exclusive lock; a true owner outlasts this. */
const WAIT_MS = 300

export interface InstanceLock {
  release(): void
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const readOwner = (file: string): number | null => {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 && isAlive(pid) ? pid : null
  } catch {
    return null
  }
}

/**
 * Makes this process the one owner of a data folder; the kernel ends that with the process, however it dies.
 * Throws `host.already_running` with the owner's `pid` (null where it has not said yet).
 */
export const acquireInstanceLock = (folder: string): InstanceLock => {
  makePrivateFolder(folder)
  // The lock file stays empty and is never read or removed: SQLite's locks on it are all it is for.
  const held = holdFile(join(folder, 'patchbay.lock'), WAIT_MS)
  const pidFile = join(folder, 'patchbay.pid')
  if (held === null) throw new PatchbayError('host.already_running', { data: { pid: readOwner(pidFile), folder } })
  try {
    writeFileDurably(pidFile, `${process.pid}\n`)
  } catch (error) {
    // Who owns it is only told to people; on a full disk the lock itself holds.
    if (!(error instanceof PatchbayError) || !['storage.full', 'storage.read_only', 'storage.failed'].includes(error.code)) {
      held.release()
      throw error
    }
  }
  let isHeld = true
  return {
    release: () => {
      if (!isHeld) return
      isHeld = false
      try {
        rmSync(pidFile, { force: true })
      } catch {
        // A folder that takes no writes any more keeps it; nobody believes it once we have ended.
      }
      held.release()
    },
  }
}
