import { expect, test } from 'vitest'
import { barLengths, bayName, glyphsWidth } from '#renderer/ui/bay-layout.ts'

test('single glyphs stand 16 px apart and filled groups 8 px more', () => {
  expect(glyphsWidth([4, 3, 36, 3])).toBe(46 * 16 + 3 * 8)
  expect(glyphsWidth([0, 0, 5, 0])).toBe(80)
  expect(glyphsWidth([0, 0, 0, 0])).toBe(0)
})

test('bars share the room by size, none is under 24 px, and an empty group has none', () => {
  const lengths = barLengths([4, 3, 10_000, 0], 800)
  expect(lengths[0]).toBe(24)
  expect(lengths[1]).toBe(24)
  expect(lengths[3]).toBe(0)
  expect(lengths[2]).toBe(800 - 3 * 52 - 2 * 8 - 2 * 24)
})

test('bars fit the width they are given', () => {
  for (const sizes of [
    [1, 1, 1, 1],
    [500, 300, 9000, 40],
    [7, 0, 90, 1],
  ]) {
    const filled = sizes.filter((size) => size > 0).length
    const sum = barLengths(sizes, 432).reduce((total, length) => total + length, 0)
    expect(sum).toBeLessThanOrEqual(432 - filled * 52 - (filled - 1) * 8)
  }
})

test('the bay is named by what it shows', () => {
  expect(bayName({ needs_you: 4, waiting: 3, working: 36, off: 3 })).toBe('46 connections: 4 need you, 3 waiting, 36 working, 3 off')
  expect(bayName({ needs_you: 1, waiting: 0, working: 0, off: 0 })).toBe('1 connection: 1 needs you, 0 waiting, 0 working, 0 off')
})
