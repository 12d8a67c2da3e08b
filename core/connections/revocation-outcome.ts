import type { RevocationOutcome } from '#shared/contract/connection-life'
import { PatchbayError } from '#shared/errors'
import { inEnglish, say, saidBy, type Sentence } from '#shared/sentence'
import type { HttpReply } from '../http.ts'
import { HttpFailure } from '../http-failure.ts'
import { parseForeignJson } from '../http-json.ts'

/** What became of one token, and why in a sentence that holds nothing secret. */
export interface TokenOutcome {
  readonly outcome: RevocationOutcome
  readonly reason: string | null
  /** The reason by key. */
  readonly said?: Sentence[]
}

/** An outcome with its reason in English and by key. */
export const tokenOutcome = (outcome: RevocationOutcome, words: Sentence | null = null): TokenOutcome =>
  words === null ? { outcome, reason: null } : { outcome, reason: inEnglish(words), said: [words] }

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
        ? tokenOutcome('revoked', say('token.over'))
        : tokenOutcome('failed', code === null ? say('token.answered-else') : say('token.answered-code', { code }))
    // RFC 7009 wants nothing from the body; one that speaks of an error all the same does not say that it is done.
    if (code !== null) return tokenOutcome('unknown', say('token.answered-code', { code }))
    const isNo = field('success') === false || field('ok') === false || /^(?:error|failure|failed)$/i.test(String(field('status')))
    if (isSaid(error) || isNo) return tokenOutcome('unknown', say('token.answered-error'))
    if (text === null || text.trimStart().startsWith('<')) return tokenOutcome('unknown', say('token.answered-else'))
    return tokenOutcome('revoked')
  }
  if (code === 'unsupported_token_type') return tokenOutcome('not_supported', say('token.kind'))
  // Whoever asks with a token that is over is told so, 401 or 404, not by everybody in the same words.
  if (code === 'invalid_token') return tokenOutcome('unknown', say('token.not-known'))
  if (status === 404) return tokenOutcome('unknown', say('token.not-there'))
  return tokenOutcome(
    'failed',
    code === null ? say('token.answered-status', { status }) : say('token.answered-status-code', { status, code }),
  )
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
  if (error instanceof PatchbayError) return tokenOutcome(isUnknown ? 'unknown' : 'failed', saidBy(error))
  if (!(error instanceof HttpFailure)) throw error
  return isUnknown ? tokenOutcome('unknown', say('token.no-answer')) : tokenOutcome('failed', say('token.unreachable'))
}
