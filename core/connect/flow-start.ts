import type { Connector } from '#shared/contract/catalogue'
import { PatchbayError } from '#shared/errors'
import type { ResolvedConnector } from '../catalogue/connector-catalogue.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import { inAttempt, type Log } from '../log.ts'
import type { NangoClient } from '../nango/nango-client.ts'
import type { NangoSession } from '../nango/nango-sessions.ts'
import type { Platform } from '../platform.ts'
import type { Secret } from '../vault/secret.ts'
import { type PreparedForm, prepareForConnectUi, prepareForm } from './connect-preflight.ts'
import type { FlowLedger } from './flow-ledger.ts'
import type { FlowPages } from './flow-pages.ts'
import { listFlows, type StoredFlow } from './flow-store.ts'
import type { FlowWatches } from './flow-watches.ts'
import { identityOfForm, openSession, submitForm } from './nango-steps.ts'
import { type StartParams, writePending } from './pending-flow.ts'
import type { Reconnects } from './reconnects.ts'

export interface FlowStartDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly log: Log
  readonly platform: Pick<Platform, 'now'>
  readonly installationId: string
  readonly profileIdOf: (profileId: string | undefined) => string
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly resolveConnector: (connectorId: string, profileId: string) => Promise<ResolvedConnector>
  readonly ledger: FlowLedger
  readonly watches: FlowWatches
  readonly pages: FlowPages
  readonly reconnects: Reconnects
  /** Finds out whose account a connection is that a form has made. */
  readonly learnAccount: (flow: StoredFlow) => void
}

/** What may be started: one connector, or on Connect UI one of several. */
export type FlowWish = StartParams & { readonly anyOf?: readonly string[] | undefined }

/** How an attempt goes on once it is written down. */
interface Beginning {
  readonly client: NangoClient
  readonly connector: Connector
  readonly form: PreparedForm
  readonly open: () => Promise<NangoSession>
  readonly opensPage: boolean
}

/** The beginnings of flows. */
export interface FlowStart {
  /** Checks and writes the pending rows, then begins. Throws what stands in the way; until then nothing is written or sent. */
  start(params: FlowWish): Promise<StoredFlow>
  /** Opens the session of a flow that is written down; answers when the page is open, or when the form has been answered. */
  begin(flow: StoredFlow, beginning: Beginning): Promise<StoredFlow>
}

/** A manifest's default scopes are asked for where the person named none. */
const withDefaultScopes = (params: StartParams, { defaultScopes }: ResolvedConnector): StartParams =>
  params.scopes === undefined && defaultScopes.length > 0 ? { ...params, scopes: defaultScopes } : params

/** Makes the beginnings of one engine's flows. */
export const createFlowStart = (deps: FlowStartDependencies): FlowStart => {
  const { db, log, platform, ledger, watches, pages, reconnects } = deps
  const at = (): string => new Date(platform.now()).toISOString()

  /** The integrations of other connectors that may be chosen instead; each must be there. */
  const othersOf = async (connectorIds: readonly string[], profileId: string, own: string): Promise<string[]> => {
    const found = new Set<string>()
    for (const connectorId of connectorIds) {
      const { connector } = await deps.resolveConnector(connectorId, profileId)
      found.add(prepareForConnectUi(connector).integrationId)
    }
    found.delete(own)
    return [...found]
  }

  const refuseSecond = (profileId: string, connectorId: string, label: string | null): void => {
    const waiting = listFlows(db, { profileId, isOpen: true, since: at() }).find(
      (flow) => flow.reconnect === null && flow.connectorId === connectorId && flow.label === label,
    )
    if (waiting !== undefined) throw new PatchbayError('connect.busy', { data: { flowId: waiting.flowId, connectorId } })
  }

  const finishForm = async (client: NangoClient, flow: StoredFlow, { connector, form }: Beginning, token: Secret): Promise<void> => {
    ledger.change(flow.flowId, { state: 'finishing' })
    for (const step of ['open', 'approval', 'callback'] as const) ledger.step(flow.flowId, step, 'skipped')
    ledger.step(flow.flowId, 'verified', 'running')
    // What is sent cannot be taken back: that the flow behind it was lost would have to be noticed.
    db.secureMark()
    const summary = await submitForm(client, flow, connector.authMode, form, token)
    const current = ledger.get(flow.flowId)
    const told = identityOfForm(connector, form.credentials)
    if (flow.reconnect !== null) await reconnects.replaced(flow, told)
    else if (current?.state === 'finishing') {
      ledger.activate(current, summary, told)
      deps.learnAccount(current)
    }
  }

  const beginWaiting = async (client: NangoClient, flow: StoredFlow, session: NangoSession, opensPage: boolean): Promise<void> => {
    const watch = watches.of(flow.flowId)
    const isConnectUi = flow.page === 'connect_ui'
    // Connect UI has a line to Nango of its own.
    const socketId = flow.via === 'browser' && !isConnectUi ? await watches.listen(client, flow.flowId, session.token) : undefined
    // Cancelled while the session or the socket was on its way: nothing waits any more.
    if (!ledger.isOpen(flow.flowId)) return watch.stop()
    if (isConnectUi) pages.keepConnectUi(flow, session)
    else pages.keepProviderPage(client, flow, session.token, socketId)
    ledger.change(flow.flowId, { state: 'waiting', expiresAt: session.expiresAt })
    ledger.step(flow.flowId, 'open', 'running')
    if (opensPage) await pages.open(flow).catch((error: unknown) => log.warn('connect.open_failed', { error }))
    watch.start()
  }

  const begin = async (flow: StoredFlow, beginning: Beginning): Promise<StoredFlow> => {
    const { client, open, opensPage } = beginning
    await inAttempt(flow.flowId, async () => {
      try {
        const session = await open()
        ledger.step(flow.flowId, 'session', 'done')
        if (!ledger.isOpen(flow.flowId)) return
        if (flow.via === 'form') await finishForm(client, flow, beginning, session.token)
        else await beginWaiting(client, flow, session, opensPage && flow.via === 'browser')
      } catch (error) {
        if (!(error instanceof PatchbayError)) log.error('connect.crashed', { error })
        ledger.end(flow.flowId, 'failed', error instanceof PatchbayError ? error : new PatchbayError('internal'))
        watches.followEnded(flow.flowId)
      }
    })
    return ledger.get(flow.flowId) ?? flow
  }

  const start = async (params: FlowWish): Promise<StoredFlow> => {
    const profileId = deps.profileIdOf(params.profileId)
    const begunAt = at()
    const resolved = await deps.resolveConnector(params.connectorId, profileId)
    const { connector } = resolved
    const isConnectUi = params.page === 'connect_ui'
    if (params.anyOf !== undefined && !isConnectUi)
      throw new PatchbayError('request.invalid', { message: 'One of several is chosen on Connect UI alone: name `page` `connect_ui`.' })
    const form = isConnectUi ? prepareForConnectUi(connector) : prepareForm(connector, params.fields ?? {}, params.credentials ?? {})
    const anyOf = await othersOf(params.anyOf ?? [], profileId, form.integrationId)
    refuseSecond(profileId, connector.connectorId, params.label ?? null)
    const client = await deps.clientFor(profileId)
    const flow = writePending(deps, { profileId, connector, form, anyOf, params: withDefaultScopes(params, resolved), begunAt })
    const open = (): Promise<NangoSession> => openSession(client, flow, deps.installationId, params)
    return begin(flow, { client, connector, form, open, opensPage: params.open })
  }

  return { start, begin }
}
