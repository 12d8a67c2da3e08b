import { redact } from '#core/log'
import type { HttpReply } from '#core/http'
import type { HttpFailure, HttpFailureKind } from '#core/http-failure'
import { PatchbayError, type ErrorCode, type ErrorData } from '#shared/errors'
import type { NangoConnectionDetail } from './nango-client.ts'
import { parseForeignJson } from '#core/http-json'
import { ErrorReply, toDetail } from './nango-wire.ts'
import { pauseOf, rateLimited, retryAfterFrom } from './rate-budget.ts'

const MAX_WORDS = 500

/** Text of the server, made fit to be shown: one line, no control or direction marks, nothing that looks like a secret, 500 characters. */
export const foreignWords = (text: string): string =>
  redact(text.slice(0, 4 * MAX_WORDS))
    .replace(/[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu, ' ')
    .trim()
    .slice(0, MAX_WORDS)

/** The same error with every one of the values blotted out of its texts: a server may give back what it was sent. */
export const withoutValues = (error: PatchbayError, values: readonly string[]): PatchbayError => {
  const secrets = values.filter((value) => value.length >= 4).toSorted((left, right) => right.length - left.length)
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), value)
    if (Array.isArray(value)) return value.map(clean)
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]))
    return value
  }
  return new PatchbayError(error.code, { message: String(clean(error.message)), data: clean(error.data) as ErrorData })
}

const FAILURE_CODES = {
  unreachable: 'nango.unreachable',
  interrupted: 'nango.unreachable',
  timeout: 'nango.timeout',
  certificate: 'nango.certificate',
  too_large: 'nango.too_large',
  protocol: 'nango.protocol',
  cancelled: 'request.cancelled',
} as const satisfies Record<HttpFailureKind, ErrorCode>

/** The error of a call that brought no reply. */
export const errorFromFailure = (failure: HttpFailure): PatchbayError =>
  new PatchbayError(FAILURE_CODES[failure.kind], { data: { reason: failure.reason }, cause: failure })

/** A call that was held back here, or that Nango answered with 429: nothing has happened, and it is to be tried later. */
export const isPutOff = (error: unknown): boolean =>
  error instanceof PatchbayError && (error.code === 'nango.rate_limited' || error.data['isHeldBack'] === true)

/** Whether a reply says that it is JSON. */
export const isJsonReply = (reply: HttpReply): boolean => /^application\/(?:[\w.+-]+\+)?json\b/i.test(reply.headers['content-type'] ?? '')

const KEY_REFUSED = new Set([
  'missing_auth_header',
  'malformed_auth_header',
  'invalid_secret_key_format',
  'unknown_account',
  'unknown_user_account',
])
const SESSION_ENDED = new Set(['unknown_connect_session_token', 'invalid_connect_session_token_format', 'missing_public_key'])
const UNKNOWN = new Set(['not_found', 'unknown_connection', 'unknown_provider_config'])

const SCOPE = /\b[a-z_]+(?::[a-z_*]+)+/g

type Facts = ErrorData & { readonly status: number; readonly nangoCode: string; readonly words: string }

/** A refusal for which there is no special word: what Nango said, and which fields it named. */
const rejected = (facts: Facts, body: ErrorReply['error']): PatchbayError =>
  new PatchbayError('nango.rejected', {
    data: {
      ...facts,
      issues: (body.errors ?? []).slice(0, 20).map((issue) => ({
        path: foreignWords((issue.path ?? []).join('.')),
        message: foreignWords(issue.message ?? issue.code ?? ''),
      })),
    },
  })

const scopeMissing = (facts: Facts): PatchbayError => {
  const scopes = facts.words.match(SCOPE) ?? []
  return new PatchbayError('nango.scope_missing', { data: { ...facts, scope: scopes[0] ?? null, scopes } })
}

const behind = new WeakMap<Error, NangoConnectionDetail>()

/** The connection, without its credentials, that Nango told of when it refused to refresh it; null where it told of none. */
export const connectionBehind = (error: unknown): NangoConnectionDetail | null =>
  error instanceof PatchbayError ? (behind.get(error) ?? null) : null

/** `invalid_credentials` means a refresh: one that failed now, one held back for 30 s, or no more tries (nango-api.md section 7). */
const refreshError = (facts: Facts, body: ErrorReply['error']): PatchbayError => {
  const isHeldBack = facts.status === 424 && /back(?:ing)?[ -]?off/i.test(facts.words)
  const error = new PatchbayError(isHeldBack ? 'connection.refresh_backoff' : 'connection.refresh_failed', { data: facts })
  if (body.payload !== undefined) behind.set(error, toDetail(body.payload.connection))
  return error
}

const errorFromEnvelope = (status: number, body: ErrorReply['error']): PatchbayError => {
  const nangoCode = foreignWords(body.code ?? '')
  const facts: Facts = { status, nangoCode, words: foreignWords(body.message ?? '') }
  if (status >= 500) return new PatchbayError('nango.server_error', { data: facts })
  if (nangoCode === 'connection_refresh_backoff') return new PatchbayError('connection.refresh_backoff', { data: facts })
  if (nangoCode === 'invalid_credentials') return refreshError(facts, body)
  if (nangoCode === 'connection_test_failed') return new PatchbayError('connect.test_failed', { data: facts })
  if (nangoCode === 'resource_capped') return new PatchbayError('connect.limit_reached', { data: facts })
  if (nangoCode === 'integration_not_allowed') return new PatchbayError('connect.not_allowed', { data: facts })
  if (nangoCode === 'deprecated_authentication') return new PatchbayError('nango.public_key', { data: facts })
  if (SESSION_ENDED.has(nangoCode)) return new PatchbayError('connect.expired', { data: facts })
  if (status === 401 || KEY_REFUSED.has(nangoCode)) return new PatchbayError('nango.key_refused', { data: facts })
  if (status === 403 && /\bscopes?\b/i.test(facts.words)) return scopeMissing(facts)
  if (status === 404 || UNKNOWN.has(nangoCode)) return new PatchbayError('nango.not_found', { data: facts })
  return rejected(facts, body)
}

/** How long a failing server asks to be left alone, milliseconds; null when it does not say. */
const pauseAsked = ({ status, headers }: HttpReply, serverNow: number): { retryInMs: number } | null => {
  const retryInMs = status === 503 ? retryAfterFrom(headers['retry-after'], serverNow) : null
  return retryInMs === null ? null : { retryInMs }
}

/**
 * The error of a reply that is not 2xx. Takes codes and words from it, never headers or values (nango-api.md section 2). A date that
 * it names counts from `serverNow`; `now` is the wall clock, for what is shown.
 */
export const errorFromReply = (reply: HttpReply, now: number, serverNow: number = now): PatchbayError => {
  const error = errorWithoutPause(reply, now, serverNow)
  const pause = pauseAsked(reply, serverNow)
  return pause === null ? error : new PatchbayError(error.code, { message: error.message, data: { ...error.data, ...pause } })
}

const errorWithoutPause = (reply: HttpReply, now: number, serverNow: number): PatchbayError => {
  const { status, headers } = reply
  if (status === 429) return rateLimited(pauseOf(headers, serverNow), now)
  if (status === 407) return new PatchbayError('nango.unreachable', { data: { status, reason: 'proxy_authentication_required' } })
  const parsed = isJsonReply(reply) ? ErrorReply.safeParse(parseForeignJson(reply.body.toString('utf8'))) : null
  if (parsed?.success === true) return errorFromEnvelope(status, parsed.data.error)
  if (status >= 500) return new PatchbayError('nango.server_error', { data: { status } })
  return new PatchbayError(parsed === null ? 'nango.not_nango' : 'nango.protocol', { data: { status } })
}
