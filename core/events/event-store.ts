import { PublicEventType, type PublicEvent } from '#shared/contract/events'
import type { ReadableDb, WritableDb } from '../database/sql.ts'

interface EventRow {
  readonly sequence: number
  readonly type: string
  readonly at: string
  readonly data: string
}

const KEPT_EVENTS = 100_000

const toEvent = (row: EventRow): PublicEvent => ({
  sequence: row.sequence,
  type: PublicEventType.parse(row.type),
  at: row.at,
  data: JSON.parse(row.data) as Record<string, unknown>,
})

/** An event about to be stored; ids and facts only. */
export interface NewEvent {
  readonly type: PublicEvent['type']
  readonly profileId: string | null
  readonly connectionId: string | null
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Stores an event and numbers it; of more than 100,000 the oldest go. */
export const insertEvent = (db: WritableDb, event: NewEvent, at: string): PublicEvent => {
  const data = { profileId: event.profileId, connectionId: event.connectionId, ...event.facts }
  const row = db.get<{ sequence: number }>(
    'INSERT INTO events (type, at, profile_id, connection_id, data) VALUES (?, ?, ?, ?, ?) RETURNING sequence',
    event.type,
    at,
    event.profileId,
    event.connectionId,
    JSON.stringify(data),
  )
  const sequence = row?.sequence ?? 0
  if (sequence % 1000 === 0) db.run('DELETE FROM events WHERE sequence <= ?', sequence - KEPT_EVENTS)
  return { sequence, type: event.type, at, data }
}

/** The number of the last event, 0 before the first. */
export const lastSequence = (db: ReadableDb): number =>
  db.get<{ last: number | null }>('SELECT max(sequence) AS last FROM events')?.last ?? 0

export interface EventQuery {
  readonly afterSequence?: number | undefined
  /** Only what came before it. */
  readonly beforeSequence?: number | undefined
  readonly connectionId?: string | undefined
  readonly newestFirst: boolean
  readonly limit: number
}

/** Events in order, or the last ones first. */
export const listEvents = (db: ReadableDb, query: EventQuery): PublicEvent[] => {
  const after = query.afterSequence ?? 0
  const before = query.beforeSequence ?? Number.MAX_SAFE_INTEGER
  const order = query.newestFirst ? 'DESC' : 'ASC'
  const rows =
    query.connectionId === undefined
      ? db.all<EventRow>(
          `SELECT sequence, type, at, data FROM events WHERE sequence > ? AND sequence < ? ORDER BY sequence ${order} LIMIT ?`,
          after,
          before,
          query.limit,
        )
      : db.all<EventRow>(
          `SELECT sequence, type, at, data FROM events WHERE connection_id = ? AND sequence > ? AND sequence < ? ORDER BY sequence ${order} LIMIT ?`,
          query.connectionId,
          after,
          before,
          query.limit,
        )
  return rows.map(toEvent)
}

const PAGE = 500

/** The same, of those that somebody may see: page by page until there are enough, or no more. */
export const listSeen = (db: ReadableDb, query: EventQuery, isSeen: (event: PublicEvent) => boolean): PublicEvent[] => {
  const seen: PublicEvent[] = []
  let from: Pick<EventQuery, 'afterSequence' | 'beforeSequence'> = query
  for (;;) {
    const page = listEvents(db, { ...query, ...from, limit: PAGE })
    for (const event of page) {
      if (isSeen(event)) seen.push(event)
      if (seen.length === query.limit) return seen
    }
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return seen
    from = query.newestFirst ? { ...from, beforeSequence: last.sequence } : { ...from, afterSequence: last.sequence }
  }
}
