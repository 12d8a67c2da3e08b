import { expect, test } from 'vitest'
import { steadyOrder as steadyOrderOf } from '#renderer/features/connections/steady-order.ts'

const whole = new Set<never>()
const steadyOrder = (held: ReturnType<typeof order>, latest: ReturnType<typeof order>, partial: ReadonlySet<'working'> = whole) =>
  steadyOrderOf(held, latest, partial)

const order = (part: Partial<Record<'needs_you' | 'waiting' | 'working' | 'off', readonly string[]>>) => ({
  needs_you: [],
  waiting: [],
  working: [],
  off: [],
  ...part,
})

test('nothing changed: the order is the same and no chip is due', () => {
  const held = order({ needs_you: ['a'], working: ['b', 'c'] })
  expect(steadyOrder(held, held)).toEqual({ shown: held, changed: 0 })
})

test('a connection that moves to another group stays where it was and counts once', () => {
  const held = order({ needs_you: ['a'], working: ['b', 'c'] })
  expect(steadyOrder(held, order({ working: ['a', 'b', 'c'] }))).toEqual({ shown: held, changed: 1 })
})

test('one that is gone keeps its place, one that is new waits', () => {
  const held = order({ working: ['a', 'b', 'c'] })
  expect(steadyOrder(held, order({ working: ['a', 'c'] }))).toEqual({ shown: held, changed: 1 })
  expect(steadyOrder(held, order({ working: ['x', 'a', 'b', 'c'] }))).toEqual({ shown: held, changed: 1 })
})

test('pages loaded behind the end of an unfinished group are shown at once; behind a finished one they would move what follows', () => {
  const held = order({ working: ['a', 'b'] })
  const latest = order({ working: ['a', 'b', 'c', 'd'] })
  expect(steadyOrder(held, latest, new Set(['working']))).toEqual({ shown: latest, changed: 0 })
  expect(steadyOrder(held, latest)).toEqual({ shown: held, changed: 2 })
})

test('rows that change places among themselves are counted', () => {
  const held = order({ working: ['a', 'b', 'c'] })
  expect(steadyOrder(held, order({ working: ['b', 'a', 'c'] }))).toEqual({ shown: held, changed: 2 })
})
