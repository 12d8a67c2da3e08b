import type { ReadableDb } from '../database/sql.ts'
import { countWithin, ORDERS, type Place, type Scope } from './connection-order.ts'
import { bounded, COUNTED_AT_MOST, type Key, type Keys, type Listing } from './search-connections.ts'

/** A row that was made before a time and not used since; both times stand in the index by creation. */
export const UNUSED_SQL = 'created_at < ? AND ifnull(last_used_at, created_at) < ?'

/** Where a row's creation and id are the place: the search's own order, which is by number, is told apart by that. */
export const isUnusedPlace = (place: Place): boolean => place.length === 2 && place.every((part) => typeof part === 'string')

const within = (scope: Scope, before: string): { readonly sql: string; readonly values: readonly string[] } => ({
  sql: [
    'profile_id = ?',
    UNUSED_SQL,
    `status_rank IN (${scope.ranks.join(', ')})`,
    `is_foreign IN (${scope.foreign.join(', ')})`,
    ...(scope.connectorId === null ? [] : ['connector_id = ?']),
    ...(scope.oauthMethod === null ? [] : ['oauth_method = ?']),
  ].join(' AND '),
  values: [
    scope.profileId,
    before,
    before,
    ...(scope.connectorId === null ? [] : [scope.connectorId]),
    ...(scope.oauthMethod === null ? [] : [scope.oauthMethod]),
  ],
})

/** By creation, where the time is; by status, where few are meant at all and looking each up is less than passing over the others. */
const sourceFor = (
  db: ReadableDb,
  scope: Scope,
): { readonly source: string; readonly test: string; readonly values: readonly string[] } => {
  const { sql, values } = countWithin(scope, COUNTED_AT_MOST + 1)
  const isFew = (db.get<{ count: number }>(sql, ...values)?.count ?? 0) <= COUNTED_AT_MOST
  if (!isFew) return { source: 'connections INDEXED BY connections_by_created', test: '', values: [] }
  const source = 'connections INDEXED BY connections_by_status'
  // A connector's rows lie together there, told by how their sort name begins.
  return scope.connectorId === null
    ? { source, test: '', values: [] }
    : { source, test: ' AND sort_name >= ? AND sort_name < ?', values: [`${scope.connectorId}\u0001`, `${scope.connectorId}\u0002`] }
}

/**
 * What was not used since a time. Up to 1,000 come in the order asked for; more in the order in which they were made, the oldest first,
 * which needs no sorting.
 */
export const listUnused = (
  db: ReadableDb,
  listing: Listing,
  scope: Scope,
  before: string,
  cursor: { readonly after: Place; readonly isOwnOrder: boolean } | null,
): Keys => {
  const limits = within(scope, before)
  const { source, test, values: more } = sourceFor(db, scope)
  const sql = limits.sql + test
  const values = [...limits.values, ...more]
  const counted =
    db.get<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM ${source} WHERE ${sql} LIMIT ${COUNTED_AT_MOST + 1})`,
      ...values,
    )?.count ?? 0
  const isOwnOrder = cursor === null ? counted > COUNTED_AT_MOST : cursor.isOwnOrder
  const columns: readonly string[] = isOwnOrder ? ORDERS.createdAt.columns : ORDERS[listing.sort].columns
  const [direction, sign] = listing.isDescending && !isOwnOrder ? ['DESC', '<'] : ['ASC', '>']
  const after = cursor?.after ?? null
  // The first comparison says nothing new, but lets the index be entered at the place.
  const following =
    after === null ? '' : ` AND ${columns[0]} ${sign}= ? AND (${columns.join(', ')}) ${sign} (${columns.map(() => '?').join(', ')})`
  const keys = db.all<Key>(
    `SELECT ${columns.map((column, at) => `${column} AS order_${at}`).join(', ')} FROM ${source} WHERE ${sql}${following}
     ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`,
    ...values,
    ...(after === null ? [] : [after[0] ?? '', ...after]),
    listing.limit + 1,
  )
  const placeOf = (key: Key): Place => columns.map((_, at) => key[`order_${at}`] ?? '')
  const last = keys.length > listing.limit ? keys[listing.limit - 1] : undefined
  return {
    ids: keys.slice(0, listing.limit).map((key) => String(placeOf(key).at(-1))),
    next: last === undefined ? null : placeOf(last),
    isOwnOrder,
    total: bounded(counted),
  }
}
