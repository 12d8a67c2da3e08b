import type { NangoConnectionDetail, NangoConnectionSummary } from '../nango/nango-client.ts'
import type { ConnectionRow, Identity } from './connection-row.ts'
import { withKnown } from './identity-match.ts'

/** Who the account is, as far as Nango's list tells: the end user that the connection was made for. */
export const identityOf = (summary: NangoConnectionSummary): Identity | null => {
  const displayName = summary.endUser?.displayName ?? null
  const email = summary.endUser?.email ?? summary.tags['end_user_email'] ?? null
  if (displayName === null && email === null) return null
  return { accountId: null, displayName, username: null, email, avatarUrl: null, workspace: null }
}

/** The name that a connection made elsewhere goes by: its display name or e-mail at Nango, else none. */
export const labelOf = (summary: NangoConnectionSummary): string | null => {
  const label = summary.tags['end_user_display_name'] ?? summary.endUser?.displayName ?? summary.endUser?.email ?? ''
  return label.trim() === '' ? null : label.trim().slice(0, 200)
}

/** What `errors: [auth]` of Nango's list means: a refresh failed, and no more is known (nango-api.md 7). */
export const AUTH_ERROR = { code: 'connection.refresh_failed', message: 'Nango could not renew the sign-in.' } as const

/**
 * What Nango's list tells beyond what is known here: a refresh failed, or it is well again; null for nothing new. Its silence says
 * nothing of what was seen at the service, and gives no access back that a person ended.
 */
export const newsOfList = (row: Pick<ConnectionRow, 'status' | 'error_code'>, hasAuthError: boolean): 'fell' | 'recovered' | null => {
  const { status, error_code: code } = row
  if (hasAuthError) return status === 'attention' || status === 'paused' || status === 'revoked' ? null : 'fell'
  const hadAuthError = status === 'attention' && code?.startsWith('connection.refresh') === true
  const isOurs = code?.startsWith('provider.') === true
  return hadAuthError || status === 'unknown' || (status === 'error' && !isOurs) ? 'recovered' : null
}

/** Who the account is, as far as the token answer told; what is known already is not lost. */
export const identityFrom = (facts: NangoConnectionDetail['rawIdentity'], known: Identity | null): Identity | null =>
  withKnown(facts, known)
