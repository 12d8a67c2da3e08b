import type { Connector } from '#shared/contract/catalogue'
import { PatchbayError } from '#shared/errors'
import { validateForm } from '#shared/form-values'
import type { NangoClient } from '../nango/nango-client.ts'
import type { Secret } from '../vault/secret.ts'
import type { StoredFlow } from './flow-store.ts'

/** What must be in order before anything is sent or opened. */
export interface PreparedForm {
  readonly integrationId: string
  readonly params: Readonly<Record<string, string>>
  readonly credentials: Readonly<Record<string, string>>
  /** What makes the assertion of a two-step sign-in. */
  readonly assertion: Readonly<Record<string, string>>
  /** Every secret value among them; none may come back in an error. */
  readonly secrets: readonly string[]
}

/**
 * Checks what is to be signed in on Connect UI, which asks for the fields itself. Throws `connector.needs_integration`; any way to
 * authenticate will do, since Nango's page knows them all.
 */
export const prepareForConnectUi = (connector: Connector): PreparedForm => {
  const { integrationId } = connector.nango
  if (integrationId === null)
    throw new PatchbayError('connector.needs_integration', {
      message: `Nango has no integration for ${connector.name} yet.`,
      data: { connectorId: connector.connectorId, reason: connector.readinessReason },
    })
  return { integrationId, params: {}, credentials: {}, assertion: {}, secrets: [] }
}

/**
 * Checks the connector and the form. Throws `connector.not_from_here`, `connector.needs_integration` or
 * `connect.invalid_fields` with a problem for each field; nothing has happened then.
 */
export const prepareForm = (
  connector: Connector,
  fields: Readonly<Record<string, string>>,
  credentials: Readonly<Record<string, string>>,
): PreparedForm => {
  const { connectorId } = connector
  const data = { connectorId, reason: connector.readinessReason }
  if (connector.readiness === 'not_from_here') {
    throw new PatchbayError('connector.not_from_here', {
      message: `${connector.name} cannot be connected from here. ${connector.readinessReason ?? ''}`.trim(),
      data,
    })
  }
  if (connector.readiness === 'needs_integration' || connector.nango.integrationId === null) {
    throw new PatchbayError('connector.needs_integration', { message: `Nango has no integration for ${connector.name} yet.`, data })
  }
  const form = validateForm(connector, fields, credentials)
  if (!form.ok) {
    throw new PatchbayError('connect.invalid_fields', {
      message:
        `Some fields are not right yet. Nothing was sent. ${form.problems.map(({ name, message }) => `${name}: ${message}`).join(' ')}`.slice(
          0,
          600,
        ),
      data: { connectorId, problems: form.problems },
    })
  }
  const { params, credentials: given, assertion } = form
  const values = { config: params, credential: given, assertion }
  const secrets = connector.fields.flatMap((field) => (field.isSecret ? (values[field.group][field.name] ?? []) : []))
  return { integrationId: connector.nango.integrationId, params, credentials: given, assertion, secrets }
}

const codeOf = (error: unknown): string | null => (error instanceof PatchbayError ? error.code : null)

/**
 * Looks at the integration as it is at Nango now, before a page is opened that could only show Nango's own error (`provider_config_err`,
 * nango-api.md section 9). Throws `connector.needs_integration` for one that is gone and `connector.integration_incomplete` for one
 * without a client. What the key may not read, and a Nango that does not answer, is left to the steps that follow.
 */
export const requireCompleteIntegration = async (client: NangoClient, { connectorId, integrationId }: StoredFlow): Promise<void> => {
  const data = { connectorId, integrationId }
  const detail = await client.readIntegration(integrationId).catch((error: unknown) => {
    if (codeOf(error) === 'nango.not_found') throw new PatchbayError('connector.needs_integration', { data })
    return null
  })
  const { clientId, appId } = detail?.credentials ?? {}
  if (detail?.credentials != null && !clientId && !appId) throw new PatchbayError('connector.integration_incomplete', { data })
}

const SESSION_REFUSED: ReadonlySet<string | null> = new Set(['connect.expired', 'connect.not_allowed'])

/** Whether it says that a sign-in with this session can only fail. */
export const isSessionRefusal = (error: unknown): boolean => SESSION_REFUSED.has(codeOf(error))

/**
 * What Nango says of a session (nango-api.md section 5), asked before its token goes into an address: there the refusal would be raw
 * JSON in the browser. Throws `connect.expired`, `connect.not_allowed`, and whatever keeps Nango from being asked.
 */
export const readGoodSession = async (
  client: NangoClient,
  { connectorId, integrationId }: StoredFlow,
  token: Secret,
): Promise<{ readonly websocketsPath: string }> => {
  const { websocketsPath, allowedIntegrations } = await client.readConnectSession(token)
  if (allowedIntegrations !== null && !allowedIntegrations.includes(integrationId))
    throw new PatchbayError('connect.not_allowed', { data: { connectorId, integrationId } })
  return { websocketsPath }
}
