import type { ConnectionStatus } from '#shared/contract/connections'
import type { ReadableDb, SqlValue, WritableDb } from '../database/sql.ts'
import { type ConnectionRow, type Identity, rankOf } from './connection-row.ts'
import { makeHandle, slugOf } from './handle.ts'

/** A connection about to be stored. */
export interface NewConnection {
  readonly connectionId: string
  readonly profileId: string
  readonly connectorId: string
  readonly providerConfigKey: string
  readonly nangoConnectionId: string | null
  readonly nangoRowId: number | null
  readonly authMode: string
  readonly status: ConnectionStatus
  readonly label: string | null
  readonly identity: Identity | null
  readonly scopesRequested: readonly string[] | null
  readonly createdAt: string
  readonly at: string
  readonly tags: Readonly<Record<string, string>>
  readonly isOurs: boolean
  readonly error: RowError | null
}

/** Why a connection is not well. */
export interface RowError {
  readonly code: string
  readonly message: string
  readonly at: string
}

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value))

const sortName = (connectorId: string, label: string | null, handle: string): string =>
  `${connectorId}\u0001${(label ?? handle).toLowerCase()}`

/** Everything that free-text search looks at, lower-cased. */
const searchText = (
  handle: string,
  label: string | null,
  identity: Identity | null,
  tags: Readonly<Record<string, string>>,
  notes: string | null,
): string =>
  [handle, label, identity?.displayName, identity?.email, identity?.username, identity?.workspace, ...Object.values(tags), notes]
    .filter((part) => typeof part === 'string')
    .join('\u0001')
    .toLowerCase()

const isHandleTaken = (db: ReadableDb, profileId: string, handle: string): boolean =>
  db.get('SELECT 1 AS taken FROM connections WHERE profile_id = ? AND handle = ?', profileId, handle) !== undefined

/** Gives out the handles of a profile where many connections are stored: it goes on counting where it was. */
export class HandleBook {
  readonly #isTaken: (handle: string) => boolean
  readonly #next = new Map<string, number>()

  constructor(db: ReadableDb, profileId: string) {
    this.#isTaken = (handle) => isHandleTaken(db, profileId, handle)
  }

  /** A handle that is free now. */
  take(connectorId: string, label: string | null): string {
    const stem = `${connectorId}/${label === null ? '' : slugOf(label)}`
    const handle = makeHandle(connectorId, label, this.#isTaken, this.#next.get(stem))
    const number = Number(handle.slice(stem.endsWith('/') ? stem.length : stem.length + 1))
    if (handle !== stem) this.#next.set(stem, number + 1)
    return handle
  }
}

/** Stores a connection and gives it its handle, which it returns. */
export const insertConnection = (db: WritableDb, row: NewConnection, book?: HandleBook): string => {
  const handle =
    book?.take(row.connectorId, row.label) ??
    makeHandle(row.connectorId, row.label, (candidate) => isHandleTaken(db, row.profileId, candidate))
  db.run(
    `INSERT INTO connections (connection_id, profile_id, handle, connector_id, provider_config_key, nango_connection_id, nango_row_id,
       oauth_method, auth_mode, status, status_rank, label, sort_name, identity, scopes_requested, created_at, updated_at, last_synced_at,
       error_code, error_message, error_at, tags, is_foreign, search_text)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'nango', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.connectionId,
    row.profileId,
    handle,
    row.connectorId,
    row.providerConfigKey,
    row.nangoConnectionId,
    row.nangoRowId,
    row.authMode,
    row.status,
    rankOf(row.status),
    row.label,
    sortName(row.connectorId, row.label, handle),
    json(row.identity),
    json(row.scopesRequested),
    row.createdAt,
    row.at,
    row.nangoConnectionId === null ? null : row.at,
    row.error?.code ?? null,
    row.error?.message ?? null,
    row.error?.at ?? null,
    JSON.stringify(row.tags),
    row.isOurs ? 0 : 1,
    searchText(handle, row.label, row.identity, row.tags, null),
  )
  return handle
}

/** What may change about a stored connection; what is absent stays. */
export interface ConnectionChange {
  readonly status?: ConnectionStatus
  readonly connectorId?: string
  readonly authMode?: string
  readonly label?: string | null
  readonly notes?: string | null
  readonly nangoConnectionId?: string
  readonly nangoRowId?: number
  readonly providerConfigKey?: string
  readonly createdAt?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly identity?: Identity | null
  readonly scopesRequested?: readonly string[] | null
  readonly scopesGranted?: readonly string[] | null
  readonly expiresAt?: string | null
  readonly lastSyncedAt?: string
  readonly lastVerifiedAt?: string
  readonly lastRefreshedAt?: string
  readonly error?: RowError | null
  readonly missingSince?: string | null
  readonly isOurs?: boolean
}

/** Changes a connection; returns the row as it is afterwards, or undefined when there is none. */
export const updateConnection = (db: WritableDb, connectionId: string, change: ConnectionChange, at: string): ConnectionRow | undefined => {
  const before = getConnection(db, connectionId)
  if (before === undefined) return undefined
  const columns: [string, SqlValue][] = [['updated_at', at]]
  const set = (column: string, value: SqlValue | undefined): void => {
    if (value !== undefined) columns.push([column, value])
  }
  if (change.status !== undefined) columns.push(['status', change.status], ['status_rank', rankOf(change.status)])
  set('connector_id', change.connectorId)
  set('auth_mode', change.authMode)
  set('label', change.label)
  set('notes', change.notes)
  set('nango_connection_id', change.nangoConnectionId)
  set('nango_row_id', change.nangoRowId)
  set('provider_config_key', change.providerConfigKey)
  set('created_at', change.createdAt)
  if (change.tags !== undefined) columns.push(['tags', JSON.stringify(change.tags)])
  if (change.identity !== undefined) columns.push(['identity', json(change.identity)])
  if (change.scopesRequested !== undefined) columns.push(['scopes_requested', json(change.scopesRequested)])
  if (change.scopesGranted !== undefined) columns.push(['scopes_granted', json(change.scopesGranted)])
  set('expires_at', change.expiresAt)
  set('last_synced_at', change.lastSyncedAt)
  set('last_verified_at', change.lastVerifiedAt)
  set('last_refreshed_at', change.lastRefreshedAt)
  if (change.error !== undefined) {
    columns.push(
      ['error_code', change.error?.code ?? null],
      ['error_message', change.error?.message ?? null],
      ['error_at', change.error?.at ?? null],
    )
  }
  set('missing_since', change.missingSince)
  if (change.isOurs !== undefined) columns.push(['is_foreign', change.isOurs ? 0 : 1])
  const label = change.label === undefined ? before.label : change.label
  const notes = change.notes === undefined ? before.notes : change.notes
  const identity = change.identity === undefined ? (JSON.parse(before.identity ?? 'null') as Identity | null) : change.identity
  const tags = change.tags ?? (JSON.parse(before.tags) as Record<string, string>)
  columns.push(['sort_name', sortName(change.connectorId ?? before.connector_id, label, before.handle)])
  columns.push(['search_text', searchText(before.handle, label, identity, tags, notes)])
  db.run(
    `UPDATE connections SET ${columns.map(([column]) => `${column} = ?`).join(', ')} WHERE connection_id = ?`,
    ...columns.map(([, value]) => value),
    connectionId,
  )
  return getConnection(db, connectionId)
}

/** A connection not yet made turned out to be of another connector: its handle is made anew. */
export const moveToConnector = (
  db: WritableDb,
  connectionId: string,
  { connectorId, authMode }: { readonly connectorId: string; readonly authMode: string },
): void => {
  const row = getConnection(db, connectionId)
  if (row === undefined || row.connector_id === connectorId) return
  const handle = makeHandle(connectorId, row.label, (candidate) => isHandleTaken(db, row.profile_id, candidate))
  db.run(
    'UPDATE connections SET connector_id = ?, auth_mode = ?, handle = ?, sort_name = ?, search_text = ? WHERE connection_id = ?',
    connectorId,
    authMode,
    handle,
    sortName(connectorId, row.label, handle),
    searchText(
      handle,
      row.label,
      JSON.parse(row.identity ?? 'null') as Identity | null,
      JSON.parse(row.tags) as Record<string, string>,
      row.notes,
    ),
    connectionId,
  )
}

/** Gives a connection another handle, which must be free; its place in the orders and in the search follows with the next update. */
export const renameHandle = (db: WritableDb, connectionId: string, handle: string): void => {
  db.run('UPDATE connections SET handle = ? WHERE connection_id = ?', handle, connectionId)
}

/** One connection, or undefined. */
export const getConnection = (db: ReadableDb, connectionId: string): ConnectionRow | undefined =>
  db.get<ConnectionRow>('SELECT * FROM connections WHERE connection_id = ?', connectionId)

/** Takes the row away; its events stay. */
export const deleteConnection = (db: WritableDb, connectionId: string): void => {
  db.run('DELETE FROM connections WHERE connection_id = ?', connectionId)
}

/** Remembers that the person wants this connection out of sight although Nango still has it. */
export const rememberForgotten = (db: WritableDb, row: ConnectionRow, at: string): void => {
  if (row.nango_connection_id === null) return
  db.run(
    'INSERT OR REPLACE INTO forgotten_connections (profile_id, provider_config_key, nango_connection_id, forgotten_at) VALUES (?, ?, ?, ?)',
    row.profile_id,
    row.provider_config_key,
    row.nango_connection_id,
    at,
  )
}
