import { decideDemoSignIn, giveDemoToken, revokeDemoToken, showDemoSignIn, showDemoUser } from './demo-provider.ts'
import type { AccessRule } from './stand-in-access.ts'
import { connectApiKey, connectBasic } from './stand-in-api-auth-routes.ts'
import { listConnections } from './stand-in-connection-list-route.ts'
import { deleteConnection, getConnection, updateConnection } from './stand-in-connection-routes.ts'
import { showConnectUi } from './stand-in-connect-ui.ts'
import type { Handler } from './stand-in-context.ts'
import {
  connectAws,
  connectBill,
  connectClientCredentials,
  connectJwt,
  connectSignature,
  connectTba,
  connectTwoStep,
  connectUnauthenticated,
} from './stand-in-form-auth-routes.ts'
import { importConnection } from './stand-in-import-route.ts'
import {
  createIntegration,
  deleteIntegration,
  getIntegration,
  listIntegrations,
  updateIntegration,
} from './stand-in-integrations-routes.ts'
import { mergeMetadata, replaceMetadata } from './stand-in-metadata-routes.ts'
import { endFlow, startFlow } from './stand-in-oauth-routes.ts'
import { getProvider, listProviders } from './stand-in-providers-routes.ts'
import { proxyCall } from './stand-in-proxy-routes.ts'
import { endAppFlow } from './stand-in-page-modes.ts'
import { answer } from './stand-in-reply.ts'
import { createReconnectSession, createSession, deleteSession, getSession } from './stand-in-session-routes.ts'

interface Route {
  readonly method: string
  readonly segments: readonly string[]
  readonly rule: AccessRule
  /** Any one of them lets the caller in; none: no scope is needed. */
  readonly scopes: readonly string[]
  readonly handler: Handler
}

const route = (line: string, rule: AccessRule, scopes: readonly string[], handler: Handler): Route => {
  const [method = '', path = ''] = line.split(' ')
  return { method, segments: path.split('/').slice(1), rule, scopes, handler }
}

const LIST = ['environment:connections:list', 'environment:connections:list_credentials']
const READ = ['environment:connections:read', 'environment:connections:read_credentials']
const UPDATE = ['environment:connections:update']
const DELETE = ['environment:connections:delete']
const SESSIONS = ['environment:connect_sessions:write']

const ROUTES: readonly Route[] = [
  route('GET /health', 'none', [], () => answer(200, { result: 'ok' })),
  route('GET /connect-ui', 'none', [], showConnectUi),
  route('GET /ready', 'none', [], () => answer(200, { result: 'ok' })),
  route('GET /oauth/callback', 'none', [], endFlow),
  route('GET /app-auth/connect', 'none', [], endAppFlow),
  route('GET /oauth/connect/:providerConfigKey', 'query', [], startFlow),
  route('POST /api-auth/api-key/:providerConfigKey', 'query', [], connectApiKey),
  route('POST /api-auth/basic/:providerConfigKey', 'query', [], connectBasic),
  route('POST /oauth2/auth/:providerConfigKey', 'query', [], connectClientCredentials),
  route('POST /auth/two-step/:providerConfigKey', 'query', [], connectTwoStep),
  route('POST /auth/jwt/:providerConfigKey', 'query', [], connectJwt),
  route('POST /auth/signature/:providerConfigKey', 'query', [], connectSignature),
  route('POST /auth/tba/:providerConfigKey', 'query', [], connectTba),
  route('POST /auth/bill/:providerConfigKey', 'query', [], connectBill),
  route('POST /auth/aws-sigv4/:providerConfigKey', 'query', [], connectAws),
  route('POST /auth/unauthenticated/:providerConfigKey', 'query', [], connectUnauthenticated),
  route('GET /providers', 'session-or-key', [], listProviders),
  route('GET /providers/:provider', 'session-or-key', [], getProvider),
  route(
    'GET /integrations',
    'session-or-key',
    ['environment:integrations:list', 'environment:integrations:list_credentials'],
    listIntegrations,
  ),
  route('POST /integrations', 'key', ['environment:integrations:create'], createIntegration),
  route(
    'GET /integrations/:uniqueKey',
    'key',
    ['environment:integrations:read', 'environment:integrations:read_credentials'],
    getIntegration,
  ),
  route('PATCH /integrations/:uniqueKey', 'key', ['environment:integrations:update'], updateIntegration),
  route('DELETE /integrations/:uniqueKey', 'key', ['environment:integrations:delete'], deleteIntegration),
  route('POST /connect/sessions', 'key', SESSIONS, createSession),
  route('POST /connect/sessions/reconnect', 'key', SESSIONS, createReconnectSession),
  route('GET /connect/session', 'session', [], getSession),
  route('DELETE /connect/session', 'session', [], deleteSession),
  ...['/connections', '/connection'].flatMap((base) => [
    route(`GET ${base}`, 'key', LIST, listConnections),
    route(`POST ${base}/metadata`, 'key', UPDATE, replaceMetadata),
    route(`PATCH ${base}/metadata`, 'key', UPDATE, mergeMetadata),
    route(`GET ${base}/:connectionId`, 'key', READ, getConnection),
    route(`DELETE ${base}/:connectionId`, 'key', DELETE, deleteConnection),
  ]),
  route('POST /connections', 'key', ['environment:connections:create'], importConnection),
  route('PATCH /connections/:connectionId', 'key', UPDATE, updateConnection),
  route('GET /demo-provider/authorize', 'none', [], showDemoSignIn),
  route('POST /demo-provider/authorize', 'none', [], decideDemoSignIn),
  route('POST /demo-provider/token', 'none', [], giveDemoToken),
  route('POST /demo-provider/revoke', 'none', [], revokeDemoToken),
  route('ANY /proxy/*', 'key', ['environment:proxy'], proxyCall),
  route('GET /demo-provider/userinfo', 'none', [], showDemoUser),
]

/** A route with the values of its path. */
export interface FoundRoute {
  readonly route: Route
  readonly params: Record<string, string>
}

const decode = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}

const match = (wanted: readonly string[], given: readonly string[]): Record<string, string> | null => {
  const takesRest = wanted.at(-1) === '*' && given.length >= wanted.length
  if (wanted.length !== given.length && !takesRest) return null
  const params: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? ''
    if (segment === '*') {
      params['rest'] = given.slice(index).join('/')
      continue
    }
    if (!segment.startsWith(':')) {
      if (segment !== value) return null
      continue
    }
    const decoded = decode(value)
    if (decoded === null || decoded === '') return null
    params[segment.slice(1)] = decoded
  }
  return params
}

/** The route of a method and a path that is still percent-encoded; a slash at the end does not matter. */
export const findRoute = (method: string, path: string): FoundRoute | null => {
  const given = path
    .replace(/(?<=.)\/$/, '')
    .split('/')
    .slice(1)
  for (const candidate of ROUTES) {
    if (candidate.method !== method && candidate.method !== 'ANY') continue
    const params = match(candidate.segments, given)
    if (params) return { route: candidate, params }
  }
  return null
}

/** Whether a path only takes JSON bodies. */
export const wantsJson = (path: string): boolean =>
  path !== '/oauth/callback' && /^\/(?:oauth|api-auth|auth|providers|integrations|connections?|connect)(?:\/|$)/.test(path)
