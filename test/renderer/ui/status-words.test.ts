import { expect, test } from 'vitest'
import { type Connection, ConnectionStatus, STATUSES_OF_GROUP } from '#shared/contract/connections'
import { causeOf, GROUPS, missingScopes, statusWord } from '#renderer/ui/status-words.ts'
import { demoConnections } from '#test/renderer/demo-data'

const now = new Date(2026, 10, 20, 14, 2, 0).getTime()
const known = { now, offlineSince: null, wasWorking: false }
const one = (change: Partial<Connection>): Connection => {
  const [first] = demoConnections(now)
  if (first === undefined) throw new Error('no demo connection')
  return { ...first, lastError: null, ...change }
}
const error = (code: string) => ({ code, message: '', at: new Date(now - 7_200_000).toISOString() })

test('every status has its word, and every status belongs to one group of the list', () => {
  expect(new Set(ConnectionStatus.options.map(statusWord)).size).toBe(ConnectionStatus.options.length)
  expect(GROUPS.flatMap((group) => STATUSES_OF_GROUP[group]).toSorted()).toEqual([...ConnectionStatus.options].toSorted())
})

test('a connection that works says nothing behind its status', () => {
  expect(causeOf(one({ status: 'connected' }), known)).toBeNull()
})

test('attention names missing scopes first, then what was refused, and admits when it does not know', () => {
  const scopes = { requested: ['a', 'b', 'c'], granted: ['a'] }
  expect(causeOf(one({ status: 'attention', scopes, lastError: error('connection.refresh_failed') }), known)).toBe('2 scopes missing')
  expect(causeOf(one({ status: 'attention', lastError: error('connection.refresh_failed') }), known)).toBe('not renewed')
  expect(causeOf(one({ status: 'attention', lastError: error('connect.test_failed') }), known)).toBe('key rejected')
  expect(causeOf(one({ status: 'attention' }), known)).toBe('cause unknown')
})

test('offline, what worked is known to have been good, and what was unknown before stays last seen', () => {
  const offline = { now, offlineSince: new Date(now).toISOString(), wasWorking: true }
  const seen = new Date(now - 60_000).toISOString()
  expect(causeOf(one({ status: 'unknown', lastSyncedAt: seen }), offline)).toBe('good at 14:01')
  expect(causeOf(one({ status: 'unknown', lastSyncedAt: seen }), { ...offline, wasWorking: false })).toBe('last seen 14:01')
})

test('scopes count as missing only when both sides are known', () => {
  expect(missingScopes({ requested: ['a'], granted: null })).toEqual([])
  expect(missingScopes({ requested: null, granted: ['a'] })).toEqual([])
  expect(missingScopes({ requested: ['a', 'b'], granted: ['b', 'x'] })).toEqual(['a'])
})
