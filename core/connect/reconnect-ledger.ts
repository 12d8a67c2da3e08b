import type { ReconnectDecision } from '#shared/contract/connect'
import { ERRORS, PatchbayError } from '#shared/errors'
import type { ConnectionRow, Identity } from '../connections/connection-row.ts'
import { getConnection, insertConnection, type RowError, updateConnection } from '../connections/connection-store.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import { newIdentifier } from '../identifier.ts'
import type { Log } from '../log.ts'
import type { NangoConnectionDetail } from '../nango/nango-client.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { getFlow, isOpenFlow, listCleanups, type StoredDecision, type StoredFlow, type StoredReconnect, updateFlow } from './flow-store.ts'
import { type Before, forgetBefore } from './reconnect-before.ts'
import { withAllEnded, withStep } from './record-step.ts'

/** How a reconnect that is over left its connection. */
export interface ReconnectOutcome {
  readonly identity: Identity | null
  /** Null where the new credentials could not be read. */
  readonly detail: NangoConnectionDetail | null
  readonly before: Before | null
  /** What there is to say about the account. */
  readonly words: string | null
}

/** The written side of reconnects, beside the flow ledger: each change is one transaction. */
export interface ReconnectLedger {
  /** The flow with this change; undefined when it is over. */
  remember(flowId: string, change: Partial<StoredReconnect>): StoredFlow | undefined
  /** Another account came back: the flow waits for a person, however long that takes. */
  ask(flow: StoredFlow, decision: Omit<StoredDecision, 'was'>): void
  /** The new credentials stay. */
  finish(flow: StoredFlow, outcome: ReconnectOutcome): void
  /** The connection is as it was before; what came back instead is told. */
  keep(flow: StoredFlow): void
  /** Nobody can put the credentials of before back, and the new ones are not wanted: the connection needs its person. */
  abandon(flow: StoredFlow): void
  /** Writes the connection that holds the new credentials down; its id here. */
  add(flow: StoredFlow, decision: StoredDecision, detail: NangoConnectionDetail): string
  /** What came after the end of the flow is dealt with. */
  settleLate(flow: StoredFlow, outcome: ReconnectOutcome | 'as_before' | 'wrong_account', words: string): void
}

const MISMATCH = 'connection.identity_mismatch' as const

/** The error that a row shows. */
const errorOf = (row: ConnectionRow): RowError | null =>
  row.error_code === null || row.error_at === null ? null : { code: row.error_code, message: row.error_message ?? '', at: row.error_at }

/** What a flow ends with when another account came back and was not taken. */
const mismatchOf = (flow: StoredFlow, decision: ReconnectDecision | null): NonNullable<StoredFlow['error']> => ({
  code: MISMATCH,
  message: ERRORS[MISMATCH].message,
  data: {
    next: ERRORS[MISMATCH].next,
    connectionId: flow.connectionId,
    decision,
  },
})

/** A ledger over the tables `flows` and `connections`. */
export const createReconnectLedger = (deps: {
  readonly db: WritableDb
  readonly journal: Journal
  readonly vault: SecretVault
  readonly log: Log
  readonly now: () => number
  readonly onOver: () => void
}): ReconnectLedger => {
  const { db, journal, vault, log } = deps
  const at = (): string => new Date(deps.now()).toISOString()

  const announce = (note: Note, flow: StoredFlow): void =>
    note.change({ type: 'connect.changed', data: { profileId: flow.profileId, flowId: flow.flowId } })

  const forgetSecrets = (flowId: string): void => {
    vault.remove({ kind: 'flow-session', owner: flowId })
    forgetBefore(vault, flowId)
  }

  /** Attempts before this one have nothing left to put back: what they kept is older than what is there now. */
  const endOlder = (flow: StoredFlow): void => {
    for (const { flowId } of listCleanups(db, flow.connectionId)) {
      if (flowId === flow.flowId) continue
      updateFlow(db, flowId, { cleanupUntil: null })
      forgetBefore(vault, flowId)
    }
  }

  /** The connection, well again, with what is known of it now. */
  const writeOutcome = (note: Note, flow: StoredFlow, { identity, detail, before }: ReconnectOutcome): void => {
    const when = at()
    const row = getConnection(db, flow.connectionId)
    if (row === undefined) return
    updateConnection(
      db,
      flow.connectionId,
      {
        status: 'connected',
        error: null,
        identity,
        ...(before === null ? {} : { tags: before.tags }),
        ...(detail === null ? {} : { expiresAt: detail.expiresAt }),
        ...(flow.scopes === null || detail === null ? {} : { scopesRequested: flow.scopes }),
        ...(detail?.grantedScopes ? { scopesGranted: detail.grantedScopes } : {}),
        lastSyncedAt: when,
        lastVerifiedAt: when,
        missingSince: null,
      },
      when,
    )
    const { profileId, connectionId, flowId } = flow
    const isRecovered = row.status === 'attention' || row.status === 'expired' || row.status === 'error'
    note.event({
      type: isRecovered ? 'connection.recovered' : 'connection.updated',
      profileId,
      connectionId,
      facts: { handle: row.handle, by: 'reconnect', flowId },
    })
    note.change({ type: 'connections.changed', data: { profileId, connectionId } })
  }

  /** Somebody else is signed in here, and nothing is left to put back: only a person can mend that. */
  const markWrong = (note: Note, { profileId, connectionId }: StoredFlow): void => {
    const when = at()
    const error = { code: MISMATCH, message: ERRORS[MISMATCH].message, at: when }
    const row = updateConnection(db, connectionId, { status: 'attention', error }, when)
    note.event({ type: 'connection.attention', profileId, connectionId, facts: { handle: row?.handle ?? null, code: MISMATCH } })
    note.change({ type: 'connections.changed', data: { profileId, connectionId } })
  }

  /** The credentials of before are back, and with them how the connection stood. */
  const markAsBefore = ({ reconnect, connectionId }: StoredFlow): void => {
    const was = reconnect?.decision?.was
    if (was !== undefined) updateConnection(db, connectionId, was, at())
  }

  const over = (flow: StoredFlow, state: 'connected' | 'failed', write: (note: Note, current: StoredFlow) => void): void => {
    const current = getFlow(db, flow.flowId)
    if (current === undefined || !isOpenFlow(current)) return
    log.info('connect.ended', { attemptId: flow.flowId, state, isReconnect: true })
    journal.commit((note) => {
      write(note, current)
      forgetSecrets(flow.flowId)
      endOlder(flow)
      announce(note, flow)
    })
    deps.onOver()
  }

  const failWith = (note: Note, flow: StoredFlow, error: NonNullable<StoredFlow['error']>, decision: ReconnectDecision | null): void => {
    const when = at()
    updateFlow(db, flow.flowId, {
      state: 'failed',
      endedAt: when,
      error,
      cleanupUntil: null,
      steps: withAllEnded(flow.steps, 'failed', when),
    })
    const { profileId, connectionId, flowId, connectorId } = flow
    note.event({
      type: 'flow.failed',
      profileId,
      connectionId,
      facts: { flowId, connectorId, state: 'failed', code: error.code, decision },
    })
    note.change({ type: 'connections.changed', data: { profileId, connectionId } })
  }

  return {
    remember: (flowId, change) => {
      const flow = getFlow(db, flowId)
      if (flow === undefined || flow.reconnect === null || !isOpenFlow(flow)) return undefined
      const reconnect = { ...flow.reconnect, ...change }
      journal.commit((note) => {
        updateFlow(db, flowId, { reconnect })
        announce(note, flow)
      })
      return { ...flow, reconnect }
    },

    ask: (flow, asked) => {
      const current = getFlow(db, flow.flowId)
      const row = getConnection(db, flow.connectionId)
      if (row === undefined || current === undefined || current.reconnect === null || !isOpenFlow(current)) return
      const decision = { ...asked, was: { status: row.status, error: errorOf(row) } }
      const { reconnect } = current
      log.info('connect.asks', { attemptId: flow.flowId, connectionId: flow.connectionId })
      journal.commit((note) => {
        const words = 'Another account came back than the one known. It is for you to say what becomes of it.'
        updateFlow(db, flow.flowId, {
          reconnect: { ...reconnect, decision },
          expiresAt: null,
          steps: withStep(current.steps, 'account', 'running', at(), words),
        })
        markWrong(note, flow)
        announce(note, flow)
      })
    },

    finish: (flow, outcome) =>
      over(flow, 'connected', (note, current) => {
        const when = at()
        const steps = withStep(withAllEnded(current.steps, 'done', when), 'account', 'done', when, outcome.words)
        updateFlow(db, flow.flowId, { state: 'connected', endedAt: when, error: null, cleanupUntil: null, expiresAt: null, steps })
        writeOutcome(note, flow, outcome)
        if (current.reconnect?.decision?.chosen?.decision === 'add') markAsBefore(current)
      }),

    keep: (flow) =>
      over(flow, 'failed', (note, current) => {
        markAsBefore(current)
        failWith(note, current, mismatchOf(flow, 'keep'), 'keep')
      }),

    abandon: (flow) =>
      over(flow, 'failed', (note, current) => {
        markWrong(note, flow)
        failWith(note, current, mismatchOf(flow, null), null)
      }),

    add: (flow, decision, detail) =>
      journal.commit((note) => {
        const when = at()
        const label = decision.chosen?.label ?? null
        const made = {
          connectionId: newIdentifier('con', deps.now()),
          profileId: flow.profileId,
          connectorId: flow.connectorId,
          providerConfigKey: detail.providerConfigKey,
          nangoConnectionId: detail.connectionId,
          nangoRowId: detail.id,
          authMode: getConnection(db, flow.connectionId)?.auth_mode ?? 'UNKNOWN',
          status: 'connected' as const,
          label,
          identity: decision.found,
          scopesRequested: flow.scopes,
          createdAt: detail.createdAt,
          at: when,
          tags: detail.tags,
          isOurs: true,
          error: null,
        }
        // A look at Nango's list may have been first.
        const listed = db.get<{ connection_id: string }>(
          'SELECT connection_id FROM connections WHERE profile_id = ? AND provider_config_key = ? AND nango_connection_id = ?',
          flow.profileId,
          detail.providerConfigKey,
          detail.connectionId,
        )
        const connectionId = listed?.connection_id ?? made.connectionId
        if (listed === undefined) insertConnection(db, made)
        else updateConnection(db, connectionId, { identity: decision.found, isOurs: true }, when)
        updateConnection(db, connectionId, { expiresAt: detail.expiresAt, lastVerifiedAt: when }, when)
        const reconnect = flow.reconnect
        if (reconnect !== null) {
          const added = { nangoConnectionId: detail.connectionId, connectionId }
          updateFlow(db, flow.flowId, { reconnect: { ...reconnect, decision: { ...decision, added } } })
        }
        const { profileId, connectorId, flowId } = flow
        const { handle = null } = getConnection(db, connectionId) ?? {}
        note.event({ type: 'connection.activated', profileId, connectionId, facts: { handle, connectorId, by: 'reconnect', flowId } })
        note.change({ type: 'connections.changed', data: { profileId, connectionId } })
        announce(note, flow)
        return connectionId
      }),

    settleLate: (flow, outcome, words) =>
      journal.commit((note) => {
        const current = getFlow(db, flow.flowId)
        if (current === undefined) return
        updateFlow(db, flow.flowId, { cleanupUntil: null, steps: withStep(current.steps, 'cleanup', 'done', at(), words) })
        if (outcome === 'wrong_account') markWrong(note, flow)
        else if (outcome !== 'as_before') writeOutcome(note, flow, outcome)
        forgetSecrets(flow.flowId)
        note.change({ type: 'connections.changed', data: { profileId: flow.profileId, connectionId: flow.connectionId } })
        announce(note, flow)
      }),
  }
}

/** The choice that a person has where another account came back. */
export const optionsOf = ({ canPutBack }: Pick<StoredReconnect, 'canPutBack'>): ReconnectDecision[] =>
  canPutBack ? ['keep', 'replace', 'add'] : ['replace']

/** Throws `connect.not_found`, `connect.ended` or `connect.nothing_to_decide` for a flow that waits for no choice. */
export const requireDecision = (flow: StoredFlow | undefined, flowId: string): StoredDecision => {
  if (flow === undefined) throw new PatchbayError('connect.not_found', { data: { flowId } })
  if (!isOpenFlow(flow)) throw new PatchbayError('connect.ended', { data: { flowId, state: flow.state } })
  const decision = flow.reconnect?.decision ?? null
  if (decision === null) throw new PatchbayError('connect.nothing_to_decide', { data: { flowId, state: flow.state } })
  return decision
}
