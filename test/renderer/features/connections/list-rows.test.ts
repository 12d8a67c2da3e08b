import { expect, test } from 'vitest'
import { type GroupOfList, listRows, nextStop, rowKey } from '#renderer/features/connections/list-rows.ts'
import { demoConnections } from '#test/renderer/demo-data'

const all = demoConnections(Date.now())
const groups: readonly GroupOfList[] = [
  { group: 'needs_you', connections: all.slice(0, 2), total: 2, hasMore: false },
  { group: 'waiting', connections: [], total: 0, hasMore: false },
  { group: 'working', connections: all.slice(7, 9), total: 5, hasMore: true },
  { group: 'off', connections: all.slice(32, 33), total: 1, hasMore: false },
]
const keys = (collapsed: readonly ('working' | 'needs_you')[] = [], hasHeads = true) =>
  listRows(groups, new Set(collapsed), hasHeads).map(rowKey)

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

test('with an unknown total one blank asks for more', () => {
  const rows = listRows([{ group: 'working', connections: all.slice(7, 9), total: null, hasMore: true }], new Set(), true)
  expect(rows.map((row) => row.kind)).toEqual(['group', 'connection', 'connection', 'blank'])
})

test('the keyboard stops at connections and closed heads, and stays at the ends', () => {
  const rows = listRows(groups, new Set(['working']), true)
  expect(nextStop(rows, -1, 1)).toBe(1)
  expect(nextStop(rows, 2, 1)).toBe(3)
  expect(nextStop(rows, 3, 1)).toBe(5)
  expect(nextStop(rows, 5, 1)).toBeNull()
  expect(nextStop(rows, 1, 10)).toBe(5)
  expect(nextStop(rows, 1, -1)).toBeNull()
})
