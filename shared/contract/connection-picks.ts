import { z } from 'zod'
import { AccountIdentity, ConnectionReference, ConnectorSlug, ForeignText, Identifier, Instant } from './common.ts'
import { ConnectionStatus } from './connections.ts'
import { method } from './define.ts'

/** Who asks, as its transport knows it; `client` is what it called itself when it connected, null where it had no say. */
export const PickAsker = z.object({ kind: z.enum(['cli', 'automation']), client: ForeignText.nullable() })
export type PickAsker = z.output<typeof PickAsker>

/** A request for a connection that waits for the person. */
export const PickRequest = z.object({
  pickId: z.string(),
  asker: PickAsker,
  /** The connectors whose accounts it may be; empty: any. */
  connectorIds: z.array(z.string()).max(10),
  /** The program's own words. */
  reason: ForeignText.nullable(),
  askedAt: Instant,
  expiresAt: Instant,
})
export type PickRequest = z.output<typeof PickRequest>

/** One account that may be chosen. */
export const PickAccount = z.object({
  connectionId: z.string(),
  handle: z.string(),
  connectorId: z.string(),
  label: ForeignText.nullable(),
  identity: AccountIdentity.nullable(),
  status: ConnectionStatus,
  /** The one that its connector's name alone means. */
  isDefault: z.boolean(),
})
export type PickAccount = z.output<typeof PickAccount>

/** A program asks, the person chooses. Nothing of it is kept: a request ends with its caller. */
export const connectionPicks = {
  pick: method({
    summary: 'Asks the person in the window for one of the connections, and answers with the one that was chosen.',
    access: 'read',
    callers: ['cli', 'automation'],
    reach: 'listed',
    params: z.object({
      /** Neither of the two: any connector. */
      connectorId: ConnectorSlug.optional(),
      connectorIds: z.array(ConnectorSlug).min(1).max(10).optional(),
      /** Shown to the person as the words of the program. */
      reason: z.string().trim().min(1).max(200).optional(),
      timeoutSeconds: z.number().int().min(1).max(600).default(120),
    }),
    result: z.object({ connectionId: z.string(), handle: z.string(), connectorId: z.string() }),
  }),
  picks: method({
    summary: 'The requests for a connection that wait for the person, oldest first.',
    access: 'read',
    callers: ['ui'],
    params: z.object({}),
    result: z.object({ picks: z.array(PickRequest) }),
  }),
  pickAccounts: method({
    summary: 'The accounts that may be chosen for a request, by name.',
    access: 'read',
    callers: ['ui'],
    params: z.object({ pickId: Identifier, search: z.string().max(200).optional() }),
    result: z.object({
      accounts: z.array(PickAccount).max(100),
      /** Null where more than 1,000 match. */
      total: z.number().int().nullable(),
      /** The one to begin with: the default, or the only one there is. */
      preselected: z.string().nullable(),
    }),
  }),
  answerPick: method({
    summary: 'Gives a request the connection that the person chose; null declines it.',
    access: 'write',
    callers: ['ui'],
    params: z.object({ pickId: Identifier, connectionId: ConnectionReference.nullable() }),
    result: z.object({}),
  }),
}

export const pickEvents = { 'picks.changed': z.object({ pickId: z.string(), isOpen: z.boolean() }) }
