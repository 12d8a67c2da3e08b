import type { AuditFault } from '#shared/contract/audit'
import type { ReadableDb } from '../database/sql.ts'
import { type AuditChain, type AuditHead, isSameHash, NO_HASH } from './audit-chain.ts'
import { boundsOf, readHead, readLines, type StoredLine } from './audit-store.ts'

export interface AuditVerdict {
  readonly checked: number
  readonly firstSequence: number | null
  readonly lastSequence: number | null
  /** In the order of their numbers. After 20 nothing more is looked for. */
  readonly faults: readonly AuditFault[]
}

/** Lines between two turns of others; a few milliseconds. */
const PAGE = 200
const MOST_FAULTS = 20

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

/** A line that does not fit to the one before it. */
interface Suspect extends StoredLine {
  readonly before: Uint8Array
  /** What its hash would be in its place. */
  readonly computed: Uint8Array
}

/** Walks along the chain and gathers what does not fit. */
class ChainWalk {
  readonly #chain: AuditChain
  readonly #suspects: Suspect[] = []
  readonly #gaps: number[] = []
  /** Hashes before gaps: a line that was moved away may have stood behind one. */
  readonly #edges: Uint8Array[] = []
  #before: Uint8Array
  /** What the hash of the line before should have been, where it is another. */
  #instead: Uint8Array | null = null
  /** What stood before is not there: nothing can be said about whether the next line fits to it. */
  #isLoose: boolean
  #next: number
  checked = 0

  constructor(chain: AuditChain, first: number, before: Uint8Array) {
    this.#chain = chain
    this.#next = first
    this.#before = before
    this.#isLoose = first > 1 && isSameHash(before, NO_HASH)
  }

  /** The number of the line that comes next. */
  get next(): number {
    return this.#next
  }

  get isFull(): boolean {
    return this.#gaps.length + this.#suspects.length >= MOST_FAULTS
  }

  /** Retention let lines go meanwhile. */
  skipTo({ firstSequence, beforeHash }: AuditHead): void {
    if (firstSequence <= this.#next) return
    this.#next = firstSequence
    this.#before = beforeHash
    this.#instead = null
    this.#isLoose = isSameHash(beforeHash, NO_HASH)
  }

  take(line: StoredLine): void {
    const { sequence } = line.entry
    if (sequence > this.#next) {
      for (let gone = this.#next; gone < sequence && !this.isFull; gone++) this.#gaps.push(gone)
      this.#edges.push(this.#before)
      this.#isLoose = true
    }
    const computed = this.#chain.hash(this.#before, line.entry)
    const fits =
      this.#isLoose ||
      isSameHash(computed, line.hash) ||
      (this.#instead !== null && isSameHash(this.#chain.hash(this.#instead, line.entry), line.hash))
    if (!fits) this.#suspects.push({ ...line, before: this.#before, computed })
    this.#instead = fits ? null : computed
    this.#before = line.hash
    this.#isLoose = false
    this.#next = sequence + 1
    this.checked += 1
  }

  /**
   * Says of each line that does not fit whether it was changed or stands in another's place. One that only stands behind such a line
   * is as it was written: the hash before it is found elsewhere.
   */
  async faults(): Promise<AuditFault[]> {
    const suspects = this.#suspects
    const faults = this.#gaps.map((sequence): AuditFault => ({ sequence, kind: 'missing' }))
    const places = [...suspects.map(({ entry }) => entry.sequence), ...this.#gaps]
    const befores = [...this.#edges, ...suspects.flatMap(({ hash, before, computed }) => [before, hash, computed])]
    const written = new Set(suspects.flatMap(({ hash, before }) => [hexOf(hash), hexOf(before)]))
    for (const { entry, hash } of suspects) {
      await turn()
      if (befores.some((before) => isSameHash(this.#chain.hash(before, entry), hash))) continue
      const isOf = (sequence: number): boolean =>
        sequence !== entry.sequence && befores.some((before) => written.has(hexOf(this.#chain.hash(before, { ...entry, sequence }))))
      faults.push({ sequence: entry.sequence, kind: places.some(isOf) ? 'reordered' : 'changed' })
    }
    return faults
  }
}

const isSameHead = (one: AuditHead, other: AuditHead): boolean =>
  one.lastSequence === other.lastSequence &&
  one.firstSequence === other.firstSequence &&
  isSameHash(one.lastHash, other.lastHash) &&
  isSameHash(one.beforeHash, other.beforeHash)

/**
 * Reads the whole chain, a page at a time, and names what does not fit. `known` is where the chain ends as far as the running host
 * wrote it, null where it wrote nothing yet: that counts more than what the database says of itself.
 */
export const verifyAudit = async (db: ReadableDb, chain: AuditChain, known: () => AuditHead | null = () => null): Promise<AuditVerdict> => {
  const stored = readHead(db, chain)
  const head = known() ?? stored
  const bounds = boundsOf(db)
  const first = head?.firstSequence ?? bounds?.first ?? 1
  const last = Math.max(head?.lastSequence ?? 0, bounds?.last ?? 0)
  const faults: AuditFault[] = []
  const note = (sequence: number, kind: AuditFault['kind']): void => {
    if (!faults.some((fault) => fault.sequence === sequence)) faults.push({ sequence, kind })
  }

  if (bounds !== null && bounds.first < first)
    for (const { entry } of readLines(db, 'WHERE sequence < ? ORDER BY sequence LIMIT ?', first, MOST_FAULTS))
      note(entry.sequence, 'changed')
  // Nothing proves where the chain ends.
  if (stored === null || (head !== null && !isSameHead(stored, head))) note(bounds?.last ?? last, 'cut_off')
  if (head !== null && head.unprovenFrom !== null && head.unprovenFrom >= first) note(head.unprovenFrom, 'cut_off')
  if (head !== null && head.lastSequence >= first) {
    const [line] = readLines(db, 'WHERE sequence = ?', head.lastSequence)
    if (line !== undefined && !isSameHash(line.hash, head.lastHash)) note(head.lastSequence, 'changed')
  }

  const walk = new ChainWalk(chain, first, head?.beforeHash ?? NO_HASH)
  while (walk.next <= last && !walk.isFull) {
    const now = known() ?? readHead(db, chain)
    if (now !== null) walk.skipTo(now)
    const lines = readLines(db, 'WHERE sequence >= ? AND sequence <= ? ORDER BY sequence LIMIT ?', walk.next, last, PAGE)
    for (const line of lines) if (!walk.isFull) walk.take(line)
    if (lines.length === 0) {
      note(walk.next, 'cut_off')
      break
    }
    await turn()
  }
  for (const { sequence, kind } of await walk.faults()) note(sequence, kind)
  return {
    checked: walk.checked,
    firstSequence: bounds?.first ?? null,
    lastSequence: bounds?.last ?? null,
    faults: faults.toSorted((left, right) => left.sequence - right.sequence).slice(0, MOST_FAULTS),
  }
}
