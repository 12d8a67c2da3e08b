import { describe, expect, test } from 'vitest'
import { setLanguage } from '#renderer/messages/translate.ts'
import { passphraseProblems, protectionWords, tierName } from '#renderer/shell/vault-words.ts'

describe('the words of the vault', () => {
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
