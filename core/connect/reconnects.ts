import { setTimeout as sleep } from 'node:timers/promises'
import type { ReconnectDecision } from '#shared/contract/connect'
import { PatchbayError } from '#shared/errors'
import { randomUUID } from 'node:crypto'
import { type KnownIdentity, matchIdentities, withKnown } from '../connections/identity-match.ts'
import type { ConnectionRow, Identity } from '../connections/connection-row.ts'
import { getConnection } from '../connections/connection-store.ts'
import { identityOf } from '../connections/nango-facts.ts'
import { readIdentity } from '../connections/read-identity.ts'
import type { WritableDb } from '../database/sql.ts'
import { inAttempt, type Log } from '../log.ts'
import type { NangoClient, NangoConnectionDetail, NangoConnectionKey, NangoConnectionSummary } from '../nango/nango-client.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import type { FlowLedger } from './flow-ledger.ts'
import { isOpenFlow, type StoredDecision, type StoredFlow } from './flow-store.ts'
import { type Before, forgetBefore, goneError, openBefore, putBack, restoreRest } from './reconnect-before.ts'
import { optionsOf, type ReconnectLedger, requireDecision } from './reconnect-ledger.ts'

export interface ReconnectsDependencies {
  readonly db: WritableDb
  readonly vault: SecretVault
  readonly log: Log
  readonly ledger: FlowLedger
  readonly reconnects: ReconnectLedger
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly nameOf: (connectorId: string) => string
  /** The tags of a connection that is made here. */
  readonly ownTags: (flowId: string, label: string | null) => Readonly<Record<string, string>>
  /** Between two tries while Nango cannot be reached, milliseconds. */
  readonly retryMs: number
}

/** Nango was there and does not tell or take it, now as little as later. Anything else can be asked again. */
const REFUSALS: ReadonlySet<string> = new Set([
  'nango.scope_missing',
  'nango.rejected',
  'connection.refresh_failed',
  'connection.refresh_backoff',
])
/** An answer that is not understood may be somebody's on the way, once. */
const GARBLED: ReadonlySet<string> = new Set(['nango.protocol', 'nango.not_nango', 'nango.too_large'])
const isRefusal = (error: unknown): boolean => error instanceof PatchbayError && REFUSALS.has(error.code)

const LONGEST_PAUSE_MS = 60_000

const codeOf = (error: unknown): string | null => (error instanceof PatchbayError ? error.code : null)

/** How often a service that is down is asked whose account it is, before that counts as unknown. */
const MOST_ASKS = 3

const CANNOT_TELL = 'Whether it is the same account as before cannot be told.'

/** What is behind a flow: the connection's row, its name at Nango, the client and what was there before. */
interface Place {
  readonly row: ConnectionRow
  readonly key: NangoConnectionKey
  readonly client: NangoClient
  readonly before: Before | null
}

/** Who came back: what was found out, and whether it is who was there before. */
interface Look {
  readonly detail: NangoConnectionDetail | null
  readonly found: Identity | null
  readonly known: Identity | null
  readonly match: ReturnType<typeof matchIdentities>
}

/** Follows reconnects from the moment Nango has new credentials: looks whose they are, asks where they are another's, carries out the answer. */
export class Reconnects {
  readonly #deps: ReconnectsDependencies
  readonly #stopped = new AbortController()
  readonly #settling = new Map<string, Promise<void>>()
  readonly #deciding = new Map<string, { readonly decision: ReconnectDecision; readonly done: Promise<void> }>()

  constructor(deps: ReconnectsDependencies) {
    this.#deps = deps
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** Nango has the new credentials of an open flow. `told` is what a form said of the account. Settles when it is over or asks. */
  replaced(flow: StoredFlow, told: Identity | null): Promise<void> {
    const { ledger, reconnects, vault } = this.#deps
    const running = this.#settling.get(flow.flowId)
    if (running !== undefined) return running
    const current = reconnects.remember(flow.flowId, { isReplaced: true })
    if (current === undefined) return Promise.resolve()
    // Its session could make more sign-ins.
    vault.remove({ kind: 'flow-session', owner: flow.flowId })
    ledger.change(flow.flowId, { state: 'finishing', expiresAt: null })
    ledger.step(flow.flowId, 'noticed', 'done')
    ledger.step(flow.flowId, 'account', 'running')
    const settled = inAttempt(flow.flowId, () => this.#settle(current, told))
      .catch((error: unknown) => {
        if (!this.#stopped.signal.aborted) this.#deps.log.warn('connect.not_written', { error })
      })
      .finally(() => this.#settling.delete(flow.flowId))
    this.#settling.set(flow.flowId, settled)
    return settled
  }

  /** What was sealed for flows of which nothing can come any more goes: a stop of the host may have left it. */
  sweep(now: number): void {
    const { vault, ledger } = this.#deps
    for (const flowId of vault.owners('reconnect-before')) {
      const flow = ledger.get(flowId)
      const isNeeded = flow !== undefined && (isOpenFlow(flow) || (flow.cleanupUntil !== null && Date.parse(flow.cleanupUntil) > now))
      if (!isNeeded) forgetBefore(vault, flowId)
    }
  }

  /** Goes on with a flow that a stop of the host left between its sign-in and its end. */
  resume(flow: StoredFlow): void {
    const decision = flow.reconnect?.decision ?? null
    if (decision === null) void this.replaced(flow, null)
    else if (decision.chosen !== null) {
      const { chosen } = decision
      this.decide(flow.flowId, chosen.decision, chosen.label).catch((error: unknown) => {
        if (!this.#stopped.signal.aborted) this.#deps.log.warn('connect.decision_open', { code: codeOf(error) })
      })
    }
  }

  /**
   * Carries out what a person chose. Throws `connect.nothing_to_decide`, `connection.cannot_put_back`, `connect.busy` while another choice
   * is carried out, `connection.gone`, and what Nango answers; the flow asks again then.
   */
  async decide(flowId: string, decision: ReconnectDecision, label: string | null): Promise<void> {
    const { ledger } = this.#deps
    const asked = requireDecision(ledger.get(flowId), flowId)
    if (!asked.options.includes(decision))
      throw new PatchbayError('connection.cannot_put_back', { data: { flowId, options: asked.options } })
    const running = this.#deciding.get(flowId)
    if (running !== undefined) {
      if (running.decision !== decision) throw new PatchbayError('connect.busy', { data: { flowId } })
      return running.done
    }
    const done = inAttempt(flowId, () => this.#carryOut(flowId, asked, decision, label)).finally(() => this.#deciding.delete(flowId))
    this.#deciding.set(flowId, { decision, done })
    return done
  }

  /** The person wants none of it: as `keep` where that can be, else the connection is said to need its person. */
  async decline(flow: StoredFlow): Promise<void> {
    if (requireDecision(flow, flow.flowId).options.includes('keep')) return this.decide(flow.flowId, 'keep', null)
    this.#deps.reconnects.abandon(flow)
  }

  /** A sign-in came after its flow had ended: it counts where it is the same account and was not cancelled; else what was before is put back. */
  async late(flow: StoredFlow, summary: NangoConnectionSummary): Promise<void> {
    const { reconnects, nameOf } = this.#deps
    const place = await this.#placeOf(flow)
    const name = nameOf(flow.connectorId)
    const isCancelled = flow.state === 'cancelled'
    const look = await this.#look(flow, place, null)
    const isWanted = !isCancelled && look.match !== 'different'
    if (!isWanted && place.before?.credentials) {
      await putBack(place.client, place.key, place.before)
      const why = isCancelled ? 'after you cancelled' : 'with another account after the flow had ended'
      return reconnects.settleLate(flow, 'as_before', `${name} answered ${why}. The sign-in of before was put back.`)
    }
    await this.#restore(place, look.detail ?? summary)
    if (look.match === 'different')
      return reconnects.settleLate(flow, 'wrong_account', `${name} answered with another account after the flow had ended.`)
    const identity = withKnown(look.found, look.known)
    const outcome = { identity, detail: look.detail, before: place.before, words: null }
    reconnects.settleLate(flow, outcome, `${name} answered after the flow had ended. The new sign-in is in use.`)
  }

  async #placeOf(flow: StoredFlow): Promise<Place> {
    const row = getConnection(this.#deps.db, flow.connectionId)
    if (row === undefined || row.nango_connection_id === null) throw goneError(flow.connectionId)
    const key = { connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key }
    const client = await this.#deps.clientFor(flow.profileId)
    return { row, key, client, before: this.#openBefore(flow, client.host, key) }
  }

  /** What was sealed; null also for what cannot be opened any more, which stays as it is. */
  #openBefore({ flowId }: StoredFlow, host: string, key: NangoConnectionKey): Before | null {
    try {
      return openBefore(this.#deps.vault, flowId, host, key)
    } catch (error) {
      if (codeOf(error) !== 'vault.unsealable') throw error
      this.#deps.log.error('connect.before_unreadable', { attemptId: flowId })
      return null
    }
  }

  async #settle(flow: StoredFlow, told: Identity | null): Promise<void> {
    const { ledger, reconnects, log, retryMs } = this.#deps
    for (let tries = 1; ; tries += 1) {
      try {
        const place = await this.#placeOf(flow)
        const look = await this.#look(flow, place, told, tries >= MOST_ASKS)
        if (this.#stopped.signal.aborted) return
        const { known, found } = look
        if (look.match === 'different' && known !== null && found !== null) {
          const options = optionsOf({ canPutBack: place.before?.credentials != null })
          return reconnects.ask(flow, { known, found, options, chosen: null, added: null })
        }
        await this.#restore(place, look.detail)
        const words = look.match === 'unknown' ? CANNOT_TELL : null
        return reconnects.finish(flow, { identity: withKnown(look.found, look.known), detail: look.detail, before: place.before, words })
      } catch (error) {
        if (this.#stopped.signal.aborted) return
        const code = codeOf(error)
        if (code === 'nango.not_found' || code === 'connection.gone') return ledger.end(flow.flowId, 'failed', goneError(flow.connectionId))
        if (code === null) throw error
        log.info('connect.settles_later', { code })
        const pauseMs = Math.min(LONGEST_PAUSE_MS, retryMs * 2 ** Math.min(tries - 1, 10))
        if (!(await sleep(pauseMs, true, { signal: this.#stopped.signal, ref: false }).catch(() => false))) return
      }
    }
  }

  /** Who the account is now. What cannot be read is not known; that Nango is not there is thrown, and the service where `isLast` is false. */
  async #look({ flowId, connectorId }: StoredFlow, { row, key, client }: Place, told: Identity | null, isLast = true): Promise<Look> {
    const detail = await client.getConnection(key).catch((error: unknown) => {
      if (!isRefusal(error) && !(isLast && GARBLED.has(codeOf(error) ?? ''))) throw error
      this.#deps.log.info('connect.account_unread', { attemptId: flowId, code: codeOf(error) })
      return null
    })
    const { rawIdentity = null, connectionConfig = {} } = detail ?? {}
    const read = await readIdentity(client, { connectorId, key, told: rawIdentity, connectionConfig }).catch((error: unknown) => {
      if (codeOf(error) !== 'provider.unreachable' || !isLast) throw error
      return rawIdentity
    })
    const found = withKnown(read, told)
    const stored = JSON.parse(row.identity ?? 'null') as KnownIdentity | null
    return { detail, found, known: stored, match: matchIdentities(knownAtService(stored, row, detail), found) }
  }

  /** Tags and metadata as they were; that a key may not write them must not undo a sign-in. */
  async #restore({ client, key, before }: Place, now: Pick<NangoConnectionDetail, 'tags' | 'metadata'> | null): Promise<void> {
    if (before === null || now === null) return
    await restoreRest(client, key, before, now).catch((error: unknown) => {
      if (!isRefusal(error)) throw error
      this.#deps.log.warn('connect.rest_not_restored', { code: codeOf(error) })
    })
  }

  async #carryOut(flowId: string, asked: StoredDecision, decision: ReconnectDecision, label: string | null): Promise<void> {
    const { reconnects, ledger } = this.#deps
    const chosen = { decision, label }
    const added = decision === 'add' ? (asked.added ?? { nangoConnectionId: randomUUID(), connectionId: null }) : asked.added
    const flow = reconnects.remember(flowId, { decision: { ...asked, chosen, added } })
    if (flow === undefined) throw new PatchbayError('connect.ended', { data: { flowId } })
    // What follows takes credentials away: which way it goes, and under which id, must not be lost with the last half second.
    this.#deps.db.secureMark()
    try {
      const place = await this.#placeOf(flow)
      await this.#requireThere(flow, place)
      if (decision === 'replace') await this.#takeOver(flow, place)
      else {
        if (decision === 'add') await this.#addNew(flow, place)
        await putBack(place.client, place.key, place.before)
        if (decision === 'keep') reconnects.keep(flow)
        else
          reconnects.finish(flow, {
            identity: asked.known,
            detail: null,
            before: place.before,
            words: 'The other account is a connection of its own now.',
          })
      }
    } catch (error) {
      if (this.#stopped.signal.aborted) throw error
      if (codeOf(error) === 'connection.gone') ledger.end(flowId, 'failed', goneError(flow.connectionId))
      else this.#askAgain(flowId)
      throw error
    }
  }

  /** What was chosen could not be done: the person may choose anew. A connection that was added stays, and is not made twice. */
  #askAgain(flowId: string): void {
    const decision = this.#deps.ledger.get(flowId)?.reconnect?.decision ?? null
    if (decision !== null) this.#deps.reconnects.remember(flowId, { decision: { ...decision, chosen: null } })
  }

  /** An import would make a connection that was deleted anew (nango-api.md section 6). */
  async #requireThere({ connectionId: id }: StoredFlow, { client, key }: Place): Promise<void> {
    const { connectionId, providerConfigKey: integrationId } = key
    const rows = await client.listConnections({ connectionId, integrationId, limit: 5 })
    if (!rows.some((row) => row.connectionId === connectionId && row.providerConfigKey === integrationId)) throw goneError(id)
  }

  async #takeOver(flow: StoredFlow, place: Place): Promise<void> {
    const look = await this.#look(flow, place, flow.reconnect?.decision?.found ?? null)
    await this.#restore(place, look.detail)
    const words = 'Another account took the place of the one before.'
    this.#deps.reconnects.finish(flow, { identity: look.found, detail: look.detail, before: place.before, words })
  }

  /** The new credentials become a connection of their own, once: what a stop cut off goes on with the same id. */
  async #addNew(flow: StoredFlow, { client, key }: Place): Promise<void> {
    const decision = flow.reconnect?.decision ?? null
    if (decision?.added == null || decision.added.connectionId !== null) return
    const detail = await client.getConnection({ ...key, withRefreshToken: true })
    if (detail.credentials === null) throw new PatchbayError('nango.scope_missing')
    const made = await client.importConnection({
      providerConfigKey: key.providerConfigKey,
      connectionId: decision.added.nangoConnectionId,
      credentials: detail.credentials,
      connectionConfig: detail.connectionConfig,
      tags: this.#deps.ownTags(flow.flowId, decision.chosen?.label ?? null),
    })
    this.#deps.reconnects.add(flow, decision, made)
  }
}

/** The stored identity, where it is the service's: the end user that a connection was made for may be called anything. */
const knownAtService = (stored: KnownIdentity | null, row: ConnectionRow, detail: NangoConnectionDetail | null): KnownIdentity | null => {
  if (stored?.email == null) return stored
  const tags = JSON.parse(row.tags) as Record<string, string>
  const fromTags = tags['end_user_email'] ?? (detail === null ? null : identityOf(detail)?.email) ?? null
  return stored.email === fromTags ? { ...stored, email: null } : stored
}

/** Whether a reconnect is past its sign-in: no page is waited for any more. */
export const isReplaced = (flow: StoredFlow): boolean => isOpenFlow(flow) && flow.reconnect?.isReplaced === true
