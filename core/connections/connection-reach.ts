import type { Caller, Reach, ReachPart } from '../caller.ts'
import type { ReadableDb, SqlValue } from '../database/sql.ts'
import type { ConnectionRow } from './connection-row.ts'
import { getConnection } from './connection-store.ts'

/** What a caller may see of the connections: everything where it is null. */
export const reachOf = (caller: Caller): Reach | null => (caller.kind === 'automation' ? (caller.reach ?? []) : null)

/** The profile that a program means where it names none: the one in use where it may reach that, else the first that it may. */
export const profileMeant = (reach: Reach | null, named: string | undefined, active: () => string): string | undefined => {
  if (named !== undefined || reach === null || reach.length === 0) return named
  const inUse = active()
  return reach.some(({ profileId }) => profileId === inUse) ? inUse : reach[0]?.profileId
}

interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ')

const partSql = (part: ReachPart): Condition => {
  const { profileId } = part
  switch (part.kind) {
    case 'some':
      return {
        sql: `(profile_id = ? AND connection_id IN (${marks(part.connectionIds)}))`,
        values: [profileId, ...part.connectionIds],
      }
    case 'connectors':
      return { sql: `(profile_id = ? AND connector_id IN (${marks(part.connectorIds)}))`, values: [profileId, ...part.connectorIds] }
    case 'tag': {
      const { tag, value } = part
      const valueSql = value === undefined ? '' : ' AND each.value = ?'
      return {
        sql: `(profile_id = ? AND EXISTS (SELECT 1 FROM json_each(connections.tags) AS each WHERE each.key = ?${valueSql}))`,
        values: [profileId, tag, ...(value === undefined ? [] : [value])],
      }
    }
    case 'all':
      return { sql: 'profile_id = ?', values: [profileId] }
  }
}

/** The same as a condition over the table `connections`; no part lets nothing through. */
export const reachSql = (reach: Reach): Condition => {
  const parts = reach.map(partSql)
  return parts.length === 0
    ? { sql: '0', values: [] }
    : { sql: `(${parts.map(({ sql }) => sql).join(' OR ')})`, values: parts.flatMap(({ values }) => values) }
}

/** What of a connection decides whether it is within reach. */
export type ReachedRow = Pick<ConnectionRow, 'connection_id' | 'profile_id' | 'connector_id' | 'tags'>

const isInPart = (part: ReachPart, row: ReachedRow): boolean => {
  if (part.profileId !== row.profile_id) return false
  switch (part.kind) {
    case 'some':
      return part.connectionIds.includes(row.connection_id)
    case 'connectors':
      return part.connectorIds.includes(row.connector_id)
    case 'tag': {
      const tags = JSON.parse(row.tags) as Record<string, string>
      return Object.hasOwn(tags, part.tag) && (part.value === undefined || tags[part.tag] === part.value)
    }
    case 'all':
      return true
  }
}

/** Whether a connection is within reach. */
export const isInReach = (reach: Reach, row: ReachedRow): boolean => reach.some((part) => isInPart(part, row))

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/**
 * Whether an event is of a connection within reach. Of one that is gone its profile and, by its handle, its connector are known still;
 * its tags are not.
 */
export const isEventInReach = (db: ReadableDb, reach: Reach, data: Readonly<Record<string, unknown>>): boolean => {
  const connectionId = textOf(data['connectionId'])
  const profileId = textOf(data['profileId'])
  if (connectionId === null || profileId === null) return false
  const row = getConnection(db, connectionId)
  const [connector] = textOf(data['handle'])?.split('/') ?? []
  return isInReach(reach, row ?? { connection_id: connectionId, profile_id: profileId, connector_id: connector ?? '', tags: '{}' })
}

/** The connections within reach, by handle: the first of them, and how many there are. */
export const reachedConnections = (
  db: ReadableDb,
  reach: Reach,
  limit: number,
): { readonly rows: readonly ConnectionRow[]; readonly count: number } => {
  const { sql, values } = reachSql(reach)
  return {
    rows: db.all<ConnectionRow>(`SELECT * FROM connections WHERE ${sql} ORDER BY handle, connection_id LIMIT ?`, ...values, limit),
    count: db.get<{ count: number }>(`SELECT count(*) AS count FROM connections WHERE ${sql}`, ...values)?.count ?? 0,
  }
}
