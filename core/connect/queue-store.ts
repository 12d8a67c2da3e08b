import type { Queue, QueueItem, QueueRequest } from '#shared/contract/queue'
import type { ReadableDb, SqlValue, WritableDb } from '../database/sql.ts'

/** How an item is to be connected, without what its form was given. */
export type StoredRequest = Omit<QueueRequest, 'credentials' | 'fields'>

/** A queue item as it is stored. */
export interface StoredItem extends QueueItem {
  readonly request: StoredRequest
}

/** A queue as it is stored. */
export interface StoredQueue extends Omit<Queue, 'items'> {
  readonly opens: boolean
  readonly items: readonly StoredItem[]
}

interface QueueRow {
  readonly queue_id: string
  readonly profile_id: string
  readonly state: Queue['state']
  readonly opens: number
  readonly created_at: string
  readonly ended_at: string | null
  readonly pause_code: string | null
  readonly pause_message: string | null
}

interface ItemRow {
  readonly position: number
  readonly connector_id: string
  readonly label: string | null
  readonly request: string
  readonly state: QueueItem['state']
  readonly flow_id: string | null
  readonly connection_id: string | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly started_at: string | null
  readonly ended_at: string | null
}

const toItem = (row: ItemRow): StoredItem => ({
  position: row.position,
  connectorId: row.connector_id,
  label: row.label,
  request: JSON.parse(row.request) as StoredRequest,
  state: row.state,
  flowId: row.flow_id,
  connectionId: row.connection_id,
  error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
  startedAt: row.started_at,
  endedAt: row.ended_at,
})

const itemsOf = (db: ReadableDb, queueId: string): StoredItem[] =>
  db.all<ItemRow>('SELECT * FROM queue_items WHERE queue_id = ? ORDER BY position', queueId).map(toItem)

const toQueue = (db: ReadableDb, row: QueueRow): StoredQueue => ({
  queueId: row.queue_id,
  profileId: row.profile_id,
  state: row.state,
  opens: row.opens === 1,
  createdAt: row.created_at,
  endedAt: row.ended_at,
  pausedBecause: row.pause_code === null ? null : { code: row.pause_code, message: row.pause_message ?? '' },
  items: itemsOf(db, row.queue_id),
})

/** Stores a new queue with its items. */
export const insertQueue = (db: WritableDb, queue: StoredQueue): void => {
  db.run(
    'INSERT INTO queues (queue_id, profile_id, state, opens, created_at) VALUES (?, ?, ?, ?, ?)',
    queue.queueId,
    queue.profileId,
    queue.state,
    queue.opens ? 1 : 0,
    queue.createdAt,
  )
  for (const item of queue.items)
    db.run(
      'INSERT INTO queue_items (queue_id, position, connector_id, label, request, state) VALUES (?, ?, ?, ?, ?, ?)',
      queue.queueId,
      item.position,
      item.connectorId,
      item.label,
      JSON.stringify(item.request),
      item.state,
    )
}

/** One queue, or undefined. */
export const getQueue = (db: ReadableDb, queueId: string): StoredQueue | undefined => {
  const row = db.get<QueueRow>('SELECT * FROM queues WHERE queue_id = ?', queueId)
  return row === undefined ? undefined : toQueue(db, row)
}

/** Queues since an instant and all that are open, newest first, at most 50; of every profile without one. */
export const listQueues = (
  db: ReadableDb,
  query: { readonly profileId?: string | undefined; readonly isOpen?: boolean | undefined; readonly since: string },
): StoredQueue[] => {
  const parts = ['(created_at >= ? OR ended_at IS NULL)']
  const values: SqlValue[] = [query.since]
  if (query.profileId !== undefined) {
    parts.push('profile_id = ?')
    values.push(query.profileId)
  }
  if (query.isOpen !== undefined) parts.push(query.isOpen ? 'ended_at IS NULL' : 'ended_at IS NOT NULL')
  return db
    .all<QueueRow>(`SELECT * FROM queues WHERE ${parts.join(' AND ')} ORDER BY created_at DESC, queue_id DESC LIMIT 50`, ...values)
    .map((row) => toQueue(db, row))
}

/** The queue whose item this flow is for, while it is that item's turn. */
export const queueOfFlow = (db: ReadableDb, flowId: string): string | undefined =>
  db.get<{ readonly queue_id: string }>("SELECT queue_id FROM queue_items WHERE flow_id = ? AND state = 'running'", flowId)?.queue_id

/** Changes the state of a queue; a pause is forgotten by every other state. */
export const setQueueState = (
  db: WritableDb,
  queueId: string,
  state: Queue['state'],
  more: { readonly endedAt?: string; readonly pause?: { readonly code: string; readonly message: string } } = {},
): void => {
  db.run(
    'UPDATE queues SET state = ?, ended_at = ?, pause_code = ?, pause_message = ? WHERE queue_id = ?',
    state,
    more.endedAt ?? null,
    more.pause?.code ?? null,
    more.pause?.message ?? null,
    queueId,
  )
}

/** Writes what became of an item. */
export const writeItem = (db: WritableDb, queueId: string, item: Omit<StoredItem, 'connectorId' | 'label' | 'request'>): void => {
  db.run(
    `UPDATE queue_items SET state = ?, flow_id = ?, connection_id = ?, error_code = ?, error_message = ?, started_at = ?, ended_at = ?
     WHERE queue_id = ? AND position = ?`,
    item.state,
    item.flowId,
    item.connectionId,
    item.error?.code ?? null,
    item.error?.message ?? null,
    item.startedAt,
    item.endedAt,
    queueId,
    item.position,
  )
}

/** Takes away what ended before an instant. */
export const deleteQueuesBefore = (db: WritableDb, at: string): void => {
  db.run('DELETE FROM queues WHERE ended_at < ?', at)
}

/** Takes all queues of a profile away. */
export const deleteQueuesOf = (db: WritableDb, profileId: string): void => {
  db.run('DELETE FROM queues WHERE profile_id = ?', profileId)
}
