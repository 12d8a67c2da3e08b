import { z } from 'zod'
import { Instant } from './common.ts'
import { method, person } from './define.ts'
import { Said } from './said.ts'

/** The groups of what `doctor` looks at, in the order in which things break. */
export const DOCTOR_GROUPS = ['host', 'storage', 'vault', 'environment', 'profile', 'catalogue', 'connections', 'webhooks', 'logs'] as const

/** What mends a finding: a call of the contract, or a page of the window. Null where only the person can. */
export const FixAction = z.union([
  z.object({ method: z.string(), params: z.record(z.string(), z.unknown()) }),
  z.object({ route: z.string() }),
])
export type FixAction = z.output<typeof FixAction>

/** One thing that `doctor` looked at: what it saw and the one next thing to do. */
export const DoctorCheck = z.object({
  id: z.string(),
  group: z.enum(DOCTOR_GROUPS),
  status: z.enum(['ok', 'warn', 'fail']),
  summary: z.string(),
  /** What it was concluded from, one fact each. */
  evidence: z.array(z.string()).max(20),
  fix: z.string().nullable(),
  fixAction: FixAction.nullable(),
  /** `summary` and `fix` by key, for another language. */
  said: z.object({ summary: Said, fix: Said.nullable() }).optional(),
  durationMs: z.number(),
})
export type DoctorCheck = z.output<typeof DoctorCheck>

/** One look of the doctor, finished or under way. */
export const DoctorRun = z.object({
  runId: z.string(),
  state: z.enum(['running', 'done', 'cancelled']),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  /** In the order of the checks; those that have answered so far. */
  checks: z.array(DoctorCheck).max(200),
  /** The checks that have not answered yet, by name. */
  remaining: z.array(z.string()).max(200),
})
export type DoctorRun = z.output<typeof DoctorRun>

export const LogLevelName = z.enum(['error', 'warn', 'info', 'debug'])

/** One line of the log. `lineId` names its place until the file goes. */
export const LogLine = z.object({
  lineId: z.string(),
  at: Instant.nullable(),
  level: LogLevelName.nullable(),
  event: z.string(),
  /** The flow during which it was written. */
  attemptId: z.string().nullable(),
  /** Named under an error that the window showed. */
  reference: z.string().nullable(),
  fields: z.record(z.string(), z.unknown()),
})
export type LogLine = z.output<typeof LogLine>

/** One thing that was compared for a connection. */
export const Finding = z.object({
  id: z.string(),
  status: z.enum(['ok', 'warn', 'fail', 'unknown']),
  summary: z.string(),
  said: z.object({ summary: Said }).optional(),
})

export type Finding = z.output<typeof Finding>

/** Why a connection does not work, what that was concluded from, and the one next thing to do. */
export const Diagnosis = z.object({
  /** As it was asked for. */
  reference: z.string(),
  connectionId: z.string().nullable(),
  handle: z.string().nullable(),
  cause: z.enum([
    'well',
    'pending',
    'unknown_reference',
    'removed_here',
    'other_profile',
    'unreachable',
    'key_refused',
    'gone_at_nango',
    'moved_integration',
    'integration_missing',
    'provider_differs',
    'sign_in_refused',
    'credentials_refused',
    'expired',
    'scopes_missing',
    'temporary',
    'not_compared',
  ]),
  summary: z.string(),
  said: z.object({ summary: Said }).optional(),
  evidence: z.array(Finding).max(20),
  next: z.object({
    action: z.enum(['none', 'relink', 'open', 'use_profile', 'retry', 'wait', 'test_profile', 'nango', 'look_again', 'show_sign_in']),
    words: z.string(),
    said: z.object({ words: Said }).optional(),
    /** The connector to connect again, and its label; a connection, a profile to use. */
    connectorId: z.string().nullable(),
    label: z.string().nullable(),
    connectionId: z.string().nullable(),
    profileId: z.string().nullable(),
  }),
})
export type Diagnosis = z.output<typeof Diagnosis>

export const BundlePart = z.object({ part: z.string(), what: z.string() })
export type BundlePart = z.output<typeof BundlePart>

const RunId = z.string().regex(/^[0-9a-f]{12}$/)

/** Methods of the domain `system` for the person in trouble. */
export const trouble = {
  doctor: method({
    summary: 'Looks at everything Patchbay depends on and says what to do about what it finds.',
    access: 'read',
    callers: person,
    worksWhileLocked: true,
    params: z.object({}),
    result: z.object({ checks: z.array(DoctorCheck).max(200) }),
  }),
  startDoctor: method({
    summary: 'Begins the look of `doctor`; its results are read as they come with `doctorRun`.',
    access: 'read',
    callers: person,
    worksWhileLocked: true,
    params: z.object({}),
    result: DoctorRun,
  }),
  doctorRun: method({
    summary: 'How far a look of `doctor` is.',
    access: 'read',
    callers: person,
    worksWhileLocked: true,
    params: z.object({ runId: RunId }),
    result: DoctorRun,
  }),
  cancelDoctor: method({
    summary: 'Ends a look of `doctor`; what was found so far stays readable.',
    access: 'read',
    callers: person,
    worksWhileLocked: true,
    params: z.object({ runId: RunId }),
    result: DoctorRun,
  }),
  diagnose: method({
    summary: 'Why one connection does not work: compares its id, its integration and its environment with Nango, and names one next step.',
    access: 'read',
    callers: person,
    params: z.object({
      /** A connection id of Patchbay or of Nango, a handle, or a connector. */
      reference: z.string().min(1).max(320),
      /** False answers from what is known here, without asking Nango. */
      asksNango: z.boolean().default(true),
    }),
    result: Diagnosis,
  }),
  checkSignature: method({
    summary: 'Tells with which key a webhook was signed: the signing key, the secret key, or neither that is known here.',
    access: 'read',
    callers: person,
    params: z.object({
      /** The body as it arrived, byte for byte. */
      body: z.string().max(262_144),
      /** The header x-nango-hmac-sha256 or x-nango-signature, hex. */
      signature: z
        .string()
        .trim()
        .regex(/^[0-9a-fA-F]{64}$/, 'a signature is 64 hex digits'),
    }),
    result: z.object({
      signedWith: z.enum(['signing_key', 'secret_key', 'neither']),
      scheme: z.enum(['hmac', 'sha256']).nullable(),
      /** The keys that were tried. */
      tried: z.array(z.string()).max(20),
      summary: z.string(),
      fix: z.string().nullable(),
      said: z.object({ summary: Said, fix: Said.nullable() }).optional(),
    }),
  }),
  logs: method({
    summary: 'The lines of the log, newest first; `attemptId` is the id of a flow.',
    access: 'read',
    callers: person,
    worksWhileLocked: true,
    params: z.object({
      /** This level and the graver ones. */
      level: LogLevelName.optional(),
      search: z.string().max(200).optional(),
      attemptId: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,64}$/)
        .optional(),
      limit: z.number().int().min(1).max(500).default(100),
      cursor: z
        .string()
        .regex(/^\d{1,20}:\d{1,12}$/)
        .optional(),
    }),
    result: z.object({
      lines: z.array(LogLine).max(500),
      nextCursor: z.string().nullable(),
      level: LogLevelName,
    }),
  }),
  bundle: method({
    summary: 'The support bundle as text, and what is in it: versions, status, findings, settings and the log, without secrets and names.',
    access: 'read',
    callers: person,
    worksWhileLocked: true,
    params: z.object({}),
    result: z.object({ fileName: z.string(), contents: z.array(BundlePart).max(30), text: z.string().max(4_000_000) }),
  }),
  saveBundle: method({
    summary: 'Writes the support bundle into the folder `support` of the data folder, for your eyes only until you send it.',
    access: 'write',
    callers: person,
    worksWhileLocked: true,
    params: z.object({}),
    result: z.object({ path: z.string(), sizeBytes: z.number().int(), contents: z.array(BundlePart).max(30) }),
  }),
}

/** Tells that a look of `doctor` has a further result. */
export const troubleEvents = { 'doctor.changed': z.object({ runId: z.string() }) }
