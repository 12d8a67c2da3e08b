import type { WritableDb } from '../database/sql.ts'
import { type AuditChain, type AuditHead, NO_HASH } from './audit-chain.ts'
import { readLines, writeHead } from './audit-store.ts'

/** How much of the audit is kept. */
export interface AuditKept {
  readonly lines: number
  readonly ms: number
  /** Lines that go at once: a part holds the thread for some milliseconds. */
  readonly part: number
}

export const AUDIT_KEPT: AuditKept = { lines: 500_000, ms: 400 * 86_400_000, part: 150 }

const overBy = ({ firstSequence, lastSequence }: AuditHead, kept: AuditKept): number => lastSequence - firstSequence + 1 - kept.lines

/** Whether there are more lines than are kept, by more than a little. */
export const isOverfull = (head: AuditHead, kept: AuditKept): boolean => overBy(head, kept) >= kept.part

/**
 * Lets the oldest lines go, a part of them; null when nothing is old enough. The head keeps the hash of the last that went, so that
 * the first that is kept can be proved. There is more to do at once only where there are too many: for age a part each hour is enough,
 * and a clock that leaps ahead takes little with it.
 */
export const pruneAudit = (
  db: WritableDb,
  chain: AuditChain,
  head: AuditHead,
  kept: AuditKept,
  now: number,
): { readonly head: AuditHead; readonly isMore: boolean } | null => {
  const end = head.firstSequence + kept.part
  const before = new Date(now - kept.ms).toISOString()
  const young = db.get<{ sequence: number }>(
    'SELECT sequence FROM audit WHERE sequence >= ? AND sequence < ? AND at >= ? ORDER BY sequence LIMIT 1',
    head.firstSequence,
    end,
    before,
  )
  const [oldest] = readLines(
    db,
    'WHERE sequence >= ? AND sequence < ? ORDER BY sequence DESC LIMIT 1',
    head.firstSequence,
    young?.sequence ?? end,
  )
  const old = oldest === undefined ? head.firstSequence : oldest.entry.sequence + 1
  // The last line stays: it is what the chain goes on from.
  const first = Math.min(Math.max(old, head.firstSequence + Math.min(overBy(head, kept), kept.part)), head.lastSequence)
  if (first <= head.firstSequence) return null
  const [last] = readLines(db, 'WHERE sequence >= ? AND sequence < ? ORDER BY sequence DESC LIMIT 1', head.firstSequence, first)
  // A gap stays visible: it begins where the kept lines begin. Where all of the part is one, nothing proves the first line after it.
  const next: AuditHead =
    last === undefined
      ? { ...head, firstSequence: first, beforeHash: NO_HASH, unprovenFrom: Math.max(head.unprovenFrom ?? 0, first) }
      : { ...head, firstSequence: last.entry.sequence + 1, beforeHash: last.hash }
  db.transaction(() => {
    db.run('DELETE FROM audit WHERE sequence < ?', next.firstSequence)
    writeHead(db, chain, next)
  })
  return { head: next, isMore: overBy(next, kept) > 0 }
}
