import { expect, test } from 'vitest'
import { unseenParts } from '#renderer/features/automation/call-words.ts'

const unseen = (json: string): string[] =>
  unseenParts(json)
    .filter(({ isUnseen }) => isUnseen)
    .map(({ text }) => text)

test('what stands for characters that cannot be seen stands apart, and what only looks so does not', () => {
  expect(unseenParts('{"a":1}')).toEqual([{ text: '{"a":1}', isUnseen: false }])
  expect(unseen(String.raw`"\u202eab\u200b\u200bc"`)).toEqual([String.raw`\u202e`, String.raw`\u200b\u200b`])
  expect(unseen(String.raw`"\\u202e"`)).toEqual([])
  expect(unseen(String.raw`"\\\u202e"`)).toEqual([String.raw`\u202e`])
  expect(unseen(String.raw`"a   \u200bb"`)).toEqual(['␣␣␣', String.raw`\u200b`])
  const text = String.raw`"x \\ \n  \u0007 y"`
  expect(
    unseenParts(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text.replace('  ', '␣␣'))
  const before = performance.now()
  unseenParts('\\'.repeat(4000))
  expect(performance.now() - before).toBeLessThan(500)
})
