import type { Renewals } from './connections/renewals.ts'
import { createRefresher } from './connections/refresh-connection.ts'
import { createRevoke } from './connections/revoke-connection.ts'
import type { WritableDb } from './database/sql.ts'
import type { Journal } from './events/journal.ts'
import { ProbeCatalogue } from './health/probe-calls.ts'
import { createConnectionProbe } from './health/probe-connection.ts'
import { ProbeRunner } from './health/probe-runner.ts'
import { createHttp, type HttpLimits } from './http.ts'
import type { Log } from './log.ts'
import type { NangoAccess } from './nango/nango-access.ts'
import type { Platform } from './platform.ts'
import type { ProfileRegistry } from './profiles/profile-registry.ts'
import { BodyStreams } from './use/body-streams.ts'
import { CredentialCache } from './use/credential-cache.ts'
import { createNangoBackend } from './use/nango-backend.ts'
import { createUseApi } from './use/connection-use-api.ts'

export interface EngineUpkeepParts {
  readonly platform: Platform
  readonly db: WritableDb
  readonly journal: Journal
  readonly log: Log
  readonly registry: ProfileRegistry
  readonly nango: Pick<NangoAccess, 'clientFor' | 'timeAt'>
  readonly renewals: Renewals
  readonly isOffline: (profileId: string) => boolean
  /** The connector's slug behind a legacy name. */
  readonly slugOf: (name: string) => string
  /** Between turns of looks at services, milliseconds. */
  readonly probeTurnMs?: number | undefined
  readonly httpLimits?: Partial<HttpLimits> | undefined
}

const DOUBT_MS = 60_000
const MOST_DOUBTED = 1_000

/** Joins what is done to a connection that stands: its tokens renewed, its service looked at and called, its access ended. */
export const createEngineUpkeep = (parts: EngineUpkeepParts) => {
  const { platform, db, journal, log, registry, renewals, isOffline } = parts
  const { clientFor, timeAt } = parts.nango
  const now = (): number => platform.now()
  const monotonicNow = (): number => platform.monotonicNow()
  const renewing = { db, journal, clientFor, now, renewals }
  const refresh = createRefresher(renewing)
  const probe = createConnectionProbe({ ...renewing, calls: new ProbeCatalogue(monotonicNow), isOffline, timeAt })
  const probes = new ProbeRunner({
    db,
    log,
    probe,
    schedule: () => platform.settings.read().healthProbes,
    activeProfileId: registry.activeProfileId,
    isOffline,
    isSparing: () => platform.isOnBattery?.() ?? false,
    now,
    timeAt,
    ...(parts.probeTurnMs === undefined ? {} : { turnMs: parts.probeTurnMs }),
  })
  const providerHttp = createHttp({ environment: platform.environment, log, now: monotonicNow, limits: parts.httpLimits ?? {} })
  const revoke = createRevoke({
    db,
    journal,
    clientFor,
    http: providerHttp,
    // A sandbox talks to nobody: its own demo provider revokes for all of them.
    demoEndpoint: (profileId, client) => (registry.get(profileId).kind === 'sandbox' ? `${client.host}/demo-provider/revoke` : null),
    now,
  })

  const doubted = new Map<string, number>()
  /** Looks at a connection whose credential was refused to a program, at most once a minute. */
  const doubt = (connectionId: string): void => {
    const last = doubted.get(connectionId)
    if (last !== undefined && monotonicNow() - last < DOUBT_MS) return
    if (doubted.size > MOST_DOUBTED) doubted.clear()
    doubted.set(connectionId, monotonicNow())
    probe.verify(connectionId, { priority: 'background' }).catch(() => {})
  }
  const streams = new BodyStreams()
  const cache = new CredentialCache()
  const use = createUseApi({
    db,
    streams,
    backends: { nango: createNangoBackend({ db, clientFor, renewals, refresh, now, monotonicNow, timeAt, cache }), direct: null },
    references: () => ({ activeProfileId: registry.activeProfileId(), slugOf: parts.slugOf }),
    monotonicNow,
    timeAt,
    doubt,
  })

  return {
    refresh,
    probe,
    revoke,
    /** The methods of `connections` that programs use them by. */
    use,
    /** No credential stays in memory that was handed out a moment ago. */
    forgetCredentials: (): void => cache.clear(),
    start: (): void => probes.start(),
    /** Ends the looks at services, and bodies that are on their way. */
    stop: (): Promise<void> => {
      streams.stop()
      cache.clear()
      return probes.stop()
    },
    /** Closes the way out to providers, once nobody revokes any more. */
    close: (): void => providerHttp.close(),
  }
}
