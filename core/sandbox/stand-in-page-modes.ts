// The pages besides OAuth 2: where each begins and what its way back brings, as read in Nango's oauth and app-auth controllers; none
// of it was measured. Whoever stands behind the page, an app to install or an OAuth 1 server, is not played here.
import { randomBytes, randomUUID } from 'node:crypto'
import { callbackPage } from './callback-page.ts'
import type { Handler, StandInContext } from './stand-in-context.ts'
import { interpolate, type StandInProvider } from './stand-in-provider.ts'
import type { StoredCredentials, StoredFlow, StoredIntegration } from './stand-in-records.ts'
import { type Reply, refuse } from './stand-in-reply.ts'
import type { Query } from './stand-in-request.ts'
import { linkEndUser, upsertConnection } from './stand-in-upsert.ts'

/** Why a page cannot be shown, as the socket and the error page say it. */
export interface PageError {
  readonly type: string
  readonly message: string
}

/** Where the browser goes, and what the flow keeps of it; or why it goes nowhere. */
export type PageStart = { readonly location: string; readonly flow: StoredFlow } | { readonly error: PageError }

interface PageCall {
  readonly context: StandInContext
  readonly provider: StandInProvider
  readonly integration: StoredIntegration
  readonly flow: StoredFlow
}

const missing = (what: string, config: object): PageStart => ({
  error: {
    type: 'url_param_err',
    message: `Missing Connection Config param(s) in Auth request to interpolate url ${what}. Provided Connection Config: ${JSON.stringify(config)}`,
  },
})

/** An app's page is below its own link, and nothing of the form counts (`appRequest`). */
const startApp = ({ provider, integration, flow }: PageCall): PageStart => {
  const connectionConfig = integration.appLink == null ? {} : { appPublicLink: integration.appLink }
  const template = provider.authorization_url ?? ''
  const page = interpolate(template, connectionConfig)
  if (page === null) return missing(template, connectionConfig)
  return { location: `${page}?state=${flow.state}`, flow: { ...flow, connectionConfig } }
}

/** The state is called `payload` (`installPluginRequest`). */
const startPlugin = ({ integration, flow }: PageCall): PageStart => ({
  location: `${integration.appLink ?? 'null'}?payload=${flow.state}`,
  flow,
})

/** A request token is fetched first (RFC 5849 section 2.1); here it is made up. */
const startOauth1 = ({ context, provider, flow }: PageCall): PageStart => {
  const page = new URL(provider.authorization_url ?? '')
  page.searchParams.set('oauth_token', `request-${randomBytes(12).toString('base64url')}`)
  page.searchParams.set('oauth_callback', `${context.url}/oauth/callback?state=${flow.state}`)
  return { location: page.href, flow }
}

type OwnMode = 'APP' | 'CUSTOM' | 'INSTALL_PLUGIN' | 'OAUTH1'

const STARTS: Readonly<Record<OwnMode, (call: PageCall) => PageStart>> = {
  APP: startApp,
  CUSTOM: startApp,
  INSTALL_PLUGIN: startPlugin,
  OAUTH1: startOauth1,
}

/** Whether a mode's page is begun and ended here. */
export const hasOwnPage = (authMode: string): authMode is OwnMode => Object.hasOwn(STARTS, authMode)

/** Begins the page of a mode that is no OAuth 2. */
export const startOwnPage = (mode: OwnMode, call: PageCall): PageStart => STARTS[mode](call)

/** The modes whose integration needs no client id (`oauthRequest`). */
export const needsNoClient = (authMode: string): boolean => ['APP', 'MCP_OAUTH2_GENERIC', 'INSTALL_PLUGIN'].includes(authMode)

/**
 * The provider that stands behind an MCP server of one's own: Nango finds it by asking the server and registers itself there
 * (`mcpGenericRequest`); here it is the demo provider.
 */
export const discoverMcp = ({ context, provider, integration, flow }: PageCall): StandInProvider | PageError => {
  if (typeof flow.connectionConfig['mcp_server_url'] !== 'string') {
    const start = missing('mcp_server_url', flow.connectionConfig)
    return 'error' in start ? start.error : { type: 'unknown_err', message: '' }
  }
  integration.clientId ??= `mcp-${randomUUID()}`
  integration.clientSecret ??= randomBytes(18).toString('base64url')
  return {
    ...provider,
    authorization_url: `${context.url}/demo-provider/authorize`,
    token_url: `${context.url}/demo-provider/token`,
  }
}

const text = (query: Query, name: string): string | null => {
  const value = query[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** The credentials that a way back brings, or null where it lacks what it must bring. */
const credentialsFrom = (mode: OwnMode, query: Query, context: StandInContext): StoredCredentials | null => {
  const token = `${mode.toLowerCase()}-${randomBytes(18).toString('base64url')}`
  const expiresAt = new Date(context.now() + 3_600_000).toISOString()
  const installationId = text(query, 'installation_id')
  switch (mode) {
    case 'OAUTH1':
      if (text(query, 'oauth_token') === null || text(query, 'oauth_verifier') === null) return null
      return { type: 'OAUTH1', oauth_token: token, oauth_token_secret: randomBytes(12).toString('base64url'), raw: {} }
    case 'APP':
      return installationId === null ? null : { type: 'APP', access_token: token, expires_at: expiresAt, raw: {} }
    case 'CUSTOM':
      if (installationId === null || text(query, 'code') === null) return null
      return { type: 'CUSTOM', app: { access_token: token, expires_at: expiresAt }, user: { access_token: `${token}-user` }, raw: {} }
    case 'INSTALL_PLUGIN':
      return { type: 'BASIC', username: 'plugin', password: token }
  }
}

/** Makes the connection of a way back. A plugin's comes without the tags of its session: Nango leaves them out. Null: it brought too little. */
export const endOwnPage = async (mode: OwnMode, flow: StoredFlow, query: Query, context: StandInContext): Promise<Reply | null> => {
  const credentials = credentialsFrom(mode, query, context)
  if (credentials === null) return null
  const session = context.state.sessionById(flow.sessionId)
  const installationId = text(query, 'installation_id')
  const connection = upsertConnection(context, {
    integrationKey: flow.integrationKey,
    connectionId: flow.connectionId,
    credentials,
    connectionConfig: { ...flow.connectionConfig, ...(installationId === null ? {} : { installation_id: installationId }) },
    webhookUrlOverride: flow.webhookUrlOverride,
    tags: mode === 'INSTALL_PLUGIN' ? {} : session?.tags,
  })
  if (session) linkEndUser(context, connection, session)
  context.state.flush(context.now())
  await context.sockets.tell(flow.socketId, {
    message_type: 'success',
    provider_config_key: flow.integrationKey,
    connection_id: flow.connectionId,
    is_pending: false,
  })
  return callbackPage()
}

/** GET /app-auth/connect: the way back of an app's installation, and of nothing else. */
export const endAppFlow: Handler = async (call, context) => {
  const state = text(call.query, 'state')
  const flow = state === null ? undefined : context.state.flows.get(state)
  if (state === null || flow === undefined) return { status: 404 }
  context.state.flows.delete(state)
  context.state.changed()
  const integration = context.state.integrations.get(flow.integrationKey)
  if (!integration) throw refuse(404, 'unknown_provider_config')
  if (context.providers.get(integration.provider)?.auth_mode !== 'APP') throw refuse(400, 'invalid_auth_mode')
  if (text(call.query, 'setup_action') === 'request') throw refuse(400, 'wrong_auth_mode')
  return (await endOwnPage('APP', flow, call.query, context)) ?? { status: 400 }
}
