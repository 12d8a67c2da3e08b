import type { ChangeEvent } from '#shared/contract/contract'
import type { PublicEvent } from '#shared/contract/events'
import type { WritableDb } from '../database/sql.ts'
import type { EventBus } from './event-bus.ts'
import { insertEvent, type NewEvent } from './event-store.ts'

/** What a transaction notes down while it runs. */
export interface Note {
  /** Stored with the transaction, told to subscribers after it. */
  event(event: NewEvent): void
  /** Told to windows after the commit; the same change twice is told once. */
  change(change: ChangeEvent): void
}

/** Writes with their events: what was noted is announced after the commit, and never when it fails. */
export interface Journal {
  commit<T>(work: (note: Note) => T): T
}

/** A journal over one database and bus. */
export const createJournal = (db: WritableDb, bus: EventBus, now: () => number): Journal => ({
  commit: (work) => {
    const stored: PublicEvent[] = []
    const changes = new Map<string, ChangeEvent>()
    const result = db.transaction(() =>
      work({
        event: (event) => stored.push(insertEvent(db, event, new Date(now()).toISOString())),
        change: (change) => changes.set(JSON.stringify(change), change),
      }),
    )
    for (const event of stored) bus.publishPublic(event)
    for (const change of changes.values()) bus.publishChange(change)
    return result
  },
})
