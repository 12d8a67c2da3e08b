import { type Bulk, type BulkActionName, type BulkOutcome, type BulkRow, BulkState } from '#shared/contract/bulk'
import { ERRORS, isErrorCode, PatchbayError } from '#shared/errors'
import type { ReadableDb, WritableDb } from '../database/sql.ts'
import type { BulkSelection, BulkTask, Wanted } from './bulk-task.ts'

/** A run as it is stored. A cancelled one without `ended_at` is finishing what had begun. */
export interface BulkRecord {
  readonly bulk_id: string
  readonly profile_id: string
  readonly action: BulkActionName
  readonly state: Bulk['state']
  readonly task: string
  readonly selection: string
  readonly retry_of: string | null
  readonly undo_of: string | null
  readonly created_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly total: number
  readonly done: number
  readonly unchanged: number
  readonly refused: number
  readonly failed: number
}

/** A connection of a run as it is stored. */
export interface BulkRowRecord {
  readonly bulk_id: string
  readonly position: number
  readonly connection_id: string
  readonly handle: string
  readonly outcome: BulkOutcome
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly former: string | null
  readonly wanted: string | null
  readonly detail: string | null
  readonly error_code: string | null
  readonly error_message: string | null
}

type Final = Exclude<BulkOutcome, 'waiting' | 'running'>

/** How a row ended. */
export interface RowEnd {
  readonly outcome: Final
  readonly detail?: BulkRow['detail']
  /** What undoing brings back; kept from when the row began where it is not given. */
  readonly former?: unknown
  readonly error?: { readonly code: string; readonly message: string } | null
}

/** A row about to be stored; one that cannot be found has ended already. */
export interface NewRow {
  readonly connectionId: string
  readonly handle: string
  readonly wanted: Wanted | null
  readonly refusal: { readonly code: string; readonly message: string } | null
}

const KEPT_RUNS = 50
const SWEPT_AT_ONCE = 500

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value))

export const taskOf = (record: BulkRecord): BulkTask => JSON.parse(record.task) as BulkTask

export const selectionOf = (record: BulkRecord): BulkSelection => JSON.parse(record.selection) as BulkSelection

export const wantedOf = (row: BulkRowRecord): Wanted | null => JSON.parse(row.wanted ?? 'null') as Wanted | null

/** Stores a run whose rows are yet to be chosen. */
export const insertBulk = (
  db: WritableDb,
  run: {
    readonly bulkId: string
    readonly profileId: string
    readonly task: BulkTask
    readonly selection: BulkSelection
    readonly at: string
  },
): void => {
  const { selection } = run
  db.run(
    `INSERT INTO bulks (bulk_id, profile_id, action, state, task, selection, retry_of, undo_of, created_at)
     VALUES (?, ?, ?, 'selecting', ?, ?, ?, ?, ?)`,
    run.bulkId,
    run.profileId,
    run.task.action,
    JSON.stringify(run.task),
    JSON.stringify(selection),
    selection.kind === 'retry' ? selection.bulkId : null,
    selection.kind === 'undo' ? selection.bulkId : null,
    run.at,
  )
}

/** One run. Throws `bulk.not_found`. */
export const getBulk = (db: ReadableDb, bulkId: string): BulkRecord => {
  const record = findBulk(db, bulkId)
  if (record === undefined) throw new PatchbayError('bulk.not_found', { data: { bulkId } })
  return record
}

export const findBulk = (db: ReadableDb, bulkId: string): BulkRecord | undefined =>
  db.get<BulkRecord>('SELECT * FROM bulks WHERE bulk_id = ?', bulkId)

/** The last runs, the newest first. */
export const listBulks = (db: ReadableDb, profileId: string | null, limit: number): BulkRecord[] =>
  db.all<BulkRecord>('SELECT * FROM bulks WHERE profile_id = ifnull(?, profile_id) ORDER BY bulk_id DESC LIMIT ?', profileId, limit)

/** The runs that have not ended, the oldest first. */
export const openBulks = (db: ReadableDb): BulkRecord[] =>
  db.all<BulkRecord>('SELECT * FROM bulks INDEXED BY bulks_open WHERE ended_at IS NULL ORDER BY bulk_id')

/** Changes where a run stands. */
export const setBulkState = (
  db: WritableDb,
  bulkId: string,
  change: {
    readonly state: Bulk['state']
    readonly startedAt?: string
    readonly endedAt?: string
    readonly error?: { readonly code: string; readonly message: string }
  },
): void => {
  db.run(
    `UPDATE bulks SET state = ?, started_at = ifnull(started_at, ?), ended_at = ifnull(ended_at, ?), error_code = ifnull(?, error_code),
       error_message = ifnull(?, error_message) WHERE bulk_id = ?`,
    change.state,
    change.startedAt ?? null,
    change.endedAt ?? null,
    change.error?.code ?? null,
    change.error?.message ?? null,
    bulkId,
  )
}

/** Adds rows to a run, from a position on. */
export const insertRows = (db: WritableDb, bulkId: string, from: number, rows: readonly NewRow[], at: string): void => {
  let refused = 0
  for (const [index, { connectionId, handle, wanted, refusal }] of rows.entries()) {
    if (refusal !== null) refused += 1
    db.run(
      `INSERT INTO bulk_rows (bulk_id, position, connection_id, handle, wanted, outcome, ended_at, error_code, error_message)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      bulkId,
      from + index,
      connectionId,
      handle,
      json(wanted),
      refusal === null ? 'waiting' : 'refused',
      refusal === null ? null : at,
      refusal?.code ?? null,
      refusal?.message ?? null,
    )
  }
  db.run('UPDATE bulks SET total = total + ?, refused = refused + ? WHERE bulk_id = ?', rows.length, refused, bulkId)
}

/** Rows of one outcome after a position, in order. */
export const rowsOf = (db: ReadableDb, bulkId: string, outcome: BulkOutcome, after: number, limit: number): BulkRowRecord[] =>
  db.all<BulkRowRecord>(
    'SELECT * FROM bulk_rows INDEXED BY bulk_rows_by_outcome WHERE bulk_id = ? AND outcome = ? AND position > ? ORDER BY position LIMIT ?',
    bulkId,
    outcome,
    after,
    limit,
  )

/** All rows after a position, in order. */
export const rowsAfter = (db: ReadableDb, bulkId: string, after: number, limit: number): BulkRowRecord[] =>
  db.all<BulkRowRecord>('SELECT * FROM bulk_rows WHERE bulk_id = ? AND position > ? ORDER BY position LIMIT ?', bulkId, after, limit)

/** A row begins: what it was before is kept. */
export const beginRow = (db: WritableDb, row: BulkRowRecord, former: unknown, at: string): void => {
  db.run(
    "UPDATE bulk_rows SET outcome = 'running', started_at = ?, former = ? WHERE bulk_id = ? AND position = ?",
    at,
    json(former),
    row.bulk_id,
    row.position,
  )
}

/** Nothing was done for a row that had begun: it waits again. */
export const unbeginRow = (db: WritableDb, row: BulkRowRecord): void => {
  db.run(
    "UPDATE bulk_rows SET outcome = 'waiting', started_at = NULL WHERE bulk_id = ? AND position = ? AND outcome = 'running'",
    row.bulk_id,
    row.position,
  )
}

/** Stores how a row ended and counts it; inside a transaction. */
export const endRow = (db: WritableDb, row: BulkRowRecord, end: RowEnd, at: string): void => {
  const { changes } = db.run(
    `UPDATE bulk_rows SET outcome = ?, ended_at = ?, detail = ?, former = ifnull(?, former), error_code = ?, error_message = ?
     WHERE bulk_id = ? AND position = ? AND outcome IN ('waiting', 'running')`,
    end.outcome,
    at,
    json(end.detail),
    json(end.former),
    end.error?.code ?? null,
    end.error?.message ?? null,
    row.bulk_id,
    row.position,
  )
  if (changes > 0) db.run(`UPDATE bulks SET ${end.outcome} = ${end.outcome} + 1 WHERE bulk_id = ?`, row.bulk_id)
}

/** Takes some of a run's rows away; false when none is left. */
export const sweepRows = (db: WritableDb, bulkId: string): boolean =>
  db.run(
    'DELETE FROM bulk_rows WHERE bulk_id = ? AND position IN (SELECT position FROM bulk_rows WHERE bulk_id = ? ORDER BY position LIMIT ?)',
    bulkId,
    bulkId,
    SWEPT_AT_ONCE,
  ).changes === SWEPT_AT_ONCE

/** Begins the choice of rows anew; the rows there were must be gone. */
export const resetCounts = (db: WritableDb, bulkId: string): void => {
  db.run('UPDATE bulks SET total = 0, refused = 0 WHERE bulk_id = ?', bulkId)
}

/**
 * Takes away runs that ended before a time, and the oldest of more than 50, unless one that has not ended comes from them; their rows are
 * left to `sweepRows`.
 */
export const deleteOldBulks = (db: WritableDb, before: string): void => {
  db.run(
    `DELETE FROM bulks WHERE ended_at IS NOT NULL AND
       NOT EXISTS (SELECT 1 FROM bulks AS later WHERE later.ended_at IS NULL AND bulks.bulk_id IN (later.retry_of, later.undo_of)) AND
       (ended_at < ? OR bulk_id NOT IN (SELECT bulk_id FROM bulks ORDER BY bulk_id DESC LIMIT ${KEPT_RUNS}))`,
    before,
  )
}

/** Takes the runs of a profile away; their rows are left to `sweepRows`. */
export const deleteBulksOf = (db: WritableDb, profileId: string): void => {
  db.run('DELETE FROM bulks WHERE profile_id = ?', profileId)
}

/** The id of a run that is gone and whose rows are still there, or undefined. */
export const sweepable = (db: ReadableDb): string | undefined => {
  for (let after = ''; ;) {
    const next = db.get<{ id: string | null }>('SELECT min(bulk_id) AS id FROM bulk_rows WHERE bulk_id > ?', after)?.id ?? null
    if (next === null) return undefined
    if (findBulk(db, next) === undefined) return next
    after = next
  }
}

const isUndoable = (record: BulkRecord): boolean =>
  (record.action === 'label' || record.action === 'tag') && record.ended_at !== null && record.done > 0

/** A run as callers see it. */
export const toBulk = (record: BulkRecord, pause: { readonly until: string; readonly reason: string } | null): Bulk => ({
  bulkId: record.bulk_id,
  profileId: record.profile_id,
  action: record.action,
  state: BulkState.parse(record.state),
  retryOf: record.retry_of,
  undoOf: record.undo_of,
  canUndo: isUndoable(record),
  total: record.total,
  counts: {
    done: record.done,
    unchanged: record.unchanged,
    refused: record.refused,
    failed: record.failed,
    waiting: record.total - record.done - record.unchanged - record.refused - record.failed,
  },
  createdAt: record.created_at,
  startedAt: record.started_at,
  endedAt: record.ended_at,
  pausedUntil: pause?.until ?? null,
  pauseReason: pause?.reason ?? null,
  error: record.error_code === null ? null : { code: record.error_code, message: record.error_message ?? '' },
})

/** A row as callers see it. */
export const toBulkRow = (row: BulkRowRecord): BulkRow => ({
  position: row.position,
  connectionId: row.connection_id,
  handle: row.handle,
  outcome: row.outcome,
  detail: JSON.parse(row.detail ?? 'null') as BulkRow['detail'],
  error:
    row.error_code === null
      ? null
      : { code: row.error_code, message: row.error_message ?? '', next: isErrorCode(row.error_code) ? ERRORS[row.error_code].next : null },
  startedAt: row.started_at,
  endedAt: row.ended_at,
})
