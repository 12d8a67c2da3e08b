import type { Implements } from '#shared/contract/contract'
import { PatchbayError } from '#shared/errors'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../caller.ts'
import { unusedSince } from '../connections/connections-api.ts'
import { getConnection } from '../connections/connection-store.ts'
import { newIdentifier } from '../identifier.ts'
import type { BulkRunner, BulkRunnerOptions } from './bulk-runner.ts'
import { type BulkRecord, getBulk, insertBulk, listBulks, rowsAfter, rowsOf, taskOf, toBulk, toBulkRow } from './bulk-store.ts'
import { type BulkSelection, type BulkTask, taskFrom } from './bulk-task.ts'
import { exportPiece, MEDIA_TYPES } from './connection-export.ts'
import { planBulk } from './plan-bulk.ts'

export interface BulkApiDependencies extends Pick<BulkRunnerOptions, 'db' | 'now' | 'actions' | 'viewOf' | 'resolve' | 'pause'> {
  readonly runner: BulkRunner
  readonly profileIdOf: (profileId: string | undefined) => string
  readonly timeAt: (profileId: string) => number
}

/** A choice that takes longer is answered before it has ended. */
const ANSWER_AFTER_MS = 1_000
const EXPORTED_AT_ONCE = 250

const FILTERS = ['connectorId', 'status', 'group', 'oauthMethod', 'isOurs', 'search', 'unusedForDays'] as const

/** The numbers of a cursor, or those of the beginning. Throws `cursor.invalid`. */
const placeOf = (cursor: string | undefined): readonly [position: number, written: number] => {
  if (cursor === undefined) return [-1, 0]
  const [, position, written = '0'] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(cursor) ?? []
  if (position === undefined) throw new PatchbayError('cursor.invalid')
  return [Number(position), Number(written)]
}

/** The domain `bulk`. */
export const createBulkApi = (deps: BulkApiDependencies): Implements<'bulk', Caller> => {
  const { db, runner } = deps
  const show = (record: BulkRecord) => toBulk(record, runner.pauseOf(record.bulk_id))
  const at = (): string => new Date(deps.now()).toISOString()

  const begin = async (run: { readonly profileId: string; readonly task: BulkTask; readonly selection: BulkSelection }) => {
    const bulkId = newIdentifier('blk', deps.now())
    db.transaction(() => insertBulk(db, { ...run, bulkId, at: at() }))
    const chosen = runner.select(bulkId)
    // Whoever starts it hears of a failure by the state of the run.
    chosen.catch(() => undefined)
    await Promise.race([chosen, sleep(ANSWER_AFTER_MS, undefined, { ref: false })])
    return show(getBulk(db, bulkId))
  }

  const ended = (bulkId: string): BulkRecord => {
    const record = getBulk(db, bulkId)
    if (record.ended_at === null) throw new PatchbayError('bulk.still_running', { data: { bulkId } })
    return record
  }

  return {
    start: async ({ dryRun, retryOf, expectedTotal, connectionIds, all, profileId: named, ...input }) => {
      const former = retryOf === undefined ? null : ended(retryOf)
      const given = former === null ? taskFrom(input) : taskOf(former)
      const task = input.acceptRisk === undefined ? given : { ...given, acceptRisk: input.acceptRisk }
      const profileId = former?.profile_id ?? deps.profileIdOf(named)
      const isFiltered = FILTERS.some((name) => input[name] !== undefined)
      if (former === null && connectionIds === undefined && !isFiltered && !all) throw new PatchbayError('bulk.nothing_selected')
      if (connectionIds !== undefined && (isFiltered || all || former !== null)) {
        const problems = [{ path: 'connectionIds', message: 'names or a filter, not both' }]
        throw new PatchbayError('bulk.incomplete', { data: { problems } })
      }
      const { connectorId, group, oauthMethod, isOurs, search, status, unusedForDays } = input
      const statuses = status === undefined ? undefined : [status].flat()
      const filter = { connectorId, group, oauthMethod, isOurs, search, statuses, unusedSince: unusedSince(unusedForDays, deps.now()) }
      const selection: BulkSelection = {
        ...(former !== null
          ? { kind: 'retry' as const, bulkId: former.bulk_id }
          : connectionIds === undefined
            ? { kind: 'filter' as const, filter }
            : { kind: 'named' as const, references: connectionIds }),
        expectedTotal: expectedTotal ?? null,
      }
      const action = deps.actions[task.action]
      if (dryRun) return { bulk: null, plan: await planBulk(deps, { profileId, task, selection, action }) }
      return { bulk: await begin({ profileId, task, selection }), plan: null }
    },
    get: ({ bulkId }) => show(getBulk(db, bulkId)),
    list: ({ profileId, limit }) => ({
      bulks: listBulks(db, profileId === undefined ? null : deps.profileIdOf(profileId), limit).map(show),
    }),
    results: ({ bulkId, outcome, limit, cursor }) => {
      getBulk(db, bulkId)
      const [after] = placeOf(cursor)
      const rows = outcome === undefined ? rowsAfter(db, bulkId, after, limit + 1) : rowsOf(db, bulkId, outcome, after, limit + 1)
      const page = rows.slice(0, limit)
      return { rows: page.map(toBulkRow), nextCursor: rows.length > limit ? String(page.at(-1)?.position ?? 0) : null }
    },
    cancel: ({ bulkId }) => {
      getBulk(db, bulkId)
      runner.cancel(bulkId)
      return show(getBulk(db, bulkId))
    },
    undo: ({ bulkId }) => {
      const record = ended(bulkId)
      if (!toBulk(record, null).canUndo) throw new PatchbayError('bulk.not_undoable', { data: { bulkId } })
      return begin({ profileId: record.profile_id, task: taskOf(record), selection: { kind: 'undo', bulkId, expectedTotal: null } })
    },
    export: ({ bulkId, format, cursor }) => {
      const record = getBulk(db, bulkId)
      if (record.state === 'selecting') throw new PatchbayError('bulk.still_running', { data: { bulkId } })
      const [after, written] = placeOf(cursor)
      const rows = rowsAfter(db, bulkId, after, EXPORTED_AT_ONCE + 1)
      const page = rows.slice(0, EXPORTED_AT_ONCE)
      const isLast = rows.length <= EXPORTED_AT_ONCE
      const found = page.flatMap(({ connection_id: id }) => {
        const row = getConnection(db, id)
        return row === undefined ? [] : [{ row, view: deps.viewOf(row.profile_id) }]
      })
      const place = { isFirst: cursor === undefined, isLast, written, now: deps.timeAt(record.profile_id) }
      return {
        text: exportPiece(format, found, place),
        mediaType: MEDIA_TYPES[format],
        nextCursor: isLast ? null : `${page.at(-1)?.position ?? 0}.${written + found.length}`,
      }
    },
  }
}
