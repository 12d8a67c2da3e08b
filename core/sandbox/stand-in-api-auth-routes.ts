import { z } from 'zod'
import type { FormMode } from '#shared/auth-ways'
import { type Call, type Handler, type StandInContext, providerOf, sessionOf } from './stand-in-context.ts'
import type { GivenCredentials } from './stand-in-provider.ts'
import type { StoredCredentials, StoredIntegration, StoredSession } from './stand-in-records.ts'
import { type Reply, answer, parseOrRefuse, refuse, refuseInvalid } from './stand-in-reply.ts'
import { ConnectionId, IntegrationKey } from './stand-in-schemas.ts'
import { linkEndUser, newConnectionId, upsertConnection } from './stand-in-upsert.ts'

export const ApiKeyInput = z.strictObject({ apiKey: z.string().min(1).max(1024) })
export const BasicInput = z.strictObject({ username: z.string().max(1024), password: z.string().max(1024) })

const AuthQuery = z.object({ connection_id: ConnectionId.optional(), params: z.looseObject({}).optional() })
const AuthParams = z.strictObject({ providerConfigKey: IntegrationKey })

const TEST_FAILED = 'The given credentials were found to be invalid. Please check the credentials and try again.'

/** Refuses a connection id that the caller chose: sessions may not. */
export const refuseOwnConnectionId = (connectionId: unknown): void => {
  if (connectionId !== undefined)
    throw refuseInvalid('invalid_query_params', [
      { code: 'custom', message: 'connection_id is forbidden when using session token', path: ['connection_id'] },
    ])
}

/** Refuses an integration that the session does not allow. */
export const requireAllowed = (session: StoredSession, integration: StoredIntegration): void => {
  if (session.allowedIntegrations && !session.allowedIntegrations.includes(integration.uniqueKey))
    throw refuse(400, 'integration_not_allowed')
}

/** The id a session's connection gets: the one that is reconnected, or a new one. */
export const connectionIdFor = (context: StandInContext, session: StoredSession): string => {
  if (session.reconnects === null) return newConnectionId()
  const connection = context.state.connectionByRow(session.reconnects)
  if (!connection) throw refuse(400, 'invalid_connection')
  return connection.connectionId
}

/** Tests credentials only where the provider has a verification. */
export const requireVerified = (
  context: StandInContext,
  integration: StoredIntegration,
  credentials: GivenCredentials,
  params: Readonly<Record<string, unknown>>,
): void => {
  if (!providerOf(context, integration).proxy?.verification) return
  const isDown = context.state.misbehaviour.faults.isProviderDown
  // Nango says the same of a wrong key and of a service it cannot reach.
  if (isDown || !context.verifyCredentials(integration.provider, credentials, params))
    throw refuse(400, 'connection_test_failed', TEST_FAILED)
}

/** What becomes of a form: the credentials that are kept, made when the session and the integration are known to be right. */
export interface FormAnswer {
  readonly type: FormMode
  /** Refuses what the service does not take. */
  readonly credentialsOf: (integration: StoredIntegration, connectionConfig: Readonly<Record<string, unknown>>) => StoredCredentials
  /** Absent: the connection keeps the metadata it has, as by an upsert of OAuth. */
  readonly metadata?: Record<string, unknown>
}

/** Makes the connection of a form, or replaces the one the session reconnects (nango-api.md section 6). */
export const connectByForm = (call: Call, context: StandInContext, form: FormAnswer): Reply => {
  const query = parseOrRefuse('invalid_query_params', AuthQuery, call.query)
  const { providerConfigKey } = parseOrRefuse('invalid_uri_params', AuthParams, call.params)
  const session = sessionOf(call)
  refuseOwnConnectionId(query.connection_id)
  const integration = context.state.integrations.get(providerConfigKey)
  if (!integration) throw refuse(404, 'unknown_provider_config')
  if (providerOf(context, integration).auth_mode !== form.type) throw refuse(400, 'invalid_auth_mode')
  requireAllowed(session, integration)
  const connectionId = connectionIdFor(context, session)
  const params = Object.fromEntries(Object.entries(query.params ?? {}).filter(([, value]) => typeof value === 'string'))
  const connectionConfig = { ...params, ...session.defaults?.[providerConfigKey]?.connection_config }
  const credentials = form.credentialsOf(integration, connectionConfig)
  const connection = upsertConnection(context, {
    integrationKey: providerConfigKey,
    connectionId,
    credentials,
    connectionConfig,
    webhookUrlOverride: session.webhookUrlOverride,
    tags: session.tags,
    ...(form.metadata === undefined ? {} : { metadata: form.metadata }),
  })
  linkEndUser(context, connection, session)
  return answer(200, { connectionId, providerConfigKey })
}

const connectWith = (
  call: Call,
  context: StandInContext,
  credentials: Extract<StoredCredentials, { type: 'API_KEY' } | { type: 'BASIC' }>,
): Reply =>
  connectByForm(call, context, {
    type: credentials.type,
    metadata: {},
    credentialsOf: (integration, connectionConfig) => {
      requireVerified(context, integration, credentials, connectionConfig)
      return credentials
    },
  })

/** POST /api-auth/api-key/{integration} (nango-api.md section 6). */
export const connectApiKey: Handler = (call, context) => {
  const body = parseOrRefuse('invalid_body', ApiKeyInput, call.body)
  return connectWith(call, context, { type: 'API_KEY', apiKey: body.apiKey })
}

/** POST /api-auth/basic/{integration}; an empty password is accepted. */
export const connectBasic: Handler = (call, context) => {
  const body = parseOrRefuse('invalid_body', BasicInput, call.body)
  return connectWith(call, context, { type: 'BASIC', username: body.username, password: body.password })
}
