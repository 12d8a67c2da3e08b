import { lstatSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PatchbayError } from '#shared/errors'
import { ensurePrivateFolder } from '#core/host-paths'

const PROBE_MS = 1000
/** The kernel takes connections in the name of a host that was killed until it has cleared up after it, which a busy machine does late. */
const LINGER_MS = 8_000
/** No request: a host that lives answers it with an error at once. */
const KNOCK = '{}\n'
const AGAIN_MS = 25
const MOST_PROBES = 40

/** Whether a path names a Windows pipe, which has no folder and no mode. */
export const isPipe = (socketPath: string): boolean => socketPath.startsWith('\\\\.\\pipe\\')

const probe = (socketPath: string): Promise<'answered' | 'ended' | 'refused'> =>
  new Promise((resolve) => {
    let isConnected = false
    const socket = connect(socketPath)
    const done = (outcome: 'answered' | 'ended' | 'refused'): void => {
      socket.destroy()
      resolve(outcome)
    }
    socket.setTimeout(PROBE_MS, () => done('answered'))
    socket.once('connect', () => {
      isConnected = true
      socket.setTimeout(LINGER_MS)
      socket.once('data', () => done('answered'))
      socket.write(KNOCK)
    })
    socket.once('error', () => done(isConnected ? 'ended' : 'refused'))
    socket.once('close', () => done('ended'))
  })

/** Whether a host answers on a socket: one that hangs up at once does as long as it goes on taking connections. */
const isAnswered = async (socketPath: string): Promise<boolean> => {
  for (let probes = 0; probes < MOST_PROBES; probes += 1) {
    const outcome = await probe(socketPath)
    if (outcome !== 'ended') return outcome === 'answered'
    await sleep(AGAIN_MS)
  }
  return true
}

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
