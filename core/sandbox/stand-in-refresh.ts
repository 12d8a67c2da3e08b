import { randomBytes } from 'node:crypto'
import { refreshToken, TokenEndpointError } from './stand-in-oauth-client.ts'
import { type StandInProvider, interpolate } from './stand-in-provider.ts'
import type { StoredConnection, StoredIntegration, StoredOauth2 } from './stand-in-records.ts'
import type { StandInState } from './stand-in-state.ts'

const REFRESH_MARGIN_MS = 15 * 60_000
const BACK_OFF_MS = 30_000
const MAX_FAILED_DAYS = 4
const DAY_MS = 86_400_000

const EXTERNAL_ERROR = 'The external API returned an error when trying to refresh the access token. Please try again later.'

/** How a refresh ended: with credentials fit to show, or with the status and message of nango-api.md section 7. */
export type RefreshOutcome =
  | { readonly isUsable: true }
  | { readonly isUsable: false; readonly status: 400 | 424; readonly message: string }

interface RefresherOptions {
  readonly state: StandInState
  readonly now: () => number
  /** Whether the provider refuses to renew this one. */
  readonly mustFail: (connection: StoredConnection) => boolean
  readonly onFailure: (connection: StoredConnection) => void
}

const isDue = (credentials: StoredOauth2, now: number): boolean =>
  credentials.expires_at !== undefined && Date.parse(credentials.expires_at) - now < REFRESH_MARGIN_MS

/** Refreshes OAuth2 tokens when a read finds them due or is told to; one call at a time for each connection. */
export class TokenRefresher {
  readonly #options: RefresherOptions
  readonly #running = new Map<number, Promise<RefreshOutcome>>()

  constructor(options: RefresherOptions) {
    this.#options = options
  }

  /** What a read with the secret key does before it answers. */
  async prepare(
    connection: StoredConnection,
    integration: StoredIntegration,
    provider: StandInProvider,
    isForced: boolean,
  ): Promise<RefreshOutcome> {
    const now = this.#options.now()
    if (!isForced && connection.refreshAttempts >= MAX_FAILED_DAYS)
      return { isUsable: false, status: 424, message: 'The refresh limit has been reached for this connection.' }
    if (!isForced && connection.lastRefreshFailure !== null && now - connection.lastRefreshFailure < BACK_OFF_MS)
      return { isUsable: false, status: 424, message: 'A recent refresh attempt failed. Backing off before retrying.' }
    const credentials = connection.credentials
    if (credentials.type !== 'OAUTH2' || credentials.refresh_token === undefined) return { isUsable: true }
    if (!isForced && !isDue(credentials, now)) return { isUsable: true }
    const running = this.#running.get(connection.id)
    if (running) return running
    const started = this.#refresh(connection, integration, provider, credentials.refresh_token).finally(() =>
      this.#running.delete(connection.id),
    )
    this.#running.set(connection.id, started)
    return started
  }

  async #refresh(
    connection: StoredConnection,
    integration: StoredIntegration,
    provider: StandInProvider,
    current: string,
  ): Promise<RefreshOutcome> {
    const { state, now, mustFail } = this.#options
    try {
      if (mustFail(connection)) throw new TokenEndpointError('Response Error: 400 Bad Request')
      const url = interpolate(provider.token_url ?? '', connection.connectionConfig)
      if (!url) throw new TokenEndpointError('The provider has no token endpoint')
      connection.credentials = await refreshToken(url, provider, integration, current, now())
      Object.assign(connection, { errorLogId: null, lastRefreshFailure: null, refreshAttempts: 0, updatedAt: now() })
      return { isUsable: true }
    } catch (error) {
      if (!(error instanceof TokenEndpointError)) throw error
      this.#noteFailure(connection)
      return { isUsable: false, status: 400, message: EXTERNAL_ERROR }
    } finally {
      state.changed(connection)
    }
  }

  #noteFailure(connection: StoredConnection): void {
    const now = this.#options.now()
    const before = connection.lastRefreshFailure
    if (before === null || Math.floor(before / DAY_MS) !== Math.floor(now / DAY_MS)) connection.refreshAttempts++
    connection.lastRefreshFailure = now
    connection.updatedAt = now
    connection.errorLogId = `${now}_${randomBytes(6).toString('base64url')}`
    this.#options.onFailure(connection)
  }
}
