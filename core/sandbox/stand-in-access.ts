import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refusal, answer, refuse, refuseAuthentication } from './stand-in-reply.ts'
import type { StoredSession } from './stand-in-records.ts'
import type { StandInState } from './stand-in-state.ts'

/** Who is asking: a secret key with its scopes, or a connect session. */
export type Access =
  | { readonly kind: 'key'; readonly scopes: readonly string[] }
  | { readonly kind: 'session'; readonly session: StoredSession }

const UUID_V4 = /^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/i
const SESSION_PREFIX = 'nango_connect_session_'
const SESSION_TOKEN = /^nango_connect_session_[a-f0-9]{64}$/

/** How a route wants to be asked; `query` reads the session token from `connect_session_token`. */
export type AccessRule = 'key' | 'session' | 'session-or-key' | 'query' | 'none'

interface Doors {
  readonly state: StandInState
  readonly scopedKeys: ReadonlyMap<string, readonly string[]>
  readonly now: () => number
}

const secretKeyAccess = (secret: string, doors: Doors): Access => {
  if (!UUID_V4.test(secret))
    throw refuseAuthentication('invalid_secret_key_format', 'Authentication failed. The provided secret key is not a UUID v4.')
  if (secret === doors.state.secretKey) return { kind: 'key', scopes: ['environment:*'] }
  const scopes = doors.scopedKeys.get(secret)
  if (scopes) return { kind: 'key', scopes }
  throw refuseAuthentication('unknown_account', 'Authentication failed. The provided authorization header does not match any account.')
}

const sessionAccess = (token: string, doors: Doors): Access => {
  if (!SESSION_TOKEN.test(token))
    throw refuseAuthentication(
      'invalid_connect_session_token_format',
      'Authentication failed. The provided connect session token is not following correct format: nango_connect_session_RANDOM)',
    )
  const session = doors.state.sessions.get(token)
  if (!session || session.expiresAt <= doors.now())
    throw refuseAuthentication(
      'unknown_connect_session_token',
      'Authentication failed. The provided connect session token does not match any account.',
    )
  return { kind: 'session', session }
}

const bearerOf = (request: IncomingMessage): string => {
  const header = request.headers.authorization
  if (!header) throw refuseAuthentication('missing_auth_header', 'Authentication failed. The request is missing the Authorization header.')
  const secret = header.split('Bearer ').pop()
  if (!secret) throw refuseAuthentication('malformed_auth_header', 'Authentication failed. The Authorization header is malformed.')
  return secret
}

const queryAccess = (search: URLSearchParams, doors: Doors): Access => {
  const token = search.get('connect_session_token')
  if (token) return sessionAccess(token, doors)
  const publicKey = search.get('public_key')
  if (!publicKey)
    throw refuseAuthentication('missing_public_key', 'Authentication failed. The request is missing a valid public key parameter.')
  if (!UUID_V4.test(publicKey))
    throw refuseAuthentication('invalid_public_key', 'Authentication failed. The provided public key is not a UUID v4.')
  throw refuse(
    401,
    'deprecated_authentication',
    'Public key authentication is deprecated. Please use connect session authentication instead.',
  )
}

/** Recognises the caller by nango-api.md section 2, or refuses with 401. */
export const authenticate = (
  rule: Exclude<AccessRule, 'none'>,
  request: IncomingMessage,
  search: URLSearchParams,
  doors: Doors,
): Access => {
  if (rule === 'query') return queryAccess(search, doors)
  const bearer = bearerOf(request)
  if (rule === 'session') return sessionAccess(bearer, doors)
  if (rule === 'session-or-key' && bearer.startsWith(SESSION_PREFIX)) return sessionAccess(bearer, doors)
  return secretKeyAccess(bearer, doors)
}

const covers = (held: string, wanted: string): boolean => held === wanted || (held.endsWith(':*') && wanted.startsWith(held.slice(0, -1)))

/** Whether the caller's key holds a scope; sessions may list integrations and no more. */
export const hasScope = (access: Access, scope: string): boolean =>
  access.kind === 'session' ? scope === 'environment:integrations:list' : access.scopes.some((held) => covers(held, scope))

/** Refuses with 403 when none of the scopes is held. */
export const requireScope = (access: Access, scopes: readonly string[]): void => {
  if (scopes.length === 0 || scopes.some((scope) => hasScope(access, scope))) return
  throw refuse(403, 'forbidden', `Insufficient scope. Required${scopes.length > 1 ? ' one of' : ''}: ${scopes.join(' or ')}`)
}

/** How many requests a window allows, and how long it lasts. */
export interface RateRule {
  readonly limit: number
  readonly windowMs: number
}

/** Fixed windows, 60 s at Nango, that start at their first request: one for all secret keys, one for all session tokens. */
export class RateWindows {
  readonly #windows = new Map<string, { startedAt: number; count: number }>()
  readonly #rule: () => RateRule
  readonly #now: () => number

  constructor(rule: () => RateRule, now: () => number) {
    this.#rule = rule
    this.#now = now
  }

  /** Another rule holds from now on: every window begins anew. */
  restart(): void {
    this.#windows.clear()
  }

  /** Takes one point, writes the headers, and refuses with 429 when the window is used up. */
  take(access: Access, request: IncomingMessage, response: ServerResponse, path: string): void {
    const now = this.#now()
    const { limit, windowMs } = this.#rule()
    const bucket = `${access.kind}${request.headers['nango-is-script'] === 'true' ? '-script' : ''}`
    const known = this.#windows.get(bucket)
    const window = known && now - known.startedAt < windowMs ? known : { startedAt: now, count: 0 }
    this.#windows.set(bucket, window)
    window.count++
    const leftMs = window.startedAt + windowMs - now
    response.setHeader('X-RateLimit-Limit', limit)
    response.setHeader('X-RateLimit-Remaining', Math.max(0, limit - window.count))
    response.setHeader('X-RateLimit-Reset', Math.floor((now + leftMs) / 1000))
    if (window.count <= limit) return
    response.setHeader('Retry-After', Math.floor(leftMs / 1000))
    throw new Refusal(answer(429, { error: { code: 'too_many_request', method: request.method, path } }))
  }
}
