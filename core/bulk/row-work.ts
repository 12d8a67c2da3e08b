import { PatchbayError, toWire } from '#shared/errors'
import { getConnection } from '../connections/connection-store.ts'
import type { ReadableDb } from '../database/sql.ts'
import type { Log } from '../log.ts'
import { isPutOff } from '../nango/nango-errors.ts'
import type { RemoteAction } from './bulk-actions.ts'
import type { BulkPause } from './bulk-pause.ts'
import type { GroupCommit } from './group-commit.ts'
import { beginRow, type BulkRowRecord, endRow, type RowEnd, unbeginRow, wantedOf } from './bulk-store.ts'
import type { BulkTask } from './bulk-task.ts'

export interface RowWorkDependencies {
  readonly db: ReadableDb
  readonly log: Log
  readonly now: () => number
}

/** One run, as the work on its rows sees it. */
export interface RunInHand {
  readonly task: BulkTask
  readonly action: RemoteAction
  readonly pause: BulkPause
  readonly commits: GroupCommit
  /** Aborted when nothing new may begin. */
  readonly ending: AbortSignal
  /** The host stops: what is under way is left as it is, and looked at again at the next start. */
  readonly isStopped: () => boolean
  /** Something stands in the way of every row. */
  readonly stopAll: (error: PatchbayError) => void
}

/** What is true of the profile or its server, not of one connection. */
const OF_ALL = new Set([
  'nango.key_refused',
  'nango.public_key',
  'nango.scope_missing',
  'nango.certificate',
  'nango.not_nango',
  'profile.key_required',
  'profile.not_found',
  'direct.unavailable',
  'vault.unsealable',
])

const errorOf = (error: PatchbayError): RowEnd => {
  const { code, message } = toWire(error)
  return { outcome: 'failed', error: { code, message } }
}

const refusal = (error: PatchbayError): RowEnd => ({ ...errorOf(error), outcome: 'refused' })

/** How long a call that was put off has to wait, milliseconds; null for one that was not. */
const putOffMs = (error: PatchbayError): number | null => {
  if (!isPutOff(error)) return null
  const { retryInMs } = error.data
  return typeof retryInMs === 'number' ? retryInMs : 60_000
}

/** A connection of a run, from its beginning to its end, with the waits in between; `isAgain` for one that was under way before. */
export const workOnRow = async (deps: RowWorkDependencies, run: RunInHand, row: BulkRowRecord, wasUnderWay: boolean): Promise<void> => {
  const { db } = deps
  const at = (): string => new Date(deps.now()).toISOString()
  const end = (ended: RowEnd): Promise<void> => run.commits.write((writable) => endRow(writable, row, ended, at()))
  const unbegin = (): Promise<void> => run.commits.write((writable) => unbeginRow(writable, row))
  const call = { priority: 'bulk' } as const
  let isAgain = wasUnderWay
  let startedAt = row.started_at ?? at()

  for (;;) {
    await run.pause.wait(run.ending)
    if (run.isStopped()) return
    if (run.ending.aborted && !isAgain) return
    const connection = getConnection(db, row.connection_id)
    if (connection === undefined) {
      return end((isAgain ? run.action.endWhereGone : undefined) ?? refusal(new PatchbayError('connection.not_found')))
    }
    const item = { row: connection, task: run.task, wanted: wantedOf(row) }
    try {
      const seen = isAgain ? await run.action.look(item, startedAt, call) : null
      if (run.isStopped()) return
      if (seen !== null) return await end(seen)
      // Nothing came of it: a run that ends does not begin it anew.
      if (run.ending.aborted) return await unbegin()
      const planned = run.action.plan(item)
      if (planned.kind === 'unchanged') return await end({ outcome: 'unchanged' })
      if (planned.kind === 'refused') return await end(refusal(new PatchbayError(planned.code)))
      if (!isAgain) {
        startedAt = at()
        await run.commits.write((writable) => beginRow(writable, row, run.action.formerOf?.(item), startedAt))
        if (run.isStopped()) return
      }
      const ended = await run.action.run(item, call)
      run.pause.answered()
      return await end(ended)
    } catch (error) {
      if (run.isStopped()) return
      if (!(error instanceof PatchbayError)) {
        deps.log.error('bulk.row_crashed', { bulkId: row.bulk_id, position: row.position, error })
        return end(errorOf(new PatchbayError('internal')))
      }
      if (error.code.startsWith('storage.')) throw error
      const waitMs = putOffMs(error)
      if (waitMs !== null) {
        run.pause.hold(waitMs, error.code)
        if (!isAgain) await unbegin()
      } else if (error.code === 'vault.locked') {
        // Nothing was sent: it goes on once the vault is open again.
        run.pause.holdForOutage(error.code)
        if (!isAgain) await unbegin()
      } else if (error.code === 'nango.unreachable') {
        // It may have arrived and only the answer been lost.
        isAgain = true
        if (run.ending.aborted) return end(errorOf(error))
        run.pause.holdForOutage(error.code)
      } else if (OF_ALL.has(error.code)) {
        if (!isAgain) await unbegin()
        else await end(errorOf(error))
        return run.stopAll(error)
      } else {
        run.pause.answered()
        return end(errorOf(error))
      }
    }
  }
}
