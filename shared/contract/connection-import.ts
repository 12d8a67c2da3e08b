import { z } from 'zod'
import { method, person } from './define.ts'
import { ConnectionReference, ForeignWords, Identifier } from './common.ts'

/** What a column of a file can mean. Names of credentials are Nango's own. */
export const IMPORT_FIELDS = [
  'integration',
  'connector',
  'connection_id',
  'type',
  'label',
  'notes',
  'apiKey',
  'username',
  'password',
  'access_token',
  'refresh_token',
  'expires_at',
  'token',
  'client_id',
  'client_secret',
  'client_certificate',
  'client_private_key',
  'oauth_token',
  'oauth_token_secret',
  'token_id',
  'token_secret',
  'app_id',
  'installation_id',
  'credentials',
  'connection_config',
  'metadata',
  'tags',
  'end_user',
  'end_user_id',
  'end_user_email',
  'end_user_display_name',
  'status',
  'last_sync_at',
] as const

/** One of `IMPORT_FIELDS`, or one value of a group: `tags.team`, `connection_config.subdomain`, `metadata.plan`. */
export const ImportField = z.union([z.enum(IMPORT_FIELDS), z.string().regex(/^(?:tags|connection_config|metadata)\.[^\p{Cc}]{1,64}$/u)])

const Column = z.string().min(1).max(200)

const ImportRow = z.object({
  /** Where the row stands in its file; comes back with its result. */
  line: z.number().int().min(1).max(100_000_000),
  /** The cells by column: text, or any JSON. */
  values: z.record(Column, z.unknown()),
})

/** Why a row is not imported. */
export const ImportReason = z.enum([
  'no_integration',
  'unknown_integration',
  'nothing_to_import',
  'wrong_type',
  'not_importable',
  'missing_fields',
  'invalid_fields',
  'invalid_connection_id',
  'invalid_tags',
  'duplicate',
  'exists',
  'not_at_nango',
  'owned_elsewhere',
  'test_failed',
  'refused_by_nango',
])
export type ImportReason = z.output<typeof ImportReason>

/** What becomes of a row, or of a connection that is adopted. `done_before`: it is as the row says already, by an earlier run. */
export const ImportOutcome = z.enum(['create', 'update', 'adopt', 'done_before', 'refused'])
export type ImportOutcome = z.output<typeof ImportOutcome>

const Refusal = z.object({
  code: ImportReason,
  /** The fields or columns that it is about; never their values. */
  fields: z.array(z.string().max(200)),
  /** One sentence. */
  words: ForeignWords,
})

const Outcome = {
  outcome: ImportOutcome,
  connectionId: z.string().nullable(),
  handle: z.string().nullable(),
  reason: Refusal.nullable(),
}

/** What kept the rest from being tried; `retryInMs` where going on after that time helps. */
const Stop = z.object({ code: z.string(), message: ForeignWords, retryInMs: z.number().int().nullable() })

/** The methods that bring in what is there already. */
export const connectionImport = {
  import: method({
    summary: 'Brings rows of a file in: credentials become connections at Nango, rows that name one there adopt it.',
    access: 'admin',
    callers: person,
    params: z.object({
      profileId: Identifier.optional(),
      /** A slice of the file; send the next when this one is answered. */
      rows: z.array(ImportRow).min(1).max(100),
      /** What the columns mean, null for nothing; columns that are not named are guessed by their names. */
      mapping: z.record(Column, ImportField.nullable()).optional(),
      /** Only says what would happen. */
      preview: z.boolean().default(false),
      /** What becomes of a connection that is there already: its tags, metadata and configuration are lost when it is replaced. */
      existing: z.enum(['refuse', 'replace']).default('refuse'),
    }),
    result: z.object({
      mapping: z.array(z.object({ column: z.string(), field: z.string().nullable(), isSecret: z.boolean() })),
      /** In the order of the rows; fewer where it stopped. The same rows may be sent again: what is done is not done twice. */
      results: z.array(
        z.object({
          line: z.number().int(),
          ...Outcome,
          connectorId: z.string().nullable(),
          integrationId: z.string().nullable(),
          nangoConnectionId: z.string().nullable(),
        }),
      ),
      stopped: Stop.nullable(),
    }),
  }),
  adopt: method({
    summary: 'Makes connections that were made elsewhere your own: tagged as yours at Nango, with all their other tags kept.',
    access: 'write',
    callers: person,
    params: z.object({
      connectionIds: z.array(ConnectionReference).min(1).max(100),
      /** Only says what would happen. */
      preview: z.boolean().default(false),
      /** Also those that another Patchbay has tagged as its own. */
      takeOver: z.boolean().default(false),
    }),
    result: z.object({ results: z.array(z.object({ reference: z.string(), ...Outcome })), stopped: Stop.nullable() }),
  }),
}
