import { PatchbayError, toWire } from '#shared/errors'
import { getConnection } from '../connections/connection-store.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import type { LocalAction } from './bulk-actions.ts'
import { type BulkRecord, type BulkRowRecord, endRow, type RowEnd, rowsOf, taskOf, wantedOf } from './bulk-store.ts'

export interface LocalRunDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly now: () => number
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>
}

/** How long a slice of local work may take, its commit included, which is learnt from those before. */
const SLICE_MS = 14
const SHORTEST_SLICE_MS = 3
const LOOK_AT_CLOCK_EVERY = 4
/** Beyond so many, single rows are no news: they would push out what happened before. */
const NEWS_AT_MOST = 1_000

const refused = (error: PatchbayError): RowEnd => ({ outcome: 'refused', error: toWire(error) })

/** Works through a run that asks nobody, in slices with a commit each, between which others are served. */
export const runLocally = async (
  deps: LocalRunDependencies,
  record: BulkRecord,
  action: LocalAction,
  run: { readonly isOver: () => boolean; readonly tell: () => void },
): Promise<void> => {
  const { db, journal } = deps
  const task = taskOf(record)
  const tellsNews = record.total <= NEWS_AT_MOST
  const apply = (row: BulkRowRecord, note: Note, at: string): RowEnd => {
    const connection = getConnection(db, row.connection_id)
    if (connection === undefined) return refused(new PatchbayError('connection.not_found'))
    const item = { row: connection, task, wanted: wantedOf(row) }
    const planned = action.plan(item)
    if (planned.kind === 'unchanged') return { outcome: 'unchanged' }
    return planned.kind === 'refused' ? refused(new PatchbayError(planned.code)) : action.apply(item, at, tellsNews ? note : null)
  }
  for (let commitMs = 0, isMore = true; isMore;) {
    await db.waitForRoom()
    await deps.pause()
    if (run.isOver()) return
    const begun = performance.now()
    let worked = begun
    isMore = journal.commit((note) => {
      const at = new Date(deps.now()).toISOString()
      do {
        const rows = rowsOf(db, record.bulk_id, 'waiting', -1, LOOK_AT_CLOCK_EVERY)
        for (const row of rows) endRow(db, row, apply(row, note, at), at)
        worked = performance.now()
        if (rows.length < LOOK_AT_CLOCK_EVERY) return false
      } while (worked - begun < Math.max(SLICE_MS - commitMs, SHORTEST_SLICE_MS))
      return true
    })
    commitMs = Math.max(performance.now() - worked, 0.8 * commitMs)
    run.tell()
  }
}
