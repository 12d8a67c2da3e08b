import { PatchbayError } from '#shared/errors'
import type { AuthWindowOutcome, AuthWindowSession } from '../core.ts'
import type { NangoClient } from '../nango/nango-client.ts'
import type { Platform } from '../platform.ts'
import { Secret } from '../vault/secret.ts'
import { AuthTickets } from './auth-tickets.ts'
import { flowErrorFrom } from './flow-errors.ts'
import type { FlowLedger } from './flow-ledger.ts'
import type { StoredFlow } from './flow-store.ts'
import type { FlowWatch } from './flow-watch.ts'

export interface AuthWindowDependencies {
  readonly ledger: FlowLedger
  readonly platform: Pick<Platform, 'openAuthWindow' | 'monotonicNow'>
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly nameOf: (connectorId: string) => string
  readonly addressOf: (flow: StoredFlow) => Secret | null
  readonly watchOf: (flowId: string) => FlowWatch | undefined
}

/** The sign-in windows of flows: a ticket for each, its one trade for the session, and what the window saw. */
export class AuthWindows {
  readonly #deps: AuthWindowDependencies
  readonly #tickets: AuthTickets
  readonly #origins = new Set<string>()

  constructor(deps: AuthWindowDependencies) {
    this.#deps = deps
    this.#tickets = new AuthTickets(() => deps.platform.monotonicNow())
  }

  /** Opens the window of an open flow, or says which address a page must open. Throws `connect.no_browser` where there are no windows. */
  async open(flowId: string): Promise<{ isOpen: boolean; url?: string }> {
    const { ledger, platform, clientFor } = this.#deps
    const flow = ledger.open(flowId)
    this.#origins.add(new URL((await clientFor(flow.profileId)).host).origin)
    const page = flow.page === 'connect_ui' ? this.#deps.addressOf(flow) : null
    if (page !== null) this.#origins.add(new URL(page.reveal()).origin)
    const opened = await platform.openAuthWindow(this.#tickets.issue(flow.flowId))
    if (opened === null) throw new PatchbayError('connect.no_browser')
    ledger.step(flowId, 'open', 'done')
    ledger.step(flowId, 'approval', 'running')
    return opened
  }

  /** Where the windows of this run may speak to. */
  origins(): string[] {
    return [...this.#origins]
  }

  /** The session behind a ticket, once. Throws `automation.denied` for a bad ticket, `connect.ended` for a flow that is over. */
  async redeem(ticket: string): Promise<AuthWindowSession> {
    const flow = this.#deps.ledger.open(this.#tickets.redeem(ticket))
    const client = await this.#deps.clientFor(flow.profileId)
    const address = this.#deps.addressOf(flow)
    const url = address === null ? null : new URL(address.reveal())
    const token = url?.searchParams.get(flow.page === 'connect_ui' ? 'session_token' : 'connect_session_token') ?? null
    if (url === null || token === null) throw new PatchbayError('connect.ended', { data: { flowId: flow.flowId } })
    const sessionToken = new Secret(token)
    const { websocketsPath } = await client.readConnectSession(sessionToken)
    return {
      flowId: flow.flowId,
      connectorName: this.#deps.nameOf(flow.connectorId),
      nangoHost: client.host,
      websocketsPath,
      integrationId: flow.integrationId,
      sessionToken,
      params: flow.params,
      connectUiUrl: flow.page === 'connect_ui' ? `${url.origin}${url.pathname}` : null,
    }
  }

  /** What a window saw. Success is looked up, a refusal believed, a closed window only noted. */
  report(ticket: string, outcome: AuthWindowOutcome): void {
    const flowId = this.#tickets.flowOf(ticket)
    const watch = flowId === null ? undefined : this.#deps.watchOf(flowId)
    if (flowId === null || watch === undefined) return
    if (outcome.kind === 'success') watch.expectNow()
    else if (outcome.kind === 'error') watch.refuse(flowErrorFrom(outcome.type, outcome.message))
    else this.#deps.ledger.step(flowId, 'approval', 'running', 'The window was closed before an answer came.')
  }
}
