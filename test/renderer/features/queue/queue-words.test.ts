import { expect, test } from 'vitest'
import type { Queue, QueueItem } from '#shared/contract/queue'
import { queueToTell } from '#renderer/features/queue/queue-dock.tsx'
import { countsOf, headlineOf, leftOver, reasonOf, tallyOf } from '#renderer/features/queue/queue-words.ts'

const item = (position: number, state: QueueItem['state'], change: Partial<QueueItem> = {}): QueueItem => ({
  position,
  connectorId: `c${position}`,
  label: null,
  state,
  flowId: null,
  connectionId: null,
  error: null,
  startedAt: null,
  endedAt: null,
  ...change,
})
const queue = (state: Queue['state'], items: readonly QueueItem[], change: Partial<Queue> = {}): Queue => ({
  queueId: 'que_1',
  profileId: 'p1',
  state,
  createdAt: '2026-01-01T10:00:00.000Z',
  endedAt: state === 'done' || state === 'cancelled' ? '2026-01-01T10:05:00.000Z' : null,
  pausedBecause: null,
  items: [...items],
  ...change,
})

const MIXED = [item(0, 'connected'), item(1, 'failed'), item(2, 'skipped'), item(3, 'running'), item(4, 'waiting'), item(5, 'waiting')]

test('a queue under way says at which it is, and what became of those before', () => {
  expect(tallyOf({ items: MIXED })).toEqual({ total: 6, connected: 1, failed: 1, left: 1, open: 3, at: 4 })
  expect(headlineOf(queue('running', MIXED))).toBe('Connecting 4 of 6')
  expect(countsOf(queue('running', MIXED))).toBe('1 connected · 1 not connected · 1 left out · 3 to go')
  expect(headlineOf(queue('paused', MIXED))).toBe('Paused at 4 of 6')
})

test('a queue that is over says how many are connected, never one more than there are', () => {
  const all = [item(0, 'connected'), item(1, 'connected')]
  expect(headlineOf(queue('done', all))).toBe('All 2 connected')
  expect(tallyOf({ items: all }).at).toBe(2)
  expect(countsOf(queue('done', all))).toBe('')
  expect(headlineOf(queue('done', [item(0, 'connected'), item(1, 'failed')]))).toBe('1 of 2 connected')
  expect(countsOf(queue('done', [item(0, 'connected'), item(1, 'failed')]))).toBe('1 not connected')
  expect(headlineOf(queue('cancelled', [item(0, 'connected'), item(1, 'cancelled')]))).toBe('Stopped: 1 of 2 connected')
})

test('what was not connected can be planned again, with its label', () => {
  expect(leftOver({ items: [...MIXED, item(6, 'cancelled', { label: 'Work' })] })).toEqual([
    { connectorId: 'c1' },
    { connectorId: 'c2' },
    { connectorId: 'c6', label: 'Work' },
  ])
})

test('a denial names the provider as the one who was not allowed; another failure keeps its words', () => {
  const denied = item(0, 'failed', { error: { code: 'connect.denied', message: 'x' } })
  expect(reasonOf(denied, 'GitHub (User OAuth)')).toContain("You pressed Cancel on GitHub's page")
  expect(reasonOf(item(0, 'failed', { error: { code: 'connect.test_failed', message: 'OpenAI answered 401.' } }), 'OpenAI')).toBe(
    'OpenAI answered 401.',
  )
})

test('the strip speaks of an open queue first, then of one that left something over until that was seen or is old', () => {
  const open = queue('running', MIXED, { queueId: 'open' })
  const failed = queue('done', [item(0, 'failed')], { queueId: 'failed' })
  const well = queue('done', [item(0, 'connected')], { queueId: 'well' })
  const soon = { seen: new Set<string>(), now: Date.parse('2026-01-01T10:30:00.000Z') }
  expect(queueToTell([failed, open], soon)?.queueId).toBe('open')
  expect(queueToTell([failed, well], soon)?.queueId).toBe('failed')
  expect(queueToTell([failed], { ...soon, seen: new Set(['failed']) })).toBeNull()
  expect(queueToTell([failed], { ...soon, now: soon.now + 3_600_000 })).toBeNull()
  expect(queueToTell([well, failed], soon)).toBeNull()
  expect(queueToTell([queue('cancelled', [item(0, 'cancelled')])], soon)).toBeNull()
  expect(queueToTell([], soon)).toBeNull()
})
