import { expect, test } from 'vitest'
import { factsInLine, inertText } from '#renderer/features/diagnostics/inert-text.ts'

test('text of the log cannot hide, turn around or run on without end', () => {
  expect(inertText('a\u202eb\u0007c\u200bd\u2028e')).toBe('a□b□c□d□e')
  expect(inertText('x'.repeat(5000))).toHaveLength(2000)
  expect(factsInLine({ code: 'nango.timeout', ms: 12, deep: { a: [1] } })).toBe('code nango.timeout · ms 12 · deep {"a":[1]}')
})
