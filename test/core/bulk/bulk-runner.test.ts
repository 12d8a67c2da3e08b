import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RecentRemovals } from '#core/connections/recent-removals'
import { bulkActions } from '#core/bulk/bulk-actions'
import { BulkRunner } from '#core/bulk/bulk-runner'
import { type BulkRecord, findBulk, insertBulk, insertRows, openBulks, rowsAfter } from '#core/bulk/bulk-store'
import type { BulkSelection } from '#core/bulk/bulk-task'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { SILENT_LOG } from '#core/log'
import { PatchbayError } from '#shared/errors'

const NOW = Date.parse('2026-03-10T12:00:00.000Z')
const ALL: BulkSelection = { kind: 'filter', filter: {}, expectedTotal: null }

let open: OpenDatabase
let runner: BulkRunner
/** Told at each turn that others are given. */
let onTurn: () => void
let onEnd: (record: BulkRecord) => void

beforeEach(() => {
  open = openMemoryDatabase()
  onTurn = () => {}
  onEnd = () => {}
  const { db } = open
  const journal = createJournal(
    db,
    createEventBus(() => {}),
    () => NOW,
  )
  const nobody = () => Promise.reject(new PatchbayError('nango.unreachable'))
  runner = new BulkRunner({
    db,
    journal,
    log: SILENT_LOG,
    now: () => NOW,
    monotonicNow: () => performance.now(),
    viewOf: () => ({ offlineSince: null, lastCompletedAt: null }),
    resolve: (reference) => reference,
    pause: async () => {
      await setImmediate()
      onTurn()
    },
    actions: bulkActions({
      db,
      journal,
      clientFor: nobody,
      cancelFlowOf: nobody,
      removals: new RecentRemovals(() => NOW),
      now: () => NOW,
      refresh: nobody,
      verify: nobody,
      revoke: nobody,
    }),
    announce: ({ type, data }) => {
      const record = type === 'bulk.changed' ? findBulk(db, data.bulkId) : undefined
      if (record !== undefined && record.ended_at !== null) onEnd(record)
    },
  })
})
afterEach(async () => {
  await runner.stop()
  open.close()
})

const store = (bulkId: string, selection: BulkSelection = ALL): void => {
  const task = { action: 'export', label: null, tags: null, acceptRisk: false, forgetOnly: false, revoke: false } as const
  insertBulk(open.db, { bulkId, profileId: 'p1', task, selection, at: new Date(NOW).toISOString() })
}
const nextEnd = (): Promise<BulkRecord> => new Promise((resolve) => (onEnd = resolve))

test('a run that is started while old rows are taken away does not wait for them, nor for the next one to be started', async () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => ({ connectionId: `c${index}`, handle: 'h', wanted: null, refusal: null }))
  insertRows(open.db, 'blk_0', 0, rows, new Date(NOW).toISOString())
  const isLeft = (): boolean => rowsAfter(open.db, 'blk_0', -1, 1).length > 0
  const swept = new Promise<void>((resolve) => {
    let isStarted = false
    onTurn = () => {
      if (!isLeft()) resolve()
      if (isStarted || rowsAfter(open.db, 'blk_0', -1, 5_000).length === 5_000) return
      isStarted = true
      store('blk_1')
      void runner.select('blk_1')
    }
  })
  const end = nextEnd()
  runner.start()
  expect(await end).toMatchObject({ bulk_id: 'blk_1', state: 'done' })
  expect(isLeft()).toBe(true)
  await swept
})

test('a run whose rows cannot be chosen says why, and those behind it go on', async () => {
  store('blk_1', { kind: 'retry', bulkId: 'blk_0', expectedTotal: null })
  store('blk_2')
  const first = nextEnd()
  runner.start()
  expect(await first).toMatchObject({ bulk_id: 'blk_1', state: 'stopped', error_code: 'bulk.not_found' })
  expect(await nextEnd()).toMatchObject({ bulk_id: 'blk_2', state: 'done' })
  expect(openBulks(open.db)).toEqual([])
})
