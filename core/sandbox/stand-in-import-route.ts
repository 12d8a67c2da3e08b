import { z } from 'zod'
import { ApiKeyInput, BasicInput, requireVerified } from './stand-in-api-auth-routes.ts'
import { fullConnection } from './stand-in-connection-view.ts'
import { type Handler, providerOf } from './stand-in-context.ts'
import type { StoredCredentials } from './stand-in-records.ts'
import { Refusal, answer, genericError, parseOrRefuse, refuse } from './stand-in-reply.ts'
import { ConnectionTags, EmptyQuery, EndUserInput, WebhookUrl, storedEndUser, tagsOfEndUser } from './stand-in-schemas.ts'
import { newConnectionId, upsertConnection } from './stand-in-upsert.ts'

const MAX_STORED_ID = 255

const ImportedCredentials = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('OAUTH2'),
    access_token: z.string().min(1),
    refresh_token: z.string().min(1).optional(),
    expires_at: z.coerce.date().optional(),
    config_override: z.strictObject({ client_id: z.string().optional(), client_secret: z.string().optional() }).optional(),
  }),
  z.strictObject({ type: z.literal('API_KEY') }).extend(ApiKeyInput.shape),
  z.strictObject({ type: z.literal('BASIC') }).extend(BasicInput.shape),
  z.strictObject({ type: z.literal('NONE') }),
])

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

const stored = (given: Exclude<z.output<typeof ImportedCredentials>, { type: 'NONE' }>): StoredCredentials => {
  if (given.type !== 'OAUTH2') return given
  const expiresAt = given.expires_at === undefined ? {} : { expires_at: given.expires_at.toISOString() }
  const token = {
    type: given.type,
    access_token: given.access_token,
    ...(given.refresh_token === undefined ? {} : { refresh_token: given.refresh_token }),
    ...expiresAt,
  }
  return { ...token, raw: token }
}

/** POST /connections: imports credentials; on a known id it replaces all that is given (nango-api.md section 6). */
export const importConnection: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const body = parseOrRefuse('invalid_body', ImportInput, call.body)
  const integration = context.state.integrations.get(body.provider_config_key)
  if (!integration) throw refuse(404, 'not_found', 'Integration does not exist')
  const { auth_mode: authMode } = providerOf(context, integration)
  const { credentials } = body
  if (credentials.type !== authMode || credentials.type === 'NONE')
    throw refuse(400, 'invalid_body', `Provider ${authMode} does not support ${credentials.type} auth`)
  if (body.connection_id !== undefined && body.connection_id.length > MAX_STORED_ID) throw new Refusal(genericError())
  const connectionConfig = body.connection_config ?? {}
  if (credentials.type !== 'OAUTH2') requireVerified(context, integration, credentials, connectionConfig)
  const connection = upsertConnection(context, {
    integrationKey: integration.uniqueKey,
    connectionId: body.connection_id ?? newConnectionId(),
    credentials: stored(credentials),
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
