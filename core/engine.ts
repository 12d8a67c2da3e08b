import { setImmediate } from 'node:timers/promises'
import { createAuditChain } from './automation/audit-chain.ts'
import { createAuditApi } from './automation/audit-api.ts'
import type { AuditLog } from './automation/audit-log.ts'
import type { UnsavedStops } from './automation/grant-savings.ts'
import { bulkActions } from './bulk/bulk-actions.ts'
import { createBulkApi } from './bulk/bulk-api.ts'
import { BulkRunner } from './bulk/bulk-runner.ts'
import type { Caller } from './caller.ts'
import { createConnectApi, reconnectThrough } from './connect/connect-api.ts'
import { ConnectEngine } from './connect/connect-engine.ts'
import { deleteFlowsBefore, deleteFlowsOf } from './connect/flow-store.ts'
import type { WatchPace } from './connect/flow-watch.ts'
import { readInstallationId } from './connect/installation-id.ts'
import { createQueueApi } from './connect/queue-api.ts'
import { QueueRunner } from './connect/queue-runner.ts'
import { countConnections } from './connections/connection-query.ts'
import type { ConnectionRow, ProfileView } from './connections/connection-row.ts'
import { getConnection } from './connections/connection-store.ts'
import { createConnectionsApi } from './connections/connections-api.ts'
import { createImportApi } from './connections/import-api.ts'
import { createImportLookup } from './connections/import-lookup.ts'
import { deleteImportedRowsOf } from './connections/import-store.ts'
import { deleteConnectionsOf } from './connections/connections-by-server.ts'
import { connectionNamed, nangoNameOf } from './connections/nango-name.ts'
import { createPicksApi } from './connections/picks-api.ts'
import { ProfileFollower } from './connections/profile-follower.ts'
import { RecentRemovals } from './connections/recent-removals.ts'
import { isEventInReach, isInReach, reachOf } from './connections/connection-reach.ts'
import { resolveRow } from './connections/resolve-connection.ts'
import { SearchIndexer } from './connections/search-indexer.ts'
import type { WritableDb } from './database/sql.ts'
import { createEngineAutomation } from './engine-automation.ts'
import { createEngineConnectors } from './engine-connectors.ts'
import { createEngineSync } from './engine-sync.ts'
import { createEngineUpkeep } from './engine-upkeep.ts'
import { createEngineWaking } from './engine-waking.ts'
import type { EventBus } from './events/event-bus.ts'
import { createEventsApi } from './events/events-api.ts'
import { createJournal } from './events/journal.ts'
import { createConnectionHealthApi } from './health/connection-health-api.ts'
import { createTroubleEngine } from './health/trouble-engine.ts'
import type { HttpLimits } from './http.ts'
import type { Log } from './log.ts'
import { createNangoAccess } from './nango/nango-access.ts'
import { createProfileTest } from './nango/profile-test.ts'
import type { Platform } from './platform.ts'
import type { NangoEnvironment } from './profiles/environment-profile.ts'
import { createProfileRegistry } from './profiles/profile-registry.ts'
import { createProfilesApi } from './profiles/profiles-api.ts'
import { createSandboxApi } from './sandbox/sandbox-api.ts'
import { SandboxRunner } from './sandbox/sandbox-runner.ts'
import { createSyncApi } from './sync/sync-api.ts'
import { getSyncState } from './sync/sync-store.ts'
import { createSecretVault } from './vault/secret-vault.ts'
import type { Vault } from './vault/vault.ts'

export interface EngineParts {
  readonly platform: Platform
  readonly db: WritableDb
  readonly vault: Vault
  readonly bus: EventBus
  readonly log: Log
  readonly nangoEnvironment: NangoEnvironment
  readonly catalogueFile: string
  readonly startedAt: number
  readonly pace?: WatchPace | undefined
  readonly idleIntervalMs?: number | undefined
  /** Between turns of looks at services, milliseconds. */
  readonly probeTurnMs?: number | undefined
  /** Between looks at the clocks, milliseconds. */
  readonly clockTickMs?: number | undefined
  readonly httpLimits?: Partial<HttpLimits> | undefined
  /** Told when the computer woke, or its clock was set. */
  readonly onWake?: (gapMs: number) => void
  /** Where calls are written down; it begins with this engine. */
  readonly audit: AuditLog
  /** What stopped programs and could not be written yet; it outlives this engine. */
  readonly unsavedStops: UnsavedStops
}

const FLOWS_KEPT_MS = 30 * 86_400_000

/** Everything that needs the open database, wired together once. */
export const createEngine = (parts: EngineParts) => {
  const { platform, db, bus, log, nangoEnvironment } = parts
  const now = (): number => platform.now()
  const journal = createJournal(db, bus, now)
  const vault = createSecretVault(db, parts.vault, now)
  const registry = createProfileRegistry({ db, vault, journal, nangoEnvironment, startedAt: parts.startedAt })
  const sandbox = new SandboxRunner({
    vault,
    log,
    now,
    onChange: (profileId) => bus.publishChange({ type: 'sandbox.changed', data: { profileId } }),
  })
  const monotonicNow = (): number => platform.monotonicNow()
  const nango = createNangoAccess({
    registry,
    sandbox,
    environment: platform.environment,
    log,
    now,
    monotonicNow,
    limits: parts.httpLimits,
  })
  const { clientFor, timeAt } = nango
  const { activeProfileId, activeProfile, profileIdOf } = registry
  const viewOf = (profileId: string): ProfileView => getSyncState(db, profileId)

  const connectors = createEngineConnectors({ platform, db, journal, log, registry, clientFor, catalogueFile: parts.catalogueFile })
  const { catalogue, integrations, connectorOf, slugOf, nameOf } = connectors

  const installationId = readInstallationId(db)
  const connect = new ConnectEngine({
    db,
    journal,
    vault,
    log,
    platform,
    installationId,
    profileIdOf,
    clientFor,
    resolveConnector: connectors.resolve,
    nameOf,
    connectorOf,
    timeAt,
    ...(parts.pace === undefined ? {} : { pace: parts.pace }),
  })

  const queues = new QueueRunner({ db, journal, vault, log, now, profileIdOf, flows: connect })

  const removals = new RecentRemovals(monotonicNow)
  const runner = createEngineSync({
    platform,
    db,
    journal,
    log,
    registry,
    nango,
    connect,
    queues,
    removals,
    connectorOf,
    idleIntervalMs: parts.idleIntervalMs,
  })

  const watched = { clock: platform, log, nango, runner, connect, onWake: parts.onWake, tickMs: parts.clockTickMs }
  const waking = createEngineWaking({ ...watched, onSlept: (gapMs) => bulk.slept(gapMs) })
  const follower = new ProfileFollower({ db, journal, bus, registry, onUseChanged: waking.noteAttention })
  const testProfile = createProfileTest({ registry, clientFor, now })

  const forget = (profileId: string): void => {
    connect.forgetProfile(profileId)
    queues.forgetProfile(profileId)
    deleteConnectionsOf(db, profileId)
    deleteFlowsOf(db, profileId)
    bulk.forget(profileId)
    deleteImportedRowsOf(db, profileId)
    integrations.forget(profileId)
    automation.forgetProfile(profileId)
    db.run('DELETE FROM sync_state WHERE profile_id = ?', profileId)
    void sandbox.forget(profileId)
  }

  const rowFor = (reference: string, caller: Caller): ConnectionRow =>
    resolveRow(db, reference, {
      activeProfileId: activeProfileId(),
      slugOf,
      reach: reachOf(caller),
      clientId: caller.kind === 'automation' ? caller.clientId : undefined,
    })
  const resolveFor = (reference: string, caller: Caller): string => rowFor(reference, caller).connection_id
  const resolveConnectionId = (reference: string): string => resolveFor(reference, { kind: 'ui' })
  const isReached = (connectionId: string, caller: Caller): boolean => {
    const reach = reachOf(caller)
    const row = reach === null ? undefined : getConnection(db, connectionId)
    return reach === null || (row !== undefined && isInReach(reach, row))
  }
  const picks = createPicksApi({
    db,
    bus,
    platform,
    activeProfileId,
    profileIdOf,
    viewOf,
    timeAt,
    slugOf,
    isConnector: connectors.isConnector,
  })

  const trouble = createTroubleEngine({
    db,
    registry,
    catalogue,
    integrations,
    activeProfile,
    testProfile,
    syncOf: (profileId) => runner.status(profileId),
    sandboxFaults: async (profileId) => (await sandbox.standInOf(profileId)).misbehaviour.count,
    resolve: resolveConnectionId,
    clientFor,
    now,
  })

  const isOffline = (profileId: string): boolean => viewOf(profileId).offlineSince !== null
  const upkeep = createEngineUpkeep({
    platform,
    db,
    journal,
    log,
    registry,
    nango,
    renewals: connect.renewals,
    isOffline,
    slugOf,
    probeTurnMs: parts.probeTurnMs,
    httpLimits: parts.httpLimits,
  })
  const { refresh, probe, revoke } = upkeep
  const bulkParts = {
    db,
    journal,
    log,
    now,
    monotonicNow,
    viewOf,
    resolve: resolveConnectionId,
    pause: () => setImmediate(),
    actions: bulkActions({
      db,
      journal,
      clientFor,
      cancelFlowOf: (connectionId) => connect.cancelFlowOf(connectionId),
      removals,
      now,
      refresh,
      verify: (connectionId, call) => probe.verify(connectionId, call),
      revoke,
    }),
  }
  const bulk = new BulkRunner({ ...bulkParts, announce: (change) => bus.publishChange(change) })
  const searchIndexer = new SearchIndexer({ db, log })
  const chain = createAuditChain(parts.vault.auditKey())
  const automation = createEngineAutomation({
    platform,
    db,
    bus,
    log,
    vault: parts.vault,
    onLock: () => upkeep.forgetCredentials(),
    audit: parts.audit,
    unsavedStops: parts.unsavedStops,
    profileIdOf,
    viewOf,
    slugOf,
    placeOf: (profileId) => {
      const profile = registry.list().find((each) => each.profileId === profileId)
      return profile?.nangoHost === undefined ? null : `${profile.nangoHost} ${profile.keyEnding ?? ''}`
    },
    resolve: rowFor,
  })
  let unfollowConnections = (): void => {}
  let unfollowFlows = (): void => {}

  return {
    connect,
    runner,
    noteAttention: (): void => {
      waking.noteAttention()
      bulk.hurry()
    },
    noteWake: waking.noteWake,
    handlers: {
      profiles: createProfilesApi({ db, vault, journal, registry, now, test: testProfile, forget }),
      ...connectors.handlers((profileId) => runner.run(profileId)),
      connect: createConnectApi(connect, resolveFor, isReached),
      queue: createQueueApi({
        queues,
        profileIdOf,
        resolveConnector: connectors.resolve,
      }),
      connections: {
        ...createConnectionsApi({
          db,
          journal,
          clientFor,
          refresh,
          cancelFlowOf: (connectionId) => connect.cancelFlowOf(connectionId),
          removals,
          now,
          timeAt,
          profileIdOf,
          viewOf,
          resolve: resolveConnectionId,
          reconnect: (params, caller) => reconnectThrough(connect, params, caller),
          revoke,
        }),
        ...picks.methods,
        ...upkeep.use,
        ...createConnectionHealthApi({ db, probe, revoke, profileIdOf, timeAt }),
        ...createImportApi({
          db,
          journal,
          vault,
          clientFor,
          now,
          installationId,
          connectorOf,
          profileIdOf,
          resolve: resolveConnectionId,
          integrationsOf: createImportLookup(catalogue, integrations),
        }),
      },
      bulk: createBulkApi({ ...bulkParts, runner: bulk, profileIdOf, timeAt }),
      sync: createSyncApi({ runner, profileIdOf }),
      grants: automation.handlers,
      audit: createAuditApi({ db, chain, log: parts.audit }),
      events: createEventsApi(db, ({ data }, caller) => isEventInReach(db, reachOf(caller) ?? [], data)),
      sandbox: createSandboxApi({
        runner: sandbox,
        profileOf: (profileId) => registry.get(profileIdOf(profileId)),
        connectionOf: (connectionId) => nangoNameOf(db, connectionId),
        ourConnection: (profileId, name) => connectionNamed(db, profileId, name),
        lookNow: async (profileId) => {
          nango.hurry()
          return runner.run(profileId)
        },
        now,
      }),
    },
    automation,
    view: () => {
      const profile = activeProfile()
      if (profile === null) return { profile, counts: null, sync: null }
      return { profile, counts: countConnections(db, profile.profileId, viewOf(profile.profileId)), sync: runner.status(profile.profileId) }
    },
    trouble,
    start: (): void => {
      deleteFlowsBefore(db, new Date(now() - FLOWS_KEPT_MS).toISOString())
      parts.audit.open(db, chain)
      automation.start()
      follower.start()
      connect.resume()
      unfollowFlows = bus.onChange((event) => queues.note(event))
      queues.resumeAll()
      runner.start()
      upkeep.start()
      bulk.start()
      waking.start()
      unfollowConnections = bus.onChange(({ type }) => {
        if (type !== 'connections.changed') return
        searchIndexer.note()
        queueMicrotask(() => connect.noteGone())
      })
      searchIndexer.note()
    },
    stop: async (): Promise<void> => {
      automation.stop()
      follower.stop()
      unfollowConnections()
      unfollowFlows()
      queues.stop()
      searchIndexer.stop()
      waking.stop()
      connect.stop()
      nango.stop()
      await Promise.all([runner.stop(), bulk.stop(), upkeep.stop(), picks.stop()])
      upkeep.close()
      await sandbox.stop()
      parts.audit.close()
    },
  }
}

export type Engine = ReturnType<typeof createEngine>
