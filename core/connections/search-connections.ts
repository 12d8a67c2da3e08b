import type { ReadableDb } from '../database/sql.ts'
import { ORDERS, type Place, type Scope, type Sort, type Statement } from './connection-order.ts'
import { matchOf, type SearchWords } from './connection-search.ts'

/** Beyond so many, matches are neither counted nor sorted. */
export const COUNTED_AT_MOST = 1000

/** What a page is made of. */
export interface Keys {
  readonly ids: string[]
  /** The place after the last one, null when nothing follows. */
  readonly next: Place | null
  /** The place is one in the search's own order. */
  readonly isOwnOrder: boolean
  /** Null when there are more than are counted. */
  readonly total: number | null
}

export type Key = Readonly<Record<`order_${number}`, string | number>>

export interface Listing {
  readonly sort: Sort
  readonly isDescending: boolean
  readonly limit: number
  /** Only what was made before this time and not used since. */
  readonly unusedSince?: string | undefined
}

/** How many rows that are not in the full-text index yet one call looks through. */
const UNSEARCHED_AT_MOST = 1000
/** A search that grew while it was paged is sorted up to here; who shows it hears of the change and asks anew. */
const SORTED_AT_MOST = 5000

/** The total as it is told. */
export const bounded = (counted: number): number | null => (counted > COUNTED_AT_MOST ? null : counted)

/** Whether a place can be one in a search's own order: a number of the index, or that and how far in what it does not hold yet. */
export const isOwnPlace = (place: Place): boolean =>
  Number.isSafeInteger(place[0]) && (place.length === 1 || (place.length === 2 && typeof place[1] === 'string'))

/** The rows that the full-text index found: held against the words and the filter, for it knows only parts of both. */
const holding = (scope: Scope, words: readonly string[], unusedSince: string | undefined): Statement => ({
  sql: [
    'profile_id = ?',
    `status_rank IN (${scope.ranks.join(', ')})`,
    `is_foreign IN (${scope.foreign.join(', ')})`,
    ...(scope.connectorId === null ? [] : ['connector_id = ?']),
    ...(scope.oauthMethod === null ? [] : ['oauth_method = ?']),
    ...words.map(() => 'instr(search_text, ?) > 0'),
    ...(unusedSince === undefined ? [] : ['created_at < ? AND ifnull(last_used_at, created_at) < ?']),
  ].join(' AND '),
  values: [
    scope.profileId,
    ...(scope.connectorId === null ? [] : [scope.connectorId]),
    ...(scope.oauthMethod === null ? [] : [scope.oauthMethod]),
    ...words,
    ...(unusedSince === undefined ? [] : [unusedSince, unusedSince]),
  ],
})

const UNSEARCHED = 'connections INDEXED BY connections_unsearched WHERE search_id IS NULL AND'

/** In the order in which the index took the rows in, then those that it has not: they go to its end, in the order of their ids. */
const inOwnOrder = (db: ReadableDb, listing: Listing, scope: Scope, match: string, words: readonly string[], after: Place | null): Keys => {
  const { sql, values } = holding(scope, words, listing.unusedSince)
  const from = typeof after?.[1] === 'string' ? after[1] : null
  const rows = db.all<{ connection_id: string; search_id: number }>(
    `SELECT c.connection_id, c.search_id
     FROM connection_search CROSS JOIN connections AS c INDEXED BY connections_search_id ON c.search_id = connection_search.rowid
     WHERE connection_search MATCH ? AND connection_search.rowid > ? AND c.connection_id > ? AND ${sql}
     ORDER BY connection_search.rowid LIMIT ?`,
    match,
    Number(after?.[0] ?? 0),
    from ?? '',
    ...values,
    listing.limit + 1,
  )
  const ids = rows.slice(0, listing.limit).map(({ connection_id }) => connection_id)
  const last = rows[listing.limit - 1]
  if (rows.length > listing.limit && last !== undefined)
    return { ids, next: from === null ? [last.search_id] : [last.search_id, from], isOwnOrder: true, total: null }

  const newest = db.get<{ id: number | null }>('SELECT max(search_id) AS id FROM connections WHERE search_id IS NOT NULL')?.id ?? 0
  const others = db.all<{ connection_id: string; is_match: number }>(
    `SELECT connection_id, (${sql}) AS is_match FROM ${UNSEARCHED} profile_id = ? AND connection_id > ? ORDER BY connection_id LIMIT ?`,
    ...values,
    scope.profileId,
    from ?? '',
    UNSEARCHED_AT_MOST,
  )
  let passed = from ?? ''
  for (const { connection_id, is_match } of others) {
    if (ids.length === listing.limit) return { ids, next: [newest, passed], isOwnOrder: true, total: null }
    if (is_match === 1) ids.push(connection_id)
    passed = connection_id
  }
  const isAll = others.length < UNSEARCHED_AT_MOST
  return { ids, next: isAll ? null : [newest, passed], isOwnOrder: true, total: isAll && after === null ? ids.length : null }
}

/**
 * What holds every word. Up to 1,000 matches come in the order asked for; more in the order in which the full-text index took them
 * in, which needs no sorting. Rows that the index has not taken in yet are looked at themselves, so many at a time: nothing is missed.
 */
export const searchConnections = (
  db: ReadableDb,
  listing: Listing,
  scope: Scope,
  typed: SearchWords,
  cursor: { readonly after: Place; readonly isOwnOrder: boolean } | null,
): Keys => {
  const match = matchOf(typed, { ...scope, ranks: scope.ranks.length === 8 ? null : scope.ranks })
  if (cursor?.isOwnOrder === true) return inOwnOrder(db, listing, scope, match, typed.words, cursor.after)
  const most = cursor === null ? COUNTED_AT_MOST : SORTED_AT_MOST
  const candidates = db.all<{ rowid: number }>(
    'SELECT rowid FROM connection_search WHERE connection_search MATCH ? ORDER BY rowid LIMIT ?',
    match,
    most + 1,
  )
  const waiting = db.all<{ connection_id: string }>(
    `SELECT connection_id FROM ${UNSEARCHED} profile_id = ? LIMIT ?`,
    scope.profileId,
    UNSEARCHED_AT_MOST + 1,
  )
  if (cursor === null && (candidates.length > COUNTED_AT_MOST || waiting.length > UNSEARCHED_AT_MOST))
    return inOwnOrder(db, listing, scope, match, typed.words, null)
  const { columns } = ORDERS[listing.sort]
  const [direction, sign] = listing.isDescending ? ['DESC', '<'] : ['ASC', '>']
  const after = cursor?.after ?? null
  const isAfter = after === null ? '1' : `(${columns.join(', ')}) ${sign} (${columns.map(() => '?').join(', ')})`
  const keys = `${columns.map((column, at) => `${column} AS order_${at}`).join(', ')}, ${isAfter} AS is_after`
  const { sql, values } = holding(scope, typed.words, listing.unusedSince)
  const found = db.all<Key & { readonly is_after: number }>(
    `SELECT ${keys} FROM connections INDEXED BY connections_search_id WHERE search_id IN (SELECT value FROM json_each(?)) AND ${sql}
     UNION ALL SELECT ${keys} FROM json_each(?) AS waiting CROSS JOIN connections ON connection_id = waiting.value WHERE ${sql}
     ORDER BY ${columns.map((_, at) => `order_${at} ${direction}`).join(', ')}`,
    ...(after ?? []),
    JSON.stringify(candidates.map(({ rowid }) => rowid)),
    ...values,
    ...(after ?? []),
    JSON.stringify(waiting.map(({ connection_id }) => connection_id)),
    ...values,
  )
  const placeOf = (key: Key): Place => columns.map((_, at) => key[`order_${at}`] ?? '')
  const page = found.filter(({ is_after }) => is_after === 1)
  const last = page.length > listing.limit ? page[listing.limit - 1] : undefined
  return {
    ids: page.slice(0, listing.limit).map((key) => String(placeOf(key).at(-1))),
    next: last === undefined ? null : placeOf(last),
    isOwnOrder: false,
    total: bounded(found.length),
  }
}
