import type { FlowState } from '#shared/contract/connect'
import { ERRORS, isErrorCode, PatchbayError } from '#shared/errors'
import type { Identity } from '../connections/connection-row.ts'
import { deleteConnection, getConnection, moveToConnector, updateConnection } from '../connections/connection-store.ts'
import { withKnown } from '../connections/identity-match.ts'
import { AUTH_ERROR, identityOf } from '../connections/nango-facts.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import type { Log } from '../log.ts'
import type { NangoConnectionDetail, NangoConnectionSummary } from '../nango/nango-client.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { type FlowChange, getFlow, isOpenFlow, type StoredFlow, updateFlow } from './flow-store.ts'
import { forgetBefore } from './reconnect-before.ts'
import { type StepId, withAllEnded, withStep } from './record-step.ts'

export interface LedgerDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly vault: SecretVault
  readonly log: Log
  readonly now: () => number
  /** The connector's name for people. */
  readonly nameOf: (connectorId: string) => string
  /** The connector behind a provider of Nango's list. */
  readonly connectorOf: (provider: string) => { readonly connectorId: string; readonly authMode: string }
  /** Called when a flow is over, however it ended. */
  readonly onOver: () => void
}

const CLEANUP_AFTER_EXPIRY_MS = 5 * 60_000
const CLEANUP_WITHOUT_PAGE_MS = 10 * 60_000

/** The written side of a flow: every change of state is one transaction, and only legal ones are made. */
export interface FlowLedger {
  get(flowId: string): StoredFlow | undefined
  /** The flow, if something is still to come. Throws `connect.not_found` or `connect.ended`. */
  open(flowId: string): StoredFlow
  /** Whether something of the flow is still to come. */
  isOpen(flowId: string): boolean
  step(flowId: string, id: StepId, state: 'running' | 'done' | 'failed' | 'skipped', note?: string): void
  change(flowId: string, change: FlowChange): void
  activate(flow: StoredFlow, summary: NangoConnectionSummary, identity: Identity | null, note?: Note): void
  /** What was read of the connection, null for a form's, and of its account; null in all when it could not be read. */
  learnAccount(flow: StoredFlow, read: { readonly detail: NangoConnectionDetail | null; readonly found: Identity | null } | null): void
  end(flowId: string, state: Exclude<FlowState, 'starting' | 'waiting' | 'finishing' | 'connected'>, error: PatchbayError | null): void
  cleanedUp(flowId: string): void
  /** Whether a reconnect is about a connection that is not here any more. */
  isWithoutConnection(flow: StoredFlow): boolean
  /** Nothing of an ended flow is looked for any more: what was sealed for it goes. */
  cleanupOver(flow: StoredFlow): void
}

/** Failures that leave open whether a form that was sent took effect. */
const OPEN_ENDED: ReadonlySet<string> = new Set([
  'nango.unreachable',
  'nango.timeout',
  'nango.server_error',
  'connect.interrupted',
  'internal',
])

/** Whether an error is Nango's own word on what it was sent. */
const isAnswer = (error: PatchbayError | null): boolean => error !== null && !OPEN_ENDED.has(error.code)

/** A ledger over the tables `flows` and `connections`. */
export const createFlowLedger = ({ db, journal, vault, log, now, nameOf, connectorOf, onOver }: LedgerDependencies): FlowLedger => {
  const at = (): string => new Date(now()).toISOString()

  const announce = (note: Note, flow: StoredFlow): void => {
    note.change({ type: 'connect.changed', data: { profileId: flow.profileId, flowId: flow.flowId } })
  }

  const change = (flowId: string, made: FlowChange): void => {
    const flow = getFlow(db, flowId)
    // What has ended stays as it ended, whatever was still on its way.
    if (flow === undefined || !isOpenFlow(flow)) return
    journal.commit((note) => {
      updateFlow(db, flowId, made)
      announce(note, flow)
    })
  }

  const activateWithin = (flow: StoredFlow, summary: NangoConnectionSummary, identity: Identity | null, note: Note): void => {
    const when = at()
    const isWell = !summary.hasAuthError
    log.info('connect.connected', { attemptId: flow.flowId, connectionId: flow.connectionId })
    const told = identity ?? identityOf(summary)
    // Of several that were allowed, another one than the first was chosen.
    const other = flow.anyOf.includes(summary.providerConfigKey) ? connectorOf(summary.provider) : null
    const connectorId = other?.connectorId ?? flow.connectorId
    if (other !== null) moveToConnector(db, flow.connectionId, other)
    const row = updateConnection(
      db,
      flow.connectionId,
      {
        status: isWell ? 'connected' : 'attention',
        error: isWell ? null : { ...AUTH_ERROR, at: when },
        nangoConnectionId: summary.connectionId,
        nangoRowId: summary.id,
        providerConfigKey: summary.providerConfigKey,
        createdAt: summary.createdAt,
        tags: summary.tags,
        // What the form told stays where Nango's list tells nothing.
        ...(told === null ? {} : { identity: told }),
        lastSyncedAt: when,
        lastVerifiedAt: when,
      },
      when,
    )
    const noticed = withAllEnded(withStep(flow.steps, 'activated', 'done', when), 'done', when)
    const steps =
      flow.via === 'form'
        ? noticed
        : noticed.map((step) => (step.id === 'account' ? { ...step, state: 'running' as const, startedAt: when, endedAt: null } : step))
    updateFlow(db, flow.flowId, {
      state: 'connected',
      endedAt: when,
      error: null,
      cleanupUntil: null,
      steps,
      connectorId,
      integrationId: summary.providerConfigKey,
    })
    vault.remove({ kind: 'flow-session', owner: flow.flowId })
    note.event({
      type: 'connection.activated',
      profileId: flow.profileId,
      connectionId: flow.connectionId,
      facts: { handle: row?.handle ?? null, connectorId, by: 'flow', flowId: flow.flowId },
    })
    note.change({ type: 'connections.changed', data: { profileId: flow.profileId, connectionId: flow.connectionId } })
    announce(note, flow)
  }

  return {
    get: (flowId) => getFlow(db, flowId),
    open: (flowId) => {
      const flow = getFlow(db, flowId)
      if (flow === undefined) throw new PatchbayError('connect.not_found', { data: { flowId } })
      if (!isOpenFlow(flow)) throw new PatchbayError('connect.ended', { data: { flowId, state: flow.state } })
      return flow
    },
    isOpen: (flowId) => {
      const flow = getFlow(db, flowId)
      return flow !== undefined && isOpenFlow(flow)
    },
    step: (flowId, id, state, words) => {
      const flow = getFlow(db, flowId)
      if (flow === undefined) return
      log.info('connect.step', { attemptId: flowId, step: id, state })
      change(flowId, { steps: withStep(flow.steps, id, state, at(), words ?? null) })
    },
    change,
    activate: (flow, summary, identity, note) => {
      if (note === undefined) journal.commit((own) => activateWithin(flow, summary, identity, own))
      else activateWithin(flow, summary, identity, note)
      onOver()
    },
    learnAccount: (flow, read) => {
      const when = at()
      journal.commit((note) => {
        const steps = getFlow(db, flow.flowId)?.steps ?? flow.steps
        const words = read === null ? 'The account could not be read; it is not known yet.' : null
        updateFlow(db, flow.flowId, { steps: withStep(steps, 'account', read === null ? 'skipped' : 'done', when, words) })
        if (read !== null) {
          const { detail, found } = read
          const known = getConnection(db, flow.connectionId)
          updateConnection(
            db,
            flow.connectionId,
            {
              identity: withKnown(found, JSON.parse(known?.identity ?? 'null') as Identity | null),
              ...(detail === null ? {} : { expiresAt: detail.expiresAt }),
              ...(detail?.grantedScopes ? { scopesGranted: detail.grantedScopes } : {}),
            },
            when,
          )
          note.change({ type: 'connections.changed', data: { profileId: flow.profileId, connectionId: flow.connectionId } })
        }
        announce(note, flow)
      })
    },
    end: (flowId, state, error) => {
      const flow = getFlow(db, flowId)
      if (flow === undefined || !isOpenFlow(flow)) return
      log.info('connect.ended', { attemptId: flowId, state, code: error?.code ?? null })
      const when = at()
      const isReconnect = flow.reconnect !== null
      const page = flow.expiresAt === null ? now() + CLEANUP_WITHOUT_PAGE_MS : Date.parse(flow.expiresAt) + CLEANUP_AFTER_EXPIRY_MS
      // What a reconnect opened or sent may take effect after its end, whatever the end was.
      const isUncertain = flow.expiresAt !== null ? error?.code !== 'connection.gone' : flow.state === 'finishing' && !isAnswer(error)
      const isAwaited = state === 'cancelled' || (isReconnect && isUncertain)
      journal.commit((note) => {
        updateFlow(db, flowId, {
          state,
          endedAt: when,
          error:
            error === null
              ? null
              : {
                  code: error.code,
                  message: error.message,
                  data: { next: isErrorCode(error.code) ? ERRORS[error.code].next : '', ...error.data },
                },
          cleanupUntil: isAwaited ? new Date(page).toISOString() : null,
          steps: withAllEnded(flow.steps, state === 'cancelled' ? 'skipped' : 'failed', when),
        })
        // A connection that was only to be signed in anew stays as it was.
        if (!isReconnect) deleteConnection(db, flow.connectionId)
        else if (!isAwaited) forgetBefore(vault, flowId)
        vault.remove({ kind: 'flow-session', owner: flowId })
        const facts = { flowId, connectorId: flow.connectorId, state, code: error?.code ?? null }
        note.event({ type: 'flow.failed', profileId: flow.profileId, connectionId: flow.connectionId, facts })
        note.change({ type: 'connections.changed', data: { profileId: flow.profileId, connectionId: flow.connectionId } })
        announce(note, flow)
      })
      onOver()
    },
    isWithoutConnection: (flow) => flow.reconnect !== null && getConnection(db, flow.connectionId) === undefined,
    cleanupOver: (flow) => {
      if (flow.reconnect !== null && !isOpenFlow(flow)) forgetBefore(vault, flow.flowId)
    },
    cleanedUp: (flowId) => {
      const flow = getFlow(db, flowId)
      if (flow === undefined) return
      const words = `${nameOf(flow.connectorId)} answered after you cancelled. The new connection was removed again.`
      journal.commit((note) => {
        updateFlow(db, flowId, { steps: withStep(flow.steps, 'cleanup', 'done', at(), words) })
        note.event({
          type: 'connection.removed',
          profileId: flow.profileId,
          connectionId: flow.connectionId,
          facts: { flowId, connectorId: flow.connectorId, nango: 'deleted', by: 'cancelled_flow' },
        })
        announce(note, flow)
      })
    },
  }
}
