import { expect, test } from 'vitest'
import { checkedCount, isChecked, NOTHING, type Selection, withChecked } from '#renderer/features/connections/selection.ts'
import { demoConnections } from '#test/renderer/demo-data'

const [one, two] = demoConnections(0) as [ReturnType<typeof demoConnections>[number], ReturnType<typeof demoConnections>[number]]

test('rows are checked one by one and told by their number', () => {
  const both = withChecked(withChecked(NOTHING, one, true), two, true)
  expect(checkedCount(both, null)).toBe(2)
  const left = withChecked(both, one, false)
  expect([isChecked(left, one.connectionId), isChecked(left, two.connectionId)]).toEqual([false, true])
  expect(checkedCount(NOTHING, 100_000)).toBe(0)
})

test('all that the filter shows are checked without a list of them, some left out and taken in again', () => {
  const all: Selection = { kind: 'filter', except: new Set() }
  expect(checkedCount(all, 100_000)).toBe(100_000)
  expect(checkedCount(all, null)).toBeNull()
  const most = withChecked(all, one, false)
  expect([isChecked(most, one.connectionId), isChecked(most, two.connectionId)]).toEqual([false, true])
  expect(checkedCount(most, 100_000)).toBe(99_999)
  expect(checkedCount(withChecked(most, one, true), 100_000)).toBe(100_000)
})
