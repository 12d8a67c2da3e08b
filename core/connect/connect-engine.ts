import type { Connector } from '#shared/contract/catalogue'
import type { ReconnectDecision } from '#shared/contract/connect'
import { PatchbayError } from '#shared/errors'
import type { ResolvedConnector } from '../catalogue/connector-catalogue.ts'
import type { FlowClaim } from '../connections/flow-claim.ts'
import { createRenewals, type Renewals } from '../connections/renewals.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import { inAttempt, type Log } from '../log.ts'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'
import type { NangoSession } from '../nango/nango-sessions.ts'
import type { Platform } from '../platform.ts'
import type { Secret } from '../vault/secret.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { AuthWindows } from './auth-windows.ts'
import { type PreparedForm, prepareForConnectUi, prepareForm } from './connect-preflight.ts'
import { createFlowLedger, type FlowLedger } from './flow-ledger.ts'
import { createFlowPages, type FlowPages } from './flow-pages.ts'
import { findOpenFlowOf, isAwaitedLate, isOpenFlow, listFlows, listOrphans, listWatchedFlows, type StoredFlow } from './flow-store.ts'
import { FLOW_TAG, type WatchPace } from './flow-watch.ts'
import { FlowWatches } from './flow-watches.ts'
import { learnAccount } from './learn-account.ts'
import { type StartParams, writePending } from './pending-flow.ts'
import { identityOfForm, openSession, ownTags, submitForm } from './nango-steps.ts'
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

/** How an attempt goes on once it is written down. */
interface Beginning {
  readonly client: NangoClient
  readonly connector: Connector
  readonly form: PreparedForm
  readonly open: () => Promise<NangoSession>
  readonly opensPage: boolean
}

/** Between two tries to find out whose account came back, while Nango cannot be reached. */
const RETRY_MS = 5_000

/** A manifest's default scopes are asked for where the person named none. */
const withDefaultScopes = (params: StartParams, { defaultScopes }: ResolvedConnector): StartParams =>
  params.scopes === undefined && defaultScopes.length > 0 ? { ...params, scopes: defaultScopes } : params

/** Starts flows and follows each to its end, across restarts. */
export class ConnectEngine {
  readonly #deps: ConnectDependencies
  readonly #ledger: FlowLedger
  readonly #watches: FlowWatches
  readonly #reconnects: Reconnects
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
    return this.#begin(flow, { client, connector, form, open, opensPage: params.open })
  }

  /** Carries out what a person chose where another account came back; see `Reconnects.decide`. */
  async decide(flowId: string, decision: ReconnectDecision, label: string | null): Promise<StoredFlow> {
    await this.#reconnects.decide(flowId, decision, label)
    return this.get(flowId)
  }

  /** Checks, writes the pending rows, opens the session; answers when the page is open, or when the form has been answered. */
  async start(params: StartParams & { readonly anyOf?: readonly string[] | undefined }): Promise<StoredFlow> {
    const profileId = this.#deps.profileIdOf(params.profileId)
    const begunAt = this.#at()
    const resolved = await this.#deps.resolveConnector(params.connectorId, profileId)
    const { connector } = resolved
    const isConnectUi = params.page === 'connect_ui'
    if (params.anyOf !== undefined && !isConnectUi)
      throw new PatchbayError('request.invalid', { message: 'One of several is chosen on Connect UI alone: name `page` `connect_ui`.' })
    const form = isConnectUi ? prepareForConnectUi(connector) : prepareForm(connector, params.fields ?? {}, params.credentials ?? {})
    const anyOf = await this.#othersOf(params.anyOf ?? [], profileId, form.integrationId)
    this.#refuseSecond(profileId, connector.connectorId, params.label ?? null)
    const client = await this.#deps.clientFor(profileId)
    const flow = writePending(this.#deps, { profileId, connector, form, anyOf, params: withDefaultScopes(params, resolved), begunAt })
    const open = (): Promise<NangoSession> => openSession(client, flow, this.#deps.installationId, params)
    return this.#begin(flow, { client, connector, form, open, opensPage: params.open })
  }

  async #begin(flow: StoredFlow, { client, connector, form, open, opensPage }: Beginning): Promise<StoredFlow> {
    await inAttempt(flow.flowId, async () => {
      try {
        const session = await open()
        this.#ledger.step(flow.flowId, 'session', 'done')
        if (!this.#isOpen(flow.flowId)) return
        if (flow.via === 'form') await this.#finishForm(client, flow, connector, form, session.token)
        else await this.#beginWaiting(client, flow, session, opensPage && flow.via === 'browser')
      } catch (error) {
        if (!(error instanceof PatchbayError)) this.#deps.log.error('connect.crashed', { error })
        this.#ledger.end(flow.flowId, 'failed', error instanceof PatchbayError ? error : new PatchbayError('internal'))
        this.#followEnded(flow.flowId)
      }
    })
    return this.#ledger.get(flow.flowId) ?? flow
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
    for (const { flowId } of flows.filter(isOpenFlow)) if (this.#isOpen(flowId)) this.#drop(flowId)
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

  #isOpen(flowId: string): boolean {
    const flow = this.#ledger.get(flowId)
    return flow !== undefined && isOpenFlow(flow)
  }

  /** The integrations of other connectors that may be chosen instead; each must be there. */
  async #othersOf(connectorIds: readonly string[], profileId: string, own: string): Promise<string[]> {
    const found = new Set<string>()
    for (const connectorId of connectorIds) {
      const { connector } = await this.#deps.resolveConnector(connectorId, profileId)
      found.add(prepareForConnectUi(connector).integrationId)
    }
    found.delete(own)
    return [...found]
  }

  #refuseSecond(profileId: string, connectorId: string, label: string | null): void {
    const waiting = listFlows(this.#deps.db, { profileId, isOpen: true, since: this.#at() }).find(
      (flow) => flow.reconnect === null && flow.connectorId === connectorId && flow.label === label,
    )
    if (waiting !== undefined) throw new PatchbayError('connect.busy', { data: { flowId: waiting.flowId, connectorId } })
  }

  async #finishForm(client: NangoClient, flow: StoredFlow, connector: Connector, form: PreparedForm, token: Secret): Promise<void> {
    this.#ledger.change(flow.flowId, { state: 'finishing' })
    for (const step of ['open', 'approval', 'callback'] as const) this.#ledger.step(flow.flowId, step, 'skipped')
    this.#ledger.step(flow.flowId, 'verified', 'running')
    // What is sent cannot be taken back: that the flow behind it was lost would have to be noticed.
    this.#deps.db.secureMark()
    const summary = await submitForm(client, flow, connector.authMode, form, token)
    const current = this.#ledger.get(flow.flowId)
    const told = identityOfForm(connector, form.credentials)
    if (flow.reconnect !== null) await this.#reconnects.replaced(flow, told)
    else if (current?.state === 'finishing') {
      this.#ledger.activate(current, summary, told)
      void this.#learnAccount(current)
    }
  }

  async #beginWaiting(client: NangoClient, flow: StoredFlow, session: NangoSession, opensPage: boolean): Promise<void> {
    const watch = this.#watches.of(flow.flowId)
    const isConnectUi = flow.page === 'connect_ui'
    // Connect UI has a line to Nango of its own.
    const socketId = flow.via === 'browser' && !isConnectUi ? await this.#watches.listen(client, flow.flowId, session.token) : undefined
    // Cancelled while the session or the socket was on its way: nothing waits any more.
    if (!this.#isOpen(flow.flowId)) return watch.stop()
    if (isConnectUi) this.pages.keepConnectUi(flow, session)
    else this.pages.keepProviderPage(client, flow, session.token, socketId)
    this.#ledger.change(flow.flowId, { state: 'waiting', expiresAt: session.expiresAt })
    this.#ledger.step(flow.flowId, 'open', 'running')
    if (opensPage) await this.pages.open(flow).catch((error: unknown) => this.#deps.log.warn('connect.open_failed', { error }))
    watch.start()
  }

  #learnAccount(flow: StoredFlow): Promise<void> {
    const { db, log, clientFor } = this.#deps
    return learnAccount({ db, ledger: this.#ledger, log, clientFor, isStopped: () => this.#isStopped }, flow)
  }

  /** What failed is followed no more, unless what it sent may yet change a connection. */
  #followEnded(flowId: string): void {
    const flow = this.#ledger.get(flowId)
    if (flow?.state !== 'failed') return
    this.#watches.find(flowId)?.stop()
    if (isAwaitedLate(flow)) this.#watches.of(flowId).start()
  }

  /** A flow that the host's end cut off before there was a page: what came of it is asked once more, then it is over. */
  async #settleInterrupted(flow: StoredFlow): Promise<void> {
    const watch = this.#watches.of(flow.flowId)
    if (await watch.look()) return
    watch.stop()
    try {
      this.#ledger.end(flow.flowId, 'failed', new PatchbayError('connect.interrupted'))
      this.#followEnded(flow.flowId)
    } catch (error) {
      // Nothing can be written: the next start settles it.
      if (!this.#isStopped) this.#deps.log.warn('connect.not_written', { error })
    }
  }
}
