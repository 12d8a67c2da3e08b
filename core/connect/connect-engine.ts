import type { Connector } from '#shared/contract/catalogue'
import { isErrorCode, PatchbayError } from '#shared/errors'
import type { ResolvedConnector } from '../catalogue/connector-catalogue.ts'
import type { FlowClaim } from '../connections/flow-claim.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import { inAttempt, type Log } from '../log.ts'
import type { NangoClient, NangoConnectionSummary, NangoSession } from '../nango/nango-client.ts'
import type { Platform } from '../platform.ts'
import { Secret } from '../vault/secret.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { AuthWindows } from './auth-windows.ts'
import { type PreparedForm, prepareForConnectUi, prepareForm } from './connect-preflight.ts'
import { createFlowLedger, type FlowLedger } from './flow-ledger.ts'
import { findOpenFlowOf, listFlows, listWatchedFlows, OPEN_STATES, type StoredFlow } from './flow-store.ts'
import { FLOW_TAG, FlowWatch, type WatchPace } from './flow-watch.ts'
import { type StartParams, writePending } from './pending-flow.ts'
import { type QrCode, qrCodeOf } from './qr-code.ts'
import { identityOfForm, openSession, submitForm } from './nango-steps.ts'

export interface ConnectDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly vault: SecretVault
  readonly log: Log
  readonly platform: Pick<Platform, 'openExternal' | 'forgetOpened' | 'copyText' | 'openAuthWindow' | 'now' | 'monotonicNow'>
  /** Ties connections to this installation. */
  readonly installationId: string
  readonly activeProfileId: () => string
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly resolveConnector: (connectorId: string, profileId: string) => Promise<ResolvedConnector>
  readonly nameOf: (connectorId: string) => string
  /** The connector behind a provider of Nango's list. */
  readonly connectorOf: (provider: string) => { readonly connectorId: string; readonly authMode: string }
  /** The time at a profile's Nango, milliseconds since the epoch; this computer's where it is left out. */
  readonly timeAt?: (profileId: string) => number
  readonly pace?: WatchPace
}

/** A manifest's default scopes are asked for where the person named none. */
const withDefaultScopes = (params: StartParams, { defaultScopes }: ResolvedConnector): StartParams =>
  params.scopes === undefined && defaultScopes.length > 0 ? { ...params, scopes: defaultScopes } : params

/** Nango's own page for a session (nango-api.md section 9). Throws `connect.no_connect_ui` where this Nango names none. */
const connectUiAddress = ({ connectLink }: NangoSession): Secret => {
  if (connectLink === null) throw new PatchbayError('connect.no_connect_ui')
  return connectLink
}

/** Starts flows and follows each to its end, across restarts. */
export class ConnectEngine {
  readonly #deps: ConnectDependencies
  readonly #ledger: FlowLedger
  readonly #watches = new Map<string, FlowWatch>()
  /** The sign-in windows of its flows. */
  readonly windows: AuthWindows
  #isStopped = false

  constructor(deps: ConnectDependencies) {
    this.#deps = deps
    this.#ledger = createFlowLedger({
      db: deps.db,
      journal: deps.journal,
      vault: deps.vault,
      log: deps.log,
      now: () => deps.platform.now(),
      nameOf: deps.nameOf,
      connectorOf: deps.connectorOf,
      onOver: () => deps.platform.forgetOpened?.(),
    })
    this.windows = new AuthWindows({
      ledger: this.#ledger,
      platform: deps.platform,
      clientFor: deps.clientFor,
      nameOf: deps.nameOf,
      addressOf: (flow) => this.addressOf(flow),
      watchOf: (flowId) => this.#watches.get(flowId),
    })
  }

  /** Goes on with what was open when the host last stopped. */
  resume(): void {
    for (const flow of listWatchedFlows(this.#deps.db, this.#at())) {
      if (flow.state === 'cancelled' || (flow.via !== 'form' && flow.expiresAt !== null)) this.#watch(flow.flowId).start()
      else void this.#settleInterrupted(flow)
    }
    for (const flow of this.list({ isOpen: false })) {
      const isUnread = flow.state === 'connected' && flow.steps.some(({ id, state }) => id === 'account' && state === 'running')
      if (isUnread) void this.#learnAccount(flow)
    }
  }

  stop(): void {
    this.#isStopped = true
    for (const watch of this.#watches.values()) watch.stop()
  }

  /** The computer woke, or the network is back: every open flow is looked at now. */
  wake(): void {
    for (const watch of this.#watches.values()) watch.wake()
  }

  /** Checks, writes the pending rows, opens the session; answers when the page is open, or when the form has been answered. */
  async start(params: StartParams & { readonly anyOf?: readonly string[] | undefined }): Promise<StoredFlow> {
    const profileId = params.profileId ?? this.#deps.activeProfileId()
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
    const opensPage = params.open && flow.via === 'browser'
    await inAttempt(flow.flowId, async () => {
      try {
        const session = await openSession(client, flow, this.#deps.installationId)
        this.#ledger.step(flow.flowId, 'session', 'done')
        if (!this.#isOpen(flow.flowId)) return
        if (flow.via === 'form') await this.#finishForm(client, flow, connector, form, session.token)
        else await this.#beginWaiting(client, flow, session, opensPage)
      } catch (error) {
        if (!(error instanceof PatchbayError)) this.#deps.log.error('connect.crashed', { error })
        this.#ledger.end(flow.flowId, 'failed', error instanceof PatchbayError ? error : new PatchbayError('internal'))
        if (this.#ledger.get(flow.flowId)?.state === 'failed') this.#watches.get(flow.flowId)?.stop()
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
    return this.#watches.get(flowId)?.isListening ?? false
  }

  /** The page of a waiting flow: holds the session token. Null where there is none. */
  addressOf(flow: StoredFlow): Secret | null {
    return this.#deps.vault.open({ kind: 'flow-session', owner: flow.flowId, binding: flow.integrationId })
  }

  /** Ends an open flow; a connection that appears later is removed again. The session is left alone: see nango-api.md 5. */
  cancel(flowId: string): StoredFlow {
    this.#ledger.open(flowId)
    this.#ledger.end(flowId, 'cancelled', null)
    this.#watches.get(flowId)?.stop()
    this.#watch(flowId).start()
    return this.get(flowId)
  }

  /** Ends the flow behind a pending connection; a row without one goes with it. */
  cancelFlowOf(connectionId: string): void {
    const flow = findOpenFlowOf(this.#deps.db, connectionId)
    if (flow === undefined) throw new PatchbayError('connection.pending', { data: { connectionId } })
    this.cancel(flow.flowId)
  }

  async reopen(flowId: string): Promise<StoredFlow> {
    const flow = this.#ledger.open(flowId)
    await inAttempt(flowId, () => this.#openPage(flow))
    return this.get(flowId)
  }

  async copyAddress(flowId: string): Promise<{ isCopied: boolean; authorizationUrl?: string }> {
    const address = this.addressOf(this.#ledger.open(flowId))
    if (address === null) throw new PatchbayError('connect.ended', { data: { flowId } })
    const isCopied = await this.#deps.platform.copyText(address.reveal())
    return isCopied ? { isCopied } : { isCopied, authorizationUrl: address.reveal() }
  }

  /** The page's address for another device. Throws `connect.ended` where there is none. */
  qrCode(flowId: string): QrCode {
    const address = this.addressOf(this.#ledger.open(flowId))
    if (address === null) throw new PatchbayError('connect.ended', { data: { flowId } })
    return qrCodeOf(address)
  }

  /** Decides about a connection of Nango's list that is not known here yet. */
  claim(profileId: string, summary: NangoConnectionSummary, note: Note): FlowClaim {
    const flowId = summary.tags[FLOW_TAG]
    const flow = flowId === undefined ? undefined : this.#ledger.get(flowId)
    if (flow === undefined || flow.profileId !== profileId) return { kind: 'foreign' }
    if (flow.state === 'cancelled') {
      // Outside its time to be cleaned up it is listed like any other, so that it can be seen and removed.
      if (flow.cleanupUntil === null || Date.parse(flow.cleanupUntil) < this.#timeAt(profileId))
        return { kind: 'late', label: flow.label, scopes: flow.scopes }
      void this.#watch(flow.flowId).look()
      return { kind: 'rejected' }
    }
    if (flow.state === 'connected' || flow.state === 'failed' || flow.state === 'expired')
      return { kind: 'late', label: flow.label, scopes: flow.scopes }
    this.#ledger.activate(flow, summary, null, note)
    this.#watches.get(flow.flowId)?.stop()
    queueMicrotask(() => void this.#learnAccount(flow))
    return { kind: 'activated' }
  }

  #timeAt(profileId: string): number {
    return this.#deps.timeAt?.(profileId) ?? this.#deps.platform.now()
  }

  #at(): string {
    return new Date(this.#deps.platform.now()).toISOString()
  }

  #isOpen(flowId: string): boolean {
    const flow = this.#ledger.get(flowId)
    return flow !== undefined && OPEN_STATES.includes(flow.state)
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
      (flow) => flow.connectorId === connectorId && flow.label === label,
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
    if (current?.state === 'finishing') this.#ledger.activate(current, summary, identityOfForm(connector, form.credentials))
  }

  async #beginWaiting(client: NangoClient, flow: StoredFlow, session: NangoSession, opensPage: boolean): Promise<void> {
    const watch = this.#watch(flow.flowId)
    const isConnectUi = flow.page === 'connect_ui'
    // Connect UI has a line to Nango of its own.
    const socketId = flow.via === 'browser' && !isConnectUi ? await this.#listen(client, watch, session.token) : undefined
    // Cancelled while the session or the socket was on its way: nothing waits any more.
    if (!this.#isOpen(flow.flowId)) return watch.stop()
    if (isConnectUi) this.#putAddress(flow, connectUiAddress(session))
    else this.#keepAddress(client, flow, session.token, socketId)
    this.#ledger.change(flow.flowId, { state: 'waiting', expiresAt: session.expiresAt })
    this.#ledger.step(flow.flowId, 'open', 'running')
    if (opensPage) await this.#openPage(flow).catch((error: unknown) => this.#deps.log.warn('connect.open_failed', { error }))
    watch.start()
  }

  #keepAddress(client: NangoClient, flow: StoredFlow, token: Secret, socketId: string | undefined): void {
    const address = client.authorizationUrl({
      integrationId: flow.integrationId,
      token,
      params: flow.params,
      ...(socketId === undefined ? {} : { websocketClientId: socketId }),
    })
    this.#putAddress(flow, new Secret(address))
  }

  #putAddress(flow: StoredFlow, address: Secret): void {
    this.#deps.vault.put({ kind: 'flow-session', owner: flow.flowId, binding: flow.integrationId }, address)
  }

  /** A lost socket is replaced; a page that is opened from now on tells the new one. */
  async #listenAgain(flow: StoredFlow): Promise<void> {
    try {
      const address = this.addressOf(flow)
      const token = address === null ? null : new URL(address.reveal()).searchParams.get('connect_session_token')
      if (token === null) return
      const client = await this.#deps.clientFor(flow.profileId)
      const sessionToken = new Secret(token)
      const socketId = await this.#listen(client, this.#watch(flow.flowId), sessionToken)
      if (socketId === undefined || this.#isStopped || !this.#isOpen(flow.flowId)) return
      this.#keepAddress(client, flow, sessionToken, socketId)
      this.#ledger.change(flow.flowId, {})
    } catch (error) {
      if (!this.#isStopped) this.#deps.log.info('connect.no_socket', { error })
    }
  }

  /** Hears of a refusal at once; without the socket the looks for the tag still notice a success. */
  async #listen(client: NangoClient, watch: FlowWatch, token: Secret): Promise<string | undefined> {
    try {
      const { websocketsPath } = await client.readConnectSession(token)
      const socket = client.openAuthSocket(websocketsPath)
      const socketId = await socket.start()
      watch.listen(socket)
      return socketId
    } catch (error) {
      this.#deps.log.info('connect.no_socket', { error })
      return undefined
    }
  }

  async #openPage(flow: StoredFlow): Promise<void> {
    const address = this.addressOf(flow)
    if (address === null) throw new PatchbayError('connect.ended', { data: { flowId: flow.flowId } })
    try {
      const { host } = await this.#deps.clientFor(flow.profileId)
      await this.#deps.platform.openExternal(address.reveal(), new URL(host).origin)
    } catch (error) {
      this.#ledger.step(flow.flowId, 'open', 'failed', 'No browser could be opened. Copy the address and open it yourself.')
      throw error
    }
    this.#ledger.step(flow.flowId, 'open', 'done')
    this.#ledger.step(flow.flowId, 'approval', 'running')
  }

  #watch(flowId: string): FlowWatch {
    const known = this.#watches.get(flowId)
    if (known !== undefined) return known
    const { platform, log, clientFor, pace } = this.#deps
    const watch = new FlowWatch(flowId, {
      ledger: this.#ledger,
      log,
      clientFor,
      timeAt: (profileId) => this.#timeAt(profileId),
      monotonicNow: () => platform.monotonicNow(),
      onActivated: (flow) => void this.#learnAccount(flow),
      onUnheard: (flow) => inAttempt(flow.flowId, () => this.#listenAgain(flow)),
      onStopped: () => {
        if (this.#watches.get(flowId) === watch) this.#watches.delete(flowId)
      },
      ...(pace === undefined ? {} : { pace }),
    })
    this.#watches.set(flowId, watch)
    return watch
  }

  /** One read of the new connection: expiry, scopes and who the account is, as far as the token answer tells. */
  #learnAccount(flow: StoredFlow): Promise<void> {
    return inAttempt(flow.flowId, () => this.#readAccount(flow)).catch((error: unknown) => this.#noteUnwritten(error))
  }

  /** Where nothing can be written the flow stays as it is, and is taken up at the next start. */
  #noteUnwritten(error: unknown): void {
    if (!this.#isStopped) this.#deps.log.warn('connect.not_written', { error })
  }

  async #readAccount(flow: StoredFlow): Promise<void> {
    if (flow.via === 'form' || this.#isStopped) return
    const row = this.#deps.db.get<{ nango_connection_id: string; provider_config_key: string }>(
      'SELECT nango_connection_id, provider_config_key FROM connections WHERE connection_id = ?',
      flow.connectionId,
    )
    if (row === undefined) return
    try {
      const client = await this.#deps.clientFor(flow.profileId)
      this.#ledger.learnAccount(
        flow,
        await client.getConnection({ connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key }),
      )
    } catch (error) {
      // The step stays open and is taken up at the next start.
      if (this.#isStopped) return
      this.#deps.log.info('connect.account_unread', {
        code: error instanceof PatchbayError && isErrorCode(error.code) ? error.code : 'internal',
      })
      this.#ledger.learnAccount(flow, null)
    }
  }

  /** A flow that the host's end cut off before there was a page: what came of it is asked once more, then it is over. */
  async #settleInterrupted(flow: StoredFlow): Promise<void> {
    const watch = this.#watch(flow.flowId)
    if (await watch.look()) return
    watch.stop()
    try {
      this.#ledger.end(flow.flowId, 'failed', new PatchbayError('connect.interrupted'))
    } catch (error) {
      this.#noteUnwritten(error)
    }
  }
}
