import type {
  ConnectionHealth,
  HealthAction,
  HealthCause,
  HealthEvidence,
  LifetimeHint,
  ProbeOutcome,
} from '#shared/contract/connection-health'
import { missingScopes } from '#shared/scopes'
import type { z } from 'zod'
import type { ConnectionRow } from '../connections/connection-row.ts'
import type { HealthRow } from './health-store.ts'

const OUTCOME_WORDS: Readonly<Record<ProbeOutcome, string>> = {
  good: 'The service accepted the connection.',
  unauthorized: 'The service refused the credentials.',
  forbidden: 'The service says that this account may not do that.',
  server_error: 'The service failed inside.',
  web_page: 'The service answered with a web page where data was expected.',
  error_in_200: 'The service answered, with an error in its answer.',
  rate_limited: 'The service asks for a pause.',
  other_answer: 'The service answered something from which nothing follows.',
  unreachable: 'Nango could not reach the service.',
  timeout: 'No answer came in time.',
  backing_off: 'Nango waits after a refresh that failed.',
  gone: 'Nango does not know this connection any more.',
  not_allowed: 'Nango may not call the address of the service.',
}

interface Words {
  readonly summary: string
  readonly action: HealthAction
  readonly next: string
}

const words = (summary: string, action: HealthAction, next: string): Words => ({ summary, action, next })

/** What each cause is called, and its one next step. */
const CAUSE_WORDS: Readonly<Record<HealthCause, Words>> = {
  well: words('It works.', 'none', 'Nothing needs to be done.'),
  not_checked: words('It was not tried at the service yet.', 'verify', 'Verify it to find out.'),
  no_probe: words('There is no call known that would tell whether it works.', 'none', 'Nothing needs to be done; its use will show it.'),
  refused_once: words('The service refused it at the last look. One look proves nothing.', 'verify_again', 'Verify it again in a minute.'),
  refused: words('The service refuses it, again and again.', 'reconnect', 'Connect this account again.'),
  down_once: words('The service did not answer as it should at the last look.', 'verify_again', 'Verify it again in a minute.'),
  provider_down: words('The service does not work at present.', 'wait', 'Wait: the connection itself may be well.'),
  not_understood: words(
    'The service answered, but nothing follows from its answer.',
    'none',
    'Nothing needs to be done; its use will show it.',
  ),
  no_answer: words(
    'No answer came in time; whether the service or the way to it was slow is not known.',
    'verify_again',
    'Verify it again in a minute.',
  ),
  asked_for_pause: words('The service asks for a pause.', 'wait', 'Wait, then verify it again.'),
  not_renewed: words(
    'Nango could not renew the sign-in; whether access has ended or the service was down, it does not tell.',
    'reconnect',
    'Connect this account again.',
  ),
  token_due: words('Its token is due. A look would renew it, so none was made.', 'refresh', 'Refresh it: that tries it too.'),
  expired: words('Its access has run out.', 'reconnect', 'Connect this account again.'),
  gone_at_nango: words('Nango does not have it any more.', 'look_again', 'Compare with Nango.'),
  unreachable: words('Nango cannot be reached, so nothing new is known.', 'wait', 'Wait until it can be reached again.'),
  pending: words('Its sign-in is still open.', 'finish_sign_in', 'Finish or cancel its sign-in.'),
  paused: words('It is paused.', 'none', 'Nothing needs to be done.'),
  revoked: words('Access was ended.', 'none', 'Nothing needs to be done.'),
}

/** A refresh that Nango could not do, as the list or an attempt told. */
export const isNotRenewed = (row: ConnectionRow): boolean =>
  row.status === 'attention' && row.error_code?.startsWith('connection.refresh') === true

const causeOfLooks = (row: ConnectionRow, health: HealthRow | undefined, hasProbe: boolean): HealthCause => {
  if (health === undefined || health.checked_at === null || health.outcome === null) return hasProbe ? 'not_checked' : 'no_probe'
  // A refresh or a new sign-in since then has proved more than that look.
  if (row.last_verified_at !== null && row.last_verified_at > health.checked_at) return 'well'
  const isFact = health.failures >= 2
  if (isFact && row.status === 'connected') return 'not_checked'
  if (health.failing === 'refused') return isFact ? 'refused' : 'refused_once'
  if (health.failing === 'down') return isFact ? 'provider_down' : 'down_once'
  switch (health.outcome) {
    case 'good':
      return 'well'
    case 'rate_limited':
      return 'asked_for_pause'
    case 'gone':
      return 'gone_at_nango'
    case 'timeout':
      return 'no_answer'
    case 'backing_off':
      return 'not_renewed'
    default:
      return 'not_understood'
  }
}

const causeOf = (row: ConnectionRow, health: HealthRow | undefined, given: HealthContext): HealthCause => {
  switch (row.status) {
    case 'pending':
    case 'paused':
    case 'revoked':
    case 'expired':
      return row.status
    default:
  }
  if (isNotRenewed(row)) return 'not_renewed'
  if (given.isHeldBack === true) return 'token_due'
  const cause = causeOfLooks(row, health, given.hasProbe)
  if (given.isOffline && (cause === 'well' || cause === 'not_checked')) return 'unreachable'
  if (row.missing_since !== null) return 'gone_at_nango'
  return cause
}

const evidenceOf = (row: ConnectionRow, health: HealthRow | undefined, given: HealthContext): z.input<typeof HealthEvidence>[] => {
  const evidence: z.input<typeof HealthEvidence>[] = []
  const add = (kind: HealthEvidence['kind'], at: string | null, text: string): unknown =>
    evidence.push({ kind, at, outcome: null, httpStatus: null, words: text })
  if (health !== undefined && health.outcome !== null) {
    evidence.push({
      kind: 'probe',
      at: health.checked_at,
      outcome: health.outcome,
      httpStatus: health.http_status,
      words: `${OUTCOME_WORDS[health.outcome]}${health.http_status === null ? '' : ` It answered ${health.http_status} to ${health.probe ?? 'the call'}.`}`,
    })
    if (health.failing !== null && health.failures > 1)
      add('probe', health.failing_since, `So it was at ${health.failures} looks, each after a pause.`)
  }
  if (row.error_at !== null) add('nango', row.error_at, row.error_message ?? row.error_code ?? '')
  if (row.last_refreshed_at !== null) add('refresh', row.last_refreshed_at, 'Nango renewed its token.')
  if (row.expires_at !== null) {
    const isOver = Date.parse(row.expires_at) <= given.now
    add(
      'expiry',
      row.expires_at,
      isOver ? 'Its present token has run out; Nango renews it at its next use.' : 'Its present token runs out then.',
    )
  }
  const missing = missingOf(row)
  if (missing !== null && missing.length > 0) add('scopes', null, `It was not given: ${missing.slice(0, 20).join(', ')}.`)
  if (given.lifetime !== null) add('lifetime', given.lifetime.likelyEndsAt, given.lifetime.condition)
  return evidence
}

const listOf = (text: string | null): string[] | null => (text === null ? null : (JSON.parse(text) as string[]))

const missingOf = (row: ConnectionRow): string[] | null =>
  missingScopes({ requested: listOf(row.scopes_requested), granted: listOf(row.scopes_granted) })

/** What is true besides the rows. */
export interface HealthContext {
  /** Milliseconds since the epoch, at the profile's Nango. */
  readonly now: number
  readonly isOffline: boolean
  /** Whether a call is known that would tell; true while that is not known yet. */
  readonly hasProbe: boolean
  readonly lifetime: LifetimeHint | null
  /** A look was refused, because it would have renewed the token. */
  readonly isHeldBack?: boolean
}

const later = (left: string | null, right: string | null): string | null =>
  left === null || right === null ? (left ?? right) : left > right ? left : right

/** What is known of a connection's working. Asks nobody. */
export const healthOf = (row: ConnectionRow, health: HealthRow | undefined, given: HealthContext): z.input<typeof ConnectionHealth> => {
  const cause = causeOf(row, health, given)
  const told = CAUSE_WORDS[cause]
  const verifiedAt = later(health?.good_at ?? null, row.last_verified_at)
  const isWell = cause === 'well' || (verifiedAt !== null && (cause === 'not_checked' || cause === 'no_probe'))
  return {
    connectionId: row.connection_id,
    handle: row.handle,
    state: verifiedAt === null ? 'unknown' : isWell ? 'verified' : 'last_known',
    verifiedAt,
    checkedAt: health?.checked_at ?? null,
    probe: health?.probe ?? null,
    cause,
    summary: told.summary,
    evidence: evidenceOf(row, health, given).slice(0, 20),
    next: { action: told.action, words: told.next },
    missingScopes: missingOf(row),
    lifetime: given.lifetime,
  }
}
