import { join } from 'node:path'
import { connectToPatchbay, type ConnectOptions, type PairTerms, type PatchbayClient } from '#client/patchbay-client'
import { type RunningSocket, startSocket } from '../transports/socket-peer.ts'
import type { TestCore } from './make-core.ts'
import { waitingGrant } from './paired-program.ts'

/** Looks at everything. */
export const LOOKS_AT_ALL: PairTerms = { purpose: 'A test.', verbs: ['read'], connections: { kind: 'all' }, term: 'twelve_hours' }

/** The person says yes to the next request, to less where `answer` says so. */
export const allowNext = async (
  core: TestCore,
  answer: Omit<Parameters<TestCore['ui']['grants']['approve']>[0], 'grantId'> = {},
): Promise<string> => {
  const { grantId } = await waitingGrant(core)
  core.platform.advance(1000)
  await core.ui.grants.approve({ grantId, ...answer })
  return grantId
}

/** A core's socket, and programs with keys of their own beside it. */
export interface ClientWorld {
  readonly running: RunningSocket
  readonly connect: (options?: Partial<ConnectOptions>) => Promise<PatchbayClient>
  /** Connected and allowed what it asks for. */
  readonly paired: (terms?: Partial<PairTerms>) => Promise<PatchbayClient>
  readonly stop: () => Promise<void>
}

/** Starts the socket of a core for programs that use the client library. */
export const startClientWorld = async (core: TestCore): Promise<ClientWorld> => {
  const running = await startSocket(core.core)
  const clients: PatchbayClient[] = []
  const connect = async (options: Partial<ConnectOptions> = {}): Promise<PatchbayClient> => {
    const client = await connectToPatchbay({
      name: 'a-script',
      socketPath: running.socketPath,
      keyFile: join(running.folder, 'a-script.key'),
      ...options,
    })
    clients.push(client)
    return client
  }
  return {
    running,
    connect,
    paired: async (terms = {}) => {
      const connecting = connect({ pair: { ...LOOKS_AT_ALL, ...terms } })
      // Who is not asked has failed.
      await Promise.race([allowNext(core), connecting])
      return connecting
    },
    stop: async () => {
      for (const client of clients) client.close()
      await running.stop()
    },
  }
}
