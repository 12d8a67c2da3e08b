import { CONTRACT_VERSION, type Implements } from '#shared/contract/contract'
import type { ConnectionCounts } from '#shared/contract/connections'
import type { Profile } from '#shared/contract/profiles'
import type { SyncStatus } from '#shared/contract/sync'
import type { SystemStatus } from '#shared/contract/system'
import type { VaultStatus } from '#shared/contract/vault'
import type { StorageStatus } from '#shared/contract/backup'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'
import type { Platform } from '../platform.ts'
import type { TroubleMethod } from './trouble-api.ts'

export interface SystemApiDependencies {
  readonly platform: Pick<Platform, 'host' | 'version' | 'pid' | 'dataFolder' | 'socketPath'>
  readonly startedAt: number
  readonly vault: () => VaultStatus
  readonly storage: () => StorageStatus
  /** Clears the notice. */
  readonly acknowledgeStorage: () => StorageStatus
  /** Null while the database is closed. */
  readonly view: () => {
    readonly profile: Profile | null
    readonly counts: ConnectionCounts | null
    readonly sync: SyncStatus | null
  } | null
  readonly approveTerminal: (terminal: string) => number
  readonly requestShutdown: () => void
}

/** How the host is. */
export const systemStatus = (deps: Pick<SystemApiDependencies, 'platform' | 'startedAt' | 'vault' | 'storage' | 'view'>): SystemStatus => {
  const { platform } = deps
  const vault = deps.vault()
  const view = deps.view()
  const storage = deps.storage()
  const needsYou = view?.counts?.byGroup.needs_you ?? 0
  const isBroken = vault.state !== 'open' || view?.sync?.state === 'refused' || storage.reason !== null
  const isClockOff = Math.abs(view?.sync?.clockSkewSeconds ?? 0) > 60
  const isWorrying = view?.profile === null || view?.sync?.state === 'offline' || needsYou > 0 || isClockOff || storage.notice !== null
  return {
    version: platform.version,
    contractVersion: CONTRACT_VERSION,
    host: platform.host,
    pid: platform.pid,
    startedAt: new Date(deps.startedAt).toISOString(),
    dataFolder: platform.dataFolder,
    socketPath: platform.socketPath,
    vault,
    storage,
    profile: view?.profile ?? null,
    counts: view?.counts ?? null,
    sync: view?.sync ?? null,
    health: isBroken ? 'fail' : isWorrying ? 'warn' : 'ok',
  }
}

/** The domain `system`. The handshake, and the end of a call, belong to the transport that carries it and is refused here. */
export const createSystemApi = (deps: SystemApiDependencies): Omit<Implements<'system', Caller>, TroubleMethod> => {
  const handshake = (): never => {
    throw new PatchbayError('request.invalid', { message: 'The handshake and the end of a call are matters of the socket.' })
  }
  return {
    hello: handshake,
    prove: handshake,
    cancel: handshake,
    approveTerminal: (_params, caller) => {
      if (caller.kind !== 'cli' || caller.terminal === null) throw new PatchbayError('automation.approval_required')
      return { expiresAt: new Date(deps.approveTerminal(caller.terminal)).toISOString() }
    },
    // What the connections are is bounded by grants; how many there are tells of those beyond them.
    status: (_params, caller) =>
      caller.kind === 'automation' ? { ...systemStatus(deps), profile: null, counts: null, sync: null } : systemStatus(deps),
    acknowledgeStorage: () => deps.acknowledgeStorage(),
    shutdown: () => {
      deps.requestShutdown()
      return { stopping: true }
    },
  }
}
