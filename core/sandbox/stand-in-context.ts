import type { Log } from '#core/log'
import type { AuthWebhooks } from './auth-webhooks.ts'
import { type Access } from './stand-in-access.ts'
import type { FaultBoard } from './stand-in-faults.ts'
import type { StandInProvider, VerifyCredentials } from './stand-in-provider.ts'
import type { StoredIntegration } from './stand-in-records.ts'
import { type Reply, refuse } from './stand-in-reply.ts'
import type { Query } from './stand-in-request.ts'
import type { FlowSockets } from './stand-in-sockets.ts'
import type { StandInState } from './stand-in-state.ts'
import type { TokenRefresher } from './stand-in-refresh.ts'

/** What every handler may use. */
export interface StandInContext {
  readonly url: string
  /** Where `connect_link` leads: Nango's own Connect UI is a server apart, at `http://localhost:3009`. */
  readonly connectUiUrl: string
  /** How many connections the plan allows; null for any number. */
  readonly connectionLimit: number | null
  readonly state: StandInState
  readonly providers: ReadonlyMap<string, StandInProvider>
  readonly sockets: FlowSockets
  readonly faults: FaultBoard
  readonly webhooks: AuthWebhooks
  readonly refresher: TokenRefresher
  readonly verifyCredentials: VerifyCredentials
  readonly now: () => number
  readonly log: Log
}

/** One request that has passed authentication, rate limit and scopes. */
export interface Call {
  /** As it was sent; routes for GET also get HEAD. */
  readonly method: string
  /** The query as it came, with its `?`; empty without one. */
  readonly search: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: unknown
  /** The bytes as they came; only for forms. */
  readonly rawBody: Buffer
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly access: Access | null
}

export type Handler = (call: Call, context: StandInContext) => Reply | Promise<Reply>

/** The session of a route that only sessions may call. */
export const sessionOf = (call: Call) => {
  if (call.access?.kind !== 'session') throw new Error('this route needs a session')
  return call.access.session
}

/** The provider of an integration; an integration is only ever made with a provider that exists. */
export const providerOf = (context: StandInContext, integration: StoredIntegration): StandInProvider => {
  const provider = context.providers.get(integration.provider)
  if (!provider) throw refuse(404, 'unknown_provider_template')
  return provider
}
