import type { z } from 'zod'
import type { ConnectionSort } from '#shared/contract/connections'
import type { SqlValue } from '../database/sql.ts'

export type Sort = z.output<typeof ConnectionSort>

interface Order {
  /** Unique by the last; unknown times sort last as `~`. */
  readonly columns: readonly string[]
  /** The index that holds a profile's rows of one status and origin in this order, and the same within one connector. */
  readonly index: string
  readonly connectorIndex: string | null
}

/** `sort_name` begins with the connector. */
export const ORDERS = {
  status: {
    columns: ['status_rank', 'is_foreign', 'sort_name', 'connection_id'],
    index: 'connections_by_status',
    connectorIndex: 'connections_of_connector',
  },
  name: {
    columns: ['ifnull(label, handle)', 'connection_id'],
    index: 'connections_by_name',
    connectorIndex: 'connections_of_connector_by_name',
  },
  connector: { columns: ['sort_name', 'connection_id'], index: 'connections_by_status', connectorIndex: 'connections_of_connector' },
  createdAt: { columns: ['created_at', 'connection_id'], index: 'connections_by_created', connectorIndex: null },
  updatedAt: { columns: ['updated_at', 'connection_id'], index: 'connections_by_updated', connectorIndex: null },
  expiresAt: {
    columns: ["ifnull(expires_at, '~')", 'connection_id'],
    index: 'connections_by_expiry',
    connectorIndex: 'connections_of_connector_by_expiry',
  },
  lastUsedAt: {
    columns: ["ifnull(last_used_at, '~')", 'connection_id'],
    index: 'connections_by_use',
    connectorIndex: 'connections_of_connector_by_use',
  },
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

/**
 * The keys of a list in its order, after a place in it. Rows of one status and origin lie in order in an index; the list is those
 * runs: one statement that merges them as they are read, or where the list goes by status a statement for each run, to be read one
 * after the other. Nothing is sorted and nothing beyond the page is looked at. Each takes a limit as its last value.
 */
export const keysInOrder = (scope: Scope, sort: Sort, isDescending: boolean, after: Place | null): Statement[] => {
  const { columns, index, connectorIndex }: Order = ORDERS[sort]
  const [direction, sign] = isDescending ? ['DESC', '<'] : ['ASC', '>']
  const hasConnector = scope.connectorId !== null
  const source = hasConnector ? connectorIndex : index
  const upwards = (left: number, right: number): number => (isDescending ? right - left : left - right)
  const runs: Statement[] = []
  for (const rank of scope.ranks.toSorted(upwards)) {
    for (const foreign of scope.foreign.toSorted(upwards)) {
      // Within a run the two columns by which runs are told apart are fixed.
      const own = columns.filter((column) => column !== 'status_rank' && column !== 'is_foreign')
      const parts = ['profile_id = ?', `status_rank = ${rank}`, `is_foreign = ${foreign}`]
      const ownValues: SqlValue[] = [scope.profileId]
      if (scope.connectorId !== null) {
        parts.push('connector_id = ?')
        ownValues.push(scope.connectorId)
      }
      if (after !== null) {
        const place = after.slice(columns.length - own.length)
        const fixed = columns.length - own.length
        const compared = fixed === 0 ? 0 : rank - Number(after[0]) || foreign - Number(after[1])
        if (isDescending ? compared > 0 : compared < 0) continue
        if (compared === 0) {
          // The first comparison says nothing new, but an index over an expression is only entered by it.
          parts.push(`${own[0]} ${sign}= ?`, `(${own.join(', ')}) ${sign} (${own.map(() => '?').join(', ')})`)
          ownValues.push(place[0] ?? '', ...place)
        }
      }
      if (scope.oauthMethod !== null) {
        parts.push('oauth_method = ?')
        ownValues.push(scope.oauthMethod)
      }
      const keys = columns.map((column, at) => {
        const fixed = column === 'status_rank' ? String(rank) : column === 'is_foreign' ? String(foreign) : column
        return `${fixed} AS order_${at}`
      })
      const from = `connections${source === null ? '' : ` INDEXED BY ${source}`}`
      runs.push({ sql: `SELECT ${keys.join(', ')} FROM ${from} WHERE ${parts.join(' AND ')}`, values: ownValues })
    }
  }
  const order = columns.map((column, at) => (column === 'status_rank' || column === 'is_foreign' ? '' : `order_${at} ${direction}`))
  const tail = ` ORDER BY ${order.filter((part) => part !== '').join(', ')} LIMIT ?`
  if (sort === 'status' || runs.length === 0) return runs.map(({ sql, values }) => ({ sql: sql + tail, values }))
  return [{ sql: runs.map(({ sql }) => sql).join(' UNION ALL ') + tail, values: runs.flatMap(({ values }) => values) }]
}

/** At most so many of the rows, counted. */
export const countWithin = (scope: Scope, most: number): Statement => {
  const parts = [
    'profile_id = ?',
    `status_rank IN (${scope.ranks.join(', ')})`,
    `is_foreign IN (${scope.foreign.join(', ')})`,
    ...(scope.connectorId === null ? [] : ['connector_id = ?']),
    ...(scope.oauthMethod === null ? [] : ['oauth_method = ?']),
  ]
  const index = scope.connectorId === null ? 'connections_by_status' : 'connections_of_connector'
  return {
    sql: `SELECT count(*) AS count FROM (SELECT 1 FROM connections INDEXED BY ${index} WHERE ${parts.join(' AND ')} LIMIT ${most})`,
    values: [
      scope.profileId,
      ...(scope.connectorId === null ? [] : [scope.connectorId]),
      ...(scope.oauthMethod === null ? [] : [scope.oauthMethod]),
    ],
  }
}
