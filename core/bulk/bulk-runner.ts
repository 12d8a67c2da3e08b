import type { BulkActionName } from '#shared/contract/bulk'
import type { ChangeEvent } from '#shared/contract/contract'
import { PatchbayError, toWire } from '#shared/errors'
import type { WritableDb } from '../database/sql.ts'
import type { BulkAction, RemoteAction } from './bulk-actions.ts'
import { BulkPause } from './bulk-pause.ts'
import {
  type BulkRecord,
  type BulkRowRecord,
  deleteBulksOf,
  deleteOldBulks,
  findBulk,
  insertRows,
  openBulks,
  resetCounts,
  rowsOf,
  selectionOf,
  setBulkState,
  sweepable,
  sweepRows,
  taskOf,
} from './bulk-store.ts'
import { GroupCommit } from './group-commit.ts'
import { type LocalRunDependencies, runLocally } from './local-run.ts'
import { type RowWorkDependencies, workOnRow } from './row-work.ts'
import { selectRows, type SelectionDependencies } from './select-rows.ts'

export interface BulkRunnerOptions extends RowWorkDependencies, LocalRunDependencies, SelectionDependencies {
  readonly db: WritableDb
  readonly actions: Readonly<Record<BulkActionName, BulkAction>>
  readonly monotonicNow: () => number
  readonly announce: (change: ChangeEvent) => void
}

/** So many connections are under way at once, once the first has been answered. */
const WORKERS = 4
const READ_AHEAD = 50
const TOLD_EVERY_MS = 250
const KEPT_MS = 30 * 86_400_000
const AGAIN_MS = 60_000

/** Works through actions over many, one run after the other, in the order in which they were started; goes on where it was after a restart. */
export class BulkRunner {
  readonly #options: BulkRunnerOptions
  readonly #selecting = new Map<string, Promise<void>>()
  #isStopped = true
  #loop: Promise<void> | null = null
  #current: { readonly bulkId: string; readonly ending: AbortController; readonly pause: BulkPause } | null = null
  #told: { readonly timer: NodeJS.Timeout; isConnections: boolean } | null = null
  #retry: NodeJS.Timeout | null = null

  constructor(options: BulkRunnerOptions) {
    this.#options = options
  }

  start(): void {
    this.#isStopped = false
    this.#wake()
  }

  /** Begins nothing more; what is under way is looked at again at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#current?.ending.abort()
    if (this.#told !== null) clearTimeout(this.#told.timer)
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#told = null
    await Promise.allSettled([this.#loop, ...this.#selecting.values()])
  }

  /** Chooses the rows of a run that was stored, then lets it begin. Resolves when they are chosen. */
  select(bulkId: string): Promise<void> {
    const known = this.#selecting.get(bulkId)
    if (known !== undefined) return known
    const started = this.#select(bulkId).finally(() => {
      this.#selecting.delete(bulkId)
      this.#wake()
    })
    this.#selecting.set(bulkId, started)
    return started
  }

  /** What has begun is finished, nothing else begins. Nothing happens to a run that has ended. */
  cancel(bulkId: string): void {
    const { db } = this.#options
    const record = findBulk(db, bulkId)
    if (record === undefined || record.ended_at !== null) return
    const isCurrent = this.#current?.bulkId === bulkId
    const isUnderWay = isCurrent || rowsOf(db, bulkId, 'running', -1, 1).length > 0
    db.transaction(() => setBulkState(db, bulkId, { state: 'cancelled', ...(isUnderWay ? {} : { endedAt: this.#at() }) }))
    if (isCurrent) this.#current?.ending.abort()
    this.#tell(record, true)
  }

  /** Until when the run holds back, and why; null while it does not. */
  pauseOf(bulkId: string): { readonly until: string; readonly reason: string } | null {
    const left = this.#current?.bulkId === bulkId ? this.#current.pause.left : null
    return left === null ? null : { until: new Date(this.#options.now() + left.ms).toISOString(), reason: left.reason }
  }

  /** The vault is open again, or somebody looks: a run that waits for an outage to end tries again now. */
  hurry(): void {
    this.#current?.pause.hurry()
  }

  /** So much time may have gone by in a sleep, also of a pause. */
  slept(gapMs: number): void {
    this.#current?.pause.slept(gapMs)
  }

  /** The runs of a profile go with it. */
  forget(profileId: string): void {
    const { db } = this.#options
    for (const record of openBulks(db)) {
      if (record.profile_id === profileId && this.#current?.bulkId === record.bulk_id) this.#current.ending.abort()
    }
    db.transaction(() => deleteBulksOf(db, profileId))
    this.#wake()
  }

  #at(): string {
    return new Date(this.#options.now()).toISOString()
  }

  #wake(): void {
    if (this.#isStopped || this.#loop !== null) return
    this.#loop = this.#work()
      .catch((error: unknown) => {
        // Most likely the disk: what is stored tells later where it was.
        this.#options.log.warn('bulk.interrupted', { error })
        this.#retry = setTimeout(() => this.#wake(), AGAIN_MS)
        this.#retry.unref()
      })
      .finally(() => {
        this.#loop = null
        this.#current = null
      })
  }

  async #work(): Promise<void> {
    const { db } = this.#options
    for (let isTidy = false; ;) {
      // Whoever asked for it is answered first.
      await this.#options.pause()
      if (this.#isStopped) return
      const next = openBulks(db).find(({ bulk_id }) => !this.#selecting.has(bulk_id))
      if (next === undefined) {
        if (!isTidy) db.transaction(() => deleteOldBulks(db, new Date(this.#options.now() - KEPT_MS).toISOString()))
        isTidy = true
        // A piece at a time: what is started meanwhile goes first, and its waking finds this loop.
        const gone = sweepable(db)
        if (gone === undefined) return
        await db.waitForRoom()
        db.transaction(() => sweepRows(db, gone))
        continue
      }
      isTidy = false
      if (next.state === 'selecting') await this.select(next.bulk_id)
      else await this.#run(next)
    }
  }

  async #sweepRows(bulkId: string): Promise<void> {
    const { db } = this.#options
    for (let isMore = true; isMore && !this.#isStopped;) {
      isMore = db.transaction(() => sweepRows(db, bulkId))
      await db.waitForRoom()
      await this.#options.pause()
    }
  }

  async #select(bulkId: string): Promise<void> {
    const { db } = this.#options
    try {
      await this.#choose(bulkId)
    } catch (error) {
      // The disk is waited for; what else stands in the way would do so for ever, also of those behind it.
      if (!(error instanceof PatchbayError) || error.code.startsWith('storage.')) throw error
      db.transaction(() => setBulkState(db, bulkId, { state: 'stopped', endedAt: this.#at(), error: toWire(error) }))
      const record = findBulk(db, bulkId)
      if (record !== undefined) this.#tell(record, true)
    }
  }

  async #choose(bulkId: string): Promise<void> {
    const { db } = this.#options
    const record = findBulk(db, bulkId)
    if (record === undefined) return
    const isOff = (): boolean => this.#isStopped || findBulk(db, bulkId)?.state !== 'selecting'
    const selection = selectionOf(record)
    // What an interrupted choice left behind is chosen anew, as the connections are now.
    await this.#sweepRows(bulkId)
    db.transaction(() => resetCounts(db, bulkId))
    let total = 0
    for await (const page of selectRows(this.#options, record.profile_id, selection)) {
      if (isOff()) return
      await db.waitForRoom()
      const from = total
      db.transaction(() => insertRows(db, bulkId, from, page, this.#at()))
      total += page.length
      this.#tell(record)
    }
    if (isOff()) return
    const isOther = selection.expectedTotal !== null && selection.expectedTotal !== total
    const error = toWire(new PatchbayError('bulk.total_differs'))
    db.transaction(() => setBulkState(db, bulkId, isOther ? { state: 'stopped', endedAt: this.#at(), error } : { state: 'waiting' }))
    this.#tell(record, true)
  }

  async #run(record: BulkRecord): Promise<void> {
    const { db, actions } = this.#options
    const task = taskOf(record)
    const action = actions[task.action]
    const ending = new AbortController()
    const pause = new BulkPause(this.#options.monotonicNow)
    this.#current = { bulkId: record.bulk_id, ending, pause }
    if (record.state === 'cancelled') ending.abort()
    else db.transaction(() => setBulkState(db, record.bulk_id, { state: 'running', startedAt: this.#at() }))
    this.#tell(record)
    let obstacle: PatchbayError | null = null
    const stopAll = (error: PatchbayError): void => {
      obstacle ??= error
      ending.abort()
    }
    if (action.kind === 'local')
      await runLocally(this.#options, record, action, {
        isOver: () => ending.signal.aborted || this.#isStopped,
        tell: () => this.#tell(record, false, task.action !== 'export'),
      })
    else await this.#runRemote(record, action, { ending: ending.signal, pause, stopAll })
    this.#current = null
    if (this.#isStopped) return
    const isCancelled = findBulk(db, record.bulk_id)?.state === 'cancelled'
    const end = isCancelled
      ? { state: 'cancelled' as const }
      : obstacle === null
        ? { state: 'done' as const }
        : { state: 'stopped' as const, error: toWire(obstacle) }
    db.transaction(() => setBulkState(db, record.bulk_id, { ...end, endedAt: this.#at() }))
    this.#tell(record, true)
  }

  async #runRemote(
    record: BulkRecord,
    action: RemoteAction,
    run: { readonly ending: AbortSignal; readonly pause: BulkPause; readonly stopAll: (error: PatchbayError) => void },
  ): Promise<void> {
    const { db } = this.#options
    const inHand = { ...run, action, task: taskOf(record), commits: new GroupCommit(db), isStopped: () => this.#isStopped }
    const work = async (row: BulkRowRecord, isAgain: boolean): Promise<void> => {
      await workOnRow(this.#options, inHand, row, isAgain)
      this.#tell(record)
    }
    for (const row of rowsOf(db, record.bulk_id, 'running', -1, READ_AHEAD)) await work(row, true)
    let after = -1
    const failures: Error[] = []
    const queue: BulkRowRecord[] = []
    const take = (): BulkRowRecord | undefined => {
      if (run.ending.aborted || this.#isStopped || failures.length > 0) return undefined
      if (queue.length === 0) queue.push(...rowsOf(db, record.bulk_id, 'waiting', after, READ_AHEAD))
      const row = queue.shift()
      after = row?.position ?? after
      return row
    }
    // One that cannot write ends all, and the run goes on later from what is stored.
    const worker = async (most: number): Promise<void> => {
      for (let done = 0; done < most; done += 1) {
        const row = take()
        if (row === undefined) return
        await work(row, false).catch((error: unknown) => failures.push(error instanceof Error ? error : new Error(String(error))))
        // Answers that are there at once must not keep others waiting.
        await this.#options.pause()
      }
    }
    await worker(1)
    await Promise.all(Array.from({ length: WORKERS }, () => worker(Number.POSITIVE_INFINITY)))
    const [failure] = failures
    if (failure !== undefined) throw failure
  }

  /** Windows hear of progress now and then, and of an end at once. */
  #tell(record: BulkRecord, isAtOnce = false, isConnections = false): void {
    const { profile_id: profileId, bulk_id: bulkId } = record
    const announce = (): void => {
      if (this.#told?.isConnections === true)
        this.#options.announce({ type: 'connections.changed', data: { profileId, connectionId: null } })
      this.#options.announce({ type: 'bulk.changed', data: { profileId, bulkId } })
      if (this.#told !== null) clearTimeout(this.#told.timer)
      this.#told = null
    }
    if (this.#isStopped) return
    if (isAtOnce) return announce()
    if (this.#told === null) this.#told = { timer: setTimeout(announce, TOLD_EVERY_MS).unref(), isConnections }
    else this.#told.isConnections ||= isConnections
  }
}
