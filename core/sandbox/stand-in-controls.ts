import type { SandboxFaults } from '#shared/contract/sandbox'
import type { AuthWebhooks } from './auth-webhooks.ts'
import type { ConnectionName, Misbehaviour } from './misbehaviour.ts'
import type { RateWindows } from './stand-in-access.ts'
import type { StandInContext } from './stand-in-context.ts'
import type { StoredConnection } from './stand-in-records.ts'
import type { WebhookSender } from './webhook-sender.ts'

/** What a person may do to a stand-in besides calling it. */
export interface StandInControls {
  /** What a person switched on. */
  readonly misbehaviour: Misbehaviour
  /** Switches faults and saves what is pinned; another rate limit begins a new window. */
  changeFaults(change: Partial<SandboxFaults>): void
  /** Makes the renewal of one connection fail, or work again. */
  setFailing(name: ConnectionName, isFailing: boolean): void
  /** Switches everything off. */
  calm(): void
  readonly webhooks: {
    readonly url: string | null
    readonly signingKey: string
    readonly sender: WebhookSender
    readonly auth: AuthWebhooks
  }
  setWebhookUrl(url: string | null): void
  /** A connection as it is now, or undefined. */
  find(name: ConnectionName): StoredConnection | undefined
  /** Ends an access token now; false where there is none that ends. */
  expireToken(name: ConnectionName): boolean
  /** Tries to renew tokens as Nango's own check does: one connection's, or those of the newest 1,000. */
  checkRenewals(name?: ConnectionName): Promise<void>
  /** All connections, sessions and faults are gone, the services are as new; gives how many connections there were. */
  reset(): number
}

const MAX_CHECKED = 1_000

/** The controls of a running stand-in; what they change is saved before they return. `furnish` puts the first integrations in. */
export const createControls = (deps: {
  readonly context: StandInContext
  readonly sender: WebhookSender
  readonly windows: RateWindows
  readonly onChange: () => void
  readonly furnish: () => void
}): StandInControls => {
  const { context, sender, windows, onChange, furnish } = deps
  const { state, providers, webhooks, now } = context
  const { misbehaviour } = state
  const save = (): void => state.flush(now())
  const find = (name: ConnectionName): StoredConnection | undefined => state.findConnection(name.integrationKey, name.connectionId)

  const renew = async (connection: StoredConnection): Promise<void> => {
    const integration = state.integrations.get(connection.integrationKey)
    const provider = integration && providers.get(integration.provider)
    if (integration && provider) await context.refresher.prepare(connection, integration, provider, true)
  }

  return {
    misbehaviour,
    changeFaults: (change) => {
      misbehaviour.change(change)
      if (change.rateLimitRequests !== undefined || change.rateLimitSeconds !== undefined) windows.restart()
      save()
    },
    setFailing: (name, isFailing) => {
      misbehaviour.setFailing(name, isFailing)
      save()
    },
    calm: () => {
      misbehaviour.calm()
      windows.restart()
      save()
    },
    webhooks: {
      get url() {
        return state.webhookUrl
      },
      signingKey: state.webhookSigningKey,
      sender,
      auth: webhooks,
    },
    setWebhookUrl: (url) => {
      state.webhookUrl = url
      state.changed()
      save()
      onChange()
    },
    find,
    expireToken: (name) => {
      const connection = find(name)
      if (connection?.credentials.type !== 'OAUTH2' || connection.credentials.expires_at === undefined) return false
      const { credentials } = connection
      const expiresAt = new Date(now()).toISOString()
      connection.credentials = { ...credentials, expires_at: expiresAt, raw: { ...credentials.raw, expires_at: expiresAt } }
      state.changed(connection)
      save()
      return true
    },
    checkRenewals: async (name) => {
      const one = name && find(name)
      for (const connection of name ? (one ? [one] : []) : state.page(null, 0, MAX_CHECKED)) await renew(connection)
      save()
    },
    reset: () => {
      const removed = state.empty()
      misbehaviour.calm()
      windows.restart()
      sender.clear()
      furnish()
      save()
      return removed
    },
  }
}
