import type { PublicEvent } from '#shared/contract/events'
import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import type { ReadableDb } from '../database/sql.ts'
import { lastSequence, listEvents, listSeen } from './event-store.ts'

/** The domain `events`; the socket itself carries a subscription, this answers where it begins. */
export const createEventsApi = (db: ReadableDb, isSeen: (event: PublicEvent, caller: Caller) => boolean): Implements<'events', Caller> => ({
  list: (query, caller) => {
    const last = lastSequence(db)
    if (caller.kind !== 'automation') return { events: listEvents(db, query), lastSequence: last }
    return { events: listSeen(db, query, (event) => isSeen(event, caller)), lastSequence: last }
  },
  subscribe: () => ({ lastSequence: lastSequence(db) }),
})
