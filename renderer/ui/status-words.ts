import type { Connection, ConnectionGroup, ConnectionStatus } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { clockTime, dayName } from './relative-words.ts'

/** The glyph of a socket: a connection's status, or a socket without one. */
export type Glyph = ConnectionStatus | 'empty'

/** The word of a status, the same everywhere. */
export const statusWord = (status: Glyph): string => t(`ui.status.${status}`)

/** The name of a group and what it asks of the person. */
export const groupWords = (group: ConnectionGroup): { readonly name: string; readonly hint: string } => ({
  name: t(`ui.group.${group}`),
  hint: group === 'needs_you' || group === 'waiting' ? t(`ui.group.${group}-hint`) : '',
})

/** The groups in list order, trouble first. */
export const GROUPS: readonly ConnectionGroup[] = ['needs_you', 'waiting', 'working', 'off']

const SIGN_IN_REFUSED = /refresh|invalid_grant|auth_error|unauthori[sz]ed/
const KEY_REFUSED = /test_failed|key|credential|basic/

/** Scopes that were asked for and not given; empty while either side is unknown. */
export const missingScopes = (scopes: Connection['scopes']): readonly string[] => {
  const { requested, granted } = scopes
  if (requested === null || granted === null) return []
  return requested.filter((scope) => !granted.includes(scope))
}

/** What is known beyond the connection itself when its status is put into words. */
export interface StatusContext {
  readonly now: number
  /** Since when the profile is unreachable; null while it is reached. */
  readonly offlineSince: string | null
  /** Offline, a row of the group Working is only known to have been good. */
  readonly wasWorking: boolean
}

/** At most three words of cause for behind the status word; null where there is nothing to say. */
export const causeOf = (connection: Connection, { now, offlineSince, wasWorking }: StatusContext): string | null => {
  const { status, lastError, lastSyncedAt, expiresAt } = connection
  if (status === 'connected') return null
  if (status === 'pending') return t('ui.cause.sign-in-open')
  const since = (at: string): string => t('ui.cause.since', { day: dayName(at, now) })
  if (status === 'unknown' && offlineSince !== null && wasWorking)
    return t('ui.cause.good-at', { time: clockTime(lastSyncedAt ?? offlineSince) })
  if (status === 'unknown')
    return lastSyncedAt === null ? t('ui.cause.never-seen') : t('ui.cause.last-seen', { day: dayName(lastSyncedAt, now) })
  if (status === 'paused') return null
  if (status === 'revoked' || status === 'error') return lastError === null ? null : since(lastError.at)
  if (status === 'expired') {
    if (lastError?.code.includes('no_refresh')) return t('ui.cause.no-refresh')
    return expiresAt === null ? null : since(expiresAt)
  }
  const missing = missingScopes(connection.scopes).length
  if (missing > 0) return t('ui.cause.scopes', { count: missing })
  if (lastError?.code === 'connection.identity_mismatch') return t('ui.cause.other-account')
  if (lastError !== null && SIGN_IN_REFUSED.test(lastError.code)) return t('ui.cause.not-renewed')
  if (lastError !== null && KEY_REFUSED.test(lastError.code)) return t('ui.cause.key')
  return t('ui.cause.unknown')
}
