import { expect, test } from 'vitest'
import { makeHandle, slugOf } from '#core/connections/handle'

test.each([
  ['Work', 'work'],
  ['  Büro Zürich! ', 'buro-zurich'],
  ['a__b..c', 'a-b-c'],
  ['<img src=x>', 'img-src-x'],
  ['日本', ''],
  ['---', ''],
  ['x'.repeat(10_000), 'x'.repeat(60)],
])('the label %j gives the slug %j', (label, slug) => {
  expect(slugOf(label)).toBe(slug)
})

test('a clash gets a number, a connection without a label the next free one', () => {
  const taken = new Set(['github/work', 'github/work-2', 'github/1'])
  const isTaken = (handle: string): boolean => taken.has(handle)
  expect(makeHandle('github', 'Work', isTaken)).toBe('github/work-3')
  expect(makeHandle('github', 'Home', isTaken)).toBe('github/home')
  expect(makeHandle('github', null, isTaken)).toBe('github/2')
  expect(makeHandle('github', '日本', isTaken)).toBe('github/2')
})
