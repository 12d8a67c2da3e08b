import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isErrorCode } from '#shared/errors'
import { bulkActions } from './bulk/bulk-actions.ts'
import { createBulkApi } from './bulk/bulk-api.ts'
import { BulkRunner } from './bulk/bulk-runner.ts'
import { createCatalogueApi, resolveConnector } from './catalogue/catalogue-api.ts'
import { createConnectorCatalogue } from './catalogue/connector-catalogue.ts'
import { createIntegrationsApi } from './catalogue/integrations-api.ts'
import { createKnownIntegrations } from './catalogue/known-integrations.ts'
import { createConnectApi, reconnectThrough } from './connect/connect-api.ts'
import { ConnectEngine } from './connect/connect-engine.ts'
import { deleteFlowsBefore, deleteFlowsOf } from './connect/flow-store.ts'
import type { WatchPace } from './connect/flow-watch.ts'
import { readInstallationId } from './connect/installation-id.ts'
import { createQueueApi } from './connect/queue-api.ts'
import { QueueRunner } from './connect/queue-runner.ts'
import { countByIntegration, countConnections } from './connections/connection-query.ts'
import type { ProfileView } from './connections/connection-row.ts'
import { createConnectionsApi } from './connections/connections-api.ts'
import { createImportApi } from './connections/import-api.ts'
import { createImportLookup } from './connections/import-lookup.ts'
import { deleteImportedRowsOf } from './connections/import-store.ts'
import { deleteConnectionsOf } from './connections/connections-by-server.ts'
import { connectionNamed, nangoNameOf } from './connections/nango-name.ts'
import { createPicksApi } from './connections/picks-api.ts'
import { ProfileFollower } from './connections/profile-follower.ts'
import { RecentRemovals } from './connections/recent-removals.ts'
import { createRefresher } from './connections/refresh-connection.ts'
import { resolveConnection } from './connections/resolve-connection.ts'
import { createRevoke } from './connections/revoke-connection.ts'
import { SearchIndexer } from './connections/search-indexer.ts'
import type { WritableDb } from './database/sql.ts'
import { createEngineWaking } from './engine-waking.ts'
import type { EventBus } from './events/event-bus.ts'
import { createEventsApi } from './events/events-api.ts'
import { createJournal } from './events/journal.ts'
import { createConnectionHealthApi } from './health/connection-health-api.ts'
import { ProbeCatalogue } from './health/probe-calls.ts'
import { createConnectionProbe } from './health/probe-connection.ts'
import { ProbeRunner } from './health/probe-runner.ts'
import { createTroubleEngine } from './health/trouble-engine.ts'
import { createHttp, type HttpLimits } from './http.ts'
import type { Log } from './log.ts'
import { createNangoAccess } from './nango/nango-access.ts'
import { createProfileTest } from './nango/profile-test.ts'
import type { Platform } from './platform.ts'
import type { NangoEnvironment } from './profiles/environment-profile.ts'
import { createProfileRegistry, statusAfter } from './profiles/profile-registry.ts'
import { createProfilesApi } from './profiles/profiles-api.ts'
import { createSandboxApi } from './sandbox/sandbox-api.ts'
import { SandboxRunner } from './sandbox/sandbox-runner.ts'
import { syncWithNango } from './sync/nango-sync.ts'
import { createSyncApi } from './sync/sync-api.ts'
import { SyncRunner } from './sync/sync-runner.ts'
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
  const { activeProfileId, activeProfile, profileIdOf, serverOf } = registry
  const viewOf = (profileId: string): ProfileView => getSyncState(db, profileId)

  const catalogue = createConnectorCatalogue({
    catalogueFile: parts.catalogueFile,
    environment: platform.environment,
    overridesFolder: join(platform.dataFolder, 'connectors'),
    monotonicNow,
  })
  const integrations = createKnownIntegrations({
    db,
    journal,
    log,
    now: monotonicNow,
    integrationsOf: async (profileId) => (await clientFor(profileId)).listIntegrations(),
    definitionOf: async (profileId, providerKey) => (await clientFor(profileId)).readProvider(providerKey),
    isInSnapshot: (providerKey) => catalogue.describes(providerKey),
  })
  const catalogueDeps = {
    catalogue,
    integrations,
    findProfile: (profileId: string | undefined) => {
      const wanted = profileId ?? activeProfileId()
      return wanted === null ? null : { profileId: wanted, usesNango: registry.get(wanted).kind !== 'direct' }
    },
  }
  const connectorOf = (provider: string): { connectorId: string; authMode: string } => {
    const entry = catalogue.find(provider)
    return { connectorId: entry?.connectorId ?? provider, authMode: entry?.authMode ?? 'UNKNOWN' }
  }
  const slugOf = (name: string): string => catalogue.find(name)?.connectorId ?? name
  const nameOf = (connectorId: string): string => catalogue.find(connectorId)?.name ?? connectorId

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
    resolveConnector: (connectorId, profileId) => resolveConnector(catalogueDeps, connectorId, profileId),
    nameOf,
    connectorOf,
    timeAt,
    ...(parts.pace === undefined ? {} : { pace: parts.pace }),
  })

  const queues = new QueueRunner({ db, journal, vault, log, now, profileIdOf, flows: connect })

  const removals = new RecentRemovals(monotonicNow)
  const runner = new SyncRunner({
    db,
    journal,
    log,
    clientFor,
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
    monotonicNow,
    clockSkewMs: (profileId) => nango.skewAt(profileId),
    isSparing: () => platform.isOnBattery?.() ?? false,
    ...(parts.idleIntervalMs === undefined ? {} : { idleIntervalMs: parts.idleIntervalMs }),
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
    db.run('DELETE FROM sync_state WHERE profile_id = ?', profileId)
    void sandbox.forget(profileId)
  }

  const resolveConnectionId = (reference: string): string =>
    resolveConnection(db, reference, { activeProfileId: activeProfileId(), slugOf })
  const picks = createPicksApi({ db, bus, platform, activeProfileId, profileIdOf, viewOf, timeAt, slugOf })

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

  const renewing = { db, journal, clientFor, now, renewals: connect.renewals }
  const refresh = createRefresher(renewing)
  const isOffline = (profileId: string): boolean => viewOf(profileId).offlineSince !== null
  const probe = createConnectionProbe({ ...renewing, calls: new ProbeCatalogue(monotonicNow), isOffline, timeAt })
  const probes = new ProbeRunner({
    db,
    log,
    probe,
    schedule: () => platform.settings.read().healthProbes,
    activeProfileId,
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
      catalogue: createCatalogueApi(catalogueDeps),
      integrations: createIntegrationsApi({
        requireProfileId: profileIdOf,
        atNango: clientFor,
        resolve: (connectorId, profileId) => resolveConnector(catalogueDeps, connectorId, profileId),
        authModeOf: async (providerKey, profileId) => {
          if (catalogue.describes(providerKey)) return catalogue.find(providerKey)?.authMode ?? null
          return (await integrations.read(profileId)).definitions.get(providerKey)?.authMode ?? null
        },
        countsOf: (profileId) => countByIntegration(db, profileId),
        changed: async (profileId, isRemoval) => {
          // The change is made; that it cannot be read back at once is told by the next look.
          await integrations.refresh(profileId).catch(() => null)
          if (isRemoval) await runner.run(profileId).catch(() => null)
        },
      }),
      connect: createConnectApi(connect, resolveConnectionId),
      queue: createQueueApi({
        queues,
        profileIdOf,
        resolveConnector: (connectorId, profileId) => resolveConnector(catalogueDeps, connectorId, profileId),
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
      events: createEventsApi(db),
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
    resolveConnectionId,
    view: () => {
      const profile = activeProfile()
      if (profile === null) return { profile, counts: null, sync: null }
      return { profile, counts: countConnections(db, profile.profileId, viewOf(profile.profileId)), sync: runner.status(profile.profileId) }
    },
    trouble,
    start: (): void => {
      deleteFlowsBefore(db, new Date(now() - FLOWS_KEPT_MS).toISOString())
      follower.start()
      connect.resume()
      unfollowFlows = bus.onChange((event) => queues.note(event))
      queues.resumeAll()
      runner.start()
      probes.start()
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
      follower.stop()
      unfollowConnections()
      unfollowFlows()
      queues.stop()
      searchIndexer.stop()
      waking.stop()
      connect.stop()
      nango.stop()
      await Promise.all([runner.stop(), bulk.stop(), probes.stop(), picks.stop()])
      providerHttp.close()
      await sandbox.stop()
    },
  }
}

export type Engine = ReturnType<typeof createEngine>
