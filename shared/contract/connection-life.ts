import { z } from 'zod'
import { ConnectionReference, ForeignText, Identifier } from './common.ts'
import { ConnectionHealth, ExpiringConnection } from './connection-health.ts'
import { everyone, method, person } from './define.ts'
import { Said } from './said.ts'

const OneConnection = z.object({ connectionId: ConnectionReference })

/**
 * `revoked`: the provider says that it is not good any more; `not_supported`: it has no way that is known here; `failed`: it was asked
 * and did not do it; `unknown`: whether it did is not known.
 */
export const RevocationOutcome = z.enum(['revoked', 'not_supported', 'failed', 'unknown'])
export type RevocationOutcome = z.output<typeof RevocationOutcome>

/** What became of a connection's access at its provider, token by token. */
export const RevocationReport = z.object({
  connectionId: z.string(),
  handle: z.string(),
  outcome: RevocationOutcome,
  tokens: z
    .array(
      z.object({
        /** `grant`: all tokens of this sign-in at once. */
        token: z.enum(['access_token', 'refresh_token', 'grant', 'key']),
        outcome: RevocationOutcome,
        reason: ForeignText.nullable(),
        said: Said.optional(),
      }),
    )
    .max(10),
  /** Where a person sees and ends what has access to the account; null where no such page is known. */
  pageUrl: z.string().nullable(),
  summary: ForeignText,
})
export type RevocationReport = z.output<typeof RevocationReport>

/** What of a connection's access can be ended at its provider from here. */
export const RevocationScope = z.object({
  connectionId: z.string(),
  handle: z.string(),
  /** `sign_in`: all of it at once; `tokens`: its tokens one by one; `nothing`: only on a page of the service. */
  ends: z.enum(['sign_in', 'tokens', 'nothing']),
  /** Why nothing can be: it is a key, or no way is known for this service. */
  why: z.enum(['key', 'no_way']).nullable(),
  /** Needs a profile key that may read credentials. */
  readsCredentials: z.boolean(),
  pageUrl: z.string().nullable(),
})
export type RevocationScope = z.output<typeof RevocationScope>

/** Seeing whether a connection works, when it ends, and ending it. */
export const connectionLife = {
  verify: method({
    summary: 'Tries a connection at its service with one read-only call, as any use of it would; never forces a token to be renewed.',
    access: 'write',
    callers: everyone,
    reach: 'connection',
    params: OneConnection.extend({
      /** Nango renews a token at its use when it runs out within 15 minutes; false makes no call then, nor where its end is not known. */
      mayRenew: z.boolean().default(true),
    }),
    result: ConnectionHealth,
  }),
  health: method({
    summary: 'What is known of whether a connection works: since when, why, and the one next step. Asks nobody.',
    access: 'read',
    callers: everyone,
    reach: 'connection',
    params: OneConnection,
    result: ConnectionHealth,
  }),
  expiring: method({
    summary: 'What runs out soon: tokens whose end is known, and accesses that likely end by a rule of their service.',
    access: 'read',
    callers: person,
    params: z.object({
      profileId: Identifier.optional(),
      withinDays: z.number().int().min(1).max(3_650).default(30),
      /** Tokens that Nango renews by itself too. */
      withRenewed: z.boolean().default(true),
    }),
    /** Soonest first, at most 500 of each kind. */
    result: z.object({ expiring: z.array(ExpiringConnection).max(1_000), isCut: z.boolean() }),
  }),
  revocation: method({
    summary: "What of a connection's access can be ended at the provider from here, before it is. Asks nobody.",
    access: 'read',
    callers: everyone,
    reach: 'connection',
    params: OneConnection,
    result: RevocationScope,
  }),
  revoke: method({
    summary: "Ends a connection's access at the provider, and says token by token what became of it; the connection stays, as revoked.",
    access: 'write',
    callers: everyone,
    reach: 'connection',
    isFinal: true,
    params: OneConnection,
    result: RevocationReport,
  }),
}
