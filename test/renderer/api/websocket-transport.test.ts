import { expect, test } from 'vitest'
import { readEvent } from '#renderer/api/websocket-transport.ts'

test('a change event of the contract is read with its parsed data', () => {
  const frame = { jsonrpc: '2.0', method: 'event', params: { type: 'sync.changed', data: { profileId: 'p1', extra: 'dropped' } } }
  expect(readEvent(frame)).toEqual({ type: 'sync.changed', data: { profileId: 'p1' } })
})

test.each([
  ['an answer', { jsonrpc: '2.0', id: 1, result: {} }],
  ['an unknown type', { jsonrpc: '2.0', method: 'event', params: { type: 'nonsense.changed', data: {} } }],
  ['an inherited name', { jsonrpc: '2.0', method: 'event', params: { type: 'constructor', data: {} } }],
  ['data of the wrong shape', { jsonrpc: '2.0', method: 'event', params: { type: 'sync.changed', data: { profileId: 7 } } }],
  ['no object', 'event'],
  ['nothing', null],
])('%s is no change event', (_, frame) => {
  expect(readEvent(frame)).toBeNull()
})
