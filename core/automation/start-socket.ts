import { PatchbayError } from '#shared/errors'
import type { SystemStatus } from '#shared/contract/system'
import type { Core } from '../core.ts'
import { toStorageError } from '../database/storage-error.ts'

/** Starts the socket, or, while the data folder takes no writes, as soon as it does: the host goes on without it until then. Throws what else keeps it from starting. */
export const startSocket = async (socket: { start(): Promise<void> }, core: Pick<Core, 'dispatch' | 'onChange' | 'log'>): Promise<void> => {
  try {
    await socket.start()
  } catch (error) {
    const mapped = toStorageError(error)
    if (!(mapped instanceof PatchbayError) || !mapped.code.startsWith('storage.')) throw error
    const reply = await core.dispatch({ kind: 'ui' }, 'system.status', {})
    const isWritable = !reply.ok || (reply.value as SystemStatus).storage.isWritable
    if (isWritable) throw error
    core.log.warn('socket.not_started', { code: mapped.code })
    const unfollow = core.onChange((event) => {
      if (event.type !== 'storage.changed') return
      unfollow()
      startSocket(socket, core).catch((failure: unknown) => core.log.error('socket.failed', { error: failure }))
    })
  }
}
