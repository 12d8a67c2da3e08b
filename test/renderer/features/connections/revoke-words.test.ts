import { expect, test } from 'vitest'
import { didHappen, willHappen } from '#renderer/features/connections/revoke-words.ts'

const names = { connector: 'Microsoft', place: 'Nango' }
const now = Date.parse('2026-11-21T10:00:00Z')
const scope = { connectionId: 'c1', handle: 'outlook/work', readsCredentials: false, pageUrl: null } as const
const words = (places: readonly { readonly place: string; readonly words: string }[]): string[] =>
  places.map((one) => `${one.place}: ${one.words}`)

test('before a removal each place says what will happen there, also that a key stays good and how long a token lives on', () => {
  expect(words(willHappen('remove', { ...scope, ends: 'nothing', why: 'key' }, { expiresAt: null }, names, now))[0]).toContain(
    'the key stays good',
  )
  const later = new Date(now + 3 * 86_400_000).toISOString()
  expect(words(willHappen('remove', { ...scope, ends: 'nothing', why: 'no_way' }, { expiresAt: later }, names, now))[0]).toContain(
    'The access may live until Tue',
  )
  expect(words(willHappen('revoke', { ...scope, ends: 'tokens', why: null }, { expiresAt: null }, names, now))).toEqual([
    'Microsoft: ends its tokens, one by one.',
    'Nango: keeps it, with credentials that open nothing any more.',
    'This computer: keeps it, as revoked.',
  ])
  expect(words(willHappen('forget', null, { expiresAt: null }, names, now))[1]).toBe('Nango: keeps it; it works on for others.')
})

test('after it each place says what happened, and what was not done', () => {
  const removal = { connectionId: 'c1', handle: 'outlook/work', revocation: null, undo: 'none', local: 'forgotten' } as const
  const done = { way: 'remove', revocation: null, removal: { ...removal, provider: 'not_asked', nango: 'already_gone' } } as const
  expect(words(didHappen(done, { expiresAt: null }, names, now))).toEqual([
    'Microsoft: not asked.',
    'Nango: was already gone.',
    'This computer: forgotten.',
  ])
  const revocation = {
    connectionId: 'c1',
    handle: 'outlook/work',
    outcome: 'not_supported',
    tokens: [],
    pageUrl: null,
    summary: '',
  } as const
  expect(
    words(didHappen({ way: 'revoke', revocation: { ...revocation, tokens: [] }, removal: null }, { expiresAt: null }, names, now))[0],
  ).toBe('Microsoft: has no way to end one sign-in from here. Access may live on.')
})
