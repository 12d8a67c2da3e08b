import { expect, test } from 'vitest'
import { changeOf, parseMetadata } from '#renderer/features/connections/metadata-draft.ts'

test('only a JSON object is metadata, and what is wrong is said before anything is sent', () => {
  expect(parseMetadata('{ "plan": "a" }')).toEqual({ metadata: { plan: 'a' }, fault: null })
  expect(parseMetadata('  ').fault).toContain('Write an object')
  expect(parseMetadata('{ "plan": }').fault).toContain('This is not JSON')
  for (const text of ['[]', '"x"', 'null', '3']) expect(parseMetadata(text).fault).toContain('it begins with a brace')
  expect(parseMetadata(JSON.stringify({ a: 'x'.repeat(65_536) })).fault).toContain('64 KiB')
})

test('merging keeps the keys that are not named, replacing takes them away', () => {
  const before = { plan: 'a', region: { x: 1 }, same: [1] }
  const given = { plan: 'b', same: [1], fresh: true }
  expect(changeOf(before, given, 'merge')).toEqual({ added: ['fresh'], changed: ['plan'], dropped: [] })
  expect(changeOf(before, given, 'replace')).toEqual({ added: ['fresh'], changed: ['plan'], dropped: ['region'] })
})
