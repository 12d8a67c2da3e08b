import type { ProbeOutcome } from '#shared/contract/connection-health'
import { PatchbayError } from '#shared/errors'
import { parseForeignJson } from '../http-json.ts'
import { isPutOff } from '../nango/nango-errors.ts'
import type { ProxyReply } from '../nango/nango-proxy.ts'

/** What one look showed: the outcome, and the status where the service answered. */
export interface ProbeSight {
  readonly outcome: ProbeOutcome
  readonly httpStatus: number | null
}

/** What services call a credential that is not good (any more), in answers that say 200, 400 or 403 all the same. */
const REFUSING_WORDS =
  /^(?:invalid_auth|not_authed|token_revoked|token_expired|account_inactive|invalid_token|expired_token|invalid_access_token|invalid_api_key|invalid_credentials|unauthorized|unauthenticated|authentication_error)$/i

const wordIn = (value: unknown): string | null => {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return null
  for (const name of ['code', 'type', 'error', 'status']) {
    const inner: unknown = Reflect.get(value, name)
    if (typeof inner === 'string') return inner
  }
  return null
}

/** The error that a body speaks of although its status does not: its code, '' for one without, null for none. */
const errorIn = (body: unknown): string | null => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const field = (name: string): unknown => Reflect.get(body, name) as unknown
  const errors = field('errors')
  // GraphQL answers 200 with `errors` beside `data: null`; with data it is an answer.
  if (Array.isArray(errors) && errors.length > 0 && (field('data') ?? null) === null) {
    const first = errors[0] as unknown
    const extensions: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'extensions') : undefined
    return wordIn(extensions) ?? wordIn(first) ?? ''
  }
  const error = field('error')
  const says = field('ok') === false || field('success') === false
  if (typeof error === 'string' && error !== '') return error
  if (typeof error === 'object' && error !== null) return wordIn(error) ?? ''
  return says ? (wordIn(body) ?? '') : null
}

const HTML = /^\s*(?:<!doctype html|<html[\s>])/i

const isHtml = ({ headers, body }: ProxyReply): boolean =>
  /\btext\/html\b|\bxhtml\b/i.test(headers['content-type'] ?? '') || HTML.test(body.subarray(0, 200).toString('utf8'))

/** What services say with a 403 where others say 429: GitHub, Google and more (their limits, not a right that is missing). */
const LIMIT_WORDS =
  /rate[ _-]?limit|too[ _-]?many[ _-]?requests|(?:daily|usage|user|requests?)[ _-]?limit[ _-]?exceeded|quota[ _-]?exceeded/i

const asksForPause = ({ headers, body }: ProxyReply): boolean =>
  headers['retry-after'] !== undefined ||
  headers['x-ratelimit-remaining'] === '0' ||
  LIMIT_WORDS.test(body.subarray(0, 16_384).toString('utf8'))

const outcomeOf = (reply: ProxyReply): ProbeOutcome => {
  const { status } = reply
  if (status === 401) return 'unauthorized'
  if (status === 429) return 'rate_limited'
  if (status >= 500) return 'server_error'
  // A page of a firewall in front of the service says nothing about the connection, whatever its status.
  if (isHtml(reply)) return 'web_page'
  if (status === 403) return asksForPause(reply) ? 'rate_limited' : 'forbidden'
  const error = errorIn(parseForeignJson(reply.body.subarray(0, 1_048_576).toString('utf8')))
  if (error !== null && REFUSING_WORDS.test(error)) return 'unauthorized'
  if (status < 200 || status > 299) return 'other_answer'
  return error === null ? 'good' : 'error_in_200'
}

/** What an answer of the service shows. */
export const sightOfReply = (reply: ProxyReply): ProbeSight => ({ outcome: outcomeOf(reply), httpStatus: reply.status })

/** What it shows that no answer came; null for a failure that is not about the connection or its service. */
export const sightOfError = (error: unknown): ProbeSight | null => {
  // One that was put off has asked nobody.
  if (!(error instanceof PatchbayError) || isPutOff(error)) return null
  const status = typeof error.data['status'] === 'number' ? error.data['status'] : null
  switch (error.code) {
    case 'provider.unreachable':
      return { outcome: 'unreachable', httpStatus: null }
    case 'nango.timeout':
      return { outcome: 'timeout', httpStatus: null }
    case 'connection.refresh_backoff':
    case 'connection.refresh_failed':
      return { outcome: 'backing_off', httpStatus: status }
    case 'nango.not_found':
      return { outcome: 'gone', httpStatus: status }
    case 'nango.too_large':
      return { outcome: 'other_answer', httpStatus: status }
    case 'nango.rejected':
      return error.data['nangoCode'] === 'base_url_override_not_allowed' ? { outcome: 'not_allowed', httpStatus: status } : null
    default:
      return null
  }
}

/** What an outcome is evidence of: that access was refused, that the service is down; null for nothing certain. */
export const evidenceOf = (outcome: ProbeOutcome, hasWorked: boolean): 'refused' | 'down' | null => {
  switch (outcome) {
    case 'unauthorized':
      return 'refused'
    case 'forbidden':
      // A right that it never had may be missing for this one call alone; one that it had before is gone.
      return hasWorked ? 'refused' : null
    case 'server_error':
    case 'web_page':
    case 'unreachable':
      return 'down'
    default:
      // That no answer came in time says nothing of the service: the way to Nango, or Nango, may have been slow.
      return null
  }
}
