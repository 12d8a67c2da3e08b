import { z } from 'zod'
import { everyone, method, person } from './define.ts'
import { AccountIdentity, ConnectionReference, ConnectorSlug, ForeignWords, Identifier, Instant, Label, SecretInput } from './common.ts'

export const FlowState = z.enum(['starting', 'waiting', 'finishing', 'connected', 'failed', 'cancelled', 'expired'])
export type FlowState = z.output<typeof FlowState>

/**
 * The eleven steps of one attempt, in order, and the cleaning up after one that was cancelled. `approval`, `callback` and
 * `verified` happen in the browser and at Nango; they are known to be over only when the result is noticed.
 */
export const FLOW_STEPS = [
  'requested',
  'preflight',
  'pending',
  'session',
  'open',
  'approval',
  'callback',
  'verified',
  'noticed',
  'activated',
  'account',
  'cleanup',
] as const

/** One recorded step of a flow. */
export const FlowStep = z.object({
  id: z.enum(FLOW_STEPS),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  /** What happened, in one sentence, where there is something to add. */
  note: z.string().nullable(),
})
export type FlowStep = z.output<typeof FlowStep>

/**
 * What to do when a reconnect brings another account: put the sign-in of before back, let the new one take its place, or do the first
 * and make a new connection of the new one.
 */
export const ReconnectDecision = z.enum(['keep', 'replace', 'add'])
export type ReconnectDecision = z.output<typeof ReconnectDecision>

/** What is special about a flow that signs a connection in anew, in place. */
export const Reconnect = z.object({
  /** Whether the sign-in of before is sealed here and can be put back; where not, `keep` and `add` are never among the options. */
  canPutBack: z.boolean(),
  /** Why not: the key may not read credentials, they could not be read because the connection is broken, or Nango takes none like them. */
  reason: z.enum(['scope_missing', 'unusable', 'unsupported']).nullable(),
  /** Another account came back than the one known, and somebody must choose; null while there is nothing to choose. */
  decision: z.object({ known: AccountIdentity, found: AccountIdentity, options: z.array(ReconnectDecision) }).nullable(),
  /** The connection that `add` made. */
  addedConnectionId: z.string().nullable(),
})

export const Flow = z.object({
  flowId: z.string(),
  connectionId: z.string(),
  profileId: z.string(),
  connectorId: z.string(),
  label: z.string().nullable(),
  via: z.enum(['browser', 'window', 'form']),
  /** Whose page it is signed in on: the provider's, or Nango's Connect UI, which leads there. */
  page: z.enum(['provider', 'connect_ui']),
  state: FlowState,
  /** The page to approve the sign-in on; a secret while it lives, told only to the command line and to whoever opens it. */
  authorizationUrl: z.string().optional(),
  oauthMethod: z.enum(['nango', 'direct']),
  createdAt: Instant,
  /** When the page runs out; null where nothing waits. */
  expiresAt: Instant.nullable(),
  /** Whether the core still hears of a refusal at once; without the socket only success is noticed. */
  isListening: z.boolean(),
  error: z.object({ code: z.string(), message: ForeignWords, data: z.record(z.string(), z.unknown()).optional() }).optional(),
  steps: z.array(FlowStep),
  /** Absent for a flow that makes a new connection. */
  reconnect: Reconnect.optional(),
})
export type Flow = z.output<typeof Flow>

const OneFlow = z.object({ flowId: Identifier })

/** At most 64 named values of at most 64 KiB. */
export const Values = z
  .record(z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/), z.string().max(65_536))
  .refine((value) => Object.keys(value).length <= 64, {
    message: 'at most 64 values',
  })

/** Secret values by name; they go in and never come out. */
export const Credentials = z.record(z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/), SecretInput.or(z.literal('')))

/** How a connection is to be signed in anew. */
export const ReconnectRequest = z.object({
  scopes: z.array(z.string().min(1).max(500)).max(200).optional(),
  via: z.enum(['browser', 'window']).optional(),
  /** `connect_ui` leaves filling in to Nango's own page; fields and credentials are then not taken. */
  page: z.enum(['provider', 'connect_ui']).default('provider'),
  /** What is left out stays as it is at Nango. */
  fields: Values.optional(),
  credentials: Credentials.optional(),
  /** False leaves the opening of the page to the caller. */
  open: z.boolean().default(true),
  /** Also where the sign-in of now cannot be kept aside, so that another account could not be undone. */
  acceptRisk: z.boolean().default(false),
})

/** What the sign-in itself says; nobody else may. */
const OWN_PARAMETERS = /^(?:client_id|client_secret|redirect_uri|response_type|state|code|code_challenge(?:_method)?|scope)$/i

/** At most 32 parameters of the provider's page, such as `prompt` or `login_hint`. */
export const AuthorizationParams = z
  .record(z.string().regex(/^[A-Za-z0-9_.:-]{1,100}$/), z.string().min(1).max(2_000))
  .refine((value) => Object.keys(value).length <= 32, { message: 'at most 32 parameters' })
  .refine((value) => !Object.keys(value).some((name) => OWN_PARAMETERS.test(name)), {
    message: 'client_id, redirect_uri, response_type, state, scope and the code challenge are not given here',
  })

/** Scopes, one each: neither space nor comma, which Nango would take for two. */
export const UserScopes = z.array(z.string().regex(/^[^\s,]{1,500}$/)).max(200)

export const connect = {
  start: method({
    summary: 'Starts one flow: opens the sign-in page, or sends the credentials of a form.',
    access: 'write',
    callers: everyone,
    reach: 'connector',
    params: z.object({
      profileId: Identifier.optional(),
      connectorId: ConnectorSlug,
      label: Label.optional(),
      scopes: z.array(z.string().min(1).max(500)).max(200).optional(),
      /** Scopes in the name of the person, at providers that tell them from those of the app. */
      userScopes: UserScopes.optional(),
      /** Parameters of the provider's page. */
      authorizationParams: AuthorizationParams.optional(),
      via: z.enum(['browser', 'window']).optional(),
      /** `connect_ui` leaves choosing and filling in to Nango's own page; fields and credentials are then not taken. */
      page: z.enum(['provider', 'connect_ui']).default('provider'),
      /** With `page: connect_ui`: other connectors that may be chosen there instead. */
      anyOf: z.array(ConnectorSlug).min(1).max(50).optional(),
      fields: Values.optional(),
      credentials: Credentials.optional(),
      /** Signs this connection of the connector in anew, in place, as `connections.reconnect` does. */
      reconnectConnectionId: ConnectionReference.optional(),
      /** With it: also where the sign-in of now cannot be kept aside. */
      acceptRisk: z.boolean().default(false),
      /** False leaves the opening of the page to the caller. */
      open: z.boolean().default(true),
    }),
    result: Flow,
  }),
  get: method({
    summary: 'One flow with its steps.',
    access: 'read',
    callers: everyone,
    reach: 'flow',
    params: OneFlow,
    result: Flow,
  }),
  list: method({
    summary: 'The flows of the last day, newest first.',
    access: 'read',
    callers: everyone,
    reach: 'listed',
    params: z.object({ profileId: Identifier.optional(), isOpen: z.boolean().optional() }),
    result: z.object({ flows: z.array(Flow) }),
  }),
  cancel: method({
    summary: 'Ends a flow; a connection that still appears is removed again.',
    access: 'write',
    callers: everyone,
    reach: 'flow',
    params: OneFlow,
    result: Flow,
  }),
  decide: method({
    summary: 'Says what becomes of another account that a reconnect brought.',
    access: 'write',
    callers: person,
    params: OneFlow.extend({
      decision: ReconnectDecision,
      /** With `add`: the label of the new connection. */
      label: Label.optional(),
    }),
    result: Flow,
  }),
  reopen: method({
    summary: 'Opens the sign-in page of a waiting flow once more.',
    access: 'write',
    callers: everyone,
    reach: 'flow',
    params: OneFlow,
    result: Flow,
  }),
  copyAddress: method({
    summary: 'Puts the address of the sign-in page on the clipboard, or hands it to a page that must do so itself.',
    access: 'write',
    callers: ['ui'],
    params: OneFlow,
    result: z.object({ isCopied: z.boolean(), authorizationUrl: z.string().optional() }),
  }),
  qrCode: method({
    summary: 'The address of the sign-in page as a QR code, for a phone or another computer; as secret as the address.',
    access: 'write',
    callers: person,
    params: OneFlow,
    /** Rows of `0` (light) and `1` (dark), with the quiet border; `isLocal` where only this computer can open the address. */
    result: z.object({ rows: z.array(z.string().regex(/^[01]{1,200}$/)).max(200), isLocal: z.boolean() }),
  }),
  openWindow: method({
    summary: 'Opens the auth window of a flow started with `via: window`, or tells the page the address to open.',
    access: 'write',
    callers: ['ui'],
    params: OneFlow,
    result: z.object({ isOpen: z.boolean(), url: z.string().optional() }),
  }),
}

export const connectEvents = { 'connect.changed': z.object({ profileId: z.string(), flowId: z.string() }) }
