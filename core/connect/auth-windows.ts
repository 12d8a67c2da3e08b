import { PatchbayError } from '#shared/errors'
import type { AuthWindowOutcome, AuthWindowSession } from '../core.ts'
import type { NangoClient } from '../nango/nango-client.ts'
import type { Platform } from '../platform.ts'
import { AuthTickets } from './auth-tickets.ts'
import { flowErrorFrom } from './flow-errors.ts'
import type { FlowLedger } from './flow-ledger.ts'
import type { FlowPages } from './flow-pages.ts'
import type { FlowWatches } from './flow-watches.ts'

export interface AuthWindowDependencies {
  readonly ledger: FlowLedger
  readonly platform: Pick<Platform, 'openAuthWindow' | 'monotonicNow'>
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly nameOf: (connectorId: string) => string
  readonly pages: FlowPages
  readonly watches: FlowWatches
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
    const page = flow.page === 'connect_ui' ? this.#deps.pages.addressOf(flow) : null
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
    const { ledger, pages, clientFor, nameOf } = this.#deps
    const flow = ledger.open(this.#tickets.redeem(ticket))
    const client = await clientFor(flow.profileId)
    const address = pages.addressOf(flow)
    const sessionToken = pages.tokenOf(flow)
    if (address === null || sessionToken === null) throw new PatchbayError('connect.ended', { data: { flowId: flow.flowId } })
    const { origin, pathname } = new URL(address.reveal())
    const { websocketsPath } = await client.readConnectSession(sessionToken)
    return {
      flowId: flow.flowId,
      connectorName: nameOf(flow.connectorId),
      nangoHost: client.host,
      websocketsPath,
      integrationId: flow.integrationId,
      sessionToken,
      params: flow.params,
      connectUiUrl: flow.page === 'connect_ui' ? `${origin}${pathname}` : null,
    }
  }

  /** What a window saw. Success is looked up, a refusal believed, a closed window only noted. */
  report(ticket: string, outcome: AuthWindowOutcome): void {
    const flowId = this.#tickets.flowOf(ticket)
    const watch = flowId === null ? undefined : this.#deps.watches.find(flowId)
    if (flowId === null || watch === undefined) return
    if (outcome.kind === 'success') watch.expectNow()
    else if (outcome.kind === 'error') watch.refuse(flowErrorFrom(outcome.type, outcome.message))
    else this.#deps.ledger.step(flowId, 'approval', 'running', 'The window was closed before an answer came.')
  }
}
