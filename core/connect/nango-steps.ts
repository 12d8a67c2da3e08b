import { authWayOf } from '#shared/auth-ways'
import type { Connector } from '#shared/contract/catalogue'
import { PatchbayError } from '#shared/errors'
import { OWNER_TAG } from '../connections/bring-in.ts'
import type { Identity } from '../connections/connection-row.ts'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'
import type { NangoSession } from '../nango/nango-sessions.ts'
import type { Secret } from '../vault/secret.ts'
import { type PreparedForm, requireCompleteIntegration } from './connect-preflight.ts'
import type { StoredFlow } from './flow-store.ts'
import { FLOW_TAG } from './flow-watch.ts'

/** The tags that every connection made here has. */
export const ownTags = (installationId: string, flowId: string, label: string | null): Record<string, string> => ({
  [FLOW_TAG]: flowId,
  [OWNER_TAG]: installationId,
  ...(label === null ? {} : { end_user_display_name: label }),
})

/** What a sign-in asks for besides; goes into its session and is not kept. */
export interface SessionWishes {
  /** A provider that tells the rights of the person from those of an app takes these for the first. */
  readonly userScopes?: readonly string[] | undefined
  /** Parameters of the provider's page, such as `prompt` or `login_hint`. */
  readonly authorizationParams?: Readonly<Record<string, string>> | undefined
}

const isMissingIntegration = (error: unknown): boolean =>
  error instanceof PatchbayError && error.code === 'nango.rejected' && /integration does not exist/i.test(JSON.stringify(error.data))

/**
 * One session for one attempt, made at click time, with a tag nobody else has (nango-api.md 5 and 9). Throws
 * `connector.needs_integration`, `connector.integration_incomplete` and `connect.limit_reached`: no page is opened then.
 */
export const openSession = async (
  client: NangoClient,
  flow: StoredFlow,
  installationId: string,
  { userScopes, authorizationParams }: SessionWishes = {},
): Promise<NangoSession> => {
  const { connectorId, integrationId, scopes } = flow
  // Connect UI may lead to another one of them.
  if (flow.via !== 'form' && flow.anyOf.length === 0) await requireCompleteIntegration(client, flow)
  const defaults = {
    ...(scopes === null || scopes.length === 0 ? {} : { oauthScopesOverride: scopes.join(',') }),
    ...(userScopes === undefined || userScopes.length === 0 ? {} : { userScopes }),
    ...(authorizationParams === undefined || Object.keys(authorizationParams).length === 0 ? {} : { authorizationParams }),
  }
  try {
    return await client.createConnectSession({
      tags: ownTags(installationId, flow.flowId, flow.label),
      allowedIntegrations: [integrationId, ...flow.anyOf],
      ...(Object.keys(defaults).length === 0 ? {} : { defaults: { [integrationId]: defaults } }),
    })
  } catch (error) {
    throw isMissingIntegration(error) ? new PatchbayError('connector.needs_integration', { data: { connectorId, integrationId } }) : error
  }
}

const LOOKS = 4
const BETWEEN_LOOKS_MS = 300

/** Sends the credentials of a form and reads back the connection they made (nango-api.md 6). */
export const submitForm = async (
  client: NangoClient,
  flow: StoredFlow,
  authMode: string,
  form: PreparedForm,
  token: Secret,
): Promise<NangoConnectionSummary> => {
  const way = authWayOf(authMode)
  if (way.kind !== 'form') throw new PatchbayError('connector.not_from_here', { data: { connectorId: flow.connectorId, authMode } })
  const made = await client.submitCredentials({ ...form, mode: way.mode, token })
  for (let look = 0; look < LOOKS; look += 1) {
    const found = await client.listConnections({ connectionId: made.connectionId, integrationId: made.providerConfigKey, limit: 5 })
    const summary = found.find(({ connectionId }) => connectionId === made.connectionId)
    if (summary !== undefined) return summary
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS))
  }
  throw new PatchbayError('nango.protocol', { data: { reason: 'connection_not_listed' } })
}

/** Shorter keys would be given away by their end. */
const SHOWS_ENDING_FROM = 24

/** Some services take a key where others take a user name; that is told by the field's own words. */
const publicNameOf = (connector: Connector, credentials: Readonly<Record<string, string>>): string => {
  const isName = /^(?:user_?name|login|email|account_?identifier)$/i
  const field = connector.fields.find(({ group, name }) => group === 'credential' && isName.test(name))
  const isPublic = field?.isSecret === false && !/key|token|secret|password/i.test(`${field.title} ${field.description ?? ''}`)
  return isPublic ? (credentials[field.name] ?? '') : ''
}

/** Who the account is as far as a form tells: the user name, or how a long key ends. */
export const identityOfForm = (connector: Connector, credentials: Readonly<Record<string, string>>): Identity | null => {
  const nobody: Identity = { accountId: null, displayName: null, username: null, email: null, avatarUrl: null, workspace: null }
  const { apiKey } = credentials
  const username = connector.authMode === 'API_KEY' ? '' : publicNameOf(connector, credentials)
  if (username !== '') {
    return username.includes('@') ? { ...nobody, username, email: username } : { ...nobody, username }
  }
  if (connector.authMode === 'API_KEY' && apiKey !== undefined && apiKey.length >= SHOWS_ENDING_FROM) {
    return { ...nobody, displayName: `API key ending ${apiKey.slice(-4)}` }
  }
  return null
}
