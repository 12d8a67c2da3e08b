import { lstatSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { PatchbayError } from '#shared/errors'
import { ensurePrivateFolder } from '#core/host-paths'

const PROBE_MS = 1000

/** Whether a path names a Windows pipe, which has no folder and no mode. */
export const isPipe = (socketPath: string): boolean => socketPath.startsWith('\\\\.\\pipe\\')

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
  ensurePrivateFolder(dirname(socketPath))
  const left = lstatSync(socketPath, { throwIfNoEntry: false })
  if (left === undefined) return
  if (!left.isSocket()) throw new PatchbayError('storage.unsafe_folder', { data: { folder: dirname(socketPath), file: socketPath } })
  rmSync(socketPath, { force: true })
}
