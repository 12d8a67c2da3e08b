import { expect, test } from 'vitest'
import { pagesAround, segmentsOf } from '#renderer/features/connections/list-pages.ts'
import { HEAD_HEIGHT, lineAt, topOf } from '#renderer/features/connections/row-geometry.ts'
import { demoConnections } from '#test/renderer/demo-data'

test('the pages around what is seen are asked for, at both edges of a page too, but never the first, which is always there', () => {
  const numbers = (first: number, last: number) => pagesAround([{ group: 'working', first, last }]).map(({ page }) => page)
  expect(numbers(0, 20)).toEqual([])
  expect(numbers(30, 60)).toEqual([1])
  expect(numbers(50_060, 50_080)).toEqual([500, 501])
  expect(numbers(50_040, 50_055)).toEqual([499, 500, 501])
  expect(numbers(99_970, 99_999)).toEqual([999, 1000])
})

test('what is seen in several groups and the row of the keyboard are asked for once each', () => {
  expect(
    pagesAround([
      { group: 'waiting', first: 290, last: 299 },
      { group: 'working', first: 0, last: 10 },
      { group: 'waiting', first: 295, last: 295 },
    ]),
  ).toEqual([
    { group: 'waiting', page: 2 },
    { group: 'waiting', page: 3 },
  ])
})

test('matches of a search lie in segments of a page each', () => {
  const many = Array.from({ length: 250 }, (_, index) => ({ ...demoConnections(0)[0]!, connectionId: `c${index}` }))
  expect(segmentsOf(many).map(({ start, connections }) => [start, connections.length])).toEqual([
    [0, 100],
    [100, 100],
    [200, 50],
  ])
  expect(segmentsOf([])).toEqual([])
})

test('lines and pixels tell the same, with low heads among higher lines', () => {
  const rows = { heads: [0, 3, 90_000], length: 100_003 }
  for (const height of [32, 40])
    for (const line of [0, 1, 2, 3, 4, 50_000, 89_999, 90_000, 90_001, 100_002]) {
      const top = topOf(rows, line, height)
      const below = rows.heads.includes(line) ? HEAD_HEIGHT : height
      expect(lineAt(rows, top, height)).toBe(line)
      expect(lineAt(rows, top + below - 1, height)).toBe(line)
      expect(topOf(rows, line + 1, height)).toBe(top + below)
    }
  expect(lineAt(rows, -5, 40)).toBe(0)
  expect(lineAt(rows, 1e9, 40)).toBe(100_002)
})
