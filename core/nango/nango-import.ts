import { z } from 'zod'
import type { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import { parseForeignJson } from '#core/http-json'
import type { CallOptions, NangoConnectionDetail } from './nango-client.ts'
import { withoutValues } from './nango-errors.ts'
import { parseReply } from './nango-request.ts'
import type { NangoTransport } from './nango-transport.ts'
import * as wire from './nango-wire.ts'

// How Nango takes credentials from outside (nango-api.md section 6). API_KEY, BASIC and OAUTH2 are measured; the other types are
// written after the schema of the server and not measured. JWT, TWO_STEP, SIGNATURE, BILL, APP_STORE, AWS_SIGV4 and the MCP types have
// no place in that schema: Nango makes those connections itself or not at all.

const text = (max: number) => z.string().min(1).max(max)
const ClientOverride = z.object({ client_id: text(255).optional(), client_secret: text(2_048).optional() }).nullish()
const Time = z
  .string()
  .refine((value) => !Number.isNaN(Date.parse(value)))
  .transform((value) => new Date(value).toISOString())
const withOverride = <T extends { config_override?: z.output<typeof ClientOverride> }>({ config_override: override, ...rest }: T) =>
  override && Object.keys(override).length > 0 ? { ...rest, config_override: override } : rest

/** An empty refresh token or time is none: Nango refuses both. */
const given = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === null || value === '' ? undefined : value), schema.optional())

const GithubApp = { app_id: text(255), installation_id: text(255) }

/** What Nango accepts, by type; what it would refuse as unknown, such as the `raw` that it shows itself, is left out. */
const CREDENTIALS = {
  API_KEY: z.object({ type: z.literal('API_KEY'), apiKey: text(1_024) }),
  BASIC: z.object({ type: z.literal('BASIC'), username: z.string().max(1_024), password: z.string().max(1_024) }),
  OAUTH2: z
    .object({
      type: z.literal('OAUTH2'),
      access_token: text(16_384),
      refresh_token: given(text(16_384)),
      expires_at: given(Time),
      config_override: ClientOverride,
    })
    .transform(withOverride),
  OAUTH2_CC: z.object({
    type: z.literal('OAUTH2_CC'),
    token: text(4_096),
    client_id: text(255),
    client_secret: text(2_048),
    client_certificate: given(text(10_000)),
    client_private_key: given(text(10_000)),
    expires_at: given(Time),
  }),
  OAUTH1: z.object({ type: z.literal('OAUTH1'), oauth_token: text(2_048), oauth_token_secret: text(2_048) }),
  TBA: z
    .object({ type: z.literal('TBA'), token_id: text(16_384), token_secret: text(16_384), config_override: ClientOverride })
    .transform(withOverride),
  APP: z.object({ type: z.literal('APP'), ...GithubApp }),
  CUSTOM: z.object({ type: z.literal('CUSTOM'), ...GithubApp }),
  NONE: z.object({ type: z.literal('NONE') }),
} as const

/** A type of credentials that Nango can be given. */
export type ImportableType = keyof typeof CREDENTIALS

/** The types of credentials that Nango can be given, and with them the connectors whose connections can be imported. */
export const IMPORTABLE_TYPES = Object.keys(CREDENTIALS) as readonly ImportableType[]

/** Whether connections that sign in this way can be imported, or put back. */
export const isImportable = (authMode: string): authMode is ImportableType => Object.hasOwn(CREDENTIALS, authMode)

/** A field that is not right, by its name at Nango. */
export interface CredentialFault {
  readonly field: string
  readonly reason: 'missing' | 'too_long' | 'invalid'
}

const faultOf = (issue: z.core.$ZodIssue, value: Readonly<Record<string, unknown>>): CredentialFault => {
  const field = issue.path.join('.')
  const held = value[String(issue.path[0])]
  if (held === undefined || held === null || held === '') return { field, reason: 'missing' }
  return { field, reason: issue.code === 'too_big' ? 'too_long' : 'invalid' }
}

/** What is wrong with credentials before Nango is asked; none when they can be sent. Of a type that cannot be imported: `type`. */
export const credentialFaults = (credentials: Readonly<Record<string, unknown>>): readonly CredentialFault[] => {
  const { type } = credentials
  if (typeof type !== 'string') return [{ field: 'type', reason: 'missing' }]
  if (!isImportable(type)) return [{ field: 'type', reason: 'invalid' }]
  const parsed = CREDENTIALS[type].safeParse(credentials)
  return parsed.success ? [] : parsed.error.issues.map((issue) => faultOf(issue, credentials))
}

/** A connection id that Nango takes but gives nobody back cannot be read or deleted any more (nango-api.md section 6). */
const ReadableId = /^[a-zA-Z0-9,.;:=+~[\]|@${}"'\\/_ -]{1,255}$/

/** Whether a connection of this id can be read and deleted later. */
export const isReadableId = (connectionId: string): boolean => ReadableId.test(connectionId) && !/^\.{1,2}$/.test(connectionId)

/** What is imported. Whatever is left out becomes empty, also at a connection that has it. */
export interface ConnectionImport {
  readonly providerConfigKey: string
  /** Nango chooses one when it is left out. One that is there already is replaced in place. */
  readonly connectionId?: string | undefined
  /** The JSON text of Nango's credentials object, `type` included: as `NangoConnectionDetail.credentials` has it. */
  readonly credentials: Secret
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  readonly connectionConfig?: Readonly<Record<string, unknown>> | undefined
  readonly endUser?: { readonly id: string; readonly email?: string | undefined; readonly displayName?: string | undefined } | undefined
}

/** Giving Nango credentials that are there already. */
export interface NangoImportCalls {
  /**
   * POST /connections: makes a connection of credentials, or replaces everything of the one with this id: tags, metadata and
   * connection_config become what is given here. The answer names no end user, also where one stays linked. Throws
   * `connection.not_importable` before anything is sent for credentials or an id that Nango would not take or not give back,
   * `connect.test_failed`, `nango.not_found` for an unknown integration, `nango.rejected` for another type than the connector's.
   */
  importConnection(input: ConnectionImport, options?: CallOptions): Promise<NangoConnectionDetail>
}

const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

const checked = ({ credentials, connectionId }: ConnectionImport): Record<string, unknown> => {
  const object = z.record(z.string(), z.unknown()).safeParse(parseForeignJson(credentials.reveal()))
  const value = object.success ? object.data : {}
  const faults = [
    ...(connectionId === undefined || isReadableId(connectionId) ? [] : [{ field: 'connection_id', reason: 'invalid' as const }]),
    ...credentialFaults(value),
  ]
  const type = isImportable(String(value['type'])) ? String(value['type']) : null
  if (faults.length > 0 || type === null) throw new PatchbayError('connection.not_importable', { data: { type, faults } })
  return CREDENTIALS[type as ImportableType].parse(value)
}

/** Makes the call of one server and key. */
export const createImportCalls = (options: {
  readonly host: string
  readonly secretKey: Secret
  readonly transport: NangoTransport
}): NangoImportCalls => {
  const { host, secretKey, transport } = options
  return {
    importConnection: async (input, call = {}) => {
      const credentials = checked(input)
      const { connectionId, endUser } = input
      const body = {
        provider_config_key: input.providerConfigKey,
        ...(connectionId === undefined ? {} : { connection_id: connectionId }),
        credentials,
        tags: input.tags ?? {},
        metadata: input.metadata ?? {},
        connection_config: input.connectionConfig ?? {},
        ...(endUser === undefined ? {} : { end_user: { id: endUser.id, email: endUser.email, display_name: endUser.displayName } }),
      }
      try {
        const sdk = await transport.sdk({ ...call, isBudgeted: true, isRepeatable: false, asksProvider: true })
        const headers = { authorization: `Bearer ${secretKey.reveal()}` }
        const { data } = await sdk.http.post<unknown>(`${host}/connections`, body, { headers })
        return wire.toDetail(parseReply(wire.ConnectionReply, data))
      } catch (error) {
        const { type: _type, ...values } = credentials
        throw error instanceof PatchbayError ? withoutValues(error, stringsIn(values)) : error
      }
    },
  }
}
