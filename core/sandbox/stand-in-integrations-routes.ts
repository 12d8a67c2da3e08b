import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { hasScope } from './stand-in-access.ts'
import type { Handler, StandInContext } from './stand-in-context.ts'
import type { StoredIntegration } from './stand-in-records.ts'
import { answer, parseOrRefuse, refuse, refuseInvalid } from './stand-in-reply.ts'
import { EmptyQuery, IntegrationKey, ProviderName } from './stand-in-schemas.ts'

const Scopes = z.union([z.string().regex(/^[0-9a-zA-Z:/_.*-]+(,[0-9a-zA-Z:/_.*-]+)*$/), z.string().max(0)]).optional()

const IntegrationCredentials = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.enum(['OAUTH1', 'OAUTH2', 'TBA']),
      client_id: z.string().min(1).max(255),
      client_secret: z.string().min(1),
      scopes: Scopes,
      webhook_secret: z.string().max(255).optional(),
    }),
    z.strictObject({
      type: z.enum(['APP']),
      app_id: z.string().min(1).max(255),
      app_link: z.string().min(1),
      private_key: z.string().min(1),
    }),
    z.strictObject({
      type: z.enum(['CUSTOM']),
      client_id: z.string().min(1).max(255),
      client_secret: z.string().min(1),
      app_id: z.string().min(1).max(255),
      app_link: z.string().min(1),
      private_key: z.string().min(1),
    }),
  ],
  { error: () => ({ message: 'invalid credentials object' }) },
)
type IntegrationCredentials = z.output<typeof IntegrationCredentials>

const NewIntegration = z.strictObject({
  provider: ProviderName,
  unique_key: IntegrationKey,
  display_name: z.string().min(1).max(255).optional(),
  forward_webhooks: z.boolean().optional(),
  credentials: IntegrationCredentials.optional(),
  integration_config: z.record(z.string(), z.string().max(8192)).optional(),
  custom: z.record(z.string(), z.string()).optional(),
})

const IntegrationChange = NewIntegration.omit({ provider: true }).extend({ unique_key: IntegrationKey.optional() })

const Include = z.enum(['webhook', 'credentials'])
const GetQuery = z.strictObject({ include: z.union([Include, z.array(Include)]).optional() })
const KeyParams = z.strictObject({ uniqueKey: IntegrationKey })

const NEEDS_CREDENTIALS = new Set(['OAUTH1', 'OAUTH2', 'APP', 'CUSTOM'])

const shown = (integration: StoredIntegration, context: StandInContext) => ({
  unique_key: integration.uniqueKey,
  provider: integration.provider,
  display_name: integration.displayName ?? context.providers.get(integration.provider)?.display_name ?? integration.provider,
  logo: `${context.url}/images/template-logos/${integration.provider}.svg`,
  forward_webhooks: integration.forwardWebhooks,
  created_at: new Date(integration.createdAt).toISOString(),
  updated_at: new Date(integration.updatedAt).toISOString(),
})

const shownCredentials = (integration: StoredIntegration, context: StandInContext) =>
  context.providers.get(integration.provider)?.auth_mode === 'OAUTH2'
    ? {
        type: 'OAUTH2',
        client_id: integration.clientId,
        client_secret: integration.clientSecret,
        scopes: integration.scopes,
        webhook_secret: integration.webhookSecret,
      }
    : null

const missing = (key: string) => refuse(404, 'not_found', `Integration "${key}" does not exist`)

const refuseConfig = (config: Readonly<Record<string, string>> | undefined): void => {
  if (config && Object.keys(config).length > 0) throw refuse(400, 'invalid_body', 'This provider does not accept integration configuration')
}

const applyCredentials = (integration: StoredIntegration, credentials: IntegrationCredentials | undefined): void => {
  if (credentials && 'app_id' in credentials) Object.assign(integration, { appId: credentials.app_id, appLink: credentials.app_link })
  if (!credentials || !('client_id' in credentials)) return
  integration.clientId = credentials.client_id
  integration.clientSecret = credentials.client_secret
  if (credentials.type === 'CUSTOM') return
  if (credentials.scopes !== undefined) integration.scopes = credentials.scopes
  if (credentials.webhook_secret !== undefined) integration.webhookSecret = credentials.webhook_secret || null
}

/** GET /integrations: ordered by provider name, without paging; a session sees the integrations it allows. */
export const listIntegrations: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const allowed = call.access?.kind === 'session' ? call.access.session.allowedIntegrations : null
  const found = [...context.state.integrations.values()]
    .filter(({ uniqueKey }) => !allowed || allowed.includes(uniqueKey))
    .toSorted((a, b) => (a.provider < b.provider ? -1 : a.provider > b.provider ? 1 : a.createdAt - b.createdAt))
  return answer(200, { data: found.map((integration) => shown(integration, context)) })
}

/** POST /integrations: 200, not 201. */
export const createIntegration: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const body = parseOrRefuse('invalid_body', NewIntegration, call.body)
  const provider = context.providers.get(body.provider)
  if (!provider) throw refuseInvalid('invalid_body', [{ code: 'invalid_string', message: 'Invalid provider', path: ['provider'] }])
  if (body.credentials && body.credentials.type !== provider.auth_mode)
    throw refuse(400, 'invalid_body', 'incompatible credentials auth type and provider auth')
  if (!body.credentials && NEEDS_CREDENTIALS.has(provider.auth_mode)) throw refuse(400, 'invalid_body', 'Missing credentials')
  if (context.state.integrations.has(body.unique_key))
    throw refuseInvalid('invalid_body', [{ code: 'invalid_string', message: 'Unique key already exists', path: ['uniqueKey'] }])
  refuseConfig(body.integration_config)
  const now = context.now()
  const integration: StoredIntegration = {
    uniqueKey: body.unique_key,
    provider: body.provider,
    displayName: body.display_name ?? null,
    clientId: null,
    clientSecret: null,
    scopes: null,
    webhookSecret: null,
    forwardWebhooks: body.forward_webhooks ?? true,
    createdAt: now,
    updatedAt: now,
  }
  applyCredentials(integration, body.credentials)
  // Nango registers itself at the MCP server when the integration is made.
  if (provider.auth_mode === 'MCP_OAUTH2')
    Object.assign(integration, { clientId: `mcp-${randomUUID()}`, clientSecret: randomBytes(18).toString('base64url') })
  context.state.integrations.set(integration.uniqueKey, integration)
  context.state.changed()
  return answer(200, { data: shown(integration, context) })
}

/** GET /integrations/{key}, with `include=webhook` and `include=credentials`. */
export const getIntegration: Handler = (call, context) => {
  const query = parseOrRefuse('invalid_query_params', GetQuery, call.query)
  const { uniqueKey } = parseOrRefuse('invalid_uri_params', KeyParams, call.params)
  const include = new Set([query.include ?? []].flat())
  const integration = context.state.integrations.get(uniqueKey)
  if (!integration) throw missing(uniqueKey)
  const mayReveal = call.access !== null && hasScope(call.access, 'environment:integrations:read_credentials')
  return answer(200, {
    data: {
      ...shown(integration, context),
      ...(include.has('webhook')
        ? { webhook_url: `${context.url}/webhook/${context.state.environmentUuid}/${encodeURIComponent(uniqueKey)}` }
        : {}),
      ...(include.has('credentials') && mayReveal ? { credentials: shownCredentials(integration, context) } : {}),
    },
  })
}

/** PATCH /integrations/{key}: an empty body still bumps updated_at; no rename while there are connections. */
export const updateIntegration: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const body = parseOrRefuse('invalid_body', IntegrationChange, call.body)
  const { uniqueKey } = parseOrRefuse('invalid_uri_params', KeyParams, call.params)
  const { integrations } = context.state
  const integration = integrations.get(uniqueKey)
  if (!integration) throw missing(uniqueKey)
  if (body.credentials && body.credentials.type !== context.providers.get(integration.provider)?.auth_mode)
    throw refuse(400, 'invalid_body', 'incompatible credentials auth type and provider auth')
  if (body.unique_key !== undefined && body.unique_key !== uniqueKey) {
    if (integrations.has(body.unique_key)) throw refuse(400, 'invalid_body', 'uniqueKey is already used by another integration')
    if (context.state.page((row) => row.integrationKey === uniqueKey, 0, 1).length > 0)
      throw refuse(400, 'invalid_body', "Can't rename an integration with active connections")
  }
  refuseConfig(body.integration_config)
  if (body.unique_key !== undefined) {
    integrations.delete(uniqueKey)
    integration.uniqueKey = body.unique_key
    integrations.set(body.unique_key, integration)
  }
  if (body.display_name !== undefined) integration.displayName = body.display_name
  if (body.forward_webhooks !== undefined) integration.forwardWebhooks = body.forward_webhooks
  applyCredentials(integration, body.credentials)
  integration.updatedAt = context.now()
  context.state.changed()
  return answer(200, { data: shown(integration, context) })
}

/** DELETE /integrations/{key}: its connections go with it. */
export const deleteIntegration: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const { uniqueKey } = parseOrRefuse('invalid_uri_params', KeyParams, call.params)
  if (!context.state.integrations.delete(uniqueKey)) throw refuse(404, 'not_found', 'Integration does not exist')
  const theirs = context.state.page((row) => row.integrationKey === uniqueKey, 0, Number.MAX_SAFE_INTEGER)
  for (const row of theirs) context.state.removeConnection(row)
  context.state.changed()
  return answer(200, { success: true })
}
