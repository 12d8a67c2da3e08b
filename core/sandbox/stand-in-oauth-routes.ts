import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { authWayOf } from '#shared/auth-ways'
import { callbackPage } from './callback-page.ts'
import { connectionIdFor, refuseOwnConnectionId, requireAllowed } from './stand-in-api-auth-routes.ts'
import { type Call, type Handler, type StandInContext, sessionOf } from './stand-in-context.ts'
import { TokenEndpointError, exchangeCode } from './stand-in-oauth-client.ts'
import { type StandInProvider, interpolate } from './stand-in-provider.ts'
import type { StoredFlow, StoredIntegration } from './stand-in-records.ts'
import type { Reply } from './stand-in-reply.ts'
import { discoverMcp, endOwnPage, hasOwnPage, needsNoClient, startOwnPage } from './stand-in-page-modes.ts'
import type { Query, QueryValue } from './stand-in-request.ts'
import { linkEndUser, upsertConnection } from './stand-in-upsert.ts'

interface FlowError {
  readonly type: string
  readonly message: string
}

interface FlowName {
  readonly integrationKey: string
  readonly connectionId: string
  readonly socketId: string | null
}

const PROVIDER_ERROR_KEYS = ['error', 'error_description', 'error_reason', 'error_uri', 'status_code', 'error_message']

const textOf = (value: QueryValue | undefined): string | null => {
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first.trim() !== '' ? first.trim() : null
}

const stringsOf = (value: QueryValue | undefined): Record<string, string> =>
  typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
    : {}

const providerErrors = (query: Query): Record<string, string> =>
  Object.fromEntries(
    PROVIDER_ERROR_KEYS.flatMap((key) => {
      const text = textOf(query[key])
      return text === null ? [] : [[key, text]]
    }),
  )

/** Tells the socket, then the browser (nango-api.md section 9). */
const fail = async (context: StandInContext, flow: FlowName, error: FlowError, query: Query): Promise<Reply> => {
  await context.sockets.tell(flow.socketId, {
    message_type: 'error',
    provider_config_key: flow.integrationKey,
    connection_id: flow.connectionId,
    error_type: error.type,
    error_desc: error.message,
  })
  context.log.info('sandbox.flow_failed', { integration: flow.integrationKey, type: error.type })
  const fromProvider = providerErrors(query)
  return callbackPage({
    message: error.message,
    ...(Object.keys(fromProvider).length > 0 ? { details: JSON.stringify(fromProvider) } : {}),
  })
}

const missingConfig = (provider: StandInProvider, config: Readonly<Record<string, unknown>>): FlowError | null => {
  const templates: [string, string][] = [
    [provider.authorization_url ?? '', provider.authorization_url ?? ''],
    ...Object.values(provider.authorization_params ?? {}).map((value): [string, string] => ['authorization_params', value]),
    ...Object.values(provider.token_params ?? {}).map((value): [string, string] => ['token_params', value]),
  ]
  const missing = templates.find(([, template]) => interpolate(template, config) === null)
  return missing
    ? {
        type: 'url_param_err',
        message: `Missing Connection Config param(s) in Auth request to interpolate url ${missing[0]}. Provided Connection Config: ${JSON.stringify(config)}`,
      }
    : null
}

const authorizeUrl = (
  provider: StandInProvider,
  integration: StoredIntegration,
  flow: StoredFlow,
  scopes: string | null,
  extra: Readonly<Record<string, string>>,
): string => {
  const url = new URL(interpolate(provider.authorization_url ?? '', flow.connectionConfig) ?? '')
  const own = Object.entries(provider.authorization_params ?? {}).map(([key, value]) => [
    key,
    interpolate(value, flow.connectionConfig) ?? '',
  ])
  const challenge = createHash('sha256').update(flow.codeVerifier).digest('base64url')
  const params: Record<string, string> = {
    response_type: 'code',
    client_id: integration.clientId ?? '',
    redirect_uri: flow.redirectUri,
    scope: (scopes ?? '').split(',').join(provider.scope_separator ?? ' '),
    state: flow.state,
    ...Object.fromEntries(own),
    ...(provider.disable_pkce ? {} : { code_challenge: challenge, code_challenge_method: 'S256' }),
    ...extra,
  }
  for (const [key, value] of Object.entries(params)) url.searchParams.set(key, value)
  return url.href
}

/** A UUID in version 1's form, as Nango's states are, but random: nobody can guess the next one. */
const newState = (): string => randomUUID().replace(/^(.{14})4/, '$11')

/** GET /oauth/connect/{integration}: 302 to the provider with PKCE S256 (RFC 7636) and a single-use state. */
export const startFlow: Handler = async (call: Call, context) => {
  const session = sessionOf(call)
  refuseOwnConnectionId(call.query['connection_id'])
  const integrationKey = call.params['providerConfigKey'] ?? ''
  const socketId = textOf(call.query['ws_client_id'])
  const integration = context.state.integrations.get(integrationKey)
  const newName = { integrationKey, connectionId: randomUUID(), socketId }
  if (!integration)
    return fail(
      context,
      newName,
      { type: 'provider_config_err', message: `Could not find a Provider Config matching the "${integrationKey}" key.` },
      call.query,
    )
  const provider = context.providers.get(integration.provider)
  if (!provider)
    return fail(
      context,
      newName,
      { type: 'unknown_config_key', message: `No Provider Configuration with key "${integration.provider}".` },
      call.query,
    )
  requireAllowed(session, integration)
  const defaults = session.defaults?.[integrationKey]
  const userScope = defaults?.user_scopes
  const flow: StoredFlow = {
    state: newState(),
    sessionId: session.id,
    integrationKey,
    connectionId: connectionIdFor(context, session),
    connectionConfig: {
      ...stringsOf(call.query['params']),
      ...defaults?.connection_config,
      ...(userScope ? { user_scope: userScope } : {}),
    },
    codeVerifier: randomBytes(24).toString('hex'),
    redirectUri: `${context.url}/oauth/callback`,
    socketId,
    webhookUrlOverride: session.webhookUrlOverride,
    createdAt: context.now(),
  }
  const way = authWayOf(provider.auth_mode)
  if (!needsNoClient(provider.auth_mode) && (integration.clientId === null || integration.clientSecret === null))
    return fail(
      context,
      flow,
      { type: 'provider_config_err', message: `Provider Config "${integrationKey}" is missing client ID, secret and/or scopes.` },
      call.query,
    )
  if (way.kind !== 'page')
    return fail(context, flow, { type: 'auth_mode_err', message: `Auth mode ${provider.auth_mode} not supported.` }, call.query)
  if (hasOwnPage(way.mode)) {
    const start = startOwnPage(way.mode, { context, provider, integration, flow })
    if ('error' in start) return fail(context, flow, start.error, call.query)
    context.state.flows.set(start.flow.state, start.flow)
    context.state.changed()
    return { status: 302, headers: { location: start.location } }
  }
  const behind = way.mode === 'MCP_OAUTH2_GENERIC' ? discoverMcp({ context, provider, integration, flow }) : provider
  if ('message' in behind) return fail(context, flow, behind, call.query)
  const missing = missingConfig(behind, flow.connectionConfig)
  if (missing) return fail(context, flow, missing, call.query)
  context.state.flows.set(flow.state, flow)
  context.state.changed()
  const override = defaults?.connection_config?.['oauth_scopes_override']
  const location = authorizeUrl(behind, integration, flow, typeof override === 'string' ? override : integration.scopes, {
    ...(integration.provider === 'slack' && userScope ? { user_scope: userScope } : {}),
    ...(defaults?.authorization_params ?? stringsOf(call.query['authorization_params'])),
  })
  return {
    status: 302,
    headers: { location, 'set-cookie': `oauth2-${flow.state}=1; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax` },
  }
}

const connectionConfigOf = (flow: StoredFlow): Record<string, unknown> => {
  const override = flow.connectionConfig['oauth_scopes_override']
  return typeof override === 'string' ? { ...flow.connectionConfig, oauth_scopes_override: override.split(',') } : flow.connectionConfig
}

const finish = async (
  context: StandInContext,
  flow: StoredFlow,
  integration: StoredIntegration,
  provider: StandInProvider,
  code: string,
): Promise<void> => {
  const tokenUrl = interpolate(provider.token_url ?? '', flow.connectionConfig)
  if (!tokenUrl) throw new TokenEndpointError('Invalid URL')
  const credentials = await exchangeCode(
    tokenUrl,
    provider,
    integration,
    { code, redirectUri: flow.redirectUri, codeVerifier: flow.codeVerifier },
    context.now(),
  )
  // An expired session still gives its tags, a deleted one leaves an orphan without any (nango-api.md section 5).
  const session = context.state.sessionById(flow.sessionId)
  const connection = upsertConnection(context, {
    integrationKey: flow.integrationKey,
    connectionId: flow.connectionId,
    credentials,
    connectionConfig: connectionConfigOf(flow),
    webhookUrlOverride: flow.webhookUrlOverride,
    tags: session?.tags,
  })
  if (session) linkEndUser(context, connection, session)
  // The connection exists, on disk too, when the socket hears of it.
  context.state.flush(context.now())
  await context.sockets.tell(flow.socketId, {
    message_type: 'success',
    provider_config_key: flow.integrationKey,
    connection_id: flow.connectionId,
    is_pending: false,
  })
}

/** GET /oauth/callback: trades the code, makes the connection, tells the socket and then the browser. */
export const endFlow: Handler = async (call, context) => {
  const state = textOf(call.query['state']) ?? textOf(call.query['payload'])
  if (state === null) return callbackPage({ message: 'No state found in callback' })
  const flow = context.state.flows.get(state)
  if (!flow) return callbackPage({ message: `No session found for state: ${JSON.stringify(state)}` })
  context.state.flows.delete(state)
  context.state.changed()
  const integration = context.state.integrations.get(flow.integrationKey)
  const provider = integration && context.providers.get(integration.provider)
  if (!integration || !provider)
    return fail(context, flow, { type: 'unknown_config_key', message: `No Provider Configuration with key "${flow.integrationKey}".` }, {})
  if (hasOwnPage(provider.auth_mode) && provider.auth_mode !== 'APP') {
    const ended = await endOwnPage(provider.auth_mode, flow, call.query, context)
    if (ended !== null) return ended
  }
  const found = provider.auth_mode === 'MCP_OAUTH2_GENERIC' ? discoverMcp({ context, provider, integration, flow }) : provider
  const behind = 'message' in found ? provider : found
  const code = textOf(call.query['code'])
  if (code === null) {
    const parts = Object.entries(providerErrors(call.query)).map(([key, value]) => `${key}: ${value}`)
    const base = 'Did not get authorization code in the callback.'
    const message = parts.length > 0 ? `${base} Provider error: ${parts.join('; ')}` : base
    context.webhooks.flowFailed(flow, message)
    return fail(context, flow, { type: 'callback_err', message }, call.query)
  }
  try {
    await finish(context, flow, integration, behind, code)
    return callbackPage()
  } catch (error) {
    if (!(error instanceof TokenEndpointError)) throw error
    context.webhooks.flowFailed(flow, error.description)
    return fail(context, flow, { type: 'unknown_err', message: error.description }, {})
  }
}
