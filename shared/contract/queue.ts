import { z } from 'zod'
import { AuthorizationParams, Credentials, UserScopes, Values } from './connect.ts'
import { ConnectorSlug, ForeignText, ForeignWords, Identifier, Instant, Label } from './common.ts'
import { person, method } from './define.ts'

/** One account to be connected, said as for `connect.start`. */
const QueueRequest = z.object({
  connectorId: ConnectorSlug,
  label: Label.optional(),
  scopes: z.array(z.string().min(1).max(500)).max(200).optional(),
  userScopes: UserScopes.optional(),
  authorizationParams: AuthorizationParams.optional(),
  /** `connect_ui` leaves filling in to Nango's own page; fields and credentials are then not taken. */
  page: z.enum(['provider', 'connect_ui']).default('provider'),
  /** Sealed until it is their turn, as the credentials are. */
  fields: Values.optional(),
  credentials: Credentials.optional(),
})
export type QueueRequest = z.output<typeof QueueRequest>

export const QueueItem = z.object({
  /** From 0. */
  position: z.number().int(),
  connectorId: z.string(),
  label: z.string().nullable(),
  state: z.enum(['waiting', 'running', 'connected', 'failed', 'skipped', 'cancelled']),
  /** The flow of the item whose turn it is, or was. */
  flowId: z.string().nullable(),
  connectionId: z.string().nullable(),
  error: z.object({ code: z.string(), message: ForeignWords }).nullable(),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
})
export type QueueItem = z.output<typeof QueueItem>

export const Queue = z.object({
  queueId: z.string(),
  profileId: z.string(),
  /** `paused` waits for Nango or the vault, or for `queue.resume`. */
  state: z.enum(['running', 'paused', 'done', 'cancelled']),
  createdAt: Instant,
  endedAt: Instant.nullable(),
  pausedBecause: z.object({ code: z.string(), message: ForeignWords }).nullable(),
  items: z.array(QueueItem),
})
export type Queue = z.output<typeof Queue>

/** What would be asked and sent for one item; nothing was. */
export const QueuePreview = z.object({
  connectorId: z.string(),
  name: ForeignText,
  label: z.string().nullable(),
  authMode: z.string(),
  /** Where it would be connected: on a page of the provider or of Nango, or by a form; null where it cannot be. */
  by: z.enum(['page', 'form']).nullable(),
  integrationId: z.string().nullable(),
  /** What is still to be given before it can start. */
  missing: z.array(z.object({ name: z.string(), title: ForeignText, isSecret: z.boolean(), kind: z.enum(['text', 'file']) })),
  /** The scopes that would be asked for; null leaves them to the integration. */
  scopes: z.array(z.string()).nullable(),
  problem: z.object({ code: z.string(), message: ForeignWords }).nullable(),
})
export type QueuePreview = z.output<typeof QueuePreview>

const Items = z.array(QueueRequest).min(1).max(50)
const OneQueue = z.object({ queueId: Identifier })

export const queue = {
  preview: method({
    summary: 'What connecting these would ask for and send; opens and sends nothing.',
    access: 'read',
    callers: person,
    params: z.object({ profileId: Identifier.optional(), items: Items }),
    result: z.object({ items: z.array(QueuePreview) }),
  }),
  start: method({
    summary: 'Connects several accounts one after the other; one that fails does not stop the rest, and a restart goes on.',
    access: 'write',
    callers: person,
    params: z.object({
      profileId: Identifier.optional(),
      items: Items,
      /** False leaves the opening of each page to the caller. */
      open: z.boolean().default(true),
    }),
    result: Queue,
  }),
  get: method({
    summary: 'One queue with its items.',
    access: 'read',
    callers: person,
    params: OneQueue,
    result: Queue,
  }),
  list: method({
    summary: 'The queues of the last week, newest first.',
    access: 'read',
    callers: person,
    params: z.object({ profileId: Identifier.optional(), isOpen: z.boolean().optional() }),
    result: z.object({ queues: z.array(Queue) }),
  }),
  skip: method({
    summary: 'Cancels the sign-in whose turn it is and goes on with the next.',
    access: 'write',
    callers: person,
    params: OneQueue,
    result: Queue,
  }),
  resume: method({
    summary: 'Goes on with a paused queue.',
    access: 'write',
    callers: person,
    params: OneQueue,
    result: Queue,
  }),
  cancel: method({
    summary: 'Ends a queue: the sign-in whose turn it is is cancelled, the rest is not begun. What is connected stays.',
    access: 'write',
    callers: person,
    params: OneQueue,
    result: Queue,
  }),
}

export const queueEvents = { 'queue.changed': z.object({ profileId: z.string(), queueId: z.string() }) }
