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
import { countWithin, keysInOrder, ORDERS, type Place, type Scope } from './connection-order.ts'
import { countAll, countBehind, keysAt } from './connection-place.ts'
import { type ConnectionRow, type ProfileView, rankOf, statusInView, statusOfRank } from './connection-row.ts'
import { searchWords } from './connection-search.ts'
import { getConnection } from './connection-store.ts'
import { bounded, COUNTED_AT_MOST, isOwnPlace, type Key, type Keys, searchConnections } from './search-connections.ts'
import { isUnusedPlace, listUnused, UNUSED_SQL } from './unused-connections.ts'

export interface ConnectionQuery {
  readonly profileId: string
  readonly connectorId?: string | undefined
  readonly statuses?: readonly ConnectionStatus[] | undefined
  readonly group?: ConnectionGroup | undefined
  readonly oauthMethod?: OAuthMethod | undefined
  readonly isOurs?: boolean | undefined
  readonly search?: string | undefined
  /** Only what was made before this time and not used since. */
  readonly unusedSince?: string | undefined
  readonly sort: z.output<typeof ConnectionSort>
  readonly isDescending: boolean
  readonly limit: number
  readonly cursor?: string | undefined
  /** The first row's place in the list; not together with a search or a cursor. */
  readonly at?: number | undefined
}

/** What finds more than can be sorted goes in an order of its own: a place in that of a search begins with a number. */
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
        ? (isOwnPlace(cursor.after) && query.search !== undefined) || (isUnusedPlace(cursor.after) && query.unusedSince !== undefined)
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

const GROUP_OF_STATUS = new Map(
  (Object.entries(STATUSES_OF_GROUP) as [ConnectionGroup, readonly ConnectionStatus[]][]).flatMap(([group, statuses]) =>
    statuses.map((status) => [status, group] as const),
  ),
)

const ALL_RANKS = StatusSchema.options.map(rankOf)

/** The places of the statuses that a query asks for, in order. */
export const ranksOf = (query: Pick<ConnectionQuery, 'statuses' | 'group'>, view: ProfileView): number[] => {
  const ofStatus = query.statuses === undefined ? null : new Set(storedStatuses(query.statuses, view).map(rankOf))
  const ofGroup = query.group === undefined ? null : new Set(STATUSES_OF_GROUP[query.group].map(rankOf))
  return ALL_RANKS.filter((rank) => (ofStatus?.has(rank) ?? true) && (ofGroup?.has(rank) ?? true)).toSorted((one, other) => one - other)
}

/** What of the query the indexes know. */
const scopeOf = (db: ReadableDb, query: ConnectionQuery, view: ProfileView): Scope => {
  // Where all are held by Nango, as ever, nothing need be asked of each row.
  const isMixed =
    query.oauthMethod !== undefined &&
    db.get("SELECT 1 AS one FROM connections WHERE profile_id = ? AND oauth_method = 'direct' LIMIT 1", query.profileId) !== undefined
  const isNone = query.oauthMethod === 'direct' && !isMixed
  return {
    profileId: query.profileId,
    connectorId: query.connectorId ?? null,
    ranks: isNone ? [] : ranksOf(query, view),
    foreign: query.isOurs === undefined ? [0, 1] : [query.isOurs ? 0 : 1],
    oauthMethod: isMixed ? (query.oauthMethod ?? null) : null,
  }
}

/** How many rows one call looks through for words that are too short for the index. */
const WALKED_AT_MOST = 2000
const WALK_STEP = 250

const placeOf = (query: ConnectionQuery, key: Key): Place => ORDERS[query.sort].columns.map((_, at) => key[`order_${at}`] ?? '')

/** The keys after a place, at most so many. */
const readKeys = (db: ReadableDb, query: ConnectionQuery, scope: Scope, after: Place | null, limit: number, isFew: boolean): Place[] => {
  const found: Place[] = []
  for (const { sql, values } of keysInOrder(scope, query.sort, query.isDescending, after, isFew)) {
    if (found.length >= limit) break
    found.push(...db.all<Key>(sql, ...values, limit - found.length).map((key) => placeOf(query, key)))
  }
  return found
}

const idOf = (place: Place): string => String(place.at(-1))

const countAFew = (db: ReadableDb, scope: Scope): number => {
  const { sql, values } = countWithin(scope, COUNTED_AT_MOST + 1)
  return db.get<{ count: number }>(sql, ...values)?.count ?? 0
}

const NONE: Keys = { ids: [], next: null, isOwnOrder: false, total: 0 }

const listAll = (db: ReadableDb, query: ConnectionQuery, scope: Scope, after: Place | null): Keys => {
  const counted = countAFew(db, scope)
  const keys = readKeys(db, query, scope, after, query.limit + 1, counted <= COUNTED_AT_MOST)
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
  const isFew = countAFew(db, scope) <= COUNTED_AT_MOST
  let after = from
  for (let walked = 0; walked < WALKED_AT_MOST; walked += WALK_STEP) {
    const keys = readKeys(db, query, scope, after, WALK_STEP, isFew)
    const holding = db.all<{ connection_id: string }>(
      `SELECT connection_id FROM connections WHERE connection_id IN (SELECT value FROM json_each(?))${words.map(() => ' AND instr(search_text, ?)').join('')}${query.unusedSince === undefined ? '' : ` AND ${UNUSED_SQL}`}`,
      JSON.stringify(keys.map(idOf)),
      ...words,
      ...(query.unusedSince === undefined ? [] : [query.unusedSince, query.unusedSince]),
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

/** One page in a stable order, the cursor of the next, and the total: up to 1,000, or exact where the page was asked for by its place. */
export const queryConnections = (
  db: ReadableDb,
  query: ConnectionQuery,
  view: ProfileView,
): { rows: ConnectionRow[]; nextCursor: string | null; total: number | null } => {
  const scope = scopeOf(db, query, view)
  const cursor = readCursor(query)
  const typed = searchWords(query.search ?? '')
  const isByUse = query.unusedSince !== undefined && typed.words.length === 0
  if (cursor?.isOwnOrder === true && (isByUse ? !isUnusedPlace(cursor.after) : typed.indexed.length === 0 || !isOwnPlace(cursor.after)))
    throw new PatchbayError('cursor.invalid')
  if (query.at !== undefined && (cursor !== null || typed.words.length > 0 || isByUse)) throw new PatchbayError('request.invalid')
  const keys =
    query.at !== undefined
      ? listAt(db, query, scope, query.at)
      : scope.ranks.length === 0
        ? NONE
        : query.unusedSince !== undefined && typed.words.length === 0
          ? listUnused(db, query, scope, query.unusedSince, cursor)
          : typed.words.length === 0
            ? listAll(db, query, scope, cursor?.after ?? null)
            : typed.indexed.length === 0
              ? walk(db, query, scope, typed.words, cursor?.after ?? null)
              : searchConnections(db, query, scope, typed, cursor)
  return {
    rows: keys.ids.flatMap((id) => getConnection(db, id) ?? []),
    nextCursor: keys.next === null ? null : writeCursor(query, keys.next, keys.isOwnOrder),
    total: keys.total,
  }
}

/** What tells a list apart from another of the same profile, without what leaves parts of it out of sight. */
export type ListQuery = Pick<ConnectionQuery, 'connectorId' | 'oauthMethod' | 'isOurs' | 'sort' | 'isDescending'>

/** The group of a connection and its place among those of the group that match, as `at` counts; null where the query leaves it out. */
export const placeInGroup = (
  db: ReadableDb,
  row: ConnectionRow,
  list: ListQuery,
  view: ProfileView,
): { group: ConnectionGroup; at: number | null } => {
  const group = GROUP_OF_STATUS.get(row.status) ?? 'waiting'
  const query: ConnectionQuery = { ...list, profileId: row.profile_id, group, limit: 1 }
  const scope = scopeOf(db, query, view)
  const isIn =
    scope.ranks.includes(rankOf(row.status)) &&
    scope.foreign.includes(row.is_foreign) &&
    (list.connectorId === undefined || list.connectorId === row.connector_id) &&
    (list.oauthMethod === undefined || list.oauthMethod === row.oauth_method)
  const columns = ORDERS[list.sort].columns.map((column, at) => `${column} AS order_${at}`).join(', ')
  const key = isIn ? db.get<Key>(`SELECT ${columns} FROM connections WHERE connection_id = ?`, row.connection_id) : undefined
  if (key === undefined) return { group, at: null }
  const total = countAll(db, scope)
  const behind = countBehind(db, scope, { sort: list.sort, isDescending: list.isDescending, after: placeOf(query, key), total })
  return { group, at: total - behind - 1 }
}

/** How many there are by status as shown, and by group as they stay. */
export const countConnections = (db: ReadableDb, profileId: string, view: ProfileView): ConnectionCounts => {
  const rows = db.all<{ status_rank: number; count: number }>(
    'SELECT status_rank, count(*) AS count FROM connections INDEXED BY connections_by_status WHERE profile_id = ? GROUP BY status_rank',
    profileId,
  )
  const stored = new Map(rows.map(({ status_rank: rank, count }) => [statusOfRank(rank), count]))
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
    .all<{ connector_id: string; count: number; needs_you: number; worst: number }>(
      `SELECT connector_id, count(*) AS count, sum(status_rank IN (${STATUSES_OF_GROUP.needs_you.map(rankOf).join(', ')})) AS needs_you,
         min(status_rank) AS worst
       FROM connections INDEXED BY connections_by_created WHERE profile_id = ? GROUP BY connector_id ORDER BY connector_id`,
      profileId,
    )
    .map((row) => ({
      connectorId: row.connector_id,
      count: row.count,
      needsYou: row.needs_you,
      worstStatus: statusInView(statusOfRank(row.worst), view),
    }))

/** How many connections hang on each integration, by its key; flows that are open are none yet. */
export const countByIntegration = (db: ReadableDb, profileId: string): ReadonlyMap<string, number> =>
  new Map(
    db
      .all<{ provider_config_key: string; count: number }>(
        `SELECT provider_config_key, count(*) AS count FROM connections
         WHERE profile_id = ? AND nango_connection_id IS NOT NULL GROUP BY provider_config_key`,
        profileId,
      )
      .map((row) => [row.provider_config_key, row.count]),
  )
