import { PatchbayError } from '#shared/errors'
import { backoffMs } from '../clock.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Log } from '../log.ts'
import { AuditBatch } from './audit-batch.ts'
import { type AuditChain, type AuditHead, isSameHash } from './audit-chain.ts'
import type { AuditLine, AuditSink } from './audit-line.ts'
import { AUDIT_KEPT, type AuditKept, isOverfull, pruneAudit } from './audit-retention.ts'
import { headToWriteOn, insertLines, writeHead } from './audit-store.ts'
import { UseTimes } from './use-times.ts'

export interface AuditLogOptions {
  readonly now: () => number
  readonly log: Log
  /** Lines of programs were written, the last of all with this number; told at most once a second. */
  readonly announce: (lastSequence: number) => void
  readonly kept?: Partial<AuditKept>
  /** How many lines are kept while nothing can be written. */
  readonly mostWaiting?: number
}

/** A note is written this long after it at the latest, and what came meanwhile with it; milliseconds. */
const BATCH_MS = 40
/** Lines of one transaction: it holds the thread for two or three milliseconds. */
const LINES_AT_ONCE = 100
const MOST_WAITING = 10_000
const LONGEST_RETRY_MS = 5_000
const ANNOUNCE_MS = 1_000
const PRUNE_LOOK_MS = 3_600_000
const PRUNE_PAUSE_MS = 20

/** The line that stands for calls that nobody could write down. */
const lostLine = (at: number): AuditLine => ({
  at: new Date(at).toISOString(),
  caller: 'unproven',
  via: 'host',
  clientId: null,
  clientName: null,
  grantId: null,
  program: null,
  pid: null,
  method: 'audit.lost',
  profileId: null,
  connectionId: null,
  handle: null,
  target: null,
  outcome: 'failed',
  code: 'audit.unavailable',
  durationMs: null,
})

interface Opened {
  readonly db: WritableDb
  readonly chain: AuditChain
  readonly used: UseTimes
  head: AuditHead | null
  /** Where the chain would end had the transaction that failed been made durable all the same. */
  attempted: { readonly hash: Uint8Array; readonly lines: number; readonly lost: number } | null
}

/** Writes down what was called, in batches, each line chained to the one before. Outlives the database: what waits is written into the next one. */
export class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions
  readonly #kept: AuditKept
  readonly #batch: AuditBatch
  #opened: Opened | null = null
  #trouble: unknown = null
  #failures = 0
  #linesAtOnce = LINES_AT_ONCE
  #isWriting = false
  #isCommitDue = false
  #noteTimer: NodeJS.Timeout | null = null
  #announceTimer: NodeJS.Timeout | null = null
  #pruneTimer: NodeJS.Timeout | null = null
  #isPruneSoon = false

  constructor(options: AuditLogOptions) {
    this.#options = options
    this.#kept = { ...AUDIT_KEPT, ...options.kept }
    this.#batch = new AuditBatch(options.mostWaiting ?? MOST_WAITING)
  }

  /** Begins to write into a database; what waited is written. */
  open(db: WritableDb, chain: AuditChain): void {
    this.#opened = { db, chain, used: new UseTimes(), head: null, attempted: null }
    this.#trouble = null
    this.#failures = 0
    if (this.#batch.size > 0) this.#writeIn(0)
    this.#pruneIn(PRUNE_PAUSE_MS)
  }

  /** Writes what waits, as far as that is possible, and lets go of the database. */
  close(): void {
    this.settle()
    for (const timer of [this.#noteTimer, this.#announceTimer, this.#pruneTimer]) if (timer !== null) clearTimeout(timer)
    this.#noteTimer = this.#announceTimer = this.#pruneTimer = null
    this.#opened = null
    this.#batch.refuse(new PatchbayError('host.stopping'))
  }

  /** Why nothing can be written, and how many lines wait for it; null while all is well. */
  get trouble(): { readonly cause: unknown; readonly waiting: number; readonly lost: number } | null {
    return this.#trouble === null ? null : { cause: this.#trouble, waiting: this.#batch.size, lost: this.#batch.lost }
  }

  /** Where the chain ends as far as this run wrote it; null before it wrote anything. */
  get head(): AuditHead | null {
    return this.#opened?.head ?? null
  }

  requireWritable(): void {
    if (this.#opened === null || this.#trouble !== null) throw new PatchbayError('audit.unavailable', { cause: this.#trouble })
  }

  note(line: AuditLine): void {
    this.#batch.note(line)
    this.#writeIn(BATCH_MS)
  }

  commit(line: AuditLine): Promise<void> {
    const written = this.#batch.commit(line)
    if (!this.#isCommitDue) {
      this.#isCommitDue = true
      setImmediate(() => void this.#write())
    }
    return written
  }

  /** Writes now what waits, so that who reads the audit finds it there; what cannot be written goes on waiting. */
  settle(): void {
    while (this.#opened !== null && this.#batch.size > 0 && this.#writePart(this.#opened));
  }

  #writeIn(ms: number): void {
    this.#noteTimer ??= setTimeout(() => void this.#write(), ms)
  }

  /** Writes all that waits, part by part; others have their turn in between. */
  async #write(): Promise<void> {
    if (this.#noteTimer !== null) clearTimeout(this.#noteTimer)
    this.#noteTimer = null
    if (this.#isWriting) return
    this.#isWriting = true
    try {
      while (this.#batch.size > 0) {
        await this.#opened?.db.waitForRoom()
        this.#isCommitDue = false
        if (this.#opened === null) this.#batch.refuse(new PatchbayError('host.stopping'))
        if (this.#opened === null || !this.#writePart(this.#opened)) break
        if (this.#batch.size > 0) await new Promise((resolve) => setImmediate(resolve))
      }
    } finally {
      this.#isWriting = false
      this.#isCommitDue = false
    }
  }

  /** One transaction; false when it failed, and then it is tried again later. */
  #writePart(opened: Opened): boolean {
    try {
      if (!this.#isAlreadyThere(opened)) this.#append(opened)
    } catch (error) {
      return this.#failed(opened, error)
    }
    if (this.#trouble !== null) this.#options.log.info('audit.mended', { waiting: this.#batch.size, lost: this.#batch.lost })
    this.#trouble = null
    this.#failures = 0
    return true
  }

  /** After a failure the head is read anew; a transaction that was refused may be durable all the same. */
  #isAlreadyThere(opened: Opened): boolean {
    if (opened.head !== null) return false
    const head = headToWriteOn(opened.db, opened.chain)
    const { attempted } = opened
    opened.head = head
    opened.attempted = null
    if (head.unprovenFrom !== null && head.unprovenFrom > head.lastSequence)
      this.#options.log.error('audit.end_unproven', { sequence: head.lastSequence })
    if (attempted === null || !isSameHash(attempted.hash, head.lastHash)) return false
    this.#batch.toldOfLost(attempted.lost)
    this.#batch.done(attempted.lines)
    return true
  }

  #append(opened: Opened): void {
    const { db, chain, used } = opened
    const before = opened.head ?? headToWriteOn(db, chain)
    const lines = this.#batch.next(this.#linesAtOnce)
    const { lost } = this.#batch
    const isLast = lines.length === this.#batch.size
    const all = isLast && lost > 0 ? [...lines, { line: lostLine(this.#options.now()), count: lost }] : lines
    let { lastSequence, lastHash } = before
    const stored = all.map(({ line, count }) => {
      lastSequence += 1
      const entry = { sequence: lastSequence, ...line, count }
      lastHash = chain.hash(lastHash, entry)
      return { entry, hash: lastHash }
    })
    const head = { ...before, lastSequence, lastHash }
    const told = isLast ? lost : 0
    opened.attempted = { hash: lastHash, lines: lines.length, lost: told }
    const uses = used.due(lines, this.#options.now())
    db.transaction(() => {
      insertLines(db, stored)
      writeHead(db, chain, head)
      used.write(db, uses)
    })
    opened.head = head
    opened.attempted = null
    used.written(uses, this.#options.now())
    this.#linesAtOnce = LINES_AT_ONCE
    this.#batch.toldOfLost(told)
    this.#batch.done(lines.length)
    if (lines.some(({ line }) => line.caller === 'automation')) this.#announce()
    if (isOverfull(head, this.#kept)) this.#pruneIn(PRUNE_PAUSE_MS)
  }

  #failed(opened: Opened, error: unknown): boolean {
    opened.head = null
    if (!(error instanceof PatchbayError)) {
      // A line that the database does not take must not hold up all others.
      this.#options.log.error('audit.line_refused', { error, lines: this.#linesAtOnce })
      if (this.#linesAtOnce === 1) this.#batch.drop()
      this.#linesAtOnce = 1
      return true
    }
    if (this.#trouble === null) this.#options.log.error('audit.not_written', { code: error.code, waiting: this.#batch.size })
    this.#trouble = error
    this.#batch.refuse(error)
    this.#writeIn(Math.min(LONGEST_RETRY_MS, 100 + backoffMs(this.#failures++)))
    return false
  }

  #announce(): void {
    if (this.#announceTimer !== null) return
    const tell = (): void => this.#options.announce(this.#opened?.head?.lastSequence ?? 0)
    let told = this.#opened?.head?.lastSequence
    tell()
    this.#announceTimer = setTimeout(() => {
      this.#announceTimer = null
      if (this.#opened?.head?.lastSequence !== told) this.#announce()
      told = undefined
    }, ANNOUNCE_MS)
    this.#announceTimer.unref()
  }

  #pruneIn(ms: number): void {
    if (this.#pruneTimer !== null && this.#isPruneSoon) return
    if (this.#pruneTimer !== null) clearTimeout(this.#pruneTimer)
    this.#isPruneSoon = ms <= PRUNE_PAUSE_MS
    this.#pruneTimer = setTimeout(() => this.#prune(), ms).unref()
  }

  #prune(): void {
    this.#pruneTimer = null
    const opened = this.#opened
    if (opened === null) return
    let isMore = false
    try {
      const before = this.#trouble === null ? (opened.head ?? headToWriteOn(opened.db, opened.chain)) : null
      const pruned = before === null ? null : pruneAudit(opened.db, opened.chain, before, this.#kept, this.#options.now())
      if (pruned !== null) opened.head = pruned.head
      isMore = pruned?.isMore === true
    } catch (error) {
      opened.head = null
      this.#options.log.warn('audit.not_pruned', { error })
    }
    this.#pruneIn(isMore ? PRUNE_PAUSE_MS : PRUNE_LOOK_MS)
  }
}
