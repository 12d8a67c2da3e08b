import { randomUUID } from 'node:crypto'
import type { Caller } from '#core/caller'
import type { Core } from '#core/core'
import { createDispatcher, type Handler } from '#core/dispatcher'
import { createEventBus, type EventBus } from '#core/events/event-bus'
import { SILENT_LOG } from '#core/log'
import { Secret } from '#core/vault/secret'
import type { PublicEvent } from '#shared/contract/events'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { PatchbayError } from '#shared/errors'

/** A real dispatcher and event bus over a few handlers without a database: what a transport can tell from the whole core is nothing. */
export interface SmallCore extends Core {
  readonly bus: EventBus
  /** Stores and announces an event, as the core does. */
  readonly happen: (type: PublicEvent['type'], data: Record<string, unknown>) => PublicEvent
  /** Who called what, in order. */
  readonly calls: { readonly caller: Caller; readonly method: string }[]
  readonly outcomes: unknown[]
  attention: number
}

const profile = {
  profileId: 'sandbox',
  name: 'Sandbox',
  kind: 'sandbox',
  nangoHost: 'http://127.0.0.1:3003',
  hasSecretKey: true,
  keyEnding: null,
  hasPrivateCertificate: false,
  allowsInsecureHttp: false,
  isActive: true,
  isReadOnly: false,
  status: 'connected',
  statusReason: null,
  createdAt: '2026-01-01T00:00:00.000Z',
}

const integration = (id: string, size = 0) => ({
  integrationId: id,
  // A display name would be cut to what can be shown.
  providerKey: size === 0 ? 'github' : 'x'.repeat(size),
  displayName: id,
  connectionCount: 0,
  createdAt: null,
  updatedAt: null,
})

/** The ticket that `redeemAuthTicket` takes once. */
export const GOOD_TICKET = 'ticket-0123456789abcdef'
export const SESSION_TOKEN = 'nango_connect_session_0f0f0f0f'

export const createSmallCore = (): SmallCore => {
  const bus = createEventBus(() => {})
  const stored: PublicEvent[] = []
  const calls: SmallCore['calls'] = []
  const outcomes: unknown[] = []
  let ticket: string | null = GOOD_TICKET
  let release: (() => void)[] = []

  const handlers: Record<string, (params: Record<string, unknown>, caller: Caller) => unknown> = {
    'profiles.list': () => ({ profiles: [profile] }),
    'settings.get': () => ({
      ...DEFAULT_SETTINGS,
      secretExtra: 'dropped',
    }),
    'settings.update': (params) => ({
      ...DEFAULT_SETTINGS,
      theme: 'dark',
      ...params,
    }),
    'integrations.list': () => ({ integrations: [integration('github', 5_000_000), integration('gitlab', 5_000_000)] }),
    'integrations.get': ({ integrationId }) => integration(String(integrationId)),
    'catalogue.get': () => new Promise((resolve) => release.push(() => resolve(null))),
    'catalogue.categories': () => {
      const waiting = release
      release = []
      for (const go of waiting) go()
      return { categories: [], authModes: [] }
    },
    'connect.get': () => {
      throw new PatchbayError('connect.not_found', { data: { flowId: 'f1' } })
    },
    'connect.list': () => {
      throw new Error('a mistake with a secret inside')
    },
    'events.list': ({ afterSequence = 0, limit, newestFirst }) => {
      const events = stored.filter((event) => event.sequence > Number(afterSequence))
      const ordered = newestFirst === true ? events.toReversed() : events
      return { events: ordered.slice(0, Number(limit)), lastSequence: stored.at(-1)?.sequence ?? 0 }
    },
    'system.shutdown': () => ({ stopping: true }),
  }

  const dispatch = createDispatcher({
    handlerOf:
      (name): Handler =>
      (params: never, caller) => {
        const handler = handlers[name]
        if (handler === undefined) throw new PatchbayError('request.unknown_method')
        return handler(params, caller)
      },
    engine: () => null,
    requireEngine: () => ({ resolve: (reference: string) => ({ connection_id: reference }) }) as never,
    now: () => 0,
    monotonicNow: () => 0,
    isApproved: (caller) => caller.kind === 'cli' && caller.isTrusted,
    log: SILENT_LOG,
    newReference: () => randomUUID(),
  })

  return {
    log: SILENT_LOG,
    bus,
    calls,
    outcomes,
    attention: 0,
    happen: (type, data) => {
      const event: PublicEvent = { sequence: stored.length + 1, type, at: new Date(0).toISOString(), data }
      stored.push(event)
      bus.publishPublic(event)
      return event
    },
    start: async () => {},
    stop: async () => {},
    dispatch: (caller, method, params) => {
      calls.push({ caller, method })
      return dispatch(caller, method, params)
    },
    onChange: bus.onChange,
    onPublicEvent: bus.onPublic,
    proveClient: async () => null,
    maySeeEvent: () => 'seen' as const,
    hangUp: () => {},
    onShutdownRequest: () => () => {},
    noteAttention() {
      this.attention += 1
    },
    noteWake: () => {},
    authWindowOrigins: () => ['http://127.0.0.1:3003'],
    redeemAuthTicket: async (given) => {
      if (given !== ticket) throw new PatchbayError('automation.denied')
      ticket = null
      return {
        flowId: 'f1',
        connectorName: 'GitHub',
        nangoHost: profile.nangoHost,
        websocketsPath: '/',
        integrationId: 'github',
        sessionToken: new Secret(SESSION_TOKEN),
        params: { subdomain: 'acme' },
        connectUiUrl: null,
      }
    },
    reportAuthOutcome: (given, outcome) => {
      outcomes.push({ ticket: given, outcome })
    },
  }
}
