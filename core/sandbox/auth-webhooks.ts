import type { WebhookDelivery, WebhookEvent } from '#shared/contract/sandbox'
import type { StandInProvider } from './stand-in-provider.ts'
import type { StoredConnection, StoredEndUser } from './stand-in-records.ts'
import type { StandInState } from './stand-in-state.ts'
import type { SignatureKind, WebhookSender } from './webhook-sender.ts'

interface AuthWebhookParts {
  readonly state: StandInState
  readonly providers: ReadonlyMap<string, StandInProvider>
  readonly sender: WebhookSender
}

interface FailedFlow {
  readonly integrationKey: string
  readonly connectionId: string
  readonly webhookUrlOverride: string | null
}

const REFRESH_ERROR = {
  description: 'The external API returned an error when trying to refresh the access token. Please try again later.',
  type: 'refresh_token_external_error',
}
const DENIED_ERROR = {
  description:
    'Did not get authorization code in the callback. Provider error: error: access_denied; error_description: The person said no',
  type: 'invalid_callback',
}

const endUserOf = (endUser: StoredEndUser): object => ({
  endUserId: endUser.id,
  ...(endUser.email === null ? {} : { endUserEmail: endUser.email }),
  ...(endUser.organization === null ? {} : { organizationId: endUser.organization.id }),
  ...(endUser.tags === null ? {} : { tags: endUser.tags }),
})

/** Tells a receiver of sign-ins, with the bodies that Nango sends (nango-api.md section 10). Without a receiver nothing is sent. */
export class AuthWebhooks {
  readonly #deps: AuthWebhookParts

  constructor(deps: AuthWebhookParts) {
    this.#deps = deps
  }

  /** A connection was made, or made again; told once its end user and tags are in place. */
  connected(connection: StoredConnection, event: 'creation' | 'override'): void {
    queueMicrotask(() => void this.tell(connection, event))
  }

  /** A refresh failed; Nango tells every time. */
  refreshFailed(connection: StoredConnection): void {
    void this.tell(connection, 'refresh_failed')
  }

  /** A sign-in ended without consent: told under an id that never becomes a connection, without tags. */
  flowFailed(flow: FailedFlow, description: string): void {
    const url = flow.webhookUrlOverride ?? this.#deps.state.webhookUrl
    if (url === null) return
    const payload = { ...this.#common(flow.integrationKey, flow.connectionId), operation: 'creation', success: false }
    const error = { description, type: 'invalid_callback' }
    void this.#deps.sender.send({ event: 'denied', nangoConnectionId: flow.connectionId, url, payload: { ...payload, error } })
  }

  /** Sends one about a connection; null where there is no receiver. Done when the first attempt has ended. */
  async tell(connection: StoredConnection, event: WebhookEvent, signature: SignatureKind = 'valid'): Promise<WebhookDelivery | null> {
    const url = connection.webhookUrlOverride ?? this.#deps.state.webhookUrl
    if (url === null) return null
    const { integrationKey, connectionId, tags, endUser } = connection
    const error = event === 'refresh_failed' ? REFRESH_ERROR : event === 'denied' ? DENIED_ERROR : null
    const payload = {
      ...this.#common(integrationKey, connectionId),
      operation: event === 'refresh_failed' ? 'refresh' : event === 'denied' ? 'creation' : event,
      success: error === null,
      ...(error === null ? {} : { error }),
      // A refused sign-in says nothing about whose it was.
      ...(event === 'denied' ? {} : { tags, ...(endUser === null ? {} : { endUser: endUserOf(endUser) }) }),
    }
    return this.#deps.sender.send({ event, nangoConnectionId: connectionId, url, payload, signature })
  }

  #common(integrationKey: string, connectionId: string): object {
    const provider = this.#deps.state.integrations.get(integrationKey)?.provider ?? integrationKey
    const authMode = this.#deps.providers.get(provider)?.auth_mode ?? 'OAUTH2'
    return { authMode, connectionId, environment: 'dev', from: 'nango', provider, providerConfigKey: integrationKey, type: 'auth' }
  }
}
