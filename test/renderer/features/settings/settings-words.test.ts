import { describe, expect, test } from 'vitest'
import { keyWords, stateCause } from '#renderer/features/settings/profile-row.tsx'
import { setLanguage } from '#renderer/messages/translate.ts'
import { passphraseProblems, protectionWords, tierName } from '#renderer/features/settings/vault-words.ts'

describe('the words of Settings', () => {
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

  test('name the tier by who keeps the key', () => {
    expect(tierName({ tier: 'keychain', backend: 'Secret Service' })).toBe('OS keychain (Secret Service)')
    expect(tierName({ tier: 'key-file', backend: 'vault.key' })).toBe('Key file, readable by you')
  })

  test('tell in German what the tier protects from, which the core says in English only', () => {
    const vault = { tier: 'keychain', protection: 'The core knows more.' } as const
    expect(protectionWords(vault)).toBe('The core knows more.')
    setLanguage('de')
    expect(protectionWords(vault)).toContain('Schützt sie nicht vor Programmen')
    expect(tierName({ tier: 'key-file', backend: 'vault.key' })).toBe('Schlüsseldatei, für Sie lesbar')
    setLanguage('en')
  })

  test('refuse a passphrase that is short or typed twice differently', () => {
    expect(passphraseProblems('', '')).toHaveProperty('passphrase')
    expect(passphraseProblems('short', 'short').passphrase).toContain('this has 5')
    expect(passphraseProblems('long enough', 'long enoguh')).toHaveProperty('again')
    expect(passphraseProblems('long enough', 'long enough')).toEqual({})
  })
})
