import { createHash } from 'node:crypto'
import type { HttpLimits } from '#core/http'
import type { Log } from '#core/log'
import type { ProfileRegistry } from '#core/profiles/profile-registry'
import type { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import { createNangoClient, type NangoClient } from './nango-client.ts'

/** Starts a sandbox's Nango where it is not running yet. */
export interface SandboxRunner {
  ensureRunning(profileId: string): Promise<{ readonly url: string; readonly secretKey: Secret }>
}

/** Clients of the profiles' Nangos, one each, kept while address, key and certificate stay the same. */
export interface NangoAccess {
  /** Throws what `ProfileRegistry.access` throws. Do not keep the client: ask again for each piece of work. */
  clientFor(profileId: string): Promise<NangoClient>
  /** The time at a profile's Nango as its replies tell, this computer's until then; milliseconds since the epoch. */
  timeAt(profileId: string): number
  /** How far this computer's clock is ahead of that of a profile's Nango, milliseconds; null while that is not known. */
  skewAt(profileId: string): number | null
  /** Somebody wants to know now: a server that was given up is tried at the next call. */
  hurry(): void
  /** The network is another one, or the computer woke: nothing kept from before may hold up the next calls. */
  renew(): void
  /** So much time may have gone by in a sleep. */
  slept(gapMs: number): void
  /** Closes all clients; later calls throw `host.stopping`. */
  stop(): void
}

interface Target {
  readonly host: string
  readonly secretKey: Secret
  readonly certificatePem: string | undefined
}

const fingerprintOf = ({ host, secretKey, certificatePem }: Target): string =>
  createHash('sha256')
    .update(JSON.stringify([host, secretKey.reveal(), certificatePem ?? null]))
    .digest('base64')

/** Makes the access to all profiles' Nangos. */
export const createNangoAccess = (deps: {
  readonly registry: ProfileRegistry
  readonly sandbox: SandboxRunner
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly now: () => number
  readonly monotonicNow?: () => number
  readonly limits?: Partial<HttpLimits> | undefined
}): NangoAccess => {
  const { registry, sandbox, log, now, monotonicNow = () => performance.now(), limits = {} } = deps
  const clients = new Map<string, { readonly fingerprint: string; readonly client: NangoClient }>()
  let isStopped = false

  const targetOf = async (profileId: string): Promise<Target & { readonly environment: typeof deps.environment }> => {
    const access = registry.access(profileId)
    if (access.kind === 'nango') return { ...access, environment: deps.environment }
    const { url, secretKey } = await sandbox.ensureRunning(profileId)
    // The sandbox is this program itself: a proxy has no business between them.
    return { host: url.replace(/\/+$/, ''), secretKey, certificatePem: undefined, environment: {} }
  }

  return {
    clientFor: async (profileId) => {
      const target = await targetOf(profileId)
      if (isStopped) throw new PatchbayError('host.stopping')
      const fingerprint = fingerprintOf(target)
      const known = clients.get(profileId)
      if (known?.fingerprint === fingerprint) return known.client
      known?.client.close()
      const client = createNangoClient({ ...target, log, now, monotonicNow, limits })
      clients.set(profileId, { fingerprint, client })
      return client
    },
    timeAt: (profileId) => clients.get(profileId)?.client.serverClock.now() ?? now(),
    skewAt: (profileId) => clients.get(profileId)?.client.serverClock.skewMs() ?? null,
    hurry: () => {
      for (const { client } of clients.values()) client.hurry()
    },
    renew: () => {
      for (const { client } of clients.values()) client.renew()
    },
    slept: (gapMs) => {
      for (const { client } of clients.values()) client.slept(gapMs)
    },
    stop: () => {
      isStopped = true
      for (const { client } of clients.values()) client.close()
      clients.clear()
    },
  }
}
