import { chmodSync, lstatSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { PatchbayError } from '#shared/errors'

const PROBE_MS = 1000

/** Whether a path names a Windows pipe, which has no folder and no mode. */
export const isPipe = (socketPath: string): boolean => socketPath.startsWith('\\\\.\\pipe\\')

/** Makes the folder of a socket and keeps everybody else out of it. Throws `storage.unsafe_folder` when another user could have prepared it. */
export const preparePrivateFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const uid = process.getuid?.()
  if (uid === undefined) return
  const link = lstatSync(folder)
  const target = statSync(folder)
  const isOurs = target.uid === uid && (link.uid === uid || link.uid === 0)
  if (!target.isDirectory() || !isOurs || (target.mode & 0o002) !== 0) throw new PatchbayError('storage.unsafe_folder', { data: { folder } })
  if ((target.mode & 0o077) !== 0) chmodSync(folder, 0o700)
}

/** Whether a host answers on a socket. */
export const isAnswered = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(socketPath)
    const done = (answer: boolean): void => {
      probe.destroy()
      resolve(answer)
    }
    probe.setTimeout(PROBE_MS, () => done(true))
    probe.once('connect', () => done(true))
    probe.once('error', () => done(false))
  })

/** Makes way for a new socket: takes a dead one away, never a living one. Throws `host.already_running`. */
export const clearSocketPath = async (socketPath: string): Promise<void> => {
  if (await isAnswered(socketPath)) throw new PatchbayError('host.already_running', { data: { socketPath } })
  if (isPipe(socketPath)) return
  preparePrivateFolder(dirname(socketPath))
  const left = lstatSync(socketPath, { throwIfNoEntry: false })
  if (left === undefined) return
  if (!left.isSocket()) throw new PatchbayError('storage.unsafe_folder', { data: { folder: dirname(socketPath), file: socketPath } })
  rmSync(socketPath, { force: true })
}
