import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '#core/clock'
import { createHttp, HTTP_LIMITS, type HttpLimits, type HttpReply } from '#core/http'
import type { Log } from '#core/log'
import type { Secret } from '#core/vault/secret'
import type { FormMode } from '#shared/auth-ways'
import { PatchbayError } from '#shared/errors'
import { NangoAuthSocket } from './nango-auth-socket.ts'
import { FORM_ENDPOINTS, isRefusalOfCredentials } from './nango-credentials.ts'
import type { RawIdentity } from './nango-identity.ts'
import { createImportCalls, type NangoImportCalls } from './nango-import.ts'
import { createIntegrationCalls, type NangoIntegrationCalls } from './nango-integrations.ts'
import { createConnectionChanges, type NangoConnectionChanges } from './nango-changes.ts'
import { createNangoProxy, type NangoProxy } from './nango-proxy.ts'
import { hasRenamedTag, parseReply, segment } from './nango-request.ts'
import { createSessionCalls, type NangoSessionCalls } from './nango-sessions.ts'
import { withoutValues } from './nango-errors.ts'
import { createNangoTransport, type CallPolicy } from './nango-transport.ts'
import * as wire from './nango-wire.ts'
import { createRateBudget, type CallPriority, type RateLimit } from './rate-budget.ts'
import { createServerClock, type ServerClock } from './server-clock.ts'

/** `priority` is `person` when left out; background calls keep to a quarter of the account's budget. */
export interface CallOptions {
  readonly signal?: AbortSignal
  readonly priority?: CallPriority
}

/** A row of Nango's list. `id` is unique per server; (providerConfigKey, connectionId) is the natural key. */
export interface NangoConnectionSummary {
  readonly id: number
  readonly connectionId: string
  readonly providerConfigKey: string
  readonly provider: string
  readonly hasAuthError: boolean
  readonly errorLogId: string | null
  readonly endUser: { readonly id: string; readonly displayName: string | null; readonly email: string | null } | null
  readonly tags: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly createdAt: string
}

/** One connection in full. `credentials` is the JSON text of Nango's credentials object; null when the key may not read it. */
export interface NangoConnectionDetail extends NangoConnectionSummary {
  readonly connectionConfig: Readonly<Record<string, unknown>>
  readonly updatedAt: string
  readonly lastFetchedAt: string | null
  readonly expiresAt: string | null
  readonly grantedScopes: readonly string[] | null
  readonly hasCredentials: boolean
  readonly credentials: Secret | null
  readonly rawIdentity: RawIdentity | null
}

export interface NangoIntegration {
  readonly integrationId: string
  readonly providerKey: string
  readonly displayName: string
  readonly createdAt: string | null
  readonly updatedAt: string | null
}

/** The natural key of a connection at Nango. */
export interface NangoConnectionKey {
  readonly connectionId: string
  readonly providerConfigKey: string
}

/** Nango's API as Patchbay uses it. Throws PatchbayErrors only; none of them holds a key, token, header or body. */
export interface NangoClient extends NangoIntegrationCalls, NangoSessionCalls, NangoConnectionChanges, NangoImportCalls, NangoProxy {
  readonly host: string
  readonly rateLimit: RateLimit | null
  /** The time at the server, for what it says runs out. */
  readonly serverClock: Pick<ServerClock, 'now' | 'skewMs'>
  /** Throws `nango.not_nango` when the address answers, but not as Nango does. */
  health(options?: CallOptions): Promise<void>
  /** Asks any address by GET as a stranger would: without the key, within 5 s, redirects not followed. Throws `HttpFailure`. */
  visit(url: string): Promise<HttpReply>
  /** One page, newest first; at most `limit` (up to 2,000) rows. Its end is a page with fewer rows. */
  listConnections(
    query: {
      readonly limit?: number
      readonly page?: number
      readonly tags?: Readonly<Record<string, string>>
      readonly connectionId?: string
      readonly integrationId?: string
      readonly search?: string
    },
    options?: CallOptions,
  ): Promise<NangoConnectionSummary[]>
  /**
   * Reads one connection; has side effects at Nango: it may refresh the token (nango-api.md section 7). `withRefreshToken`: the
   * credentials are whole, fit for `importConnection`; throws `nango.scope_missing` where the key may not read them.
   */
  getConnection(
    key: NangoConnectionKey & { readonly forceRefresh?: boolean; readonly withRefreshToken?: boolean },
    options?: CallOptions,
  ): Promise<NangoConnectionDetail>
  deleteConnection(key: NangoConnectionKey, options?: CallOptions): Promise<'deleted' | 'already_gone'>
  listIntegrations(options?: CallOptions): Promise<NangoIntegration[]>
  getIntegration(integrationId: string, options?: CallOptions): Promise<NangoIntegration>
  /** A provider's definition as the server has it; for providers newer than the snapshot (nango-api.md section 3). */
  readProvider(providerKey: string, options?: CallOptions): Promise<Readonly<Record<string, unknown>>>
  /** Makes a connection of what a form gave. Throws `connect.test_failed` when Nango's check fails; `secrets` never come back in it. */
  submitCredentials(
    input: {
      readonly mode: FormMode
      readonly integrationId: string
      readonly token: Secret
      readonly params: Readonly<Record<string, string>>
      readonly credentials: Readonly<Record<string, string>>
      readonly assertion?: Readonly<Record<string, string>>
      readonly secrets?: readonly string[]
    },
    options?: CallOptions,
  ): Promise<NangoConnectionKey>
  /** The page that starts an OAuth sign-in. Holds the session token: a secret. */
  authorizationUrl(input: {
    readonly integrationId: string
    readonly token: Secret
    readonly params?: Readonly<Record<string, string>>
    readonly websocketClientId?: string
  }): string
  /** A socket that will tell the result of one sign-in; not started yet. */
  openAuthSocket(path: string): NangoAuthSocket
  /** The way to the server may be free again: one that was given up is tried at the next call. */
  hurry(): void
  /** The way to the server may be another one: also the kept connections go. */
  renew(): void
  /** The computer may have slept for so long: what Nango asked to wait has gone by. */
  slept(gapMs: number): void
  close(): void
}

/** A page of the list is taken apart so many rows at a time, each part in a turn of the event loop of its own. */
const ROWS_A_TURN = 400

const summariesOf = async (reply: unknown): Promise<NangoConnectionSummary[]> => {
  const { connections } = parseReply(wire.ConnectionListEnvelope, reply)
  const summaries: NangoConnectionSummary[] = []
  for (let from = 0; from < connections.length; from += ROWS_A_TURN) {
    // Whoever parsed the text of a long page has done enough in that turn.
    if (connections.length > ROWS_A_TURN) await nextTurn()
    const part = { connections: connections.slice(from, from + ROWS_A_TURN) }
    for (const row of parseReply(wire.ConnectionListReply, part).connections) summaries.push(wire.toSummary(row))
  }
  return summaries
}

const isGone = (error: unknown): boolean => error instanceof PatchbayError && error.code === 'nango.not_found'

/** Makes the client of one server and key. Opens no connection until it is used. */
export const createNangoClient = (options: {
  /** Origin and path prefix, without a slash at its end. */
  readonly host: string
  readonly secretKey: Secret
  readonly certificatePem?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly now: () => number
  readonly monotonicNow?: () => number
  /** Other limits than `HTTP_LIMITS`. */
  readonly limits?: Partial<HttpLimits>
}): NangoClient => {
  const { host, secretKey, certificatePem, environment, log, now, monotonicNow = () => performance.now(), limits = {} } = options
  const clock: Clock = { now, monotonicNow }
  const http = createHttp({ environment, log, now: monotonicNow, certificatePem, limits })
  const serverClock = createServerClock(clock)
  const budget = createRateBudget(clock, () => serverClock.now())
  const transport = createNangoTransport({ host, secretKey, http, budget, clock, serverClock, limits })

  const reading = (call: CallOptions = {}): CallPolicy => ({ ...call, isBudgeted: true, isRepeatable: true })
  const writing = (call: CallOptions = {}): CallPolicy => ({ ...call, isBudgeted: true, isRepeatable: false })
  const withSession = (call: CallOptions = {}, isRepeatable = false): CallPolicy => ({ ...call, isBudgeted: false, isRepeatable })
  const bearer = (token: Secret): Record<string, string> => ({ authorization: `Bearer ${token.reveal()}` })

  return {
    host,
    get rateLimit() {
      return budget.rateLimit
    },
    serverClock,
    ...createIntegrationCalls({ host, secretKey, transport }),
    ...createImportCalls({ host, secretKey, transport }),
    ...createSessionCalls({ host, secretKey, transport }),
    ...createConnectionChanges({ host, secretKey, transport }),
    ...createNangoProxy({ host, secretKey, transport, rateLimit: () => budget.rateLimit }),

    health: async (call) => {
      const reply = await transport.send({ method: 'GET', url: `${host}/health` }, withSession(call, true))
      if (!wire.HealthReply.safeParse(reply).success) throw new PatchbayError('nango.not_nango')
    },

    visit: (url) => http.request({ method: 'GET', url, headers: { accept: 'text/html' }, timeoutMs: 5_000, maxBodyBytes: 262_144 }),

    listConnections: async (query, call) => {
      const { search, tags = {}, limit, page, connectionId, integrationId } = query
      const sdk = await transport.sdk(reading(call))
      if (search === undefined && !hasRenamedTag(tags)) {
        const { tags: _tags, search: _search, ...rest } = query
        const reply = await sdk.listConnections({ ...rest, tags: { ...tags } })
        return summariesOf(reply)
      }
      const params = new URLSearchParams()
      for (const [name, value] of Object.entries({ search, limit, page, connectionId, integrationId })) {
        if (value !== undefined) params.set(name, String(value))
      }
      for (const [key, value] of Object.entries(tags)) params.set(`tags[${key.toLowerCase()}]`, value)
      const { data } = await sdk.http.get<unknown>(`${host}/connections?${params.toString()}`, { headers: bearer(secretKey) })
      return summariesOf(data)
    },

    getConnection: async ({ connectionId, providerConfigKey, forceRefresh = false, withRefreshToken = false }, call) => {
      // Not sdk.getConnection: it always sends parameters that older servers and narrower keys refuse.
      const params = new URLSearchParams({ provider_config_key: providerConfigKey })
      if (forceRefresh) params.set('force_refresh', 'true')
      if (withRefreshToken) params.set('refresh_token', 'true')
      const sdk = await transport.sdk({ ...(forceRefresh ? writing(call) : reading(call)), asksProvider: true })
      const { data } = await sdk.http.get<unknown>(`${host}/connections/${segment(connectionId)}?${params.toString()}`, {
        headers: bearer(secretKey),
      })
      return wire.toDetail(parseReply(wire.ConnectionReply, data))
    },

    deleteConnection: async ({ connectionId, providerConfigKey }, call) => {
      const sdk = await transport.sdk(writing(call))
      try {
        await sdk.deleteConnection(encodeURIComponent(providerConfigKey), segment(connectionId))
        return 'deleted'
      } catch (error) {
        if (isGone(error)) return 'already_gone'
        throw error
      }
    },

    listIntegrations: async (call) => {
      const sdk = await transport.sdk(reading(call))
      return parseReply(wire.IntegrationListReply, await sdk.listIntegrations()).configs.map(wire.toIntegration)
    },

    getIntegration: async (integrationId, call) => {
      const sdk = await transport.sdk(reading(call))
      return wire.toIntegration(parseReply(wire.IntegrationReply, await sdk.getIntegration({ uniqueKey: segment(integrationId) })).data)
    },

    readProvider: async (providerKey, call) => {
      const sdk = await transport.sdk(reading(call))
      const { data } = await sdk.http.get<unknown>(`${host}/providers/${segment(providerKey)}`, { headers: bearer(secretKey) })
      return parseReply(wire.ProviderReply, data).data
    },

    submitCredentials: async ({ mode, integrationId, token, params, credentials, assertion = {}, secrets = [] }, call) => {
      const endpoint = FORM_ENDPOINTS[mode]
      const url = new URL(`${host}${endpoint.path}/${segment(integrationId)}`)
      url.searchParams.set('connect_session_token', token.reveal())
      for (const [name, value] of Object.entries(params)) url.searchParams.set(`params[${name}]`, value)
      const body = endpoint.bodyOf({ credentials, assertion })
      const headers = { 'content-type': 'application/json' }
      try {
        // Nango tries the credentials at the service before it answers.
        const headersTimeoutMs = limits.callMs ?? HTTP_LIMITS.callMs
        const sent = body === null ? {} : { body: JSON.stringify(body) }
        const request = { method: 'POST', url: url.href, headers, ...sent, headersTimeoutMs } as const
        return parseReply(wire.CredentialsReply, await transport.send(request, withSession(call)))
      } catch (error) {
        if (!(error instanceof PatchbayError)) throw error
        const known = withoutValues(error, [...Object.values(credentials), ...Object.values(assertion), ...secrets])
        throw isRefusalOfCredentials(known.data['nangoCode']) ? new PatchbayError('connect.test_failed', { data: known.data }) : known
      }
    },

    authorizationUrl: ({ integrationId, token, params = {}, websocketClientId }) => {
      const url = new URL(`${host}/oauth/connect/${segment(integrationId)}`)
      url.searchParams.set('connect_session_token', token.reveal())
      for (const [name, value] of Object.entries(params)) url.searchParams.set(`params[${name}]`, value)
      if (websocketClientId !== undefined) url.searchParams.set('ws_client_id', websocketClientId)
      return url.href
    },

    openAuthSocket: (path) => new NangoAuthSocket({ host, path, http, log }),

    hurry: () => transport.hurry(),
    renew: () => {
      http.dropIdle()
      transport.hurry()
    },
    slept: (gapMs) => budget.slept(gapMs),
    close: () => http.close(),
  }
}
