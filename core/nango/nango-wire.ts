import { z } from 'zod'
import { Secret } from '#core/vault/secret'
import type { NangoConnectionDetail, NangoConnectionSummary, NangoIntegration } from './nango-client.ts'
import { identityFrom } from './nango-identity.ts'

// A list holds thousands of rows and is read again and again: its schema is kept to plain checks, which zod runs fast, and what is
// tolerated or rewritten is done once, in toSummary.

/** Nango writes times as `...+00:00` and as `...Z`. */
const Time = z.string().refine((value) => !Number.isNaN(Date.parse(value)))

const inUtc = (time: string): string => new Date(time).toISOString()

const Name = z.string().min(1).max(1_024)

const Anything = z.record(z.string(), z.unknown())

/** What GET /connections and GET /connections/{id} have in common (nango-api.md section 7). */
const CORE = {
  id: z.number().int(),
  connection_id: Name,
  provider_config_key: Name,
  provider: Name,
  errors: z.array(z.object({ type: z.string(), log_id: z.string().nullish() })).nullish(),
  end_user: z.unknown(),
  tags: z.unknown(),
  metadata: z.unknown(),
}
const ConnectionCore = z.object(CORE)

const ListedConnection = z.object({ ...CORE, created: Time })

const FullConnection = z.object({
  ...CORE,
  created_at: Time,
  updated_at: Time,
  last_fetched_at: Time.nullish(),
  connection_config: z.unknown(),
  credentials: Anything.nullish(),
})

/** GET /connections. One row that is not understood makes the whole list invalid: a list with holes would read as removals. */
export const ConnectionListReply = z.object({ connections: z.array(ListedConnection) })

/** The same, its rows not looked at yet. */
export const ConnectionListEnvelope = z.object({ connections: z.array(z.unknown()) })

/** GET /connections/{id}. */
export const ConnectionReply = FullConnection

const IntegrationRow = z.object({
  unique_key: Name,
  provider: Name,
  display_name: z.string().nullish(),
  created_at: Time.nullish(),
  updated_at: Time.nullish(),
})

/** GET /integrations, as the SDK renames it. */
export const IntegrationListReply = z.object({ configs: z.array(IntegrationRow) })

/** GET /integrations/{key}. */
export const IntegrationReply = z.object({ data: IntegrationRow })

/** POST /connect/sessions and /connect/sessions/reconnect. */
export const SessionReply = z.object({
  data: z.object({
    token: z.string().regex(/^[\w.-]{8,512}$/),
    connect_link: z
      .url({ protocol: /^https?$/ })
      .nullish()
      .catch(null),
    expires_at: Time,
  }),
})

/** GET /connect/session, with a session token. Nango Cloud leaves the path out. */
export const SessionInfoReply = z.object({
  data: z.object({
    allowed_integrations: z.array(z.string()).nullish(),
    websocketsPath: z
      .string()
      .regex(/^\/(?!\/)[\w./-]{0,256}$/)
      .nullish(),
  }),
})

/** POST /api-auth/... */
export const CredentialsReply = z.object({ connectionId: Name, providerConfigKey: Name })

/** GET /health. */
export const HealthReply = z.object({ result: z.literal('ok') })

/** The envelope of Nango's errors (nango-api.md section 2). */
export const ErrorReply = z.object({
  error: z.object({
    code: z.string().nullish(),
    message: z.string().nullish(),
    errors: z
      .array(
        z.object({ code: z.string().nullish(), message: z.string().nullish(), path: z.array(z.union([z.string(), z.number()])).nullish() }),
      )
      .nullish()
      .catch(null),
    /** A refused refresh tells the rest of the connection here (nango-api.md section 7). */
    payload: z.object({ connection: FullConnection }).optional().catch(undefined),
  }),
})
export type ErrorReply = z.output<typeof ErrorReply>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const endUserOf = (value: unknown): NangoConnectionSummary['endUser'] =>
  isObject(value) && typeof value['id'] === 'string'
    ? { id: value['id'], displayName: textOrNull(value['display_name']), email: textOrNull(value['email']) }
    : null

const tagsOf = (value: unknown): Record<string, string> => {
  const tags: Record<string, string> = {}
  if (!isObject(value)) return tags
  for (const [key, text] of Object.entries(value)) if (typeof text === 'string' && key !== '__proto__') tags[key] = text
  return tags
}

const summaryFields = (row: z.output<typeof ConnectionCore>, createdAt: string): NangoConnectionSummary => {
  const authError = row.errors?.find((error) => error.type === 'auth')
  return {
    id: row.id,
    connectionId: row.connection_id,
    providerConfigKey: row.provider_config_key,
    provider: row.provider,
    hasAuthError: authError !== undefined,
    errorLogId: authError?.log_id ?? null,
    endUser: endUserOf(row.end_user),
    tags: tagsOf(row.tags),
    metadata: isObject(row.metadata) ? row.metadata : null,
    createdAt: inUtc(createdAt),
  }
}

/** A row of the list, in our words. */
export const toSummary = (row: z.output<typeof ListedConnection>): NangoConnectionSummary => summaryFields(row, row.created)

/** Scopes as OAuth writes them (space separated, RFC 6749 section 3.3) or as some providers do (commas). */
const scopesFrom = (value: unknown): string[] | null =>
  typeof value === 'string' ? value.split(/[\s,]+/).filter((scope) => scope !== '') : null

/** A connection with its credentials sealed into a Secret, in our words. */
export const toDetail = (row: z.output<typeof FullConnection>): NangoConnectionDetail => {
  const credentials = row.credentials ?? {}
  const hasCredentials = Object.keys(credentials).length > 0
  const raw = Anything.safeParse(credentials['raw'])
  const expiresAt = Time.safeParse(credentials['expires_at'])
  return {
    ...summaryFields(row, row.created_at),
    connectionConfig: isObject(row.connection_config) ? row.connection_config : {},
    updatedAt: inUtc(row.updated_at),
    lastFetchedAt: row.last_fetched_at ? inUtc(row.last_fetched_at) : null,
    expiresAt: expiresAt.success ? inUtc(expiresAt.data) : null,
    grantedScopes: raw.success ? scopesFrom(raw.data['scope']) : null,
    hasCredentials,
    credentials: hasCredentials ? new Secret(JSON.stringify(credentials)) : null,
    rawIdentity: raw.success ? identityFrom(raw.data) : null,
  }
}

/** An integration, in our words. */
export const toIntegration = (row: z.output<typeof IntegrationRow>): NangoIntegration => ({
  integrationId: row.unique_key,
  providerKey: row.provider,
  displayName: row.display_name ?? row.unique_key,
  createdAt: row.created_at ? inUtc(row.created_at) : null,
  updatedAt: row.updated_at ? inUtc(row.updated_at) : null,
})

/** GET /providers/{name} (nango-api.md section 3); the definition itself is read by the catalogue. */
export const ProviderReply = z.object({ data: Anything })
