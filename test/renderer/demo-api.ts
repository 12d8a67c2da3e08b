import type { StorageStatus } from '#shared/contract/backup'
import type { Connection, ConnectionCounts, ConnectionGroup, ConnectionStatus } from '#shared/contract/connections'
import { ConnectionStatus as Statuses, STATUSES_OF_GROUP } from '#shared/contract/connections'
import { type Api, type ChangeEvent, findMethod } from '#shared/contract/contract'
import type { PublicEvent } from '#shared/contract/events'
import { DEFAULT_SETTINGS, type Settings } from '#shared/contract/settings'
import { PatchbayError, toWire } from '#shared/errors'
import { inEnglish, say } from '#shared/sentence'
import type { Reply } from '#shared/wire'
import { demoConnections, demoConnectors } from './demo-data.ts'
import { demoHealth } from './demo-health.ts'
import { demoTrouble } from './demo-trouble.ts'

/** The knobs of a demo host: what its world is like. */
export interface DemoWorld {
  connections: Connection[]
  settings: Settings
  isOffline: boolean
  isLocked: boolean
  isKeyRefused: boolean
  kind: 'nango' | 'sandbox'
  /** What differs from stored data that is well. */
  storage: Partial<StorageStatus>
}

/** The parts of the contract that the window calls here. */
type DemoApi = { [D in keyof Api]?: Partial<Api[D]> }

type Query = Omit<Parameters<Api['connections']['list']>[0], 'at' | 'cursor' | 'limit'>

const GROUPS: readonly ConnectionGroup[] = ['needs_you', 'waiting', 'working', 'off']
const ranks = GROUPS.flatMap((group) => STATUSES_OF_GROUP[group])
const groupOf = (status: ConnectionStatus): ConnectionGroup => GROUPS.find((group) => STATUSES_OF_GROUP[group].includes(status)) ?? 'off'

/** An in-memory host for pictures and browser checks: the real contract over invented connections. */
export const createDemo = (options: { readonly more?: number } & Partial<DemoWorld> = {}) => {
  const started = Date.now()
  const world: DemoWorld = {
    connections: options.connections ?? demoConnections(started, options.more ?? 0),
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    isOffline: options.isOffline ?? false,
    isLocked: options.isLocked ?? false,
    isKeyRefused: options.isKeyRefused ?? false,
    kind: options.kind ?? 'nango',
    storage: options.storage ?? {},
  }
  const at = (ms: number): string => new Date(ms).toISOString()
  const listeners = new Set<(event: ChangeEvent) => void>()
  const emit = (event: ChangeEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const changed = (connectionId: string | null): void => emit({ type: 'connections.changed', data: { profileId: 'p1', connectionId } })
  const find = (connectionId: string): Connection => {
    const found = world.connections.find((one) => one.connectionId === connectionId)
    if (found === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
    return found
  }
  const shown = (connection: Connection): Connection =>
    world.isOffline && connection.status === 'connected' ? { ...connection, status: 'unknown' } : connection
  const replace = (next: Connection): Connection => {
    world.connections = world.connections.map((one) => (one.connectionId === next.connectionId ? next : one))
    changed(next.connectionId)
    return next
  }
  const listed = ({ group, search, connectorId, oauthMethod, isOurs, sort = 'status' }: Query): Connection[] => {
    const words = (search ?? '').toLowerCase()
    const key = (one: Connection): string => {
      if (sort === 'name') return one.label ?? one.handle
      if (sort === 'connector') return one.connectorId
      if (sort === 'expiresAt') return one.expiresAt ?? '~'
      if (sort === 'lastUsedAt') return one.lastUsedAt ?? '~'
      return String(ranks.indexOf(one.status))
    }
    return world.connections
      .filter((one) => group === undefined || groupOf(one.status) === group)
      .filter((one) => connectorId === undefined || one.connectorId === connectorId)
      .filter((one) => oauthMethod === undefined || one.oauthMethod === oauthMethod)
      .filter((one) => isOurs !== true || one.isOurs)
      .filter((one) => `${one.connectorId} ${one.label ?? ''} ${one.identity?.email ?? ''}`.toLowerCase().includes(words))
      .toSorted((a, b) => key(a).localeCompare(key(b)))
  }
  const counts = (): ConnectionCounts => {
    const count = <K extends string>(keys: readonly K[], of: (connection: Connection) => K): Record<K, number> =>
      Object.fromEntries(keys.map((key) => [key, world.connections.filter((one) => of(one) === key).length])) as Record<K, number>
    return {
      total: world.connections.length,
      byStatus: count(Statuses.options, (one) => shown(one).status),
      byGroup: count(GROUPS, (one) => groupOf(one.status)),
    }
  }
  const profile = () => ({
    profileId: 'p1',
    name: world.kind === 'sandbox' ? 'Sandbox' : 'production',
    kind: world.kind,
    nangoHost: 'https://api.nango.dev',
    hasSecretKey: true,
    keyEnding: '90aa',
    hasPrivateCertificate: false,
    allowsInsecureHttp: false,
    isActive: true,
    isReadOnly: false,
    status: 'connected' as const,
    statusReason: null,
    createdAt: at(started - 9e9),
  })
  const staging = () => ({ ...profile(), profileId: 'p2', name: 'staging', nangoHost: 'https://nango.harborline.example', isActive: false })
  const syncStatus = () => ({
    profileId: 'p1',
    state: world.isKeyRefused ? ('refused' as const) : world.isOffline ? ('offline' as const) : ('idle' as const),
    lastCompletedAt: at(started - 12_000),
    offlineSince: world.isOffline ? at(started - 1_800_000) : null,
    nextAt: at(Date.now() + 48_000),
    lastError: null,
    rateLimit: null,
    clockSkewSeconds: 0,
  })
  const vaultStatus = () => ({
    state: world.isLocked ? ('locked' as const) : ('open' as const),
    tier: world.isLocked ? ('passphrase' as const) : ('keychain' as const),
    backend: 'Secret Service',
    protection: inEnglish(say('vault.protection.keychain')),
    reason: null,
    available: [
      {
        tier: 'key-file' as const,
        isAvailable: true,
        reason: inEnglish(say('vault.last-resort')),
        said: { reason: [say('vault.last-resort')] },
      },
    ],
    said: { protection: [say('vault.protection.keychain')], reason: null },
    openedAt: world.isLocked ? null : at(started),
  })
  const storageStatus = (): StorageStatus => ({
    state: world.isLocked ? ('closed' as const) : ('open' as const),
    reason: null,
    since: null,
    isWritable: !world.isLocked,
    notice: null,
    backups: { count: 7, newestAt: at(started - 6 * 3_600_000) },
    newestBackup: '~/.local/share/patchbay/backups/patchbay-20260101T030000Z-nightly-10.db',
    ...world.storage,
  })
  const history = (connectionId: string): PublicEvent[] => {
    const { status } = find(connectionId)
    const facts: readonly (readonly [PublicEvent['type'], number, Record<string, unknown>])[] = [
      ...(status === 'attention' ? [['connection.attention', 125, { code: 'connection.refresh_failed' }] as const] : []),
      ['connection.refreshed', 250, { expiresAt: at(started - 250 * 60_000 + 3_600_000) }],
      ['connection.recovered', 27_000, {}],
      ['connection.activated', 60_000, { flowId: 'flw_demo' }],
    ]
    return facts.map(([type, minutes, data], index) => ({
      sequence: 100 - index,
      type,
      at: at(started - minutes * 60_000),
      data: { connectionId, ...data },
    }))
  }

  const trouble = demoTrouble({ started, find, emit, storage: storageStatus })

  const api: DemoApi = {
    backup: trouble.backup,
    bulk: { list: async () => ({ bulks: [] }) },
    system: {
      ...trouble.system,
      status: async () => ({
        version: '0.1.0',
        contractVersion: '1.0',
        host: 'node',
        pid: 1,
        startedAt: at(started),
        dataFolder: '~/.local/share/patchbay',
        socketPath: '/run/user/1000/patchbay/patchbay.sock',
        vault: vaultStatus(),
        storage: storageStatus(),
        profile: profile(),
        counts: world.isLocked ? null : counts(),
        sync: world.isLocked ? null : syncStatus(),
        health: 'ok',
      }),
    },
    settings: {
      get: async () => world.settings,
      update: async (part) => {
        world.settings = { ...world.settings, ...(part as Partial<Settings>) }
        emit({ type: 'settings.changed', data: {} })
        return world.settings
      },
    },
    profiles: {
      list: async () => ({ profiles: [profile(), staging()] }),
      use: async () => profile(),
      test: async () => ({
        profileId: 'p1',
        isWorking: true,
        failure: null,
        checks: (['profile', 'server', 'connections', 'integrations', 'sessions', 'callback'] as const).map((id) => ({
          id,
          status: 'ok' as const,
          summary: id,
          fix: null,
        })),
        testedAt: at(started),
      }),
    },
    integrations: { list: async () => ({ integrations: [] }) },
    vault: {
      status: async () => vaultStatus(),
      unlock: async ({ passphrase }) => {
        if (passphrase !== 'open sesame') throw new PatchbayError('vault.wrong_passphrase')
        world.isLocked = false
        emit({ type: 'vault.changed', data: {} })
        return vaultStatus()
      },
      lock: async () => {
        world.isLocked = true
        emit({ type: 'vault.changed', data: {} })
        return vaultStatus()
      },
    },
    catalogue: { list: async () => ({ connectors: demoConnectors(), total: demoConnectors().length }) },
    connect: {
      ...trouble.connect,
      list: async () => ({
        flows: world.connections
          .filter((one) => one.status === 'pending')
          .map((one) => ({
            flowId: `f-${one.connectionId}`,
            connectionId: one.connectionId,
            profileId: 'p1',
            connectorId: one.connectorId,
            label: one.label,
            page: 'provider',
            via: 'browser' as const,
            state: 'waiting' as const,
            oauthMethod: 'nango' as const,
            createdAt: at(started - 166_000),
            expiresAt: at(started + 1_634_000),
            isListening: true,
            steps: [],
          })),
      }),
    },
    connections: {
      list: async ({ limit = 100, cursor, at, ...query }) => {
        const matching = listed(query)
        const from = cursor === undefined ? (at ?? 0) : Number(cursor)
        const page = matching.slice(from, from + limit)
        return {
          connections: page.map(shown),
          nextCursor: from + limit < matching.length ? String(from + limit) : null,
          total: at === undefined && matching.length > 1000 ? null : matching.length,
        }
      },
      place: async ({ connectionId, ...query }) => {
        const group = groupOf(find(connectionId).status)
        const place = listed({ ...query, group }).findIndex((one) => one.connectionId === connectionId)
        return { group, at: place === -1 ? null : place }
      },
      counts: async () => counts(),
      countByConnector: async () => ({
        connectors: [...Map.groupBy(world.connections.map(shown), ({ connectorId }) => connectorId)].map(([connectorId, group]) => ({
          connectorId,
          count: group.length,
          needsYou: group.filter(({ status }) => groupOf(status) === 'needs_you').length,
          worstStatus: group.toSorted((a, b) => ranks.indexOf(a.status) - ranks.indexOf(b.status))[0]?.status ?? 'unknown',
        })),
      }),
      get: async ({ connectionId }) => shown(find(connectionId)),
      health: async ({ connectionId }) => demoHealth(shown(find(connectionId)), started),
      defaults: async () => ({ defaults: [] }),
      picks: async () => ({ picks: [] }),
      update: async ({ connectionId, label, notes }) => {
        const found = find(connectionId)
        return replace({ ...found, label: label === undefined ? found.label : label, notes: notes === undefined ? found.notes : notes })
      },
      refresh: async ({ connectionId, acceptRisk }) => {
        const found = find(connectionId)
        if (found.status === 'attention' && acceptRisk !== true)
          throw new PatchbayError('connection.refresh_risky', { data: { connectionId } })
        if (found.status === 'attention')
          throw new PatchbayError('connection.refresh_failed', { data: { connectionId, handle: found.handle } })
        const expiresAt = at(Date.now() + 3_600_000)
        return { outcome: 'refreshed', connection: replace({ ...found, status: 'connected', expiresAt, lastRefreshedAt: at(Date.now()) }) }
      },
      remove: async ({ connectionId, forgetOnly }) => {
        const { handle } = find(connectionId)
        world.connections = world.connections.filter((one) => one.connectionId !== connectionId)
        changed(connectionId)
        return {
          connectionId,
          handle,
          provider: 'not_asked',
          revocation: null,
          undo: forgetOnly === true ? 'adopt' : 'none',
          nango: forgetOnly === true ? 'not_asked' : 'deleted',
          local: 'forgotten',
        }
      },
    },
    sync: {
      status: async () => syncStatus(),
      run: async () => {
        if (world.isOffline) throw new PatchbayError('nango.unreachable')
        return { profileId: 'p1', seen: world.connections.length, added: 0, updated: 0, removed: 0, missing: 0, pages: 1, durationMs: 12 }
      },
    },
    events: { list: async ({ connectionId }) => ({ events: history(connectionId ?? ''), lastSequence: 100 }) },
  }

  /** One call as a host would answer it: parameters parsed, errors of the table. */
  const call = async (name: string, params: unknown): Promise<Reply> => {
    try {
      const [domain = '', methodName = ''] = name.split('.')
      const method = findMethod(name)
      const implementation = (api[domain as keyof DemoApi] as Record<string, (params: unknown) => Promise<unknown>> | undefined)?.[
        methodName
      ]
      if (method === undefined || implementation === undefined)
        throw new PatchbayError('request.unknown_method', { data: { method: name } })
      if (world.isLocked && method.worksWhileLocked !== true) throw new PatchbayError('vault.locked')
      return { ok: true, value: method.result.parse(await implementation(method.params.parse(params))) }
    } catch (error) {
      return { ok: false, error: toWire(error) }
    }
  }
  const onEvent = (listener: (event: ChangeEvent) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return { world, call, onEvent, emit, changed, replace }
}

export type Demo = ReturnType<typeof createDemo>
