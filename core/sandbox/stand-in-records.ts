import { z } from 'zod'
import { SandboxFaults } from '#shared/contract/sandbox'

const Tags = z.record(z.string(), z.string())
const Millis = z.number()
const AnyObject = z.record(z.string(), z.unknown())

export const StoredEndUser = z.object({
  id: z.string(),
  display_name: z.string().nullable(),
  email: z.string().nullable(),
  tags: Tags.nullable(),
  organization: z.object({ id: z.string(), display_name: z.string().nullable() }).nullable(),
})
/** An end user as Nango's answers show it. */
export type StoredEndUser = z.output<typeof StoredEndUser>

const StoredCredentials = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('OAUTH2'),
    access_token: z.string(),
    refresh_token: z.string().optional(),
    expires_at: z.string().optional(),
    raw: AnyObject,
  }),
  z.object({ type: z.literal('API_KEY'), apiKey: z.string() }),
  z.object({ type: z.literal('BASIC'), username: z.string(), password: z.string() }),
  // What Nango makes of the other forms is kept as it shows it: the values given, and the token that came of them.
  z.looseObject({
    type: z.enum(['OAUTH1', 'APP', 'CUSTOM', 'OAUTH2_CC', 'TWO_STEP', 'JWT', 'SIGNATURE', 'TBA', 'BILL', 'AWS_SIGV4', 'NONE']),
  }),
])
export type StoredCredentials = z.output<typeof StoredCredentials>
export type StoredOauth2 = Extract<StoredCredentials, { type: 'OAUTH2' }>

const StoredIntegration = z.object({
  uniqueKey: z.string(),
  provider: z.string(),
  displayName: z.string().nullable(),
  clientId: z.string().nullable(),
  clientSecret: z.string().nullable(),
  scopes: z.string().nullable(),
  webhookSecret: z.string().nullable(),
  /** Of an app that is installed; absent in what an older Patchbay kept. */
  appId: z.string().nullish(),
  appLink: z.string().nullish(),
  forwardWebhooks: z.boolean(),
  createdAt: Millis,
  updatedAt: Millis,
})
export type StoredIntegration = z.output<typeof StoredIntegration>

const StoredConnection = z.object({
  id: z.number().int(),
  connectionId: z.string(),
  integrationKey: z.string(),
  endUser: StoredEndUser.nullable(),
  tags: Tags,
  metadata: AnyObject.nullable(),
  connectionConfig: AnyObject,
  webhookUrlOverride: z.string().nullable(),
  credentials: StoredCredentials,
  createdAt: Millis,
  updatedAt: Millis,
  lastFetchedAt: Millis.nullable(),
  /** Set while the last refresh has failed. */
  errorLogId: z.string().nullable(),
  lastRefreshFailure: Millis.nullable(),
  /** Distinct days on which a refresh failed, since the last success. */
  refreshAttempts: z.number().int(),
})
/** A connection as the stand-in keeps it; times are milliseconds since the epoch. */
export type StoredConnection = z.output<typeof StoredConnection>

const StoredDefaults = z.record(
  z.string(),
  z.object({
    user_scopes: z.string().optional(),
    authorization_params: Tags.optional(),
    connection_config: AnyObject.optional(),
  }),
)

const StoredSession = z.object({
  id: z.number().int(),
  token: z.string(),
  expiresAt: Millis,
  endUser: StoredEndUser.nullable(),
  tags: Tags,
  allowedIntegrations: z.array(z.string()).nullable(),
  defaults: StoredDefaults.nullable(),
  overrides: z.record(z.string(), AnyObject).nullable(),
  webhookUrlOverride: z.string().nullable(),
  /** The row of the connection that is reconnected. */
  reconnects: z.number().int().nullable(),
})
/** A connect session; it outlives its expiry because flows begun with it may still end. */
export type StoredSession = z.output<typeof StoredSession>

const StoredFlow = z.object({
  state: z.string(),
  sessionId: z.number().int(),
  integrationKey: z.string(),
  connectionId: z.string(),
  connectionConfig: AnyObject,
  codeVerifier: z.string(),
  redirectUri: z.string(),
  socketId: z.string().nullable(),
  webhookUrlOverride: z.string().nullable(),
  createdAt: Millis,
})
/** An OAuth flow between /oauth/connect and its callback. */
export type StoredFlow = z.output<typeof StoredFlow>

const StoredGrant = z.object({
  kind: z.enum(['code', 'access', 'refresh']),
  clientId: z.string(),
  account: z.string(),
  scope: z.string(),
  expiresAt: Millis,
  redirectUri: z.string().optional(),
  challenge: z.string().optional(),
  /** What came of one sign-in; revoking one of its tokens revokes all. Absent in what an older Patchbay kept. */
  family: z.string().optional(),
})
/** A code or token of the demo provider, kept under the SHA-256 of its value. */
export type StoredGrant = z.output<typeof StoredGrant>

export const StandInSnapshot = z.object({
  version: z.literal(1),
  secretKey: z.string(),
  environmentUuid: z.string(),
  nextId: z.number().int(),
  integrations: z.array(StoredIntegration),
  connections: z.array(StoredConnection),
  sessions: z.array(StoredSession),
  flows: z.array(StoredFlow),
  demoGrants: z.record(z.string(), StoredGrant),
  webhookUrl: z.string().nullable().default(null),
  /** Absent in what an older Patchbay kept. */
  webhookSigningKey: z.string().optional(),
  /** Pinned faults; those of a newer or older Patchbay are not taken over. */
  misbehaviour: z
    .object({ faults: SandboxFaults, failing: z.array(z.object({ integrationKey: z.string(), connectionId: z.string() })) })
    .nullable()
    .catch(null)
    .default(null),
})
/** All that survives a restart, as one JSON value. */
export type StandInSnapshot = z.output<typeof StandInSnapshot>
