import { z } from 'zod'
import { everyone, method } from './define.ts'
import { ConnectionReference, Instant } from './common.ts'

export const PublicEventType = z.enum([
  'connection.pending',
  'connection.activated',
  'connection.updated',
  'connection.refreshed',
  'connection.attention',
  'connection.recovered',
  'connection.revoked',
  'connection.removed',
  'sync.completed',
  'flow.failed',
])
export type PublicEventType = z.output<typeof PublicEventType>

/** Something that happened, kept and numbered; `data` holds ids and facts, never secrets. */
export const PublicEvent = z.object({
  sequence: z.number().int(),
  type: PublicEventType,
  at: Instant,
  data: z.record(z.string(), z.unknown()),
})
export type PublicEvent = z.output<typeof PublicEvent>

export const events = {
  list: method({
    summary: 'What happened, in order, after a sequence number; with `newestFirst`, the last of it.',
    access: 'read',
    callers: everyone,
    reach: 'listed',
    params: z.object({
      afterSequence: z.number().int().min(0).optional(),
      connectionId: ConnectionReference.optional(),
      newestFirst: z.boolean().default(false),
      limit: z.number().int().min(1).max(1000).default(100),
    }),
    result: z.object({ events: z.array(PublicEvent), lastSequence: z.number().int() }),
  }),
  subscribe: method({
    summary:
      'Sends every later event of this connection to the socket as an `event` notification; to the command line also a `change` when a program asks for something, or was answered.',
    access: 'read',
    callers: ['cli', 'automation'],
    reach: 'listed',
    params: z.object({ afterSequence: z.number().int().min(0).optional() }),
    result: z.object({ lastSequence: z.number().int() }),
  }),
}
