import { expect, test } from 'vitest'
import type { GroupOfList } from '#renderer/features/connections/list-rows.ts'
import { changesBetween, hasNewParts, inHeldOrder, without } from '#renderer/features/connections/steady-order.ts'
import type { Connection } from '#shared/contract/connections'
import { demoConnections } from '#test/renderer/demo-data'

const [template] = demoConnections(Date.now())
const one = (id: string, label: string | null = null): Connection => ({ ...(template as Connection), connectionId: id, label })
const group = (name: GroupOfList['group'], ids: string, start = 0, total = start + ids.length): GroupOfList => ({
  group: name,
  segments: ids === '' ? [] : [{ start, connections: Array.from(ids, (id) => one(id)) }],
  total,
  hasMore: false,
})
const ids = (groups: readonly GroupOfList[]): string[] =>
  groups.map(({ segments }) => segments.map(({ connections }) => connections.map(({ connectionId }) => connectionId).join('')).join(' '))

test('nothing changed: no chip is due', () => {
  const held = [group('needs_you', 'a'), group('working', 'bc')]
  expect(changesBetween(held, [group('needs_you', 'a'), group('working', 'bc')])).toBe(0)
})

test('a connection that moves to another group counts once and stays where it was, told as it is now', () => {
  const held = [group('needs_you', 'a'), group('working', 'bc')]
  const latest = [
    group('needs_you', ''),
    { ...group('working', 'abc'), segments: [{ start: 0, connections: [one('a', 'new'), one('b'), one('c')] }] },
  ]
  expect(changesBetween(held, latest)).toBe(1)
  const shown = inHeldOrder(held, latest)
  expect(ids(shown)).toEqual(['a', 'bc'])
  expect(shown[0]?.segments[0]?.connections[0]?.label).toBe('new')
})

test('one that is gone and one that is new count once each', () => {
  const held = [group('working', 'abc')]
  expect(changesBetween(held, [group('working', 'ac')])).toBe(1)
  expect(changesBetween(held, [group('working', 'xabc')])).toBe(1)
  expect(changesBetween(held, [group('working', 'abcx')])).toBe(1)
})

test('rows that change places among themselves are counted', () => {
  expect(changesBetween([group('working', 'abc')], [group('working', 'bac')])).toBe(2)
})

test('what is pushed over the edge of the loaded part has not changed, and one before it shows in the total', () => {
  const held = [group('working', 'abcd', 0, 1000)]
  expect(changesBetween(held, [group('working', 'xabc', 0, 1001)])).toBe(1)
  expect(changesBetween(held, [group('working', 'bcde', 0, 999)])).toBe(1)
  const middle = [group('working', 'abcd', 500, 1000)]
  expect(changesBetween(middle, [group('working', 'zabc', 500, 1001)])).toBe(1)
  expect(changesBetween(middle, [group('working', 'axbc', 500, 1001)])).toBe(1)
  expect(changesBetween(middle, [group('working', 'zabc', 500, 1000)])).toBe(0)
})

test('a part that is scrolled to is new, one that was dropped is not', () => {
  const near = [group('working', 'ab', 0, 1000)]
  const far = [group('working', 'yz', 700, 1000)]
  expect(hasNewParts(near, far)).toBe(true)
  expect(hasNewParts([{ ...near[0]!, segments: [...near[0]!.segments, ...far[0]!.segments] }], far)).toBe(false)
})

test('what the person removed leaves at once, and what follows it moves up', () => {
  const groups = [
    {
      ...group('working', 'abc', 0, 100),
      segments: [
        { start: 0, connections: [one('a'), one('b'), one('c')] },
        { start: 50, connections: [one('d')] },
      ],
    },
  ]
  const [left] = without(groups, new Set(['b']))
  expect(left).toMatchObject({ total: 99, segments: [{ start: 0 }, { start: 49 }] })
  expect(ids(left === undefined ? [] : [left])).toEqual(['ac d'])
  expect(without(groups, new Set(['x']))[0]).toBe(groups[0])
})
