import { createNodePlatform } from '#cli/serve/platform-node'
import type { Core } from '#core/core'
import { createCore } from '#core/create-core'
import type { Platform } from '#core/platform'
import { fromWire } from '#shared/errors'

/** A real core on the real Node platform, without the sockets of a host. */
export interface CoreSession {
  readonly core: Core
  readonly platform: Platform
  /** Calls as a command line that may do everything. Throws the PatchbayError that came. */
  readonly call: <T = unknown>(method: string, params?: unknown) => Promise<T>
  readonly stop: () => Promise<void>
}

export interface CoreSessionOptions {
  readonly folder: string
  readonly catalogueFile: string
  readonly now?: () => number
}

/** Starts a core on a data folder whose key is in a key file. Throws what keeps it from starting. */
export const startCoreSession = async ({ folder, catalogueFile, now }: CoreSessionOptions): Promise<CoreSession> => {
  const environment = { PATCHBAY_HOME: folder, LOG_LEVEL: 'error' }
  const node = createNodePlatform({ version: '0.0.0-test', isHeadless: true, environment })
  const platform: Platform = { ...node, keySealers: [], ...(now !== undefined && { now }) }
  const core = createCore(platform, { catalogueFile, idleIntervalMs: 3_600_000 })
  await core.start()
  return {
    core,
    platform,
    call: async <T>(method: string, params: unknown = {}): Promise<T> => {
      const reply = await core.dispatch({ kind: 'cli', isTrusted: true, terminal: null }, method, params)
      if (reply.ok) return reply.value as T
      throw fromWire(reply.error)
    },
    stop: () => core.stop(),
  }
}
