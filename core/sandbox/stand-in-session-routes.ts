import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Handler, type StandInContext, sessionOf } from './stand-in-context.ts'
import type { StoredSession } from './stand-in-records.ts'
import { type Reply, answer, parseOrRefuse, refuse, refuseInvalid } from './stand-in-reply.ts'
import {
  ConnectionId,
  ConnectionTags,
  EmptyQuery,
  EndUserInput,
  IntegrationKey,
  OrganizationInput,
  WebhookUrl,
  storedEndUser,
  tagsOfEndUser,
} from './stand-in-schemas.ts'

const LIFETIME_MS = 30 * 60_000

const Defaults = z.record(
  IntegrationKey,
  z.strictObject({
    user_scopes: z.string().optional(),
    authorization_params: z.record(z.string(), z.string()).optional(),
    connection_config: z.looseObject({ oauth_scopes_override: z.string().optional() }).optional(),
  }),
)
const Overrides = z.record(IntegrationKey, z.object({ docs_connect: z.string().optional() }))

const NewSession = z.strictObject({
  end_user: EndUserInput,
  organization: OrganizationInput.optional(),
  allowed_integrations: z.array(IntegrationKey).optional(),
  integrations_config_defaults: Defaults.optional(),
  overrides: Overrides.optional(),
  webhook_url_override: WebhookUrl,
  tags: ConnectionTags.optional(),
})
const NewSessionWithTags = NewSession.extend({ end_user: EndUserInput.optional(), tags: ConnectionTags })

const NewReconnect = NewSession.omit({ allowed_integrations: true }).extend({
  end_user: EndUserInput.optional(),
  connection_id: ConnectionId,
  integration_id: IntegrationKey,
})

const CONNECT_UI_SETTINGS = {
  showWatermark: true,
  defaultTheme: 'system',
  theme: { light: { primary: '#00B2E3' }, dark: { primary: '#00B2E3' } },
}

const refuseUnknownIntegrations = (
  body: {
    readonly allowed_integrations?: readonly string[] | undefined
    readonly integrations_config_defaults?: object | undefined
    readonly overrides?: object | undefined
  },
  context: StandInContext,
): void => {
  const named: { readonly key: string; readonly path: readonly (string | number)[] }[] = [
    ...(body.allowed_integrations ?? []).map((key, index) => ({ key, path: ['allowed_integrations', index] })),
    ...Object.keys(body.integrations_config_defaults ?? {}).map((key) => ({ key, path: ['integrations_config_defaults', key] })),
    ...Object.keys(body.overrides ?? {}).map((key) => ({ key, path: ['overrides', key] })),
  ]
  const unknown = named.filter(({ key }) => !context.state.integrations.has(key))
  if (unknown.length > 0)
    throw refuseInvalid(
      'invalid_body',
      unknown.map(({ path }) => ({ code: 'custom', message: 'Integration does not exist', path })),
    )
}

const refuseDocsOverride = (overrides: z.output<typeof Overrides> | undefined): void => {
  if (Object.values(overrides ?? {}).some((override) => override.docs_connect))
    throw refuse(403, 'forbidden', 'You are not allowed to override the docs connect url')
}

/** A plan that is used up is said before anything else of the request is looked at (read in the server's source). */
const refuseAboveLimit = ({ connectionLimit, state }: StandInContext): void => {
  if (connectionLimit === null || state.page(null, 0, connectionLimit + 1).length < connectionLimit) return
  throw refuse(400, 'resource_capped', 'Reached maximum number of allowed connections. Upgrade your plan to get rid of connection limits.')
}

const open = (context: StandInContext, fields: Omit<StoredSession, 'id' | 'token' | 'expiresAt'>): Reply => {
  const { sessionSeconds } = context.state.misbehaviour.faults
  const session: StoredSession = {
    id: context.state.nextId(),
    token: `nango_connect_session_${randomBytes(32).toString('hex')}`,
    expiresAt: context.now() + (sessionSeconds === null ? LIFETIME_MS : sessionSeconds * 1000),
    ...fields,
  }
  context.state.sessions.set(session.token, session)
  context.state.changed()
  return answer(201, {
    data: {
      token: session.token,
      connect_link: `${context.connectUiUrl}/?session_token=${session.token}`,
      expires_at: new Date(session.expiresAt).toISOString(),
    },
  })
}

/** POST /connect/sessions: needs an end user, or tags (nango-api.md section 5). */
export const createSession: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const isObject = typeof call.body === 'object' && call.body !== null && !Array.isArray(call.body)
  const hasOnlyTags = isObject && 'tags' in call.body && !('end_user' in call.body)
  const body = parseOrRefuse('invalid_body', hasOnlyTags ? NewSessionWithTags : NewSession, call.body)
  refuseAboveLimit(context)
  refuseUnknownIntegrations(body, context)
  refuseDocsOverride(body.overrides)
  return open(context, {
    endUser: body.end_user ? storedEndUser(body.end_user, body.organization) : null,
    tags: { ...tagsOfEndUser(body.end_user, body.end_user ? body.organization : null), ...body.tags },
    allowedIntegrations: body.allowed_integrations?.length ? body.allowed_integrations : null,
    defaults: body.integrations_config_defaults ?? null,
    overrides: body.overrides ?? null,
    webhookUrlOverride: body.webhook_url_override || null,
    reconnects: null,
  })
}

/** POST /connect/sessions/reconnect. */
export const createReconnectSession: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const body = parseOrRefuse('invalid_body', NewReconnect, call.body)
  const connection = context.state.findConnection(body.integration_id, body.connection_id)
  if (!connection) throw refuse(400, 'invalid_body', 'ConnectionID or IntegrationId does not exists')
  refuseUnknownIntegrations({ integrations_config_defaults: body.integrations_config_defaults, overrides: body.overrides }, context)
  return open(context, {
    endUser: body.end_user ? storedEndUser(body.end_user, body.organization) : null,
    tags: { ...tagsOfEndUser(body.end_user, body.organization), ...body.tags },
    allowedIntegrations: [body.integration_id],
    defaults: body.integrations_config_defaults ?? null,
    overrides: body.overrides ?? null,
    webhookUrlOverride: body.webhook_url_override || null,
    reconnects: connection.id,
  })
}

/** GET /connect/session: what the session is for, and the path of the WebSocket. */
export const getSession: Handler = (call, context) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  if (call.body !== undefined) parseOrRefuse('invalid_body', z.strictObject({}), call.body)
  const session = sessionOf(call)
  const linked = session.reconnects === null ? null : (context.state.connectionByRow(session.reconnects)?.endUser ?? null)
  const defaults = session.defaults && Object.entries(session.defaults)
  return answer(200, {
    data: {
      endUser: linked ?? session.endUser,
      connectUISettings: CONNECT_UI_SETTINGS,
      ...(session.allowedIntegrations ? { allowed_integrations: session.allowedIntegrations } : {}),
      ...(defaults
        ? {
            integrations_config_defaults: Object.fromEntries(
              defaults.map(([key, value]) => [
                key,
                { connection_config: value.connection_config, authorization_params: value.authorization_params },
              ]),
            ),
          }
        : {}),
      ...(session.reconnects === null ? {} : { isReconnecting: true }),
      ...(session.overrides ? { overrides: session.overrides } : {}),
      websocketsPath: '/',
    },
  })
}

/** DELETE /connect/session: the token is over at once; a flow in flight is not. */
export const deleteSession: Handler = (call, context) => {
  context.state.sessions.delete(sessionOf(call).token)
  context.state.changed()
  return { status: 204 }
}
