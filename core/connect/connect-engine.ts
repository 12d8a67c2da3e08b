import type { ReconnectDecision } from '#shared/contract/connect'
import { PatchbayError } from '#shared/errors'
import type { ResolvedConnector } from '../catalogue/connector-catalogue.ts'
import type { FlowClaim } from '../connections/flow-claim.ts'
import { createRenewals, type Renewals } from '../connections/renewals.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import { inAttempt, type Log } from '../log.ts'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'
import type { Platform } from '../platform.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { AuthWindows } from './auth-windows.ts'
import { createFlowLedger, type FlowLedger } from './flow-ledger.ts'
import { createFlowPages, type FlowPages } from './flow-pages.ts'
import { createFlowStart, type FlowStart, type FlowWish } from './flow-start.ts'
import { findOpenFlowOf, isOpenFlow, listFlows, listOrphans, listWatchedFlows, type StoredFlow } from './flow-store.ts'
import { FLOW_TAG, type WatchPace } from './flow-watch.ts'
import { FlowWatches } from './flow-watches.ts'
import { learnAccount } from './learn-account.ts'
import { ownTags } from './nango-steps.ts'
import { createReconnectLedger } from './reconnect-ledger.ts'
import { forgetBefore, goneError } from './reconnect-before.ts'
import { resealLate } from './reconnect-reseal.ts'
import { type ReconnectParams, startReconnect } from './reconnect-start.ts'
import { isReplaced, Reconnects } from './reconnects.ts'

export interface ConnectDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly vault: SecretVault
  readonly log: Log
  readonly platform: Pick<Platform, 'openExternal' | 'forgetOpened' | 'copyText' | 'openAuthWindow' | 'now' | 'monotonicNow'>
  /** Ties connections to this installation. */
  readonly installationId: string
  /** The profile that was named, or the one in use. Throws `profile.not_found` or `profile.none`. */
  readonly profileIdOf: (profileId: string | undefined) => string
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly resolveConnector: (connectorId: string, profileId: string) => Promise<ResolvedConnector>
  readonly nameOf: (connectorId: string) => string
  /** The connector behind a provider of Nango's list. */
  readonly connectorOf: (provider: string) => { readonly connectorId: string; readonly authMode: string }
  /** The time at a profile's Nango, milliseconds since the epoch. */
  readonly timeAt: (profileId: string) => number
  readonly pace?: WatchPace
}

/** Between two tries to find out whose account came back, while Nango cannot be reached. */
const RETRY_MS = 5_000

/** Starts flows and follows each to its end, across restarts. */
export class ConnectEngine {
  readonly #deps: ConnectDependencies
  readonly #ledger: FlowLedger
  readonly #watches: FlowWatches
  readonly #reconnects: Reconnects
  readonly #starts: FlowStart
  /** The sign-in pages of its flows. */
  readonly pages: FlowPages
  /** The sign-in windows of its flows. */
  readonly windows: AuthWindows
  /** Renewals of tokens wait for its reconnects. */
  readonly renewals: Renewals
  #isStopped = false

  constructor(deps: ConnectDependencies) {
    this.#deps = deps
    const { db, journal, vault, log, platform, clientFor, nameOf, connectorOf, timeAt, pace } = deps
    this.#ledger = createFlowLedger({
      db,
      journal,
      vault,
      log,
      now: () => platform.now(),
      nameOf,
      connectorOf,
      onOver: () => platform.forgetOpened?.(),
    })
    const reconnects = createReconnectLedger({
      db,
      journal,
      vault,
      log,
      now: () => platform.now(),
      onOver: () => platform.forgetOpened?.(),
    })
    this.#reconnects = new Reconnects({
      db,
      vault,
      log,
      ledger: this.#ledger,
      reconnects,
      clientFor,
      nameOf,
      ownTags: (flowId, label) => ownTags(deps.installationId, flowId, label),
      retryMs: pace?.laterMs ?? RETRY_MS,
    })
    this.renewals = createRenewals({
      openFlowOf: (connectionId) => findOpenFlowOf(db, connectionId)?.flowId ?? null,
      renewed: (connectionId, isCertain) => resealLate(deps, connectionId, isCertain),
    })
    this.pages = createFlowPages({ ledger: this.#ledger, vault, platform, clientFor })
    this.#watches = new FlowWatches({
      ledger: this.#ledger,
      log,
      pages: this.pages,
      clientFor,
      timeAt,
      monotonicNow: () => platform.monotonicNow(),
      onActivated: (flow) => void this.#learnAccount(flow),
      onReplaced: (flow) => void this.#reconnects.replaced(flow, null),
      onReplacedLate: (flow, found) => this.#reconnects.late(flow, found),
      ...(pace === undefined ? {} : { pace }),
    })
    this.#starts = createFlowStart({
      ...deps,
      ledger: this.#ledger,
      watches: this.#watches,
      pages: this.pages,
      reconnects: this.#reconnects,
      learnAccount: (flow) => void this.#learnAccount(flow),
    })
    this.windows = new AuthWindows({ ledger: this.#ledger, platform, clientFor, nameOf, pages: this.pages, watches: this.#watches })
  }

  /** Goes on with what was open when the host last stopped. */
  resume(): void {
    this.noteGone()
    this.#reconnects.sweep(this.#deps.platform.now())
    for (const flow of listWatchedFlows(this.#deps.db, this.#at())) {
      if (isReplaced(flow)) this.#reconnects.resume(flow)
      else if (!isOpenFlow(flow) || (flow.via !== 'form' && flow.expiresAt !== null)) this.#watches.of(flow.flowId).start()
      else void this.#settleInterrupted(flow)
    }
    for (const flow of this.list({ isOpen: false })) {
      const isUnread = flow.state === 'connected' && flow.steps.some(({ id, state }) => id === 'account' && state === 'running')
      if (isUnread) void this.#learnAccount(flow)
    }
  }

  stop(): void {
    this.#isStopped = true
    this.#reconnects.stop()
    this.#watches.stop()
  }

  /** Connections may have gone: a reconnect of one is over, and so is the keeping of its credentials of before. */
  noteGone(): void {
    if (this.#isStopped) return
    try {
      for (const { flowId, connectionId } of listOrphans(this.#deps.db)) this.#ledger.end(flowId, 'failed', goneError(connectionId))
    } catch (error) {
      this.#deps.log.warn('connect.not_written', { error })
    }
  }

  /** The computer woke, or the network is back: every open flow is looked at now. */
  wake(): void {
    this.#watches.wake()
  }

  /** Signs a connection in anew, in place; answers when the page is open, or when it is known whose account the form's is. */
  async reconnect(params: ReconnectParams): Promise<StoredFlow> {
    const { flow, client, connector, form, openSession: open } = await startReconnect({ ...this.#deps, renewals: this.renewals }, params)
    return this.#starts.begin(flow, { client, connector, form, open, opensPage: params.open })
  }

  /** Carries out what a person chose where another account came back; see `Reconnects.decide`. */
  async decide(flowId: string, decision: ReconnectDecision, label: string | null): Promise<StoredFlow> {
    await this.#reconnects.decide(flowId, decision, label)
    return this.get(flowId)
  }

  /** Checks, writes the pending rows, opens the session; answers when the page is open, or when the form has been answered. */
  async start(params: FlowWish): Promise<StoredFlow> {
    return this.#starts.start(params)
  }

  get(flowId: string): StoredFlow {
    const flow = this.#ledger.get(flowId)
    if (flow === undefined) throw new PatchbayError('connect.not_found', { data: { flowId } })
    return flow
  }

  list(query: { readonly profileId?: string | undefined; readonly isOpen?: boolean | undefined }): StoredFlow[] {
    return listFlows(this.#deps.db, { ...query, since: new Date(this.#deps.platform.now() - 86_400_000).toISOString() })
  }

  /** Whether the core still hears Nango's socket for this flow. */
  isListening(flowId: string): boolean {
    return this.#watches.find(flowId)?.isListening ?? false
  }

  /** Ends an open flow; a connection that appears later is removed again. The session is left alone: see nango-api.md 5. */
  async cancel(flowId: string): Promise<StoredFlow> {
    const flow = this.#ledger.open(flowId)
    if (flow.reconnect?.decision == null) return this.#drop(flowId)
    await this.#reconnects.decline(flow)
    return this.get(flowId)
  }

  /** Ends all flows of a profile that goes, and what is sealed for them. */
  forgetProfile(profileId: string): void {
    // What is open now may be too old to be listed once it has ended.
    const flows = [...this.list({ profileId, isOpen: true }), ...this.list({ profileId })]
    for (const { flowId } of flows.filter(isOpenFlow)) if (this.#ledger.isOpen(flowId)) this.#drop(flowId)
    for (const { flowId } of flows) forgetBefore(this.#deps.vault, flowId)
  }

  #drop(flowId: string): StoredFlow {
    this.#ledger.end(flowId, 'cancelled', null)
    this.#watches.find(flowId)?.stop()
    this.#watches.of(flowId).start()
    return this.get(flowId)
  }

  /** Ends the flow behind a pending connection. Throws `connection.pending` where none is open. */
  cancelFlowOf(connectionId: string): void {
    const flow = findOpenFlowOf(this.#deps.db, connectionId)
    if (flow === undefined) throw new PatchbayError('connection.pending', { data: { connectionId } })
    this.#drop(flow.flowId)
  }

  /** Opens the page of an open flow once more. Throws `connect.ended`, `connect.no_browser`. */
  async reopen(flowId: string): Promise<StoredFlow> {
    const flow = this.#ledger.open(flowId)
    await inAttempt(flowId, () => this.pages.open(flow))
    return this.get(flowId)
  }

  /** Decides about a connection of Nango's list that is not known here yet. */
  claim(profileId: string, summary: NangoConnectionSummary, note: Note): FlowClaim {
    const flowId = summary.tags[FLOW_TAG]
    const flow = flowId === undefined ? undefined : this.#ledger.get(flowId)
    if (flow === undefined || flow.profileId !== profileId) return { kind: 'foreign' }
    // What a reconnect made besides, or a connection that was forgotten here meanwhile.
    if (flow.reconnect !== null) return { kind: 'late', label: flow.reconnect.decision?.chosen?.label ?? null, scopes: flow.scopes }
    if (flow.state === 'cancelled') {
      // Outside its time to be cleaned up it is listed like any other, so that it can be seen and removed.
      if (flow.cleanupUntil === null || Date.parse(flow.cleanupUntil) < this.#deps.timeAt(profileId))
        return { kind: 'late', label: flow.label, scopes: flow.scopes }
      void this.#watches.of(flow.flowId).look()
      return { kind: 'rejected' }
    }
    if (flow.state === 'connected' || flow.state === 'failed' || flow.state === 'expired')
      return { kind: 'late', label: flow.label, scopes: flow.scopes }
    this.#ledger.activate(flow, summary, null, note)
    this.#watches.find(flow.flowId)?.stop()
    queueMicrotask(() => void this.#learnAccount(flow))
    return { kind: 'activated' }
  }

  #at(): string {
    return new Date(this.#deps.platform.now()).toISOString()
  }

  #learnAccount(flow: StoredFlow): Promise<void> {
    const { db, log, clientFor } = this.#deps
    return learnAccount({ db, ledger: this.#ledger, log, clientFor, isStopped: () => this.#isStopped }, flow)
  }

  /** A flow that the host's end cut off before there was a page: what came of it is asked once more, then it is over. */
  async #settleInterrupted(flow: StoredFlow): Promise<void> {
    const watch = this.#watches.of(flow.flowId)
    if (await watch.look()) return
    watch.stop()
    try {
      this.#ledger.end(flow.flowId, 'failed', new PatchbayError('connect.interrupted'))
      this.#watches.followEnded(flow.flowId)
    } catch (error) {
      // Nothing can be written: the next start settles it.
      if (!this.#isStopped) this.#deps.log.warn('connect.not_written', { error })
    }
  }
}
