import { setImmediate } from 'node:timers/promises'
import { isErrorCode } from '#shared/errors'
import type { ConnectEngine } from './connect/connect-engine.ts'
import type { QueueRunner } from './connect/queue-runner.ts'
import type { RecentRemovals } from './connections/recent-removals.ts'
import type { WritableDb } from './database/sql.ts'
import type { EngineConnectors } from './engine-connectors.ts'
import type { Journal } from './events/journal.ts'
import type { Log } from './log.ts'
import type { NangoAccess } from './nango/nango-access.ts'
import type { Platform } from './platform.ts'
import { type ProfileRegistry, statusAfter } from './profiles/profile-registry.ts'
import { syncWithNango } from './sync/nango-sync.ts'
import { SyncRunner } from './sync/sync-runner.ts'

export interface EngineSyncParts {
  readonly platform: Platform
  readonly db: WritableDb
  readonly journal: Journal
  readonly log: Log
  readonly registry: ProfileRegistry
  readonly nango: NangoAccess
  readonly connect: ConnectEngine
  readonly queues: QueueRunner
  readonly removals: RecentRemovals
  readonly connectorOf: EngineConnectors['connectorOf']
  /** Between looks while nothing happens, milliseconds. */
  readonly idleIntervalMs?: number | undefined
}

/** Joins the looks at Nango's list with what they concern: flows that wait, queues, and how a profile stands. */
export const createEngineSync = (parts: EngineSyncParts): SyncRunner => {
  const { platform, db, journal, log, registry, nango, connect, queues, removals, connectorOf } = parts
  const { activeProfileId, serverOf } = registry
  const now = (): number => platform.now()
  return new SyncRunner({
    db,
    journal,
    log,
    clientFor: nango.clientFor,
    activeProfileId,
    reconcile: (profileId, client, priority) =>
      syncWithNango(
        {
          db,
          journal,
          now,
          connectorOf,
          claim: (id, summary, note) => connect.claim(id, summary, note),
          serverOf,
          removals,
          pause: () => setImmediate(),
        },
        profileId,
        client,
        { priority },
      ),
    serverOf,
    noteProfile: (profileId, failure) => {
      if (failure === null) {
        registry.setStatus(profileId, 'connected', null)
        queues.resumeAll(profileId)
      } else if (isErrorCode(failure)) registry.setStatus(profileId, statusAfter(failure), failure)
    },
    now,
    monotonicNow: () => platform.monotonicNow(),
    clockSkewMs: (profileId) => nango.skewAt(profileId),
    isSparing: () => platform.isOnBattery?.() ?? false,
    ...(parts.idleIntervalMs === undefined ? {} : { idleIntervalMs: parts.idleIntervalMs }),
  })
}
