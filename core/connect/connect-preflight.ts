import type { Connector } from '#shared/contract/catalogue'
import { PatchbayError } from '#shared/errors'
import { validateForm } from '#shared/form-values'

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
