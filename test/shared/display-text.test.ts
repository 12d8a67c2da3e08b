import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayData, displayText } from '#shared/display-text'
import { HARNESS_SEED } from '../reliability/seeded-random.ts'

test('what people write stays as it is', () => {
  for (const text of ['Mara Lindqvist', 'Zoë', '株式会社', 'مرحبا', 'नमस्ते', '👩‍👩‍👧‍👦 family', '🏳️‍🌈'])
    expect(displayText(text)).toBe(text.normalize('NFC'))
  expect(displayText('می\u200cخواهم')).toBe('می\u200cخواهم')
})

test('what steers, hides or stacks does not', () => {
  expect(displayText('invoice\u202egpj.exe')).toBe('invoicegpj.exe')
  expect(displayText('a\u2066b\u2069c\u200bd\ufeffe')).toBe('abcde')
  expect(displayText('line one\n[INFO] line two')).toBe('line one [INFO] line two')
  expect(displayText('\u001b[2J\u001b]52;c;cGF3bmVk\u0007')).toBe('□[2J□]52;c;cGF3bmVk□')
  expect(displayText(`Z${'\u0301'.repeat(40)}`)).toBe(`\u0179${'\u0301'.repeat(4)}`)
  expect(displayText('half \ud800 pair')).toBe('half  pair')
  expect(displayText('tag\u{e0041}s')).toBe('tags')
  expect(displayText('a\u200db')).toBe('ab')
})

test('long text ends with an ellipsis, and a million characters take no time', () => {
  expect([...displayText('x'.repeat(500))]).toHaveLength(200)
  expect(displayText('x'.repeat(500)).endsWith('…')).toBe(true)
  const before = performance.now()
  displayText('é'.repeat(1_000_000))
  displayText('👩‍👩‍👧‍👦'.repeat(100_000))
  expect(performance.now() - before).toBeLessThan(500)
})

test('whatever comes in, nothing unseen goes out, and twice is as once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const shown = displayText(text)
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/)
      expect(shown.isWellFormed()).toBe(true)
      expect(displayText(shown)).toBe(shown)
    }),
    { seed: HARNESS_SEED, numRuns: 2000 },
  )
})

test('data that somebody has to judge keeps its lines, and nothing in it is left out unseen', () => {
  expect(displayData('query: {"a":"株式会社"}\nbody: "x y"')).toBe('query: {"a":"株式会社"}\nbody: "x y"')
  expect(displayData('"a\u202eb\u200b\u00a0\u{e0041}\u007f\u3164"')).toBe('"a\\u202eb\\u200b\\u00a0\\udb40\\udc41\\u007f\\u3164"')
  expect(displayData(`Z${'\u0301'.repeat(6)}`)).toBe(`Z${'\u0301'.repeat(4)}\\u0301\\u0301`)
  expect(displayData('x'.repeat(5000))).toBe(`${'x'.repeat(3998)} …`)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const shown = displayData(text, 300)
      expect(shown).not.toMatch(/[^\n\P{C}]|[^ \n\P{Z}]|\p{Default_Ignorable_Code_Point}/u)
      expect(displayData(shown, 300)).toBe(shown)
    }),
    { seed: HARNESS_SEED, numRuns: 1000 },
  )
})
