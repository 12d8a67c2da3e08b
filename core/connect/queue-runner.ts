import type { ChangeEvent } from '#shared/contract/contract'
import type { Queue, QueueRequest } from '#shared/contract/queue'
import { ERRORS, isErrorCode, PatchbayError } from '#shared/errors'
import type { WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import { newIdentifier } from '../identifier.ts'
import type { Log } from '../log.ts'
import { Secret } from '../vault/secret.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { isOpenFlow, listFlows, type StoredFlow } from './flow-store.ts'
import type { StartParams } from './pending-flow.ts'
import {
  deleteQueuesBefore,
  deleteQueuesOf,
  getQueue,
  insertQueue,
  listQueues,
  queueOfFlow,
  setQueueState,
  type StoredItem,
  type StoredQueue,
  writeItem,
} from './queue-store.ts'

export interface QueueDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly vault: SecretVault
  readonly log: Log
  readonly now: () => number
  /** Throws `profile.not_found` or `profile.none`. */
  readonly profileIdOf: (profileId: string | undefined) => string
  /** The flows it makes. */
  readonly flows: {
    start(params: StartParams): Promise<StoredFlow>
    get(flowId: string): StoredFlow
    cancel(flowId: string): Promise<StoredFlow>
  }
}

/** What the form of an item was given; parameters may be secret too, so all of it waits in the vault. */
interface GivenForm {
  readonly fields: Readonly<Record<string, string>>
  readonly credentials: Readonly<Record<string, string>>
}

const WEEK_MS = 7 * 86_400_000
const KEPT_MS = 30 * 86_400_000

const isOver = ({ state }: StoredQueue): boolean => state === 'done' || state === 'cancelled'

/** What is not the item's own fault: Nango or the vault is out of reach, so the next one would fare no better. */
const pausesAll = (code: string): boolean =>
  (isErrorCode(code) && code.startsWith('nango.') && ERRORS[code].retry === 'later') ||
  code.startsWith('vault.') ||
  code === 'nango.key_refused'

/** Connects what stands in queues, one after the other; each step is written before the next begins. */
export class QueueRunner {
  readonly #deps: QueueDependencies
  readonly #active = new Map<string, Promise<void>>()
  #isStopped = false

  constructor(deps: QueueDependencies) {
    this.#deps = deps
  }

  /** Goes on with what was open when the host last stopped, and with what waits for Nango; of one profile where it is named. */
  resumeAll(profileId?: string): void {
    if (this.#isStopped) return
    for (const { queueId, state } of listQueues(this.#deps.db, { profileId, isOpen: true, since: this.#at() })) {
      if (state === 'paused') this.#unpause(queueId)
      this.#advance(queueId)
    }
  }

  stop(): void {
    this.#isStopped = true
  }

  /** A flow moved on: the queue it is for may too. */
  note(event: ChangeEvent): void {
    if (event.type !== 'connect.changed' || this.#isStopped) return
    const queueId = queueOfFlow(this.#deps.db, event.data.flowId)
    if (queueId !== undefined) queueMicrotask(() => this.#advance(queueId))
  }

  /** Writes the queue and begins with its first item. Throws `queue.busy` while the profile has one. */
  start(wanted: { readonly profileId?: string | undefined; readonly items: readonly QueueRequest[]; readonly open: boolean }): StoredQueue {
    const { db, journal, vault, now } = this.#deps
    const profileId = this.#deps.profileIdOf(wanted.profileId)
    const [busy] = listQueues(db, { profileId, isOpen: true, since: this.#at() })
    if (busy !== undefined) throw new PatchbayError('queue.busy', { data: { queueId: busy.queueId } })
    const queueId = newIdentifier('que', now())
    const items = wanted.items.map(({ credentials: _secrets, fields: _values, ...request }, position): StoredItem => ({
      position,
      connectorId: request.connectorId,
      label: request.label ?? null,
      request,
      state: 'waiting',
      flowId: null,
      connectionId: null,
      error: null,
      startedAt: null,
      endedAt: null,
    }))
    journal.commit((note) => {
      deleteQueuesBefore(db, new Date(now() - KEPT_MS).toISOString())
      insertQueue(db, {
        queueId,
        profileId,
        state: 'running',
        opens: wanted.open,
        createdAt: this.#at(),
        endedAt: null,
        pausedBecause: null,
        items,
      })
      for (const [position, { fields = {}, credentials = {}, connectorId }] of wanted.items.entries()) {
        if (Object.keys(fields).length + Object.keys(credentials).length === 0) continue
        const form: GivenForm = { fields, credentials }
        vault.put({ kind: 'queue-item', owner: `${queueId}:${position}`, binding: connectorId }, new Secret(JSON.stringify(form)))
      }
      this.#announce(note, profileId, queueId)
    })
    this.#advance(queueId)
    return this.get(queueId)
  }

  get(queueId: string): StoredQueue {
    const queue = getQueue(this.#deps.db, queueId)
    if (queue === undefined) throw new PatchbayError('queue.not_found', { data: { queueId } })
    return queue
  }

  list(query: { readonly profileId?: string | undefined; readonly isOpen?: boolean | undefined }): StoredQueue[] {
    return listQueues(this.#deps.db, { ...query, since: new Date(this.#deps.now() - WEEK_MS).toISOString() })
  }

  /** Ends the sign-in whose turn it is; the next one follows. Throws `queue.ended`. */
  async skip(queueId: string): Promise<StoredQueue> {
    const queue = this.#open(queueId)
    const item = queue.items.find(({ state }) => state === 'running') ?? queue.items.find(({ state }) => state === 'waiting')
    if (item !== undefined) await this.#drop(queue, item, 'skipped')
    this.#advance(queueId)
    return this.get(queueId)
  }

  /** Throws `queue.ended`. */
  resume(queueId: string): StoredQueue {
    if (this.#open(queueId).state === 'paused') this.#unpause(queueId)
    this.#advance(queueId)
    return this.get(queueId)
  }

  /** Begins nothing more and ends the sign-in whose turn it is. Throws `queue.ended`. */
  async cancel(queueId: string): Promise<StoredQueue> {
    const queue = this.#open(queueId)
    this.#setState(queue, 'cancelled', { endedAt: this.#at() })
    for (const item of queue.items) if (item.state === 'running' || item.state === 'waiting') await this.#drop(queue, item, 'cancelled')
    return this.get(queueId)
  }

  /** Takes away what belongs to a profile that goes. */
  forgetProfile(profileId: string): void {
    const { db, vault } = this.#deps
    for (const { queueId, items } of listQueues(db, { profileId, since: new Date(0).toISOString() })) {
      for (const { position } of items) vault.remove({ kind: 'queue-item', owner: `${queueId}:${position}` })
    }
    deleteQueuesOf(db, profileId)
  }

  #at(): string {
    return new Date(this.#deps.now()).toISOString()
  }

  #open(queueId: string): StoredQueue {
    const queue = this.get(queueId)
    if (isOver(queue)) throw new PatchbayError('queue.ended', { data: { queueId, state: queue.state } })
    return queue
  }

  #announce(note: Note, profileId: string, queueId: string): void {
    note.change({ type: 'queue.changed', data: { profileId, queueId } })
  }

  #setState(queue: StoredQueue, state: Queue['state'], more: Parameters<typeof setQueueState>[3] = {}): void {
    this.#deps.journal.commit((note) => {
      setQueueState(this.#deps.db, queue.queueId, state, more)
      this.#announce(note, queue.profileId, queue.queueId)
    })
  }

  #unpause(queueId: string): void {
    this.#setState(this.get(queueId), 'running')
  }

  #write(queue: StoredQueue, item: StoredItem, change: Partial<StoredItem>): void {
    const { db, journal, vault } = this.#deps
    const next = { ...item, ...change }
    journal.commit((note) => {
      writeItem(db, queue.queueId, next)
      if (next.endedAt !== null) vault.remove({ kind: 'queue-item', owner: `${queue.queueId}:${item.position}` })
      this.#announce(note, queue.profileId, queue.queueId)
    })
  }

  async #drop(queue: StoredQueue, item: StoredItem, state: 'skipped' | 'cancelled'): Promise<void> {
    this.#write(queue, item, { state, endedAt: this.#at() })
    if (item.flowId === null) return
    // One that has just ended by itself needs no end.
    await this.#deps.flows.cancel(item.flowId).catch((error: unknown) => this.#deps.log.info('queue.not_cancelled', { error }))
  }

  /** One walk at a time for each queue; what happens meanwhile is seen by the next look. */
  #advance(queueId: string): void {
    if (this.#isStopped) return
    const before = this.#active.get(queueId) ?? Promise.resolve()
    const walk = before
      .then(() => this.#walk(queueId))
      .catch((error: unknown) => {
        if (!this.#isStopped) this.#deps.log.error('queue.crashed', { error })
      })
      .finally(() => {
        if (this.#active.get(queueId) === walk) this.#active.delete(queueId)
      })
    this.#active.set(queueId, walk)
  }

  async #walk(queueId: string): Promise<void> {
    for (;;) {
      const queue = getQueue(this.#deps.db, queueId)
      if (queue?.state !== 'running' || this.#isStopped) return
      const item = queue.items.find(({ state }) => state === 'running') ?? queue.items.find(({ state }) => state === 'waiting')
      if (item === undefined) return this.#setState(queue, 'done', { endedAt: this.#at() })
      const goesOn = item.flowId === null ? await this.#begin(queue, item) : this.#settle(queue, item, this.#flowOf(item.flowId))
      if (!goesOn) return
    }
  }

  #flowOf(flowId: string): StoredFlow | null {
    try {
      return this.#deps.flows.get(flowId)
    } catch {
      return null
    }
  }

  async #begin(queue: StoredQueue, item: StoredItem): Promise<boolean> {
    const running = { ...item, state: 'running', startedAt: item.startedAt ?? this.#at() } as const
    // Begun before the host stopped: what came of it since is this item's, and is not made twice.
    const begun = item.state === 'running' ? this.#begunBefore(queue, running) : undefined
    if (begun !== undefined) return this.#started(queue, running, begun)
    this.#write(queue, item, running)
    try {
      const flow = await this.#deps.flows.start({
        ...item.request,
        ...this.#sealed(queue, item),
        profileId: queue.profileId,
        open: queue.opens,
      })
      return await this.#started(queue, running, flow)
    } catch (error) {
      const refusal = error instanceof PatchbayError ? error : new PatchbayError('internal')
      if (!(error instanceof PatchbayError)) this.#deps.log.error('queue.crashed', { error })
      // Begun before the host stopped, or by somebody else: its end is this item's.
      const waiting = refusal.code === 'connect.busy' ? refusal.data['flowId'] : undefined
      const flow = typeof waiting === 'string' ? this.#flowOf(waiting) : null
      if (flow !== null) return this.#started(queue, running, flow)
      return this.#failed(queue, running, refusal)
    }
  }

  /** The flow that an item began without its being noted; one that came to nothing is none. */
  #begunBefore({ profileId, items }: StoredQueue, { connectorId, label, startedAt }: StoredItem): StoredFlow | undefined {
    const since = startedAt ?? this.#at()
    return listFlows(this.#deps.db, { profileId, since }).find(
      (flow) =>
        flow.reconnect === null &&
        flow.createdAt >= since &&
        flow.connectorId === connectorId &&
        flow.label === label &&
        (flow.state === 'connected' || isOpenFlow(flow)) &&
        !items.some(({ flowId }) => flowId === flow.flowId),
    )
  }

  /** The flow is known now; where the item was skipped or cancelled meanwhile, it ends as well. */
  async #started(queue: StoredQueue, item: StoredItem, flow: StoredFlow): Promise<boolean> {
    const now = getQueue(this.#deps.db, queue.queueId)?.items[item.position]
    if (now === undefined) return false
    const named = { ...now, flowId: flow.flowId, connectionId: flow.connectionId }
    this.#write(queue, now, named)
    if (now.state === 'running') return this.#settle(queue, named, this.#flowOf(flow.flowId) ?? flow)
    if (isOpenFlow(flow)) await this.#deps.flows.cancel(flow.flowId)
    return true
  }

  #sealed(queue: StoredQueue, item: StoredItem): Partial<GivenForm> {
    const secret = this.#deps.vault.open({
      kind: 'queue-item',
      owner: `${queue.queueId}:${item.position}`,
      binding: item.connectorId,
    })
    return secret === null ? {} : (JSON.parse(secret.reveal()) as GivenForm)
  }

  /** Takes over how a flow ended; false while it is open. */
  #settle(queue: StoredQueue, item: StoredItem, flow: StoredFlow | null): boolean {
    if (flow === null) return this.#failed(queue, item, new PatchbayError('connect.interrupted'))
    if (isOpenFlow(flow)) return false
    if (flow.state === 'connected') this.#write(queue, item, { state: 'connected', connectionId: flow.connectionId, endedAt: this.#at() })
    else if (flow.state === 'failed') return this.#failed(queue, item, flow.error ?? new PatchbayError('connect.provider_error'))
    else if (flow.state === 'expired') return this.#failed(queue, item, new PatchbayError('connect.expired'))
    else this.#write(queue, item, { state: 'skipped', endedAt: this.#at() })
    return true
  }

  #failed(queue: StoredQueue, item: StoredItem, error: { readonly code: string; readonly message: string }): boolean {
    const { code, message } = error
    if (!pausesAll(code)) {
      this.#write(queue, item, { state: 'failed', error: { code, message }, endedAt: this.#at() })
      return true
    }
    // Its turn comes again.
    this.#write(queue, item, { state: 'waiting', flowId: null, connectionId: null, startedAt: null })
    this.#setState(queue, 'paused', { pause: { code, message } })
    return false
  }
}
