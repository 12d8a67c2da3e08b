import { z } from 'zod'
import { hasScope } from './stand-in-access.ts'
import { fullConnection, withoutRefreshToken } from './stand-in-connection-view.ts'
import { type Handler, type StandInContext, providerOf } from './stand-in-context.ts'
import type { StoredConnection, StoredIntegration } from './stand-in-records.ts'
import { answer, parseOrRefuse, refuse } from './stand-in-reply.ts'
import { ConnectionId, ConnectionTags, EndUserInput, IntegrationKey, WebhookUrl, storedEndUser, tagsOfEndUser } from './stand-in-schemas.ts'

const GetQuery = z.strictObject({
  provider_config_key: IntegrationKey,
  refresh_token: z.stringbool().optional().default(false),
  force_refresh: z.stringbool().optional().default(false),
  refresh_github_app_jwt_token: z.stringbool().optional().default(false),
})
const KeyQuery = z.strictObject({ provider_config_key: IntegrationKey })
const IdParams = z.strictObject({ connectionId: ConnectionId })

const ConnectionChange = z.strictObject({
  end_user: EndUserInput.optional(),
  tags: ConnectionTags.optional(),
  webhook_url_override: WebhookUrl,
})

const find = (
  context: StandInContext,
  integrationKey: string,
  connectionId: string,
): { readonly integration: StoredIntegration; readonly connection: StoredConnection } => {
  const integration = context.state.integrations.get(integrationKey)
  if (!integration) throw refuse(400, 'unknown_provider_config', 'Provider does not exists')
  const connection = context.state.findConnection(integrationKey, connectionId)
  if (!connection) throw refuse(404, 'not_found', 'Failed to find connection')
  return { integration, connection }
}

/** GET /connections/{id}: refreshes what is due and notes the read, unless the key may not see credentials (nango-api.md section 7). */
export const getConnection: Handler = async (call, context) => {
  const query = parseOrRefuse('invalid_query_params', GetQuery, call.query)
  const { connectionId } = parseOrRefuse('invalid_uri_params', IdParams, call.params)
  const mayReveal = call.access !== null && hasScope(call.access, 'environment:connections:read_credentials')
  if (!mayReveal && (query.refresh_token || query.force_refresh || query.refresh_github_app_jwt_token))
    throw refuse(403, 'forbidden', 'Credential and refresh options require the environment:connections:read_credentials scope')
  const { integration, connection } = find(context, query.provider_config_key, connectionId)
  const lastFetchedAt = connection.lastFetchedAt
  if (!mayReveal) return answer(200, fullConnection(connection, context, { credentials: null, lastFetchedAt }))
  connection.lastFetchedAt = context.now()
  const outcome = await context.refresher.prepare(connection, integration, providerOf(context, integration), query.force_refresh)
  if (!outcome.isUsable)
    return answer(outcome.status, {
      error: {
        code: 'invalid_credentials',
        message: outcome.message,
        payload: { connection: fullConnection(connection, context, { credentials: null, lastFetchedAt }) },
      },
    })
  const credentials = query.refresh_token ? connection.credentials : withoutRefreshToken(connection.credentials)
  return answer(200, fullConnection(connection, context, { credentials, lastFetchedAt }))
}

/** PATCH /connections/{id}: tags replace all tags; an end user replaces them with its own. */
export const updateConnection: Handler = (call, context) => {
  const query = parseOrRefuse('invalid_query_params', KeyQuery, call.query)
  const body = parseOrRefuse('invalid_body', ConnectionChange, call.body)
  const { connectionId } = parseOrRefuse('invalid_uri_params', IdParams, call.params)
  const { connection } = find(context, query.provider_config_key, connectionId)
  if (body.end_user) connection.endUser = storedEndUser(body.end_user, null)
  if (body.end_user || body.tags) connection.tags = { ...tagsOfEndUser(body.end_user, null), ...body.tags }
  if (body.webhook_url_override !== undefined) connection.webhookUrlOverride = body.webhook_url_override || null
  context.state.changed(connection)
  return answer(200, { success: true })
}

/** DELETE /connections/{id}: 200 once, then 400 `unknown_connection`. */
export const deleteConnection: Handler = (call, context) => {
  const { connectionId } = parseOrRefuse('invalid_uri_params', IdParams, call.params)
  const query = parseOrRefuse('invalid_query_params', KeyQuery, call.query)
  const connection = context.state.findConnection(query.provider_config_key, connectionId)
  if (!connection) throw refuse(400, 'unknown_connection')
  context.state.removeConnection(connection)
  return answer(200, { success: true })
}
