import { z } from 'zod'
import { connectionLife, RevocationReport } from './connection-life.ts'
import { everyone, method, person } from './define.ts'
import { connectionImport } from './connection-import.ts'
import { Flow, ReconnectRequest } from './connect.ts'
import { AccountIdentity, ConnectionReference, ForeignText, ForeignWords, Identifier, Instant, Label } from './common.ts'

/**
 * `pending` a flow is open; `connected`; `attention` only the person can mend it; `expired`; `error` temporary, will retry;
 * `paused`; `revoked`; `unknown` not verified since the profile became unreachable.
 */
export const ConnectionStatus = z.enum(['pending', 'connected', 'attention', 'expired', 'error', 'paused', 'revoked', 'unknown'])
export type ConnectionStatus = z.output<typeof ConnectionStatus>

/** The four groups of the list, trouble first. */
export const ConnectionGroup = z.enum(['needs_you', 'waiting', 'working', 'off'])
export type ConnectionGroup = z.output<typeof ConnectionGroup>

/** The statuses of each group, in list order. */
export const STATUSES_OF_GROUP: Readonly<Record<ConnectionGroup, readonly ConnectionStatus[]>> = {
  needs_you: ['attention', 'expired'],
  waiting: ['error', 'pending', 'unknown'],
  working: ['connected'],
  off: ['paused', 'revoked'],
}

/** Who holds the credentials: `nango`, or `direct` where this computer does. */
export const OAuthMethod = z.enum(['nango', 'direct'])
export type OAuthMethod = z.output<typeof OAuthMethod>

export const Connection = z.object({
  connectionId: z.string(),
  handle: z.string(),
  profileId: z.string(),
  connectorId: z.string(),
  providerConfigKey: z.string(),
  nangoConnectionId: z.string().nullable(),
  oauthMethod: OAuthMethod,
  authMode: z.string(),
  status: ConnectionStatus,
  label: ForeignText.nullable(),
  identity: AccountIdentity.nullable(),
  scopes: z.object({ requested: z.array(z.string()).nullable(), granted: z.array(z.string()).nullable() }),
  expiresAt: Instant.nullable(),
  /** Seconds from now until `expiresAt`, derived when read. */
  expiresIn: z.number().int().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
  lastSyncedAt: Instant.nullable(),
  lastVerifiedAt: Instant.nullable(),
  lastRefreshedAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
  lastError: z.object({ code: z.string(), message: ForeignWords, at: Instant }).nullable(),
  tags: z.record(z.string(), z.string()),
  notes: z.string().nullable(),
  /** Connected from this installation of Patchbay, told by our tag. */
  isOurs: z.boolean(),
})
export type Connection = z.output<typeof Connection>

export const ConnectionCounts = z.object({
  total: z.number().int(),
  byStatus: z.record(ConnectionStatus, z.number().int()),
  byGroup: z.record(ConnectionGroup, z.number().int()),
})
export type ConnectionCounts = z.output<typeof ConnectionCounts>

/** The accounts of one connector: how many there are, and the status of the one that asks most for attention. */
export const ConnectorCount = z.object({
  connectorId: z.string(),
  count: z.number().int(),
  /** Of them, those that only the person can mend. */
  needsYou: z.number().int(),
  worstStatus: ConnectionStatus,
})
export type ConnectorCount = z.output<typeof ConnectorCount>

const OneConnection = z.object({ connectionId: ConnectionReference })

/** What a list is filtered by, and what an action over many is for. */
export const ConnectionFilter = z.object({
  connectorId: z.string().max(100).optional(),
  status: z.union([ConnectionStatus, z.array(ConnectionStatus).min(1).max(8)]).optional(),
  group: ConnectionGroup.optional(),
  oauthMethod: OAuthMethod.optional(),
  /** Only those connected from this installation. */
  isOurs: z.boolean().optional(),
  search: z.string().max(200).optional(),
  /** Only those that were made so long ago and not used since. */
  unusedForDays: z.number().int().min(1).max(3650).optional(),
})

/** Tags of a connection at Nango; which keys and values it takes is in nango-api.md section 5, a bad one is `connection.invalid_tags`. */
export const TagsInput = z.record(z.string().min(1).max(200), z.string().max(1000))

export const ConnectionSort = z.enum(['status', 'name', 'connector', 'createdAt', 'updatedAt', 'expiresAt', 'lastUsedAt'])

/** What a removal did, place by place. */
export const RemovalReport = z.object({
  connectionId: z.string(),
  handle: z.string(),
  /** Whether access was ended at the provider; `not_asked` where only Nango and this computer were. */
  provider: z.enum(['not_asked', 'revoked', 'unsupported', 'failed', 'unknown']),
  /** Token by token, where it was to be ended. */
  revocation: RevocationReport.nullable().default(null),
  /** `adopt`: it is still at Nango, and `connections.adopt` brings it back; `none`: it cannot be undone. */
  undo: z.enum(['none', 'adopt']).default('none'),
  nango: z.enum(['deleted', 'already_gone', 'not_asked', 'never_there']),
  local: z.enum(['forgotten']),
})
export type RemovalReport = z.output<typeof RemovalReport>

/** The account that a connector's name alone means, where there are several. */
const DefaultConnection = z.object({ connectorId: z.string(), connectionId: z.string(), handle: z.string() })

/** What putting one account in the place of another did. */
export const ReplaceReport = z.object({
  connectionId: z.string(),
  /** By which the one that stays goes now: the handle of the other. */
  handle: z.string(),
  moved: z.array(z.enum(['handle', 'label', 'notes', 'default'])),
  oldConnectionId: z.string(),
  /** By which the old one goes now, or went last. */
  oldHandle: z.string(),
  /** `failed`: the names have moved, the old one could not be removed and is still there. */
  old: z.enum(['kept', 'removed', 'failed']),
  removal: RemovalReport.nullable(),
  error: z.object({ code: z.string(), message: ForeignWords }).nullable(),
})
export type ReplaceReport = z.output<typeof ReplaceReport>

const Metadata = z.record(z.string().max(1000), z.unknown())

export const connections = {
  list: method({
    summary: 'Connections, a page at a time, filtered and sorted.',
    access: 'read',
    callers: everyone,
    reach: 'listed',
    params: ConnectionFilter.extend({
      profileId: Identifier.optional(),
      sort: ConnectionSort.optional(),
      descending: z.boolean().optional(),
      limit: z.number().int().min(1).max(500).default(100),
      cursor: z.string().max(2048).optional(),
      /** Begins at this place of the list, 0 is its first; the total is then exact. Not together with a search or a cursor. */
      at: z.number().int().min(0).max(10_000_000).optional(),
    }),
    result: z.object({ connections: z.array(Connection), nextCursor: z.string().nullable(), total: z.number().int().nullable() }),
  }),
  place: method({
    summary: 'Where a connection stands in a list: its group, and its place among those of the group that match.',
    access: 'read',
    callers: person,
    params: OneConnection.extend({
      connectorId: z.string().max(100).optional(),
      oauthMethod: OAuthMethod.optional(),
      isOurs: z.boolean().optional(),
      sort: ConnectionSort.optional(),
      descending: z.boolean().optional(),
    }),
    /** As `at` of `list` counts, asked with the same filter and that group; null where the filter leaves the connection out. */
    result: z.object({ group: ConnectionGroup, at: z.number().int().nullable() }),
  }),
  counts: method({
    summary: 'How many connections there are, by status and by group.',
    access: 'read',
    callers: person,
    params: z.object({ profileId: Identifier.optional() }),
    result: ConnectionCounts,
  }),
  countByConnector: method({
    summary: 'How many connections each connector has, and the status among them that asks most for attention.',
    access: 'read',
    callers: person,
    params: z.object({ profileId: Identifier.optional() }),
    result: z.object({ connectors: z.array(ConnectorCount) }),
  }),
  get: method({
    summary: 'One connection, without its credentials.',
    access: 'read',
    callers: everyone,
    reach: 'connection',
    params: OneConnection,
    result: Connection,
  }),
  update: method({
    summary: 'Changes the label, the notes or the tags of a connection; its handle stays.',
    access: 'write',
    callers: everyone,
    reach: 'connection',
    params: OneConnection.extend({
      label: Label.nullable().optional(),
      notes: z.string().max(10_000).nullable().optional(),
      /** In the place of all others, written at Nango first; those that begin with `patchbay_` are kept as they are. */
      tags: TagsInput.optional(),
    }),
    result: Connection,
  }),
  getMetadata: method({
    summary: 'The metadata that Nango keeps of a connection; read without renewing its token.',
    access: 'read',
    callers: everyone,
    reach: 'connection',
    params: OneConnection,
    result: z.object({ connectionId: z.string(), metadata: Metadata }),
  }),
  setMetadata: method({
    summary: 'Writes metadata of a connection at Nango: in the place of what is there, or each key beside the others.',
    access: 'write',
    callers: everyone,
    reach: 'connection',
    params: OneConnection.extend({
      /** `merge` replaces each key that is given as a whole and keeps the others; `replace` keeps none. */
      mode: z.enum(['replace', 'merge']),
      metadata: Metadata,
    }),
    /** What Nango has afterwards. */
    result: z.object({ connectionId: z.string(), metadata: Metadata }),
  }),
  defaults: method({
    summary: "The account that each connector's name alone means, where one was chosen.",
    access: 'read',
    callers: everyone,
    reach: 'listed',
    params: z.object({ profileId: Identifier.optional() }),
    result: z.object({ defaults: z.array(DefaultConnection) }),
  }),
  setDefault: method({
    summary: "Makes a connection the one that its connector's name alone means, or no more.",
    access: 'write',
    callers: person,
    params: OneConnection.extend({ isDefault: z.boolean().default(true) }),
    result: DefaultConnection.extend({ isDefault: z.boolean() }),
  }),
  replace: method({
    summary: 'Puts one account in the place of another of the same connector: handle, label, notes and default move to it.',
    access: 'write',
    callers: person,
    params: OneConnection.extend({
      /** The one that takes the place. */
      byConnectionId: ConnectionReference,
      /** What becomes of the old one: it stays, is forgotten here only, or is deleted at Nango too. */
      old: z.enum(['keep', 'forget', 'remove']).default('keep'),
    }),
    result: ReplaceReport,
  }),
  reconnect: method({
    summary: 'Signs a connection in anew, in place: its handle, tags and metadata stay.',
    access: 'write',
    callers: everyone,
    reach: 'connection',
    params: OneConnection.extend(ReconnectRequest.shape),
    result: Flow,
  }),
  refresh: method({
    summary: 'Asks Nango for a fresh token now.',
    access: 'write',
    callers: everyone,
    reach: 'connection',
    params: OneConnection.extend({
      /** Try although the last refresh failed: another failure makes Nango refuse the connection for 30 seconds. */
      acceptRisk: z.boolean().default(false),
    }),
    result: z.object({ outcome: z.enum(['refreshed', 'nothing_to_refresh']), connection: Connection }),
  }),
  ...connectionLife,
  remove: method({
    summary: 'Deletes a connection at Nango and forgets it here, or only forgets it here; with `revoke` access is ended first.',
    access: 'write',
    callers: everyone,
    reach: 'connection',
    isFinal: true,
    params: OneConnection.extend({
      /** Ends access at the provider first. Where that fails or stays unknown nothing is deleted; without it, it is deleted all the same. */
      revoke: z.boolean().default(false),
      forgetOnly: z.boolean().default(false),
    }),
    result: RemovalReport,
  }),
  ...connectionImport,
}

export const connectionEvents = { 'connections.changed': z.object({ profileId: z.string(), connectionId: z.string().nullable() }) }
