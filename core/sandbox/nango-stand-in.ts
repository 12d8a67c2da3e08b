import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type Log, SILENT_LOG } from '#core/log'
import { DEMO_INTEGRATIONS, DEMO_PROVIDERS } from './demo-catalogue.ts'
import { AuthWebhooks } from './auth-webhooks.ts'
import { type RateRule, RateWindows, authenticate, requireScope } from './stand-in-access.ts'
import type { StandInContext } from './stand-in-context.ts'
import { type StandInControls, createControls } from './stand-in-controls.ts'
import { FaultBoard, type StandInFaults } from './stand-in-faults.ts'
import {
  type StandInIntegration,
  type StandInProvider,
  type VerifyCredentials,
  acceptDemoCredentials,
  resolveProviders,
} from './stand-in-provider.ts'
import type { StoredConnection } from './stand-in-records.ts'
import { TokenRefresher } from './stand-in-refresh.ts'
import { Refusal, type Reply, genericError, send } from './stand-in-reply.ts'
import { parseJsonBody, parseQuery, readBody, requireJsonContentType } from './stand-in-request.ts'
import { findRoute, wantsJson } from './stand-in-routes.ts'
import { FlowSockets } from './stand-in-sockets.ts'
import { StandInState, type StandInStorage } from './stand-in-state.ts'
import { newConnectionId } from './stand-in-upsert.ts'
import { WebhookSender } from './webhook-sender.ts'

export type { StandInStorage } from './stand-in-state.ts'
export type { StandInIntegration, StandInProvider, VerifyCredentials } from './stand-in-provider.ts'
export type { StandInFaults } from './stand-in-faults.ts'

export interface StandInOptions {
  /** 0 (the default) lets the system choose. */
  readonly port?: number
  /** A UUID v4; taken from the storage or made when absent. */
  readonly secretKey?: string
  /** The integrations there are at least; the demo ones when absent. */
  readonly integrations?: readonly StandInIntegration[]
  /** Added to the demo providers, replacing those of the same name. */
  readonly providers?: Readonly<Record<string, StandInProvider>>
  readonly storage?: StandInStorage
  /** For all secret keys together, and again for all session tokens; 200 when absent. */
  readonly rateLimitPerMinute?: number
  readonly now?: () => number
  /** More secret keys (UUID v4), each with its scopes. */
  readonly scopedKeys?: Readonly<Record<string, readonly string[]>>
  /** Whether a service accepts credentials; `demo-...` keys when absent. */
  readonly verifyCredentials?: VerifyCredentials
  /** Unknown GET paths show a page with 200, as a Nango with its dashboard built does; without it they are 500. */
  readonly hasDashboard?: boolean
  /** Sessions lead to a Connect UI of its own; else to `http://localhost:3009`, as a self-hosted Nango says. */
  readonly hasConnectUi?: boolean
  /** How many connections the plan allows; sessions are refused from then on. Any number when absent. */
  readonly connectionLimit?: number
  readonly log?: Log
  /** A switch, the receiver or a delivery is another one now. */
  readonly onChange?: () => void
  /** The pauses between the attempts of a webhook, milliseconds; Nango's 3 s and 6 s when absent. */
  readonly webhookRetryMs?: readonly number[]
}

/** A connection put in without a request. */
export type SeededConnection = Pick<StoredConnection, 'integrationKey' | 'credentials'> & Partial<StoredConnection>

export interface NangoStandIn extends StandInControls {
  /** `http://127.0.0.1:port` */
  readonly url: string
  readonly secretKey: string
  readonly port: number
  readonly faults: StandInFaults
  /** The last 10,000 requests, without queries: those hold session tokens. */
  readonly requests: readonly { readonly method: string; readonly path: string; readonly at: number }[]
  /** Adds connections at once; what is left out gets what a new connection has. */
  seedConnections(rows: readonly SeededConnection[]): void
  /** Cuts every connection, saves and frees the port. */
  stop(): Promise<void>
}

const KEEP_ALIVE_MS = 61_000
const MAX_NOTED_REQUESTS = 10_000
const MINUTE_MS = 60_000

const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Authorization, Etag, Content-Type, Content-Length, X-Nango-Signature, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset',
}
const PREFLIGHT: Reply = {
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
    'access-control-allow-headers':
      'Authorization, Content-Type, Accept, Origin, X-Requested-With, Nango-Activity-Log-Id, Nango-Is-Dry-Run, Nango-Is-Sync, Provider-Config-Key, Connection-Id, Sentry-Trace, Baggage',
    'access-control-max-age': '600',
    'content-length': '0',
  },
}
const DASHBOARD: Reply = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  html: '<!doctype html><html lang="en"><head><title>Nango</title></head><body><div id="root"></div></body></html>',
}

const addIntegrations = (state: StandInState, wanted: readonly StandInIntegration[], now: number): void => {
  for (const given of wanted) {
    const known = state.integrations.get(given.uniqueKey)
    state.integrations.set(given.uniqueKey, {
      uniqueKey: given.uniqueKey,
      provider: given.provider,
      displayName: known?.displayName ?? given.displayName ?? null,
      clientId: given.clientId ?? known?.clientId ?? null,
      clientSecret: given.clientSecret ?? known?.clientSecret ?? null,
      scopes: given.scopes ?? known?.scopes ?? null,
      webhookSecret: known?.webhookSecret ?? null,
      forwardWebhooks: known?.forwardWebhooks ?? true,
      createdAt: known?.createdAt ?? now,
      updatedAt: known?.updatedAt ?? now,
    })
  }
  state.changed()
}

const seed = (state: StandInState, rows: readonly SeededConnection[], now: number): void => {
  for (const row of rows) {
    if (!state.integrations.has(row.integrationKey)) throw new Error(`there is no integration ${row.integrationKey}`)
    state.insertConnection({
      connectionId: newConnectionId(),
      endUser: null,
      tags: {},
      metadata: row.credentials.type === 'OAUTH2' ? null : {},
      connectionConfig: {},
      webhookUrlOverride: null,
      createdAt: now,
      updatedAt: now,
      lastFetchedAt: now,
      errorLogId: null,
      lastRefreshFailure: null,
      refreshAttempts: 0,
      ...row,
      id: row.id ?? state.nextId(),
    })
  }
  state.flush(now)
}

interface Door {
  readonly context: StandInContext
  readonly windows: RateWindows
  readonly scopedKeys: ReadonlyMap<string, readonly string[]>
  readonly hasDashboard: boolean
}

const handle = async (door: Door, request: IncomingMessage, response: ServerResponse, url: URL): Promise<Reply> => {
  const { context } = door
  const path = url.pathname
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
  if (method === 'OPTIONS') return PREFLIGHT
  const rawBody = await readBody(request)
  const body = parseJsonBody(request, rawBody)
  if (wantsJson(path)) requireJsonContentType(request)
  const found = findRoute(method, path)
  if (!found) return door.hasDashboard && method === 'GET' ? DASHBOARD : genericError()
  const { route, params } = found
  const doors = { state: context.state, scopedKeys: door.scopedKeys, now: context.now }
  const access = route.rule === 'none' ? null : authenticate(route.rule, request, url.searchParams, doors)
  if (access) {
    door.windows.take(access, request, response, path)
    requireScope(access, route.scopes)
  }
  const asked = { method: request.method ?? 'GET', search: url.search, query: parseQuery(url.searchParams), body, rawBody }
  return route.handler({ ...asked, params, headers: request.headers, access }, context)
}

const refusalOrThrow = (error: unknown): Reply => {
  if (error instanceof Refusal) return error.reply
  throw error
}

const serve = async (door: Door, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
  const { context } = door
  if (await context.faults.meet(request, response, url.pathname)) return
  for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value)
  let reply: Reply
  try {
    reply = await handle(door, request, response, url).catch(refusalOrThrow)
    // What an answer acknowledges is saved before it is given.
    context.state.flush(context.now())
  } catch (error) {
    context.log.error('sandbox.request_failed', { path: url.pathname, error })
    reply = genericError()
  }
  send(request, response, reply)
}

/**
 * Starts a server on 127.0.0.1 that behaves as Nango 0.71.4 was measured to (nango-api.md), with demo services behind it. It may
 * call loopback addresses, which Nango's own guard forbids: its providers live there.
 */
export const startNangoStandIn = async (options: StandInOptions = {}): Promise<NangoStandIn> => {
  const now = options.now ?? Date.now
  const log = options.log ?? SILENT_LOG
  const onChange = options.onChange ?? ((): void => {})
  const state = new StandInState(options.storage, options.secretKey, onChange)
  const { misbehaviour } = state
  addIntegrations(state, options.integrations ?? DEMO_INTEGRATIONS, now())
  const requests: { method: string; path: string; at: number }[] = []
  let door: Door | null = null
  const server = createServer((request, response) => {
    if (!door) {
      response.destroy()
      return
    }
    // Its clock may be another one than this computer's.
    response.setHeader('date', new Date(now()).toUTCString())
    const url = new URL(request.url?.startsWith('/') ? request.url : '/', door.context.url)
    if (requests.push({ method: request.method ?? 'GET', path: url.pathname, at: now() }) > MAX_NOTED_REQUESTS) requests.shift()
    serve(door, request, response, url).catch((error: unknown) => {
      log.warn('sandbox.answer_lost', { path: url.pathname, error })
      response.destroy()
    })
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(options.port ?? 0, '127.0.0.1', listening.resolve)
  await listening.promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port')
  const origin = `http://127.0.0.1:${address.port}`
  const sockets = new FlowSockets(server)
  const faults = new FaultBoard(sockets, () => misbehaviour.faults)
  const providers = resolveProviders({ ...DEMO_PROVIDERS, ...options.providers }, origin)
  const signingKey = (): string => state.webhookSigningKey
  const sender = new WebhookSender({ signingKey, now, log, onChange, retryMs: options.webhookRetryMs })
  const webhooks = new AuthWebhooks({ state, providers, sender })
  const context: StandInContext = {
    url: origin,
    connectionLimit: options.connectionLimit ?? null,
    connectUiUrl: options.hasConnectUi === true ? `${origin}/connect-ui` : 'http://localhost:3009',
    state,
    providers,
    sockets,
    faults,
    webhooks,
    refresher: new TokenRefresher({
      state,
      now,
      mustFail: (connection) => faults.failRefresh || misbehaviour.failsRefresh(connection),
      onFailure: (connection) => webhooks.refreshFailed(connection),
    }),
    verifyCredentials: options.verifyCredentials ?? acceptDemoCredentials,
    now,
    log,
  }
  const rateRule = (): RateRule => {
    const { rateLimitRequests, rateLimitSeconds } = misbehaviour.faults
    return rateLimitRequests === null
      ? { limit: options.rateLimitPerMinute ?? 200, windowMs: MINUTE_MS }
      : { limit: rateLimitRequests, windowMs: rateLimitSeconds * 1_000 }
  }
  const windows = new RateWindows(rateRule, now)
  const furnish = (): void => addIntegrations(state, options.integrations ?? DEMO_INTEGRATIONS, now())
  const controls = createControls({ context, sender, windows, onChange, furnish })
  door = {
    context,
    windows,
    scopedKeys: new Map(Object.entries(options.scopedKeys ?? {})),
    hasDashboard: options.hasDashboard ?? false,
  }
  log.info('sandbox.started', { port: address.port })
  let stopping: Promise<void> | null = null
  const stop = async (): Promise<void> => {
    faults.clear()
    sender.stop()
    sockets.stop()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
    state.changed()
    state.flush(now())
    log.info('sandbox.stopped')
  }
  try {
    state.flush(now())
  } catch (error) {
    // What cannot be kept must not go on listening either.
    await stop().catch(() => {})
    throw error
  }
  return {
    url: origin,
    secretKey: state.secretKey,
    port: address.port,
    faults,
    requests,
    ...controls,
    seedConnections: (rows) => seed(state, rows, now()),
    stop: () => (stopping ??= stop()),
  }
}
