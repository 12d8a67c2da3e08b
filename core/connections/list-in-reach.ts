import { z } from 'zod'
import { ConnectionSort } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import type { Reach } from '../caller.ts'
import type { ReadableDb, SqlValue } from '../database/sql.ts'
import { ORDERS, type Place } from './connection-order.ts'
import { type ConnectionQuery, ranksOf } from './connection-query.ts'
import { reachSql } from './connection-reach.ts'
import type { ConnectionRow, ProfileView } from './connection-row.ts'
import { searchWords } from './connection-search.ts'
import { COUNTED_AT_MOST, bounded } from './search-connections.ts'
import { UNUSED_SQL } from './unused-connections.ts'

const Cursor = z.object({
  sort: ConnectionSort,
  isDescending: z.boolean(),
  reached: z
    .array(z.union([z.string(), z.number()]))
    .min(2)
    .max(4),
})

const placeAfter = (query: ConnectionQuery): Place | null => {
  if (query.cursor === undefined) return null
  try {
    const cursor = Cursor.parse(JSON.parse(Buffer.from(query.cursor, 'base64url').toString('utf8')))
    const isSame = cursor.sort === query.sort && cursor.isDescending === query.isDescending
    if (isSame && cursor.reached.length === ORDERS[query.sort].columns.length) return cursor.reached
  } catch {
    // Falls through: a cursor that cannot be read is refused like one of another list.
  }
  throw new PatchbayError('cursor.invalid')
}

const cursorOf = (query: ConnectionQuery, reached: Place): string =>
  Buffer.from(JSON.stringify({ sort: query.sort, isDescending: query.isDescending, reached })).toString('base64url')

/**
 * The same page as `queryConnections` gives, of what is within a program's reach: its order, its filters, a cursor of its own. Few rows
 * are, as a rule, so that they are looked for first and put in order then.
 */
export const listInReach = (
  db: ReadableDb,
  query: ConnectionQuery,
  reach: Reach,
  view: ProfileView,
): { rows: ConnectionRow[]; nextCursor: string | null; total: number | null } => {
  if (query.at !== undefined) throw new PatchbayError('request.invalid')
  const columns: readonly string[] = ORDERS[query.sort].columns
  const after = placeAfter(query)
  const within = reachSql(reach)
  const { words } = searchWords(query.search ?? '')
  const ranks = ranksOf(query, view)
  const conditions = [
    within.sql,
    'profile_id = ?',
    `status_rank IN (${ranks.join(', ')})`,
    ...(query.connectorId === undefined ? [] : ['connector_id = ?']),
    ...(query.oauthMethod === undefined ? [] : ['oauth_method = ?']),
    ...(query.isOurs === undefined ? [] : ['is_foreign = ?']),
    ...words.map(() => 'instr(search_text, ?)'),
    ...(query.unusedSince === undefined ? [] : [UNUSED_SQL]),
  ]
  const values: SqlValue[] = [
    ...within.values,
    query.profileId,
    ...(query.connectorId === undefined ? [] : [query.connectorId]),
    ...(query.oauthMethod === undefined ? [] : [query.oauthMethod]),
    ...(query.isOurs === undefined ? [] : [query.isOurs ? 0 : 1]),
    ...words,
    ...(query.unusedSince === undefined ? [] : [query.unusedSince, query.unusedSince]),
  ]
  const counted =
    db.get<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM connections WHERE ${conditions.join(' AND ')} LIMIT ${COUNTED_AT_MOST + 1})`,
      ...values,
    )?.count ?? 0
  const direction = query.isDescending ? 'DESC' : 'ASC'
  const order = columns.map((column) => `${column} ${direction}`).join(', ')
  const behind = after === null ? [] : [`(${columns.join(', ')}) ${query.isDescending ? '<' : '>'} (${columns.map(() => '?').join(', ')})`]
  const found = db.all<ConnectionRow & Record<`order_${number}`, string | number>>(
    `SELECT connections.*, ${columns.map((column, at) => `${column} AS order_${at}`).join(', ')} FROM connections
     WHERE ${[...conditions, ...behind].join(' AND ')} ORDER BY ${order} LIMIT ?`,
    ...values,
    ...(after ?? []),
    query.limit + 1,
  )
  const rows = found.slice(0, query.limit)
  const last = rows.at(-1)
  const hasMore = found.length > query.limit && last !== undefined
  return {
    rows,
    nextCursor: hasMore
      ? cursorOf(
          query,
          columns.map((_, at) => last[`order_${at}`] ?? ''),
        )
      : null,
    total: bounded(counted),
  }
}
