import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import type { ReadableDb } from '../database/sql.ts'
import { lastSequence, listEvents } from './event-store.ts'

/** The domain `events`; the socket itself carries a subscription, this answers where it begins. */
export const createEventsApi = (db: ReadableDb): Implements<'events', Caller> => ({
  list: (query) => ({ events: listEvents(db, query), lastSequence: lastSequence(db) }),
  subscribe: () => ({ lastSequence: lastSequence(db) }),
})
