import type { Flow, FlowState, FlowStep, ReconnectDecision } from '#shared/contract/connect'
import type { ErrorData } from '#shared/errors'
import type { ConnectionStatus } from '#shared/contract/connections'
import type { Identity } from '../connections/connection-row.ts'
import type { RowError } from '../connections/connection-store.ts'
import type { ReadableDb, SqlValue, WritableDb } from '../database/sql.ts'

/** Another account came back than the one known: what there is to choose, and how far the choice is carried out. */
export interface StoredDecision {
  readonly known: Identity
  readonly found: Identity
  readonly options: readonly ReconnectDecision[]
  /** How the connection stood before, while it is shown as one that needs its person. */
  readonly was: { readonly status: ConnectionStatus; readonly error: RowError | null }
  /** Set while a choice is carried out: the next start goes on with it. */
  readonly chosen: { readonly decision: ReconnectDecision; readonly label: string | null } | null
  /** The connection that holds the new credentials: its id at Nango is chosen before it is made, `connectionId` is ours once it is. */
  readonly added: { readonly nangoConnectionId: string; readonly connectionId: string | null } | null
}

/** What a reconnect remembers besides its flow; the credentials of before are sealed in the vault. */
export interface StoredReconnect {
  /** Whether they could be read, and so can be put back. */
  readonly canPutBack: boolean
  readonly reason: NonNullable<Flow['reconnect']>['reason']
  /** Nango has the new ones. */
  readonly isReplaced: boolean
  readonly decision: StoredDecision | null
}

/** A flow as it is stored: everything but the secrets, which are in the vault or in memory only. */
export interface StoredFlow {
  readonly flowId: string
  readonly profileId: string
  readonly connectionId: string
  readonly connectorId: string
  readonly integrationId: string
  readonly label: string | null
  readonly via: Flow['via']
  readonly page: Flow['page']
  /** The integrations that may be chosen on Connect UI besides `integrationId`. */
  readonly anyOf: readonly string[]
  readonly state: FlowState
  readonly params: Readonly<Record<string, string>>
  readonly scopes: readonly string[] | null
  readonly createdAt: string
  readonly endedAt: string | null
  readonly expiresAt: string | null
  readonly error: { readonly code: string; readonly message: string; readonly data: ErrorData } | null
  /** Until when a connection of this cancelled flow is still looked for. */
  readonly cleanupUntil: string | null
  readonly steps: readonly FlowStep[]
  /** Null for a flow that makes a connection. */
  readonly reconnect: StoredReconnect | null
}

interface FlowRow {
  readonly flow_id: string
  readonly profile_id: string
  readonly connection_id: string
  readonly connector_id: string
  readonly integration_id: string
  readonly label: string | null
  readonly via: Flow['via']
  readonly page: Flow['page']
  readonly any_of: string
  readonly state: FlowState
  readonly params: string
  readonly scopes: string | null
  readonly created_at: string
  readonly ended_at: string | null
  readonly expires_at: string | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly error_data: string | null
  readonly cleanup_until: string | null
  readonly steps: string
  readonly reconnect: string | null
}

const OPEN_STATES: readonly FlowState[] = ['starting', 'waiting', 'finishing']

const OPEN_SQL = `state IN (${OPEN_STATES.map((state) => `'${state}'`).join(', ')})`

/** Whether something is still to come of a flow. */
export const isOpenFlow = ({ state }: Pick<StoredFlow, 'state'>): boolean => OPEN_STATES.includes(state)

/** Whether a reconnect that has ended is still looked for: its page may give the connection other credentials yet. */
export const isAwaitedLate = (flow: StoredFlow | undefined): boolean =>
  flow !== undefined && flow.reconnect !== null && !isOpenFlow(flow) && flow.cleanupUntil !== null

const toFlow = (row: FlowRow): StoredFlow => ({
  flowId: row.flow_id,
  profileId: row.profile_id,
  connectionId: row.connection_id,
  connectorId: row.connector_id,
  integrationId: row.integration_id,
  label: row.label,
  via: row.via,
  page: row.page,
  anyOf: JSON.parse(row.any_of) as string[],
  state: row.state,
  params: JSON.parse(row.params) as Record<string, string>,
  scopes: row.scopes === null ? null : (JSON.parse(row.scopes) as string[]),
  createdAt: row.created_at,
  endedAt: row.ended_at,
  expiresAt: row.expires_at,
  error:
    row.error_code === null
      ? null
      : { code: row.error_code, message: row.error_message ?? '', data: JSON.parse(row.error_data ?? '{}') as ErrorData },
  cleanupUntil: row.cleanup_until,
  steps: JSON.parse(row.steps) as FlowStep[],
  reconnect: row.reconnect === null ? null : (JSON.parse(row.reconnect) as StoredReconnect),
})

/** Stores a new flow. */
export const insertFlow = (db: WritableDb, flow: StoredFlow): void => {
  db.run(
    `INSERT INTO flows (flow_id, profile_id, connection_id, connector_id, integration_id, label, via, page, any_of, oauth_method, state, params, scopes, created_at, steps, reconnect)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'nango', ?, ?, ?, ?, ?, ?)`,
    flow.flowId,
    flow.profileId,
    flow.connectionId,
    flow.connectorId,
    flow.integrationId,
    flow.label,
    flow.via,
    flow.page,
    JSON.stringify(flow.anyOf),
    flow.state,
    JSON.stringify(flow.params),
    flow.scopes === null ? null : JSON.stringify(flow.scopes),
    flow.createdAt,
    JSON.stringify(flow.steps),
    flow.reconnect === null ? null : JSON.stringify(flow.reconnect),
  )
}

/** What of a flow may change once it is stored. */
export type FlowChange = Partial<
  Pick<StoredFlow, 'state' | 'endedAt' | 'expiresAt' | 'error' | 'cleanupUntil' | 'steps' | 'connectorId' | 'integrationId' | 'reconnect'>
>

/** Changes a flow; what is absent stays. */
export const updateFlow = (db: WritableDb, flowId: string, change: FlowChange): void => {
  const columns: [string, SqlValue][] = []
  if (change.state !== undefined) columns.push(['state', change.state])
  if (change.endedAt !== undefined) columns.push(['ended_at', change.endedAt])
  if (change.expiresAt !== undefined) columns.push(['expires_at', change.expiresAt])
  if (change.cleanupUntil !== undefined) columns.push(['cleanup_until', change.cleanupUntil])
  if (change.steps !== undefined) columns.push(['steps', JSON.stringify(change.steps)])
  if (change.connectorId !== undefined) columns.push(['connector_id', change.connectorId])
  if (change.integrationId !== undefined) columns.push(['integration_id', change.integrationId])
  if (change.reconnect !== undefined) columns.push(['reconnect', change.reconnect === null ? null : JSON.stringify(change.reconnect)])
  if (change.error !== undefined) {
    columns.push(['error_code', change.error?.code ?? null])
    columns.push(['error_message', change.error?.message ?? null])
    columns.push(['error_data', change.error === null ? null : JSON.stringify(change.error.data)])
  }
  if (columns.length === 0) return
  db.run(
    `UPDATE flows SET ${columns.map(([column]) => `${column} = ?`).join(', ')} WHERE flow_id = ?`,
    ...columns.map(([, value]) => value),
    flowId,
  )
}

/** One flow, or undefined. */
export const getFlow = (db: ReadableDb, flowId: string): StoredFlow | undefined => {
  const row = db.get<FlowRow>('SELECT * FROM flows WHERE flow_id = ?', flowId)
  return row === undefined ? undefined : toFlow(row)
}

/** The open flow that a pending connection waits for, or undefined. */
export const findOpenFlowOf = (db: ReadableDb, connectionId: string): StoredFlow | undefined => {
  const row = db.get<FlowRow>(`SELECT * FROM flows WHERE connection_id = ? AND ${OPEN_SQL}`, connectionId)
  return row === undefined ? undefined : toFlow(row)
}

/** Open reconnects whose connection is not here any more, and whose choice nobody carries out now. */
export const listOrphans = (db: ReadableDb): StoredFlow[] =>
  db
    .all<FlowRow>(
      `SELECT * FROM flows WHERE ${OPEN_SQL} AND reconnect IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM connections WHERE connections.connection_id = flows.connection_id)`,
    )
    .map(toFlow)
    .filter(({ reconnect }) => reconnect?.decision?.chosen == null)

/** Flows of a connection that have ended and whose sign-in may still come. */
export const listCleanups = (db: ReadableDb, connectionId: string): StoredFlow[] =>
  db.all<FlowRow>('SELECT * FROM flows WHERE connection_id = ? AND cleanup_until IS NOT NULL', connectionId).map(toFlow)

/** Flows of a profile since an instant and all that are open, newest first, at most 200; of every profile without one. */
export const listFlows = (
  db: ReadableDb,
  query: { readonly profileId?: string | undefined; readonly isOpen?: boolean | undefined; readonly since: string },
): StoredFlow[] => {
  const parts = [`(created_at >= ? OR ${OPEN_SQL})`]
  const values: SqlValue[] = [query.since]
  if (query.profileId !== undefined) {
    parts.push('profile_id = ?')
    values.push(query.profileId)
  }
  if (query.isOpen !== undefined) parts.push(query.isOpen ? OPEN_SQL : `NOT ${OPEN_SQL}`)
  return db
    .all<FlowRow>(`SELECT * FROM flows WHERE ${parts.join(' AND ')} ORDER BY created_at DESC, flow_id DESC LIMIT 200`, ...values)
    .map(toFlow)
}

/** Flows that still need somebody to look: open ones, and cancelled ones whose connection may still appear. */
export const listWatchedFlows = (db: ReadableDb, at: string): StoredFlow[] =>
  db.all<FlowRow>(`SELECT * FROM flows WHERE ${OPEN_SQL} OR (cleanup_until IS NOT NULL AND cleanup_until > ?)`, at).map(toFlow)

/**
 * Ended flows older than an instant go; what they led to stays. Where none is newer none goes: rather is the clock wrong than the
 * whole history old.
 */
export const deleteFlowsBefore = (db: WritableDb, at: string): void => {
  db.run(
    `DELETE FROM flows WHERE created_at < ? AND NOT ${OPEN_SQL} AND (cleanup_until IS NULL OR cleanup_until < ?)
     AND (SELECT max(created_at) FROM flows) >= ?`,
    at,
    at,
    at,
  )
}

/** Takes all flows of a profile away. */
export const deleteFlowsOf = (db: WritableDb, profileId: string): void => {
  db.run('DELETE FROM flows WHERE profile_id = ?', profileId)
}
