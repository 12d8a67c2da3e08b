import { expect, test } from 'vitest'
import { endingOf, readSecretKey } from '#core/profiles/secret-key'

test('a pasted key is taken with or without the white space around it', () => {
  expect(readSecretKey(' 09da2fbc-6c03-4cfb-b527-e45ef658862b\n').reveal()).toBe('09da2fbc-6c03-4cfb-b527-e45ef658862b')
})

test('a key of a newer kind is taken as it is', () => {
  expect(readSecretKey('nango_sk_prod_AbC123.x').reveal()).toBe('nango_sk_prod_AbC123.x')
})

test('what is clearly something else is refused before anything is sent, and not repeated', () => {
  const cases = {
    pk_live_12345678: 'nango.public_key',
    'https://api.nango.dev': 'profile.invalid_key',
    nango_connect_session_0123456789abcdef: 'profile.invalid_key',
    'eyJhbGciOi.eyJzdWIiOi.sig': 'profile.invalid_key',
    'two words and more': 'profile.invalid_key',
    'line\u0000break-in-it': 'profile.invalid_key',
    'clé-de-production': 'profile.invalid_key',
    short: 'profile.invalid_key',
  }
  for (const [text, code] of Object.entries(cases)) {
    let thrown: unknown
    try {
      readSecretKey(text)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code })
    expect(`${String(thrown)} ${JSON.stringify(thrown)}`).not.toContain(text)
  }
})

test('the ending is shown of long keys only', () => {
  expect(endingOf(readSecretKey('09da2fbc-6c03-4cfb-b527-e45ef658862b'))).toBe('862b')
  expect(endingOf(readSecretKey('12345678901234567890123'))).toBeNull()
})
