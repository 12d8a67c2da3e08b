import { expect, test } from 'vitest'
import { countDays, healthBars, STRIP_DAYS } from '#renderer/features/connections/health-bars.ts'
import type { PublicEvent } from '#shared/contract/events'

const now = new Date(2026, 10, 20, 14, 2, 0).getTime()
const daysAgo = (days: number, hour = 9): string => new Date(2026, 10, 20 - days, hour, 0, 0).toISOString()
const event = (type: PublicEvent['type'], at: string): PublicEvent => ({ sequence: 1, type, at, data: {} })
const seenNow = { lastSyncedAt: new Date(now).toISOString() }

test('a day is as bad as its worst hour, and today is the last of thirty', () => {
  const bars = healthBars(
    [event('connection.recovered', daysAgo(3, 15)), event('connection.attention', daysAgo(5)), event('connection.activated', daysAgo(90))],
    seenNow,
    now,
  )
  expect(bars).toHaveLength(STRIP_DAYS)
  const failing = bars.flatMap(({ state }, index) => (state === 'failing' ? [STRIP_DAYS - 1 - index] : []))
  expect(failing).toEqual([5, 4, 3])
  expect(countDays(bars)).toEqual({ good: 27, failing: 3, unchecked: 0 })
})

test('days before it was known here and after the last look are not checked', () => {
  const bars = healthBars([event('connection.activated', daysAgo(9))], { lastSyncedAt: daysAgo(2) }, now)
  expect(bars.map(({ state }) => state)).toEqual([
    ...Array.from({ length: 20 }, () => 'unchecked'),
    ...Array.from({ length: 8 }, () => 'good'),
    'unchecked',
    'unchecked',
  ])
})

test('a sign-in that waits and a changed label say nothing about health; ended access does', () => {
  const quiet = healthBars([event('connection.pending', daysAgo(4)), event('connection.updated', daysAgo(3))], seenNow, now)
  expect(countDays(quiet)).toEqual({ good: 0, failing: 0, unchecked: 30 })
  const ended = healthBars([event('connection.activated', daysAgo(40)), event('connection.revoked', daysAgo(0, 8))], seenNow, now)
  expect(ended.at(-1)?.state).toBe('failing')
  expect(ended.at(-2)?.state).toBe('good')
})
