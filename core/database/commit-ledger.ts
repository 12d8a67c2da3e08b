import { StorageNotice } from '#shared/contract/backup'
import type { Log } from '../log.ts'
import { CommitMark, type MarkOutcome, readMark } from './commit-mark.ts'
import { PLACED_FACT, setFact } from './open-database.ts'
import { NOTICE_FACT } from './put-in-place.ts'
import type { ReadableDb, WritableDb } from './sql.ts'

const COUNT_FACT = 'commit_count'

/** Counts one commit, as the last part of each transaction. */
export const COUNT_COMMIT = `UPDATE facts SET value = CAST(value AS INTEGER) + 1 WHERE name = '${COUNT_FACT}'`

/** Writes without changing anything; where it reaches the disk, so does everything else. */
export const TOUCH_COUNT = `UPDATE facts SET value = value WHERE name = '${COUNT_FACT}'`

const factOf = (db: ReadableDb, name: string): string | null =>
  db.get<{ value: string }>('SELECT value FROM facts WHERE name = ?', name)?.value ?? null

/** How many commits the database counts; 0 for one that never counted. */
export const countedCommits = (db: ReadableDb): number => Number(factOf(db, COUNT_FACT) ?? 0)

const dropFact = (db: WritableDb, name: string): void => void db.run('DELETE FROM facts WHERE name = ?', name)

const noticeIn = (text: string | null): StorageNotice | null => {
  if (text === null) return null
  try {
    const parsed = StorageNotice.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

interface Ledger {
  /** How many commits there have been, those that are lost included. */
  readonly commits: number
  readonly notice: StorageNotice | null
  /** What is in the database is not what it was when it was last open. */
  readonly isOlder: boolean
}

/** Compares the database with the mark beside it; nothing is written. */
const compareWithMark = (db: WritableDb, mark: MarkOutcome, at: number): Ledger => {
  const counted = countedCommits(db)
  const marked = mark.state === 'valid' ? mark.commits : 0
  const commits = Math.max(counted, marked)
  const lostWrites = mark.state === 'valid' ? Math.max(0, marked - counted) : null
  const placed = factOf(db, PLACED_FACT)
  const stored = noticeIn(factOf(db, NOTICE_FACT))
  const notice = (kind: StorageNotice['kind']): StorageNotice => ({ kind, at: new Date(at).toISOString(), lostWrites, folder: null })
  if (placed === 'quarantined') return { commits, notice: stored ?? notice('quarantined'), isOlder: true }
  // A backup brings back the notice of its day; only the one that this placing wrote is of today.
  if (placed !== null)
    return { commits, notice: { ...(stored?.kind === 'restored' ? stored : notice('restored')), lostWrites }, isOlder: true }
  if (marked > counted) return { commits, notice: notice('rolled_back'), isOlder: true }
  const isUnproven = mark.state === 'damaged' || (mark.state === 'absent' && counted > 0)
  return isUnproven ? { commits, notice: notice('unproven'), isOlder: false } : { commits, notice: stored, isOlder: false }
}

/** Writes down what was found, so that it is told until a person has read it. One commit, counted. */
const settleLedger = (db: WritableDb, ledger: Ledger): number => {
  const commits = ledger.commits + 1
  db.transaction(() => {
    dropFact(db, PLACED_FACT)
    if (ledger.notice === null) dropFact(db, NOTICE_FACT)
    else setFact(db, NOTICE_FACT, JSON.stringify(ledger.notice))
    setFact(db, COUNT_FACT, String(commits))
  })
  return commits
}

/** The person has read the notice. */
export const clearNotice = (db: WritableDb): void => dropFact(db, NOTICE_FACT)

/** Says in the log what is in the notice. */
export const logNotice = (log: Log, { kind, lostWrites, folder }: StorageNotice): void =>
  log.warn(`storage.${kind}`, { lostWrites, folder })

/** Compares an opened database with its mark and, where it can be written, settles both. */
export const openLedger = (
  db: WritableDb,
  options: { readonly folder: string; readonly key: Uint8Array; readonly at: number; readonly log: Log; readonly isWritable: boolean },
): { readonly notice: StorageNotice | null; readonly mark: CommitMark | null } => {
  const { folder, key, at, log, isWritable } = options
  const marked = readMark(folder, key)
  const ledger = compareWithMark(db, marked, at)
  if (!isWritable) return { notice: ledger.notice, mark: null }
  const marks = (commits: number): CommitMark =>
    new CommitMark({ folder, key, commits, onError: (error) => log.warn('storage.mark_not_written', { error }) })
  // The first mark is there before the first count: a kill between them must not look like a loss.
  if (marked.state === 'absent' && ledger.commits === 0) marks(0).writeNow()
  const mark = marks(settleLedger(db, ledger))
  mark.writeNow()
  return { notice: ledger.notice, mark }
}
