import { z } from 'zod'
import { ConnectionReference, ConnectorSlug, ForeignData, ForeignText, Identifier, Instant } from './common.ts'
import { ConnectionStatus } from './connections.ts'
import { method, person } from './define.ts'
import { HttpMethod } from './http-method.ts'

/** What a program may do with a connection: look at it, make calls through it, change it, hold its credential. */
export const GrantVerb = z.enum(['read', 'request', 'write', 'secret'])
export type GrantVerb = z.output<typeof GrantVerb>

const TagText = z.string().trim().min(1).max(255)

/** Which connections of a profile; `all` goes with `read` alone. */
export const GrantReach = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('some'), connectionIds: z.array(ConnectionReference).min(1).max(100) }),
  z.object({ kind: z.literal('connectors'), connectorIds: z.array(ConnectorSlug).min(1).max(20) }),
  z.object({ kind: z.literal('tag'), tag: TagText, value: TagText.optional() }),
  z.object({ kind: z.literal('all') }),
])
export type GrantReach = z.output<typeof GrantReach>

/**
 * What a call through a connection may be: one of the methods on a path of the service. `*` in a path stands for any run of
 * characters within one segment, a last `/**` for everything below.
 */
export const CallRule = z.object({
  methods: z.array(HttpMethod).min(1).max(7),
  path: z
    .string()
    .max(500)
    .regex(/^\/[^\s?#]*$/, 'begins with / and has no query')
    .refine((path) => !path.replace(/\/\*\*$/, '').includes('**'), 'has ** only as its last segment'),
})
export type CallRule = z.output<typeof CallRule>

/** How much of it. No rule: any call. */
export const GrantLimits = z.object({
  rules: z.array(CallRule).max(20).default([]),
  callsPerMinute: z.number().int().min(1).max(6000).nullable().default(null),
  callsPerDay: z.number().int().min(1).max(1_000_000).nullable().default(null),
})
export type GrantLimits = z.output<typeof GrantLimits>

/** Until the program hangs up; 10 minutes idle and 12 hours at most; 12 hours; until `endsAt` or until it is taken back. */
export const GrantTerm = z.enum(['once', 'session', 'twelve_hours', 'standing'])
export type GrantTerm = z.output<typeof GrantTerm>
const AskedTerm = GrantTerm.exclude(['standing'])

export const GrantState = z.enum(['waiting', 'active', 'denied', 'ended'])
export type GrantState = z.output<typeof GrantState>

/** Why it is denied or has ended. */
export const GrantEnd = z.enum([
  'refused',
  'unanswered',
  'withdrawn',
  'taken_back',
  'expired',
  'idle',
  'hung_up',
  'locked',
  'program_changed',
  'server_changed',
])
export type GrantEnd = z.output<typeof GrantEnd>

/** The program at the other end of the socket, as the system tells it; null where it does not. */
export const ProgramFacts = z.object({
  pid: z.number().int(),
  /** The file that runs; of an interpreter that of the script, where its command line names one. */
  path: ForeignText,
  /** The interpreter that runs it: any script of that could say the same. */
  interpreter: ForeignText.nullable(),
  /** Those that started it, nearest first: names of programs. */
  startedBy: z.array(ForeignText).max(6),
  /** When the file was changed last. */
  changedAt: Instant.nullable(),
})
export type ProgramFacts = z.output<typeof ProgramFacts>

/** One connection that a grant covers now. */
const Covered = z.object({
  connectionId: z.string(),
  handle: z.string(),
  connectorId: z.string(),
  label: ForeignText.nullable(),
  status: ConnectionStatus,
})

const Terms = {
  verbs: z.array(GrantVerb).max(4),
  connections: GrantReach,
  limits: GrantLimits,
  /** Each call that is more than looking waits for the person's yes. */
  asksEachTime: z.boolean(),
  term: GrantTerm,
}

/** A grant as the program that holds it sees it. */
export const OwnGrant = z.object({
  grantId: z.string(),
  clientId: z.string(),
  state: GrantState,
  endedBecause: GrantEnd.nullable(),
  profileId: z.string(),
  ...Terms,
  endsAt: Instant.nullable(),
})
export type OwnGrant = z.output<typeof OwnGrant>

/** A grant as the person sees it. While it waits, the terms are what was asked. */
export const Grant = OwnGrant.extend({
  clientName: ForeignText,
  /** The program's own words. */
  purpose: ForeignText,
  /** SHA-256 of its public key, the first 16 hexadecimal digits. */
  keyFingerprint: z.string(),
  program: ProgramFacts.nullable(),
  /** The socket it came by. */
  via: z.enum(['socket', 'mcp']),
  /** It held a grant before. */
  isKnown: z.boolean(),
  covered: z.array(Covered).max(100),
  coveredCount: z.number().int(),
  /** What it named that is not here. */
  unknownReferences: z.array(ForeignText).max(100),
  requestedAt: Instant,
  /** Before that nobody can say yes, after `answerBy` it is denied. */
  approvableAt: Instant,
  answerBy: Instant,
  approvedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  /** Until then it can be given back as it was. */
  restorableUntil: Instant.nullable(),
  lastCallAt: Instant.nullable(),
  callsToday: z.number().int(),
})
export type Grant = z.output<typeof Grant>

/** A call of a program that runs, or waits for the person's yes. */
export const LiveCall = z.object({
  callId: z.string(),
  state: z.enum(['waiting', 'running']),
  clientId: z.string(),
  clientName: ForeignText,
  method: z.string(),
  connectionId: z.string().nullable(),
  handle: z.string().nullable(),
  /** Of a call through the connection: `GET /user`, without its query. */
  target: ForeignText.nullable(),
  /** The file and process that call, where the system tells. */
  program: ForeignText.nullable(),
  pid: z.number().int().nullable(),
  /** Of a call that waits, what it would send or change: `body: {...}`, a line of JSON each; ends with ` …` where it is cut. */
  details: ForeignData.nullable(),
  startedAt: Instant,
  /** A call that waits is denied then. */
  answerBy: Instant.nullable(),
})
export type LiveCall = z.output<typeof LiveCall>

const OneGrant = z.object({ grantId: Identifier })

export const grants = {
  request: method({
    summary: 'Asks the person for a grant and answers what became of it; without an answer it is denied after 60 seconds.',
    access: 'open',
    callers: ['automation'],
    reach: 'none',
    params: z.object({
      /** What the program calls itself; shown in quotes. */
      name: z.string().trim().min(1).max(100),
      /** What for; shown in quotes. */
      purpose: z.string().trim().min(1).max(200),
      verbs: z.array(GrantVerb).min(1).max(4),
      connections: GrantReach,
      limits: GrantLimits.prefault({}),
      asksEachTime: z.boolean().default(false),
      term: AskedTerm.default('session'),
      /** How long the call waits for the answer; the request itself waits on. */
      waitSeconds: z.number().int().min(0).max(60).default(60),
    }),
    result: OwnGrant,
  }),
  current: method({
    summary: 'The grants that the calling program holds or waits for.',
    access: 'open',
    callers: ['automation'],
    reach: 'none',
    params: z.object({}),
    result: z.object({ clientId: z.string(), isPaused: z.boolean(), grants: z.array(OwnGrant).max(100) }),
  }),
  list: method({
    summary: 'The grants of programs: those that wait for an answer first, then those in force, then those that have ended.',
    access: 'admin',
    callers: person,
    params: z.object({ clientId: Identifier.optional(), state: GrantState.optional() }),
    result: z.object({ grants: z.array(Grant).max(500), isPaused: z.boolean() }),
  }),
  approve: method({
    summary: 'Says yes to a request, or yes to less than it asks for.',
    access: 'admin',
    callers: person,
    params: OneGrant.extend({
      verbs: z.array(GrantVerb).min(1).max(4).optional(),
      connections: GrantReach.optional(),
      limits: GrantLimits.optional(),
      asksEachTime: z.boolean().optional(),
      term: AskedTerm.optional(),
    }),
    result: Grant,
  }),
  deny: method({
    summary: 'Says no to a request.',
    access: 'admin',
    callers: person,
    params: OneGrant,
    result: Grant,
  }),
  update: method({
    summary: 'Changes the terms of a grant that is in force, also to a standing one.',
    access: 'admin',
    callers: person,
    params: OneGrant.extend({
      verbs: z.array(GrantVerb).min(1).max(4).optional(),
      connections: GrantReach.optional(),
      limits: GrantLimits.optional(),
      asksEachTime: z.boolean().optional(),
      term: GrantTerm.optional(),
      /** Of a standing grant; null: until it is taken back. */
      endsAt: Instant.nullable().optional(),
    }),
    result: Grant,
  }),
  revoke: method({
    summary: 'Takes a grant back: its calls end, and its program is refused at once.',
    access: 'admin',
    callers: person,
    params: OneGrant,
    result: Grant,
  }),
  restore: method({
    summary: 'Gives a grant back that was taken back a moment ago.',
    access: 'admin',
    callers: person,
    params: OneGrant,
    result: Grant,
  }),
  revokeAll: method({
    summary: 'Takes all grants back and denies what waits.',
    access: 'admin',
    callers: person,
    params: z.object({}),
    result: z.object({ takenBack: z.number().int(), denied: z.number().int() }),
  }),
  forget: method({
    summary: 'Removes a grant that has ended from the list; the audit keeps what was done with it.',
    access: 'admin',
    callers: person,
    params: OneGrant,
    result: z.object({}),
  }),
  setDefault: method({
    summary: "Makes a connection the one that its connector's name means to a program, in the place of another, or no more.",
    access: 'admin',
    callers: person,
    params: z.object({ clientId: Identifier, connectionId: ConnectionReference, isDefault: z.boolean().default(true) }),
    result: z.object({
      defaults: z.array(z.object({ connectorId: z.string(), connectionId: z.string(), handle: z.string() })).max(1000),
    }),
  }),
  pause: method({
    summary: 'Refuses the calls of all programs until `grants.resume`; nothing is taken back.',
    access: 'admin',
    callers: person,
    params: z.object({}),
    result: z.object({ isPaused: z.literal(true) }),
  }),
  resume: method({
    summary: 'Lets programs use their grants again.',
    access: 'admin',
    callers: person,
    params: z.object({}),
    result: z.object({ isPaused: z.literal(false) }),
  }),
  calls: method({
    summary: 'The calls of programs that run now, and those that wait for your yes.',
    access: 'admin',
    callers: person,
    params: z.object({}),
    result: z.object({ calls: z.array(LiveCall).max(500) }),
  }),
  answerCall: method({
    summary: 'Says yes or no to one call that waits.',
    access: 'admin',
    callers: person,
    params: z.object({ callId: Identifier, isAllowed: z.boolean() }),
    result: z.object({}),
  }),
}

export const grantEvents = {
  'grants.changed': z.object({ grantId: z.string().nullable() }),
  /** A request, or a call, has begun to wait for the person's yes. */
  'grants.asked': z.object({}),
  /** A call began to wait, ran, or ended; told at most a few times a second. */
  'calls.changed': z.object({}),
}
