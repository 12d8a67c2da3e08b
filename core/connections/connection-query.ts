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
import type { ReadableDb } from '../database/sql.ts'
import { countWithin, keysInOrder, ORDERS, type Place, type Scope, type Statement } from './connection-order.ts'
import { countAll, keysAt } from './connection-place.ts'
import { type ConnectionRow, type ProfileView, rankOf, statusInView } from './connection-row.ts'
import { matchOf, type SearchWords, searchWords } from './connection-search.ts'
import { getConnection } from './connection-store.ts'

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
  /** The first row's place in the list; not together with a search or a cursor. */
  readonly at?: number | undefined
}

/** A search that finds more than can be sorted goes in an order of its own: a place in it is one number. */
const Cursor = z.object({
  sort: ConnectionSort,
  isDescending: z.boolean(),
  isOwnOrder: z.boolean(),
  after: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .max(4),
})

const readCursor = (query: ConnectionQuery): { readonly after: Place; readonly isOwnOrder: boolean } | null => {
  if (query.cursor === undefined) return null
  try {
    const cursor = Cursor.parse(JSON.parse(Buffer.from(query.cursor, 'base64url').toString('utf8')))
    if (
      cursor.sort === query.sort &&
      cursor.isDescending === query.isDescending &&
      (cursor.isOwnOrder
        ? cursor.after.length === 1 && Number.isSafeInteger(cursor.after[0]) && query.search !== undefined
        : cursor.after.length === ORDERS[query.sort].columns.length)
    )
      return cursor
  } catch {
    // Falls through: a cursor that cannot be read is refused like one of another list.
  }
  throw new PatchbayError('cursor.invalid')
}

const writeCursor = (query: ConnectionQuery, after: Place, isOwnOrder: boolean): string =>
  Buffer.from(JSON.stringify({ sort: query.sort, isDescending: query.isDescending, isOwnOrder, after })).toString('base64url')

/** While offline, what is stored as connected shows as unknown: a filter asks for what is shown. */
const storedStatuses = (statuses: readonly ConnectionStatus[], view: ProfileView): ConnectionStatus[] => {
  if (view.offlineSince === null) return [...statuses]
  const stored = statuses.filter((status) => status !== 'connected')
  return statuses.includes('unknown') ? [...stored, 'connected'] : stored
}

const ALL_RANKS = StatusSchema.options.map(rankOf)

/** What of the query the indexes know. */
const scopeOf = (db: ReadableDb, query: ConnectionQuery, view: ProfileView): Scope => {
  const ofStatus = query.statuses === undefined ? null : new Set(storedStatuses(query.statuses, view).map(rankOf))
  const ofGroup = query.group === undefined ? null : new Set(STATUSES_OF_GROUP[query.group].map(rankOf))
  // Where all are held by Nango, as ever, nothing need be asked of each row.
  const isMixed =
    query.oauthMethod !== undefined &&
    db.get("SELECT 1 AS one FROM connections WHERE profile_id = ? AND oauth_method = 'direct' LIMIT 1", query.profileId) !== undefined
  const isNone = query.oauthMethod === 'direct' && !isMixed
  return {
    profileId: query.profileId,
    connectorId: query.connectorId ?? null,
    ranks: isNone ? [] : ALL_RANKS.filter((rank) => (ofStatus?.has(rank) ?? true) && (ofGroup?.has(rank) ?? true)).toSorted(),
    foreign: query.isOurs === undefined ? [0, 1] : [query.isOurs ? 0 : 1],
    oauthMethod: isMixed ? (query.oauthMethod ?? null) : null,
  }
}

const COUNTED_AT_MOST = 1000
/** How many rows one call looks through for words that are too short for the index. */
const WALKED_AT_MOST = 2000
const WALK_STEP = 250

type Key = Readonly<Record<`order_${number}`, string | number>>

interface Keys {
  readonly ids: string[]
  /** The place after the last one, null when nothing follows. */
  readonly next: Place | null
  readonly isOwnOrder: boolean
  /** Null when there are more than are counted. */
  readonly total: number | null
}

const placeOf = (query: ConnectionQuery, key: Key): Place => ORDERS[query.sort].columns.map((_, at) => key[`order_${at}`] ?? '')

/** The keys after a place, at most so many. */
const readKeys = (db: ReadableDb, query: ConnectionQuery, scope: Scope, after: Place | null, limit: number): Place[] => {
  const found: Place[] = []
  for (const { sql, values } of keysInOrder(scope, query.sort, query.isDescending, after)) {
    if (found.length >= limit) break
    found.push(...db.all<Key>(sql, ...values, limit - found.length).map((key) => placeOf(query, key)))
  }
  return found
}

const idOf = (place: Place): string => String(place.at(-1))

const bounded = (counted: number): number | null => (counted > COUNTED_AT_MOST ? null : counted)

const listAll = (db: ReadableDb, query: ConnectionQuery, scope: Scope, after: Place | null): Keys => {
  const keys = readKeys(db, query, scope, after, query.limit + 1)
  const count = countWithin(scope, COUNTED_AT_MOST + 1)
  const counted = scope.ranks.length === 0 ? 0 : (db.get<{ count: number }>(count.sql, ...count.values)?.count ?? 0)
  const next = keys.length > query.limit ? (keys[query.limit - 1] ?? null) : null
  return { ids: keys.slice(0, query.limit).map(idOf), next, isOwnOrder: false, total: bounded(counted) }
}

const listAt = (db: ReadableDb, query: ConnectionQuery, scope: Scope, at: number): Keys => {
  const total = countAll(db, scope)
  const keys = keysAt(db, scope, { sort: query.sort, isDescending: query.isDescending, at, limit: query.limit, total }).map((key) =>
    placeOf(query, key),
  )
  return { ids: keys.map(idOf), next: at + keys.length < total ? (keys.at(-1) ?? null) : null, isOwnOrder: false, total }
}

/** Words of one or two characters: looks through the list in its order, so far and no further; the cursor goes on from there. */
const walk = (db: ReadableDb, query: ConnectionQuery, scope: Scope, words: readonly string[], from: Place | null): Keys => {
  const ids: string[] = []
  let after = from
  for (let walked = 0; walked < WALKED_AT_MOST; walked += WALK_STEP) {
    const keys = readKeys(db, query, scope, after, WALK_STEP)
    const holding = db.all<{ connection_id: string }>(
      `SELECT connection_id FROM connections WHERE connection_id IN (SELECT value FROM json_each(?))${words.map(() => ' AND instr(search_text, ?)').join('')}`,
      JSON.stringify(keys.map(idOf)),
      ...words,
    )
    const matches = new Set(holding.map(({ connection_id }) => connection_id))
    for (const key of keys) {
      if (!matches.has(idOf(key))) continue
      ids.push(idOf(key))
      if (ids.length === query.limit) return { ids, next: key, isOwnOrder: false, total: null }
    }
    after = keys.at(-1) ?? after
    if (keys.length < WALK_STEP) return { ids, next: null, isOwnOrder: false, total: from === null ? ids.length : null }
  }
  return { ids, next: after, isOwnOrder: false, total: null }
}

/** The rows that the full-text index found: held against the words and the filter, for it knows only parts of both. */
const found = (scope: Scope, words: readonly string[]): Statement => ({
  sql: [
    'profile_id = ?',
    `status_rank IN (${scope.ranks.join(', ')})`,
    `is_foreign IN (${scope.foreign.join(', ')})`,
    ...(scope.connectorId === null ? [] : ['connector_id = ?']),
    ...(scope.oauthMethod === null ? [] : ['oauth_method = ?']),
    ...words.map(() => 'instr(search_text, ?) > 0'),
  ].join(' AND '),
  values: [
    scope.profileId,
    ...(scope.connectorId === null ? [] : [scope.connectorId]),
    ...(scope.oauthMethod === null ? [] : [scope.oauthMethod]),
    ...words,
  ],
})

/** Up to 1,000 matches come in the order asked for; more in the order in which they were stored, which needs no sorting. */
const searchIndex = (
  db: ReadableDb,
  query: ConnectionQuery,
  scope: Scope,
  typed: SearchWords,
  cursor: ReturnType<typeof readCursor>,
): Keys => {
  const match = matchOf(typed, { ...scope, ranks: scope.ranks.length === ALL_RANKS.length ? null : scope.ranks })
  const { sql, values } = found(scope, typed.words)
  const candidates =
    cursor?.isOwnOrder === true
      ? []
      : db.all<{ rowid: number }>(
          'SELECT rowid FROM connection_search WHERE connection_search MATCH ? ORDER BY rowid LIMIT ?',
          match,
          cursor === null ? COUNTED_AT_MOST + 1 : -1,
        )
  if (cursor?.isOwnOrder === true || candidates.length > COUNTED_AT_MOST) {
    const rows = db.all<{ connection_id: string; search_id: number }>(
      `SELECT c.connection_id, c.search_id FROM connection_search CROSS JOIN connections AS c INDEXED BY connections_search_id ON c.search_id = connection_search.rowid
       WHERE connection_search MATCH ? AND connection_search.rowid > ? AND ${sql} ORDER BY connection_search.rowid LIMIT ?`,
      match,
      Number(cursor?.after[0] ?? 0),
      ...values,
      query.limit + 1,
    )
    const ids = rows.slice(0, query.limit)
    const next = rows.length > query.limit ? ids.at(-1) : undefined
    return {
      ids: ids.map(({ connection_id }) => connection_id),
      next: next === undefined ? null : [next.search_id],
      isOwnOrder: true,
      total: cursor === null && next === undefined ? ids.length : null,
    }
  }
  const { columns } = ORDERS[query.sort]
  const [direction, sign] = query.isDescending ? ['DESC', '<'] : ['ASC', '>']
  const after = cursor?.after ?? null
  const keys = db.all<Key & { readonly is_after: number }>(
    `SELECT ${columns.map((column, at) => `${column} AS order_${at}`).join(', ')},
         ${after === null ? '1' : `(${columns.join(', ')}) ${sign} (${columns.map(() => '?').join(', ')})`} AS is_after
       FROM connections INDEXED BY connections_search_id WHERE search_id IN (SELECT value FROM json_each(?)) AND ${sql}
       ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')}`,
    ...(after ?? []),
    JSON.stringify(candidates.map(({ rowid }) => rowid)),
    ...values,
  )
  const page = keys.filter(({ is_after }) => is_after === 1)
  const last = page.length > query.limit ? page[query.limit - 1] : undefined
  return {
    ids: page.slice(0, query.limit).map((key) => idOf(placeOf(query, key))),
    next: last === undefined ? null : placeOf(query, last),
    isOwnOrder: false,
    total: bounded(keys.length),
  }
}

/** One page in a stable order, the cursor of the next, and the total: up to 1,000, or exact where the page was asked for by its place. */
export const queryConnections = (
  db: ReadableDb,
  query: ConnectionQuery,
  view: ProfileView,
): { rows: ConnectionRow[]; nextCursor: string | null; total: number | null } => {
  const scope = scopeOf(db, query, view)
  const cursor = readCursor(query)
  const typed = searchWords(query.search ?? '')
  if (cursor?.isOwnOrder === true && typed.indexed.length === 0) throw new PatchbayError('cursor.invalid')
  if (query.at !== undefined && (cursor !== null || typed.words.length > 0)) throw new PatchbayError('request.invalid')
  const keys =
    query.at !== undefined
      ? listAt(db, query, scope, query.at)
      : scope.ranks.length === 0 || typed.words.length === 0
        ? listAll(db, query, scope, cursor?.after ?? null)
        : typed.indexed.length === 0
          ? walk(db, query, scope, typed.words, cursor?.after ?? null)
          : searchIndex(db, query, scope, typed, cursor)
  return {
    rows: keys.ids.flatMap((id) => getConnection(db, id) ?? []),
    nextCursor: keys.next === null ? null : writeCursor(query, keys.next, keys.isOwnOrder),
    total: keys.total,
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
