import {
  type ConnectionGroup,
  ConnectionSort,
  type ConnectionStatus,
  ConnectionStatus as StatusSchema,
  STATUSES_OF_GROUP,
} from '#shared/contract/connections'
import type { ConnectionCounts, ConnectorCount, OAuthMethod } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import { z } from 'zod'
import type { ReadableDb, SqlValue } from '../database/sql.ts'
import { type ConnectionRow, type ProfileView, statusInView } from './connection-row.ts'

export interface ConnectionQuery {
  readonly profileId: string
  readonly connectorId?: string | undefined
  readonly statuses?: readonly ConnectionStatus[] | undefined
  readonly group?: ConnectionGroup | undefined
  readonly oauthMethod?: OAuthMethod | undefined
  readonly isOurs?: boolean | undefined
  readonly search?: string | undefined
  readonly sort: z.output<typeof ConnectionSort>
  readonly isDescending: boolean
  readonly limit: number
  readonly cursor?: string | undefined
}

/** The columns of each order, unique by the last; unknown times sort last as `~`. */
const ORDER_COLUMNS = {
  status: ['status_rank', 'is_foreign', 'sort_name', 'connection_id'],
  name: ['ifnull(label, handle)', 'connection_id'],
  connector: ['connector_id', 'sort_name', 'connection_id'],
  createdAt: ['created_at', 'connection_id'],
  updatedAt: ['updated_at', 'connection_id'],
  expiresAt: ["ifnull(expires_at, '~')", 'connection_id'],
  lastUsedAt: ["ifnull(last_used_at, '~')", 'connection_id'],
} as const satisfies Record<z.output<typeof ConnectionSort>, readonly string[]>

const Cursor = z.object({
  sort: ConnectionSort,
  isDescending: z.boolean(),
  after: z
    .array(z.union([z.string(), z.number()]))
    .min(2)
    .max(4),
})

const readCursor = (query: ConnectionQuery): readonly (string | number)[] | null => {
  if (query.cursor === undefined) return null
  try {
    const cursor = Cursor.parse(JSON.parse(Buffer.from(query.cursor, 'base64url').toString('utf8')))
    if (
      cursor.sort === query.sort &&
      cursor.isDescending === query.isDescending &&
      cursor.after.length === ORDER_COLUMNS[query.sort].length
    )
      return cursor.after
  } catch {
    // Falls through: a cursor that cannot be read is refused like one of another list.
  }
  throw new PatchbayError('cursor.invalid')
}

const writeCursor = (query: ConnectionQuery, after: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify({ sort: query.sort, isDescending: query.isDescending, after })).toString('base64url')

/** While offline, what is stored as connected shows as unknown: a filter asks for what is shown. */
const storedStatuses = (statuses: readonly ConnectionStatus[], view: ProfileView): ConnectionStatus[] => {
  if (view.offlineSince === null) return [...statuses]
  const stored = statuses.filter((status) => status !== 'connected')
  return statuses.includes('unknown') ? [...stored, 'connected'] : stored
}

interface Filter {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

const filterOf = (query: ConnectionQuery, view: ProfileView): Filter => {
  const parts: string[] = ['profile_id = ?']
  const values: SqlValue[] = [query.profileId]
  const among = (statuses: readonly ConnectionStatus[]): void => {
    parts.push(`status IN (${statuses.map(() => '?').join(', ')})`)
    values.push(...statuses)
  }
  if (query.connectorId !== undefined) {
    parts.push('connector_id = ?')
    values.push(query.connectorId)
  }
  if (query.statuses !== undefined) among(storedStatuses(query.statuses, view))
  if (query.group !== undefined) among(STATUSES_OF_GROUP[query.group])
  if (query.oauthMethod !== undefined) {
    parts.push('oauth_method = ?')
    values.push(query.oauthMethod)
  }
  if (query.isOurs !== undefined) {
    parts.push('is_foreign = ?')
    values.push(query.isOurs ? 0 : 1)
  }
  const words =
    query.search
      ?.toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '') ?? []
  for (const word of words) {
    parts.push("search_text LIKE ? ESCAPE '\\'")
    values.push(`%${word.replace(/[\\%_]/g, '\\$&')}%`)
  }
  return { sql: parts.join(' AND '), values }
}

const COUNTED_AT_MOST = 1000

/** One page in a stable order (keyset, no offset), the cursor of the next, and the total up to 1,000. */
export const queryConnections = (
  db: ReadableDb,
  query: ConnectionQuery,
  view: ProfileView,
): { rows: ConnectionRow[]; nextCursor: string | null; total: number | null } => {
  const filter = filterOf(query, view)
  const columns = ORDER_COLUMNS[query.sort]
  const after = readCursor(query)
  const direction = query.isDescending ? 'DESC' : 'ASC'
  const comparison =
    after === null ? '' : ` AND (${columns.join(', ')}) ${query.isDescending ? '<' : '>'} (${columns.map(() => '?').join(', ')})`
  const rows = db.all<ConnectionRow & Record<`order_${number}`, string | number>>(
    `SELECT *, ${columns.map((column, index) => `${column} AS order_${index}`).join(', ')} FROM connections
     WHERE ${filter.sql}${comparison} ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`,
    ...filter.values,
    ...(after ?? []),
    query.limit + 1,
  )
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  const counted =
    db.get<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM connections WHERE ${filter.sql} LIMIT ${COUNTED_AT_MOST + 1})`,
      ...filter.values,
    )?.count ?? 0
  return {
    rows: page,
    nextCursor:
      rows.length > query.limit && last !== undefined
        ? writeCursor(
            query,
            columns.map((_, index) => last[`order_${index}`] ?? ''),
          )
        : null,
    total: counted > COUNTED_AT_MOST ? null : counted,
  }
}

/** How many there are by status as shown, and by group as they stay. */
export const countConnections = (db: ReadableDb, profileId: string, view: ProfileView): ConnectionCounts => {
  const rows = db.all<{ status: ConnectionStatus; count: number }>(
    'SELECT status, count(*) AS count FROM connections WHERE profile_id = ? GROUP BY status',
    profileId,
  )
  const stored = new Map(rows.map(({ status, count }) => [status, count]))
  const of = (status: ConnectionStatus): number => stored.get(status) ?? 0
  const shown = (status: ConnectionStatus): number => {
    if (view.offlineSince === null) return of(status)
    if (status === 'connected') return 0
    return status === 'unknown' ? of('unknown') + of('connected') : of(status)
  }
  const groups = Object.entries(STATUSES_OF_GROUP) as [ConnectionGroup, readonly ConnectionStatus[]][]
  return {
    total: rows.reduce((sum, { count }) => sum + count, 0),
    byStatus: Object.fromEntries(StatusSchema.options.map((status) => [status, shown(status)])) as ConnectionCounts['byStatus'],
    byGroup: Object.fromEntries(
      groups.map(([group, statuses]) => [group, statuses.reduce((sum, status) => sum + of(status), 0)]),
    ) as ConnectionCounts['byGroup'],
  }
}

/** How many connections each connector has, by its id, with the worst status as shown; one pass over the profile's rows. */
export const countByConnector = (db: ReadableDb, profileId: string, view: ProfileView): ConnectorCount[] =>
  db
    // SQLite takes a bare column beside a lone min() from the row that holds the minimum: the status of the lowest rank.
    .all<{ connector_id: string; count: number; needs_you: number; status: ConnectionStatus }>(
      `SELECT connector_id, count(*) AS count, sum(status IN (${STATUSES_OF_GROUP.needs_you.map(() => '?').join(', ')})) AS needs_you,
         status, min(status_rank)
       FROM connections WHERE profile_id = ? GROUP BY connector_id ORDER BY connector_id`,
      ...STATUSES_OF_GROUP.needs_you,
      profileId,
    )
    .map((row) => ({
      connectorId: row.connector_id,
      count: row.count,
      needsYou: row.needs_you,
      worstStatus: statusInView(row.status, view),
    }))
