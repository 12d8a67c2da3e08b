import { z } from 'zod'
import { ConnectionReference, ForeignText, Identifier, Instant } from './common.ts'
import { method, person } from './define.ts'

export const AuditCaller = z.enum(['ui', 'cli', 'automation', 'unproven'])
export type AuditCaller = z.output<typeof AuditCaller>

export const AuditOutcome = z.enum(['done', 'denied', 'failed', 'cancelled'])
export type AuditOutcome = z.output<typeof AuditOutcome>

/** One line of the audit: who, with which program, did what to which connection, how it ended, and when; never a value. */
export const AuditEntry = z.object({
  sequence: z.number().int(),
  at: Instant,
  caller: AuditCaller,
  via: z.enum(['window', 'terminal', 'socket', 'mcp', 'host']),
  clientId: z.string().nullable(),
  /** What the client calls itself. */
  clientName: ForeignText.nullable(),
  grantId: z.string().nullable(),
  /** The program's file and process, where the system tells. */
  program: ForeignText.nullable(),
  pid: z.number().int().nullable(),
  method: z.string(),
  profileId: z.string().nullable(),
  connectionId: z.string().nullable(),
  handle: z.string().nullable(),
  /** Of a call through a connection: `GET /user`, without its query. */
  target: ForeignText.nullable(),
  outcome: AuditOutcome,
  /** The error's code; of a call through a connection the service's status as text. */
  code: z.string().nullable(),
  durationMs: z.number().int().nullable(),
  /** Calls that were alike within one batch stand in one line. */
  count: z.number().int(),
})
export type AuditEntry = z.output<typeof AuditEntry>

const Filter = {
  clientId: Identifier.optional(),
  grantId: Identifier.optional(),
  connectionId: ConnectionReference.optional(),
  caller: AuditCaller.optional(),
  outcome: AuditOutcome.optional(),
  /** A method, or a domain with a dot at its end: `connections.`. */
  method: z.string().max(100).optional(),
  since: Instant.optional(),
  until: Instant.optional(),
}

/** Who used a connection, or what a client used. */
export const AuditUse = z.object({
  clientId: z.string().nullable(),
  clientName: ForeignText.nullable(),
  caller: AuditCaller,
  connectionId: z.string(),
  /** Null once the connection is gone. */
  handle: z.string().nullable(),
  calls: z.number().int(),
  denied: z.number().int(),
  firstAt: Instant,
  lastAt: Instant,
  /** It was handed the credential. */
  heldCredential: z.boolean(),
})
export type AuditUse = z.output<typeof AuditUse>

/** What does not fit: a line was changed, is missing, or stands in another's place. */
export const AuditFault = z.object({ sequence: z.number().int(), kind: z.enum(['changed', 'missing', 'reordered', 'cut_off']) })
export type AuditFault = z.output<typeof AuditFault>

export const audit = {
  list: method({
    summary: 'What was called, by whom and how it ended, newest first.',
    access: 'read',
    callers: person,
    tellsOfGone: true,
    params: z.object({ ...Filter, limit: z.number().int().min(1).max(500).default(100), cursor: z.string().max(200).optional() }),
    result: z.object({ entries: z.array(AuditEntry).max(500), nextCursor: z.string().nullable() }),
  }),
  usage: method({
    summary: 'Who used a connection, or which connections a client used, since when and how often; the last first.',
    access: 'read',
    callers: person,
    tellsOfGone: true,
    params: z.object({ connectionId: ConnectionReference.optional(), clientId: Identifier.optional(), since: Instant.optional() }),
    result: z.object({ uses: z.array(AuditUse).max(500), keptSince: Instant.nullable() }),
  }),
  verify: method({
    summary: 'Checks that no line of the audit was changed, taken away or moved.',
    access: 'read',
    callers: person,
    params: z.object({}),
    result: z.object({
      isIntact: z.boolean(),
      checked: z.number().int(),
      /** From where on it is kept: older lines were let go by retention. */
      firstSequence: z.number().int().nullable(),
      lastSequence: z.number().int().nullable(),
      faults: z.array(AuditFault).max(20),
    }),
  }),
  export: method({
    summary: 'The audit as text, oldest first, a part at a time.',
    access: 'read',
    callers: person,
    tellsOfGone: true,
    params: z.object({ ...Filter, format: z.enum(['ndjson', 'csv']).default('ndjson'), cursor: z.string().max(200).optional() }),
    result: z.object({ text: z.string(), nextCursor: z.string().nullable() }),
  }),
}

/** Told at most once a second, and for programs' calls only. */
export const auditEvents = { 'audit.changed': z.object({ lastSequence: z.number().int() }) }
