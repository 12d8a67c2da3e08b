import { describe, expect, test } from 'vitest'
import { keyWords, stateCause } from '#renderer/features/profiles/profile-row.tsx'

describe("the words of a profile's row", () => {
  test('tell of a key only that it is there and how a long one ends', () => {
    expect(keyWords({ kind: 'nango', hasSecretKey: true, keyEnding: '90aa' })).toBe('ending 90aa')
    expect(keyWords({ kind: 'nango', hasSecretKey: true, keyEnding: null })).toBe('kept')
    expect(keyWords({ kind: 'nango', hasSecretKey: false, keyEnding: null })).toBe('missing')
    expect(keyWords({ kind: 'sandbox', hasSecretKey: false, keyEnding: null })).toBe('demo')
  })

  test('give a cause of at most three words', () => {
    for (const statusReason of ['nango.not_nango', 'nango.key_refused', 'nango.certificate', 'nango.timeout', 'profile.key_required']) {
      expect(stateCause({ statusReason })?.split(' ').length, statusReason).toBeLessThanOrEqual(3)
    }
    expect(stateCause({ statusReason: null })).toBeNull()
  })
})
