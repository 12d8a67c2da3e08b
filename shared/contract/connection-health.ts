import { z } from 'zod'
import { ForeignText, ForeignWords, Instant } from './common.ts'

/**
 * What is known of a connection's working: `verified` it was seen to work at `verifiedAt` and nothing since speaks against it;
 * `last_known` it worked once, or the last look was not good; `unknown` nobody has ever seen it work.
 */
export const HealthState = z.enum(['verified', 'last_known', 'unknown'])
export type HealthState = z.output<typeof HealthState>

/**
 * Why. `refused_once` and `down_once` are one look each, which proves nothing yet; `refused` and `provider_down` two, with a pause
 * between them. `not_renewed`: Nango's last refresh failed, for a reason that it does not tell. `no_probe`: there is no call that
 * would tell. `token_due`: no look was made, because it would have renewed the token. `not_understood`: the service answered, but nothing from which to conclude.
 * `no_answer`: none came in time, and whether the service or the way to it was slow is not known.
 */
export const HealthCause = z.enum([
  'well',
  'not_checked',
  'no_probe',
  'refused_once',
  'refused',
  'down_once',
  'provider_down',
  'not_understood',
  'no_answer',
  'asked_for_pause',
  'not_renewed',
  'token_due',
  'expired',
  'gone_at_nango',
  'unreachable',
  'pending',
  'paused',
  'revoked',
])
export type HealthCause = z.output<typeof HealthCause>

/** What one call to the service showed. */
export const ProbeOutcome = z.enum([
  'good',
  /** 401, or words in a 200 that say the same. */
  'unauthorized',
  /** 403: a right is missing, or the account is closed. */
  'forbidden',
  /** 5xx. */
  'server_error',
  /** HTML where data was expected. */
  'web_page',
  /** 200 with an error in its body. */
  'error_in_200',
  /** The service's own 429. */
  'rate_limited',
  /** Any other answer. */
  'other_answer',
  /** Nango could not reach the service. */
  'unreachable',
  /** No answer in time. */
  'timeout',
  /** Nango holds the connection back after a failed refresh. */
  'backing_off',
  /** Nango does not know the connection any more. */
  'gone',
  /** Nango may not call that address. */
  'not_allowed',
])
export type ProbeOutcome = z.output<typeof ProbeOutcome>

/** One thing that was seen, and when. */
export const HealthEvidence = z.object({
  kind: z.enum(['probe', 'nango', 'expiry', 'refresh', 'lifetime', 'scopes']),
  at: Instant.nullable(),
  outcome: ProbeOutcome.nullable(),
  httpStatus: z.number().int().nullable(),
  words: ForeignWords,
})
export type HealthEvidence = z.output<typeof HealthEvidence>

/** The one next thing to do. */
export const HealthAction = z.enum(['none', 'verify', 'verify_again', 'refresh', 'reconnect', 'wait', 'look_again', 'finish_sign_in'])
export type HealthAction = z.output<typeof HealthAction>

/** When a connection probably ends although nothing says so; a rule of the service that may or may not hold for this app. */
export const LifetimeHint = z.object({
  rule: z.string(),
  likelyEndsAt: Instant,
  /** `idle` counts from the last use that is known, `fixed` from when access was given. */
  kind: z.enum(['fixed', 'idle']),
  /** When the rule holds, as a sentence. */
  condition: ForeignText,
  sourceUrl: z.string(),
})
export type LifetimeHint = z.output<typeof LifetimeHint>

export const ConnectionHealth = z.object({
  connectionId: z.string(),
  handle: z.string(),
  state: HealthState,
  /** When it was last seen to work at the service itself. */
  verifiedAt: Instant.nullable(),
  /** When it was last looked at, whatever came of it. */
  checkedAt: Instant.nullable(),
  /** The call that the last look made, such as `GET /user`; null where none was made. */
  probe: ForeignText.nullable(),
  cause: HealthCause,
  summary: ForeignText,
  evidence: z.array(HealthEvidence).max(20),
  next: z.object({ action: HealthAction, words: ForeignText }),
  /** Requested but not granted; null where either is not known. */
  missingScopes: z.array(z.string()).nullable(),
  lifetime: LifetimeHint.nullable(),
})
export type ConnectionHealth = z.output<typeof ConnectionHealth>

/** Something that runs out: a token whose end is known, or an access that likely ends by a rule of its service. */
export const ExpiringConnection = z.object({
  connectionId: z.string(),
  handle: z.string(),
  connectorId: z.string(),
  label: ForeignText.nullable(),
  status: z.string(),
  kind: z.enum(['token', 'fixed', 'idle']),
  endsAt: Instant,
  /** Only likely: the rule may not hold for this app. */
  isLikely: z.boolean(),
  /** `by_nango`: renewed at its next use, where the service gave a way to renew it. */
  renewal: z.enum(['by_nango', 'none']),
  /** The rule by which it is likely, and its condition as a sentence. */
  rule: z.string().nullable(),
  condition: ForeignText.nullable(),
  sourceUrl: z.string().nullable(),
})
export type ExpiringConnection = z.output<typeof ExpiringConnection>
