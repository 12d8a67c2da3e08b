import type { RevocationOutcome } from '#shared/contract/connection-life'
import { PatchbayError } from '#shared/errors'
import type { HttpReply } from '../http.ts'
import { HttpFailure } from '../http-failure.ts'
import { parseForeignJson } from '../http-json.ts'

/** What became of one token, and why in a sentence that holds nothing secret. */
export interface TokenOutcome {
  readonly outcome: RevocationOutcome
  readonly reason: string | null
}

/** What is read of an answer: one that is longer is none. */
const MOST_BYTES = 65_536

/** A code as RFC 6749 and the services write them; without digits, so that no token that is given back looks like one. */
const CODE = /^[a-z][a-z_.-]{0,63}$/i

const OVER = /^(?:token_revoked|invalid_auth|account_inactive|token_expired)$/

const isSaid = (value: unknown): boolean => value !== undefined && value !== null && value !== false && value !== ''

/** What a revocation endpoint's answer means (RFC 7009 section 2.2): 200 also for a token that was not good any more. */
export const outcomeOfReply = ({ status, body }: HttpReply, goodField: string | undefined): TokenOutcome => {
  const text = body.length > MOST_BYTES ? null : body.toString('utf8')
  const json = text === null ? undefined : parseForeignJson(text)
  const field = (name: string): unknown => (typeof json === 'object' && json !== null ? (Reflect.get(json, name) as unknown) : undefined)
  const isGood = (name: string): boolean => json === true || field(name) === true
  const error = field('error')
  const code = typeof error === 'string' && CODE.test(error) ? error : null
  if (status >= 200 && status < 300) {
    if (goodField !== undefined && !isGood(goodField))
      return OVER.test(code ?? '')
        ? { outcome: 'revoked', reason: 'It was not good any more.' }
        : { outcome: 'failed', reason: `The provider answered${code === null ? ' something else' : `: ${code}`}.` }
    // RFC 7009 wants nothing from the body; one that speaks of an error all the same does not say that it is done.
    if (code !== null) return { outcome: 'unknown', reason: `The provider answered: ${code}.` }
    const isNo = field('success') === false || field('ok') === false || /^(?:error|failure|failed)$/i.test(String(field('status')))
    if (isSaid(error) || isNo) return { outcome: 'unknown', reason: 'The provider answered with an error.' }
    if (text === null || text.trimStart().startsWith('<')) return { outcome: 'unknown', reason: 'The provider answered something else.' }
    return { outcome: 'revoked', reason: null }
  }
  if (code === 'unsupported_token_type') return { outcome: 'not_supported', reason: 'The provider does not end this kind of token.' }
  // Whoever asks with a token that is over is told so, 401 or 404, not by everybody in the same words.
  if (code === 'invalid_token')
    return { outcome: 'unknown', reason: 'The provider does not know the token: it may have been over already.' }
  if (status === 404) return { outcome: 'unknown', reason: 'The provider answered 404: it may have been over already.' }
  return { outcome: 'failed', reason: `The provider answered ${status}${code === null ? '' : `: ${code}`}.` }
}

/** Failures before there was a connection to send anything on. */
const isUnsent = ({ kind, reason }: HttpFailure): boolean =>
  kind === 'unreachable' ||
  kind === 'certificate' ||
  reason === 'connect_deadline' ||
  (kind === 'protocol' && /^(?:EPROTO|ERR_SSL_|ERR_TLS_|ERR_INVALID_|ERR_UNESCAPED_)/.test(reason))

/** What it means that no answer came: only where nothing was sent it is known that nothing has happened. Throws what is no failure of a call. */
export const outcomeOfFailure = (error: unknown): TokenOutcome => {
  const failure = error instanceof PatchbayError ? error.cause : error
  const isUnknown = failure instanceof HttpFailure && !isUnsent(failure)
  if (error instanceof PatchbayError) return { outcome: isUnknown ? 'unknown' : 'failed', reason: error.message }
  if (!(error instanceof HttpFailure)) throw error
  return isUnknown
    ? { outcome: 'unknown', reason: 'No answer came that can be read; it may have worked or not.' }
    : { outcome: 'failed', reason: 'The provider could not be reached.' }
}
