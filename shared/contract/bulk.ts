import { z } from 'zod'
import { ConnectionReference, ForeignText, ForeignWords, Identifier, Instant, Label } from './common.ts'
import { ConnectionFilter, TagsInput } from './connections.ts'
import { person, method } from './define.ts'

/** What can be done to many connections at once. `remove` deletes them at Nango and here. */
export const BulkActionName = z.enum(['refresh', 'verify', 'label', 'tag', 'revoke', 'remove', 'export'])
export type BulkActionName = z.output<typeof BulkActionName>

/**
 * `selecting` the rows are being written down; `waiting` another run goes first; `stopped` something stands in the way of all its rows,
 * see `error`.
 */
export const BulkState = z.enum(['selecting', 'waiting', 'running', 'done', 'cancelled', 'stopped'])
export type BulkState = z.output<typeof BulkState>

/**
 * `waiting` not begun: never, where the run has ended; `unchanged` there was nothing to do; `refused` it cannot be done to this one and
 * was not tried; `failed` it was tried.
 */
export const BulkOutcome = z.enum(['waiting', 'running', 'done', 'unchanged', 'refused', 'failed'])
export type BulkOutcome = z.output<typeof BulkOutcome>

const CodeAndWords = z.object({ code: z.string(), message: ForeignWords })

export const Bulk = z.object({
  bulkId: z.string(),
  profileId: z.string(),
  action: BulkActionName,
  state: BulkState,
  /** The run whose rows that failed or were not reached this one does again. */
  retryOf: z.string().nullable(),
  /** The run that this one undoes. */
  undoOf: z.string().nullable(),
  /** Whether `bulk.undo` can bring back what was. */
  canUndo: z.boolean(),
  total: z.number().int(),
  /** How many rows have ended so, and how many are not begun or under way. */
  counts: z.object({
    done: z.number().int(),
    unchanged: z.number().int(),
    refused: z.number().int(),
    failed: z.number().int(),
    waiting: z.number().int(),
  }),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  /** Until when it holds back, and why: the rate limit, or Nango cannot be reached. */
  pausedUntil: Instant.nullable(),
  pauseReason: z.string().nullable(),
  error: CodeAndWords.nullable(),
})
export type Bulk = z.output<typeof Bulk>

/** What a run would do, from what is known here. Nothing was changed and nobody was asked. */
export const BulkPlan = z.object({
  action: BulkActionName,
  profileId: z.string(),
  total: z.number().int(),
  willDo: z.number().int(),
  unchanged: z.number().int(),
  /** What cannot be done, by reason, with up to three examples. */
  refused: z.array(CodeAndWords.extend({ count: z.number().int(), examples: z.array(z.string()) })),
  /** Up to so many requests to Nango. */
  requests: z.number().int(),
})
export type BulkPlan = z.output<typeof BulkPlan>

/** One connection of a run. */
export const BulkRow = z.object({
  position: z.number().int(),
  /** As it was named, where there is no such connection. */
  connectionId: z.string(),
  handle: ForeignText,
  outcome: BulkOutcome,
  /** What happened, as facts: ids, words of the contract, numbers. */
  detail: z.record(z.string(), z.json()).nullable(),
  error: CodeAndWords.extend({ next: z.string().nullable() }).nullable(),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
})
export type BulkRow = z.output<typeof BulkRow>

const OneBulk = z.object({ bulkId: Identifier })

export const bulk = {
  start: method({
    summary: 'One action over many connections, chosen by a filter or by name; with `dryRun` only tells what it would do.',
    access: 'write',
    callers: person,
    params: ConnectionFilter.extend({
      /** Needed unless `retryOf` names a run. */
      action: BulkActionName.optional(),
      profileId: Identifier.optional(),
      /** These instead of a filter. */
      connectionIds: z.array(ConnectionReference).min(1).max(10_000).optional(),
      /** Every connection of the profile; said so that nothing that was left out by mistake means all. */
      all: z.boolean().default(false),
      dryRun: z.boolean().default(false),
      /** How many are meant: where there are more or fewer, nothing is done. */
      expectedTotal: z.number().int().min(0).optional(),
      /** `label`: null takes it away. */
      label: Label.nullable().optional(),
      /** `tag`: what becomes of `tags`; `remove` goes by `tagKeys`. */
      tagMode: z.enum(['add', 'remove', 'replace']).default('add'),
      tags: TagsInput.optional(),
      tagKeys: z.array(z.string().min(1).max(200)).min(1).max(20).optional(),
      /** `refresh`: also those whose last refresh failed. */
      acceptRisk: z.boolean().optional(),
      /** `remove`: here only, they stay at Nango. */
      forgetOnly: z.boolean().default(false),
      /** `remove`: ends access at the provider first; one that the provider does not end, or does not say so of, is kept and has failed. */
      revoke: z.boolean().default(false),
      /** Does again what failed or was not reached in that run. */
      retryOf: Identifier.optional(),
    }),
    result: z.object({ bulk: Bulk.nullable(), plan: BulkPlan.nullable() }),
  }),
  get: method({
    summary: 'How far an action over many is.',
    access: 'read',
    callers: person,
    params: OneBulk,
    result: Bulk,
  }),
  list: method({
    summary: 'Actions over many, the newest first.',
    access: 'read',
    callers: person,
    params: z.object({ profileId: Identifier.optional(), limit: z.number().int().min(1).max(50).default(20) }),
    result: z.object({ bulks: z.array(Bulk) }),
  }),
  results: method({
    summary: 'What became of each connection of an action over many, a page at a time.',
    access: 'read',
    callers: person,
    params: OneBulk.extend({
      outcome: BulkOutcome.optional(),
      limit: z.number().int().min(1).max(500).default(100),
      cursor: z.string().max(200).optional(),
    }),
    result: z.object({ rows: z.array(BulkRow), nextCursor: z.string().nullable() }),
  }),
  cancel: method({
    summary: 'Ends an action over many: what has begun is finished, the rest is left as it is.',
    access: 'write',
    callers: person,
    params: OneBulk,
    result: Bulk,
  }),
  undo: method({
    summary: 'Brings back labels or tags as they were before an action over many; what was changed since is left alone.',
    access: 'write',
    callers: person,
    params: OneBulk,
    result: Bulk,
  }),
  export: method({
    summary: 'The text of an export, a piece at a time: put together they are one CSV or JSON file. No credentials.',
    access: 'read',
    callers: person,
    params: OneBulk.extend({ format: z.enum(['csv', 'json']).default('csv'), cursor: z.string().max(200).optional() }),
    result: z.object({ text: z.string(), mediaType: z.string(), nextCursor: z.string().nullable() }),
  }),
}

export const bulkEvents = { 'bulk.changed': z.object({ profileId: z.string(), bulkId: z.string() }) }
