import { expect, test } from 'vitest'
import { byTime } from '#renderer/features/connections/expiring-groups.ts'

/** A Wednesday, at noon here. */
const NOW = new Date(2026, 10, 18, 12).getTime()
const at = (day: number, hour = 9): { readonly endsAt: string } => ({ endsAt: new Date(2026, 10, day, hour).toISOString() })

test('what runs out is grouped by what is over, by day for a week, and by weeks from Monday after that', () => {
  const groups = byTime([at(17), at(18, 11), at(18, 13), at(19), at(24), at(25), at(27), at(29), at(30)], NOW)
  expect(groups.map(({ kind, from, entries }) => [kind, from === 0 ? 0 : new Date(from).getDate(), entries.length])).toEqual([
    ['over', 0, 2],
    ['today', 18, 1],
    ['tomorrow', 19, 1],
    ['day', 24, 1],
    ['week', 25, 3],
    ['week', 30, 1],
  ])
  expect(byTime([], NOW)).toEqual([])
})
