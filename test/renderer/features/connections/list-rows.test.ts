import { expect, test } from 'vitest'
import { type GroupOfList, listRows, nextStop, rowKey } from '#renderer/features/connections/list-rows.ts'
import { demoConnections } from '#test/renderer/demo-data'

const all = demoConnections(Date.now())
const groups: readonly GroupOfList[] = [
  { group: 'needs_you', segments: [{ start: 0, connections: all.slice(0, 2) }], total: 2, hasMore: false },
  { group: 'waiting', segments: [], total: 0, hasMore: false },
  { group: 'working', segments: [{ start: 0, connections: all.slice(7, 9) }], total: 5, hasMore: false },
  { group: 'off', segments: [{ start: 0, connections: all.slice(32, 33) }], total: 1, hasMore: false },
]
const keysOf = (rows: ReturnType<typeof listRows>): (string | null)[] =>
  Array.from({ length: rows.length }, (_, index) => {
    const row = rows.at(index)
    return row === undefined ? null : rowKey(row)
  })
const keys = (collapsed: readonly ('working' | 'needs_you')[] = [], hasHeads = true) =>
  keysOf(listRows(groups, new Set(collapsed), hasHeads))

test('each filled group has a head, its connections, and blanks up to its total', () => {
  expect(keys()).toEqual([
    'group needs_you',
    'c1',
    'c2',
    'group working',
    'c8',
    'c9',
    'blank working 2',
    'blank working 3',
    'blank working 4',
    'group off',
    'c33',
  ])
})

test('a closed group keeps its head alone, and a single tab needs no head', () => {
  expect(keys(['working'])).toEqual(['group needs_you', 'c1', 'c2', 'group working', 'group off', 'c33'])
  expect(keys(['working'], false)).not.toContain('group working')
  expect(keys([], false)).toContain('c8')
})

test('with an unknown total one line stands for what follows, and the list is not counted', () => {
  const found: GroupOfList = { group: 'working', segments: [{ start: 0, connections: all.slice(7, 9) }], total: null, hasMore: true }
  const rows = listRows([found], new Set(), true)
  expect(keysOf(rows)).toEqual(['group working', 'c8', 'c9', 'more working'])
  expect(rows.isCounted).toBe(false)
  expect(nextStop(rows, 2, 1)).toBeNull()
  expect(listRows([{ ...found, segments: [] }], new Set(), true).length).toBe(0)
})

test('the keyboard stops at connections, loaded or not, and at closed heads, and stays at the ends', () => {
  const rows = listRows(groups, new Set(['working']), true)
  expect(nextStop(rows, -1, 1)).toBe(1)
  expect(nextStop(rows, 2, 1)).toBe(3)
  expect(nextStop(rows, 3, 1)).toBe(5)
  expect(nextStop(rows, 5, 1)).toBeNull()
  expect(nextStop(rows, 1, 10)).toBe(5)
  expect(nextStop(rows, 1, -1)).toBeNull()
  expect(nextStop(listRows(groups, new Set(), true), 5, 1)).toBe(6)
})

test('of 100,000 connections the last one has its true line while only its page is loaded', () => {
  const rows = listRows(
    [{ group: 'working', segments: [{ start: 99_990, connections: all.slice(0, 10) }], total: 100_000, hasMore: false }],
    new Set(),
    true,
  )
  expect(rows.length).toBe(100_001)
  expect(rows.indexOf('c10')).toBe(100_000)
  expect(rows.indexOf('blank working 50000')).toBe(50_001)
  expect(rows.indexOf('blank working 99999')).toBe(100_000)
  expect(rows.indexOf('blank working 100000')).toBe(-1)
  expect(nextStop(rows, rows.length, -1)).toBe(100_000)
  expect(rows.slots(0, 120)).toEqual([{ group: 'working', first: 0, last: 119 }])
  expect([...rows.connections()]).toHaveLength(10)
})

test('a connection that two pages tell of stands in the list once', () => {
  const rows = listRows(
    [
      {
        group: 'working',
        segments: [
          { start: 0, connections: all.slice(0, 2) },
          { start: 2, connections: all.slice(1, 3) },
        ],
        total: 4,
        hasMore: false,
      },
    ],
    new Set(),
    false,
  )
  expect(keysOf(rows)).toEqual(['c1', 'c2', 'blank working 2', 'c3'])
})

test('a line is the same object while it stands for the same connection', () => {
  const first = listRows(groups, new Set(), true)
  const second = listRows(groups, new Set(['needs_you']), true)
  expect(second.at(2)).toBe(first.at(4))
  expect(first.at(6)).toBe(first.at(6))
})
