import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FlowLedger } from '#core/connect/flow-ledger'
import { insertFlow } from '#core/connect/flow-store'
import { FlowWatch, type WatchDependencies } from '#core/connect/flow-watch'
import type { OpenDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'
import { PatchbayError } from '#shared/errors'
import { eventually } from '#test/helpers/make-core'
import { makeFlow, openMemoryLedger } from '#test/helpers/memory-ledger'

const now = (): number => Date.parse('2026-01-01T00:00:00Z')
let database: OpenDatabase
let ledger: FlowLedger
let stops: number
let looks: number
let watch: FlowWatch

/** As on a disk that takes no writes: what is stored can be read, and nothing more be stored. */
const refuseWrites = (isOn: boolean): void => void database.db.run(`PRAGMA query_only = ${isOn ? 1 : 0}`)

const begin = (expiresAt: string, pace: WatchDependencies['pace']): void => {
  const opened = openMemoryLedger(now)
  database = opened.database
  ledger = opened.ledger
  insertFlow(database.db, makeFlow({ via: 'window' }))
  ledger.change('flw_1', { expiresAt })
  watch = new FlowWatch('flw_1', {
    ledger,
    log: SILENT_LOG,
    clientFor: () => {
      looks++
      return Promise.reject(new PatchbayError('nango.unreachable'))
    },
    timeAt: now,
    monotonicNow: () => performance.now(),
    onActivated: () => {},
    onReplaced: () => {},
    onReplacedLate: () => Promise.resolve(),
    onUnheard: () => Promise.resolve(),
    onStopped: () => stops++,
    ...(pace === undefined ? {} : { pace }),
  })
}

beforeEach(() => {
  stops = 0
  looks = 0
})
afterEach(() => {
  watch.stop()
  database.close()
})

test('a page that runs out while nothing can be written ends no host, and is over as soon as it can be', async () => {
  begin('2025-12-31T23:59:00Z', { firstMs: 5, laterMs: 20, quickForMs: 60_000, cleanupMs: 20 })
  refuseWrites(true)
  watch.start()
  await eventually(() => looks >= 3)
  expect(ledger.get('flw_1')?.state).toBe('waiting')
  refuseWrites(false)
  await eventually(() => ledger.get('flw_1')?.state === 'expired')
  expect(stops).toBe(1)
})

test('Nango is not asked any faster because nothing can be written', async () => {
  begin('2025-12-31T23:59:00Z', { firstMs: 5, laterMs: 600_000, quickForMs: 60_000, cleanupMs: 600_000 })
  refuseWrites(true)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    watch.start()
    // The page ran out long ago: were that to count, a look would come every 50 ms.
    await vi.advanceTimersByTimeAsync(10_000)
    expect(looks).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})

test('a refusal that could not be written down is written down by the next look', async () => {
  begin('2026-01-01T00:10:00Z', undefined)
  refuseWrites(true)
  expect(() => watch.refuse(new PatchbayError('connect.denied'))).toThrow(expect.objectContaining({ code: 'storage.read_only' }))
  expect(await watch.look()).toBe(false)
  refuseWrites(false)
  expect(await watch.look()).toBe(true)
  expect(ledger.get('flw_1')).toMatchObject({ state: 'failed', error: { code: 'connect.denied' } })
  expect(stops).toBe(1)
})
