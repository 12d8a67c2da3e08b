import { z } from 'zod'
import { ApiKeyInput, BasicInput, requireVerified } from './stand-in-api-auth-routes.ts'
import { fullConnection } from './stand-in-connection-view.ts'
import { type Handler, providerOf } from './stand-in-context.ts'
import type { GivenCredentials } from './stand-in-provider.ts'
import type { StoredCredentials, StoredIntegration } from './stand-in-records.ts'
import { Refusal, answer, genericError, parseOrRefuse, refuse } from './stand-in-reply.ts'
import { ConnectionTags, EmptyQuery, EndUserInput, WebhookUrl, storedEndUser, tagsOfEndUser } from './stand-in-schemas.ts'
import { newConnectionId, upsertConnection } from './stand-in-upsert.ts'

const MAX_STORED_ID = 255
const HOUR_MS = 3_600_000

const text = (max: number) => z.string().min(1).max(max)
const ClientOverride = z.strictObject({ client_id: text(255).optional(), client_secret: text(2_048).optional() }).optional()
const GithubApp = { app_id: text(255), installation_id: text(255) }

/** The types besides OAUTH2, API_KEY and BASIC follow the schema of the server and were not measured. */
const ImportedCredentials = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('OAUTH2'),
    access_token: text(16_384),
    refresh_token: text(16_384).optional(),
    expires_at: z.coerce.date().optional(),
    config_override: ClientOverride,
  }),
  z.strictObject({
    type: z.literal('OAUTH2_CC'),
    token: text(4_096),
    client_id: text(255),
    client_secret: text(2_048),
    client_certificate: text(10_000).optional(),
    client_private_key: text(10_000).optional(),
    expires_at: z.coerce.date().optional(),
  }),
  z.strictObject({ type: z.literal('OAUTH1'), oauth_token: text(2_048), oauth_token_secret: text(2_048) }),
  z.strictObject({ type: z.literal('API_KEY') }).extend(ApiKeyInput.shape),
  z.strictObject({ type: z.literal('BASIC') }).extend(BasicInput.shape),
  z.strictObject({ type: z.literal('NONE') }),
  z.strictObject({ type: z.literal('TBA'), token_id: z.string().min(1), token_secret: z.string().min(1), config_override: ClientOverride }),
  z.strictObject({ type: z.literal('APP'), ...GithubApp }),
  z.strictObject({ type: z.literal('CUSTOM'), ...GithubApp }),
])
type ImportedCredentials = z.output<typeof ImportedCredentials>

const ImportInput = z.strictObject({
  provider_config_key: z.string(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  connection_config: z.looseObject({ oauth_scopes_override: z.string().array().optional() }).optional(),
  webhook_url_override: WebhookUrl,
  connection_id: z.string().optional(),
  credentials: ImportedCredentials,
  end_user: EndUserInput.optional(),
  tags: ConnectionTags.optional(),
})

/** What is kept: OAuth's with what was given as raw, an app's with the token that Nango would fetch for it. */
const stored = (given: ImportedCredentials, now: number): StoredCredentials => {
  switch (given.type) {
    case 'OAUTH2': {
      const { config_override: _override, expires_at: expiresAt, ...token } = given
      const kept = { ...token, ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }) }
      return { ...kept, raw: kept }
    }
    case 'OAUTH2_CC': {
      const { expires_at: expiresAt, ...token } = given
      const kept = { ...token, ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }) }
      return { ...kept, raw: kept }
    }
    case 'OAUTH1':
      return { ...given, raw: given }
    case 'APP':
    case 'CUSTOM': {
      const token = { access_token: `demo-${given.app_id}-${given.installation_id}`, expires_at: new Date(now + HOUR_MS).toISOString() }
      return { type: given.type, ...token, raw: token }
    }
    default:
      return given
  }
}

/** Nango tries these three where the provider has a way to. */
const testable = (given: ImportedCredentials): GivenCredentials | null => {
  if (given.type === 'API_KEY' || given.type === 'BASIC') return given
  return given.type === 'TBA' ? { type: 'TBA', values: { token_id: given.token_id, token_secret: given.token_secret } } : null
}

/** The configuration that is kept of what was given; the one of TBA also names the app. */
const configFor = (
  given: ImportedCredentials,
  config: Record<string, unknown>,
  integration: StoredIntegration,
): Record<string, unknown> => {
  if (given.type !== 'TBA') return config
  if (!config['accountId'])
    throw refuse(400, 'invalid_body', 'Missing accountId in connection_config. This is required to create a TBA connection.')
  return { ...config, oauth_client_id: integration.clientId, oauth_client_secret: integration.clientSecret }
}

/** POST /connections: imports credentials; on a known id it replaces all that is given (nango-api.md section 6). */
export const importConnection: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const body = parseOrRefuse('invalid_body', ImportInput, call.body)
  const integration = context.state.integrations.get(body.provider_config_key)
  if (!integration) throw refuse(404, 'not_found', 'Integration does not exist')
  const { auth_mode: authMode } = providerOf(context, integration)
  const { credentials } = body
  if (credentials.type !== authMode) throw refuse(400, 'invalid_body', `Provider ${authMode} does not support ${credentials.type} auth`)
  if (body.connection_id !== undefined && body.connection_id.length > MAX_STORED_ID) throw new Refusal(genericError())
  const connectionConfig = configFor(credentials, body.connection_config ?? {}, integration)
  const tested = testable(credentials)
  if (tested !== null) requireVerified(context, integration, tested, connectionConfig)
  const connection = upsertConnection(context, {
    integrationKey: integration.uniqueKey,
    connectionId: body.connection_id ?? newConnectionId(),
    credentials: stored(credentials, context.now()),
    connectionConfig,
    webhookUrlOverride: body.webhook_url_override || null,
    tags: { ...tagsOfEndUser(body.end_user, null), ...body.tags },
    metadata: body.metadata ?? {},
  })
  if (body.end_user) connection.endUser = storedEndUser(body.end_user, null)
  context.state.changed(connection)
  const shown = fullConnection(connection, context, {
    credentials: connection.credentials,
    lastFetchedAt: connection.lastFetchedAt,
    time: 'zulu',
  })
  return answer(201, body.end_user ? shown : { ...shown, end_user: null })
}
