import type { Connection, ConnectionStatus } from '#shared/contract/connections'

/** A row of the table `connections`. */
export interface ConnectionRow {
  readonly connection_id: string
  readonly profile_id: string
  readonly handle: string
  readonly connector_id: string
  readonly provider_config_key: string
  readonly nango_connection_id: string | null
  readonly nango_row_id: number | null
  readonly oauth_method: 'nango' | 'direct'
  readonly auth_mode: string
  readonly status: ConnectionStatus
  readonly label: string | null
  readonly identity: string | null
  readonly scopes_requested: string | null
  readonly scopes_granted: string | null
  readonly expires_at: string | null
  readonly created_at: string
  readonly updated_at: string
  readonly last_synced_at: string | null
  readonly last_verified_at: string | null
  readonly last_refreshed_at: string | null
  readonly last_used_at: string | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly error_at: string | null
  readonly tags: string
  readonly notes: string | null
  readonly is_foreign: number
  readonly missing_since: string | null
}

export type Identity = NonNullable<Connection['identity']>

/** Trouble first: the order of the list. */
const STATUS_ORDER: readonly ConnectionStatus[] = ['attention', 'expired', 'error', 'pending', 'unknown', 'connected', 'paused', 'revoked']

/** The place of a status in the list. */
export const rankOf = (status: ConnectionStatus): number => STATUS_ORDER.indexOf(status)

/** The status at a place in the list. */
export const statusOfRank = (rank: number): ConnectionStatus => STATUS_ORDER[rank] ?? 'unknown'

/** What is true of a whole profile when its rows are read. */
export interface ProfileView {
  /** When the last complete look at Nango's list ended. */
  readonly lastCompletedAt: string | null
  /** Since when the profile cannot be reached, null while it can. */
  readonly offlineSince: string | null
}

const parseList = (text: string | null): string[] | null => (text === null ? null : (JSON.parse(text) as string[]))

const later = (left: string | null, right: string | null): string | null => {
  if (left === null || right === null) return left ?? right
  return left > right ? left : right
}

/** While the profile is offline what was connected is not known any more; trouble stays trouble. */
export const statusInView = (status: ConnectionStatus, view: ProfileView): ConnectionStatus =>
  status === 'connected' && view.offlineSince !== null ? 'unknown' : status

/** The connection as callers see it. Every complete look at the list also confirms the rows it found. */
export const toConnection = (row: ConnectionRow, view: ProfileView, now: number): Connection => {
  const seenAt =
    row.missing_since === null && row.nango_connection_id !== null ? later(row.last_synced_at, view.lastCompletedAt) : row.last_synced_at
  return {
    connectionId: row.connection_id,
    handle: row.handle,
    profileId: row.profile_id,
    connectorId: row.connector_id,
    providerConfigKey: row.provider_config_key,
    nangoConnectionId: row.nango_connection_id,
    oauthMethod: row.oauth_method,
    authMode: row.auth_mode,
    status: statusInView(row.status, view),
    label: row.label,
    identity: row.identity === null ? null : (JSON.parse(row.identity) as Identity),
    scopes: { requested: parseList(row.scopes_requested), granted: parseList(row.scopes_granted) },
    expiresAt: row.expires_at,
    expiresIn: row.expires_at === null ? null : Math.round((Date.parse(row.expires_at) - now) / 1000),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastSyncedAt: seenAt,
    lastVerifiedAt: row.last_verified_at,
    lastRefreshedAt: row.last_refreshed_at,
    lastUsedAt: row.last_used_at,
    lastError:
      row.error_code === null || row.error_at === null
        ? null
        : { code: row.error_code, message: row.error_message ?? '', at: row.error_at },
    tags: JSON.parse(row.tags) as Record<string, string>,
    notes: row.notes,
    isOurs: row.is_foreign === 0,
  }
}
