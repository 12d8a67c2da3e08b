import { afterEach, beforeEach, expect, test } from 'vitest'
import { deleteFlowsBefore, insertFlow, listFlows, updateFlow } from '#core/connect/flow-store'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { makeFlow } from '#test/helpers/memory-ledger'

let database: OpenDatabase
beforeEach(() => {
  database = openMemoryDatabase()
})
afterEach(() => database.close())

const put = (flowId: string, createdAt: string, state: 'connected' | 'waiting'): void => {
  insertFlow(database.db, makeFlow({ flowId, connectionId: `con_${flowId}`, state, createdAt }))
  updateFlow(database.db, flowId, { state })
}
const kept = (): string[] =>
  listFlows(database.db, { since: '1970-01-01T00:00:00.000Z' })
    .map(({ flowId }) => flowId)
    .toSorted()

test('ended flows that are old go, open ones and newer ones stay', () => {
  put('old', '2026-01-01T00:00:00.000Z', 'connected')
  put('open', '2026-01-01T00:00:00.000Z', 'waiting')
  put('new', '2026-03-01T00:00:00.000Z', 'connected')
  deleteFlowsBefore(database.db, '2026-02-01T00:00:00.000Z')
  expect(kept()).toEqual(['new', 'open'])
})

test('a start with a clock that is years ahead takes no history away', () => {
  put('one', '2026-01-01T00:00:00.000Z', 'connected')
  put('two', '2026-03-01T00:00:00.000Z', 'connected')
  deleteFlowsBefore(database.db, '2099-12-02T00:00:00.000Z')
  expect(kept()).toEqual(['one', 'two'])
})
