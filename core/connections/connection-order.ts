import type { z } from 'zod'
import type { ConnectionSort } from '#shared/contract/connections'
import type { SqlValue } from '../database/sql.ts'

export type Sort = z.output<typeof ConnectionSort>

interface Order {
  /** Unique by the last; unknown times sort last as `~`. */
  readonly columns: readonly string[]
  /** The index that holds a profile's rows in this order, filters at its end; null where the one by status does. */
  readonly index: string | null
}

/** `sort_name` is the connector, a sign that sorts before all others, and the label or handle in lower case. */
export const ORDERS = {
  status: { columns: ['status_rank', 'is_foreign', 'sort_name', 'connection_id'], index: null },
  name: { columns: ['substr(sort_name, instr(sort_name, char(1)) + 1)', 'connection_id'], index: 'connections_by_name' },
  connector: { columns: ['sort_name', 'connection_id'], index: null },
  createdAt: { columns: ['created_at', 'connection_id'], index: 'connections_by_created' },
  updatedAt: { columns: ['updated_at', 'connection_id'], index: 'connections_by_updated' },
  expiresAt: { columns: ["ifnull(expires_at, '~')", 'created_at', 'connection_id'], index: 'connections_by_expiry' },
  lastUsedAt: { columns: ["ifnull(last_used_at, '~')", 'created_at', 'connection_id'], index: 'connections_by_use' },
} as const satisfies Record<Sort, Order>

/** Which rows a list is made of, as the indexes know them. */
export interface Scope {
  readonly profileId: string
  readonly connectorId: string | null
  readonly ranks: readonly number[]
  readonly foreign: readonly number[]
  readonly oauthMethod: string | null
}

export type Place = readonly (string | number)[]

export interface Statement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

interface Condition {
  readonly parts: readonly string[]
  readonly values: readonly SqlValue[]
}

const NOTHING: Condition = { parts: [], values: [] }
/** Stands for a time that is not known: it sorts behind all times. */
const UNKNOWN = '~'

const SEPARATOR = '\u0001'
const AFTER_SEPARATOR = '\u0002'

const joined = (...conditions: readonly Condition[]): Condition => ({
  parts: conditions.flatMap(({ parts }) => parts),
  values: conditions.flatMap(({ values }) => values),
})

const methodIs = ({ oauthMethod }: Scope): Condition =>
  oauthMethod === null ? NOTHING : { parts: ['oauth_method = ?'], values: [oauthMethod] }

/** Rows that have the time lie in its index, the others in the one by creation: two parts, one after the other. */
const inTwoParts = (scope: Scope, sort: 'expiresAt' | 'lastUsedAt', isDescending: boolean, after: Place | null): Statement[] => {
  const column = sort === 'expiresAt' ? 'expires_at' : 'last_used_at'
  const direction = isDescending ? 'DESC' : 'ASC'
  const isInTail = after !== null && after[0] === UNKNOWN
  const part = (index: string, own: readonly string[], test: string, place: Place | null): Statement => {
    const filter = scope.connectorId === null ? NOTHING : { parts: ['connector_id = ?'], values: [scope.connectorId] }
    const { parts, values } = joined(
      within(scope),
      { parts: [test], values: [] },
      filter,
      following(own, isDescending, place),
      methodIs(scope),
    )
    const keys = own.length === 3 ? own : [`'${UNKNOWN}'`, ...own]
    return {
      sql: `SELECT ${listed(keys)} FROM connections INDEXED BY ${index} WHERE ${parts.join(' AND ')}
        ORDER BY ${own.map((name) => `${name} ${direction}`).join(', ')} LIMIT ?`,
      values,
    }
  }
  const known = part(ORDERS[sort].index, [column, 'created_at', 'connection_id'], `${column} IS NOT NULL`, isInTail ? null : after)
  const unknown = part(ORDERS.createdAt.index, ['created_at', 'connection_id'], `${column} IS NULL`, isInTail ? after.slice(1) : null)
  if (isDescending) return after === null || isInTail ? [unknown, known] : [known]
  return isInTail ? [unknown] : [known, unknown]
}

/** A connector's rows lie together in each run of the index by status: they are told by how their sort name begins. */
const connectorIs = ({ connectorId }: Scope, edge: 'both' | 'lower' | 'upper' = 'both'): Condition => {
  if (connectorId === null) return NOTHING
  // An index is entered by one comparison from each side: the plus keeps the looser one from being it.
  const lower = edge === 'upper' ? '+sort_name' : 'sort_name'
  const upper = edge === 'lower' ? '+sort_name' : 'sort_name'
  return { parts: [`${lower} >= ?`, `${upper} < ?`], values: [connectorId + SEPARATOR, connectorId + AFTER_SEPARATOR] }
}

const within = (scope: Scope): Condition => ({
  parts: ['profile_id = ?', `status_rank IN (${scope.ranks.join(', ')})`, `is_foreign IN (${scope.foreign.join(', ')})`],
  values: [scope.profileId],
})

/** The first comparison says nothing new, but an index over an expression is only entered by it. */
const following = (columns: readonly string[], isDescending: boolean, place: Place | null): Condition => {
  if (place === null) return NOTHING
  const sign = isDescending ? '<' : '>'
  return {
    parts: [`${columns[0]} ${sign}= ?`, `(${columns.join(', ')}) ${sign} (${columns.map(() => '?').join(', ')})`],
    values: [place[0] ?? '', ...place],
  }
}

const listed = (columns: readonly string[]): string => columns.map((column, at) => `${column} AS order_${at}`).join(', ')

/** Rows of one status and origin lie by name in the index by status: the list is those runs, merged as they are read or one by one. */
const inRuns = (scope: Scope, sort: 'status' | 'connector', isDescending: boolean, after: Place | null): Statement[] => {
  const [direction, upwards] = isDescending ? (['DESC', -1] as const) : (['ASC', 1] as const)
  const own = ['sort_name', 'connection_id']
  const runs: Statement[] = []
  for (const rank of scope.ranks.toSorted((left, right) => (left - right) * upwards)) {
    for (const foreign of scope.foreign.toSorted((left, right) => (left - right) * upwards)) {
      let place = after === null ? null : after.slice(-2)
      if (after !== null && sort === 'status') {
        const compared = (rank - Number(after[0]) || foreign - Number(after[1])) * upwards
        if (compared < 0) continue
        if (compared > 0) place = null
      }
      const { parts, values } = joined(
        { parts: ['profile_id = ?', `status_rank = ${rank}`, `is_foreign = ${foreign}`], values: [scope.profileId] },
        connectorIs(scope, place === null ? 'both' : isDescending ? 'lower' : 'upper'),
        following(own, isDescending, place),
        methodIs(scope),
      )
      const keys = sort === 'status' ? [String(rank), String(foreign), ...own] : own
      runs.push({ sql: `SELECT ${listed(keys)} FROM connections INDEXED BY connections_by_status WHERE ${parts.join(' AND ')}`, values })
    }
  }
  const order = sort === 'status' ? ['order_2', 'order_3'] : ['order_0', 'order_1']
  const tail = (columns: readonly string[]): string => ` ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`
  if (sort === 'connector' && runs.length > 0)
    return [{ sql: runs.map(({ sql }) => sql).join(' UNION ALL ') + tail(order), values: runs.flatMap(({ values }) => values) }]
  return runs.map(({ sql, values }) => ({ sql: sql + tail(order), values }))
}

/**
 * The keys of a list in its order, after a place in it: one statement, or several to be read one after the other: for each
 * status and origin, or for rows with a time and without. Read from an index in its order; what a filter leaves out is passed over there. Where
 * the filter leaves `isFew`, they are looked up and sorted instead. Each takes a limit as its last value.
 */
export const keysInOrder = (scope: Scope, sort: Sort, isDescending: boolean, after: Place | null, isFew: boolean): Statement[] => {
  if (sort === 'status' || sort === 'connector') return inRuns(scope, sort, isDescending, after)
  if (!isFew && (sort === 'expiresAt' || sort === 'lastUsedAt')) return inTwoParts(scope, sort, isDescending, after)
  if (!isFew && sort === 'name' && scope.connectorId !== null) {
    // By name within a connector is by sort name, which begins with it.
    const place = after === null ? null : [`${scope.connectorId}${SEPARATOR}${after[0]}`, after[1] ?? '']
    return inRuns(scope, 'connector', isDescending, place).map(({ sql, values }) => ({
      sql: `SELECT substr(order_0, instr(order_0, char(1)) + 1) AS order_0, order_1 FROM (${sql.replace(/ LIMIT \?$/, '')}) LIMIT ?`,
      values,
    }))
  }
  const { columns, index }: Order = ORDERS[sort]
  const direction = isDescending ? 'DESC' : 'ASC'
  const source = isFew ? 'connections_by_status' : index
  const filter = isFew
    ? connectorIs(scope)
    : scope.connectorId === null
      ? NOTHING
      : { parts: ['connector_id = ?'], values: [scope.connectorId] }
  // By name, what was connected here and elsewhere are two runs of the index, merged as they are read.
  const runs = sort === 'name' && !isFew ? scope.foreign.map((foreign) => ({ ...scope, foreign: [foreign] })) : [scope]
  const selects = runs.map((run) => {
    const { parts, values } = joined(within(run), filter, following(columns, isDescending, after), methodIs(run))
    return { sql: `SELECT ${listed(columns)} FROM connections INDEXED BY ${source} WHERE ${parts.join(' AND ')}`, values }
  })
  const order = columns.map((_, at) => `order_${at} ${direction}`).join(', ')
  const sql = `${selects.map((select) => select.sql).join(' UNION ALL ')} ORDER BY ${order} LIMIT ?`
  const values = selects.flatMap((select) => select.values)
  return [{ sql, values }]
}

/** At most so many of the rows, counted. */
export const countWithin = (scope: Scope, most: number): Statement => {
  const { parts, values } = joined(within(scope), connectorIs(scope), methodIs(scope))
  return {
    sql: `SELECT count(*) AS count FROM (SELECT 1 FROM connections INDEXED BY connections_by_status WHERE ${parts.join(' AND ')} LIMIT ${most})`,
    values,
  }
}
