import { describe, expect, test } from 'vitest'
import { inEnglish, say } from '#shared/sentence'
import { setLanguage } from '#renderer/messages/translate.ts'
import { passphraseProblems, protectionWords, tierName } from '#renderer/shell/vault-words.ts'

describe('the words of the vault', () => {
  test('name the tier by who keeps the key', () => {
    expect(tierName({ tier: 'keychain', backend: 'Secret Service' })).toBe('OS keychain (Secret Service)')
    expect(tierName({ tier: 'key-file', backend: 'vault.key' })).toBe('Key file, readable by you')
  })

  test('tell what the tier protects from as the core does, in the language of the window', async () => {
    const protection = say('vault.protection.passphrase')
    const vault = { protection: inEnglish(protection), said: { protection: [protection], reason: null } }
    expect(protectionWords(vault)).toBe(vault.protection)
    expect(vault.protection).toContain('and stays closed until you type it')
    await setLanguage('de')
    expect(protectionWords(vault)).toContain('bleibt geschlossen, bis Sie sie eingeben')
    expect(protectionWords({ protection: 'A newer core knows more.' })).toBe('A newer core knows more.')
    expect(tierName({ tier: 'key-file', backend: 'vault.key' })).toBe('Schlüsseldatei, für Sie lesbar')
    await setLanguage('en')
  })

  test('refuse a passphrase that is short or typed twice differently', () => {
    expect(passphraseProblems('', '')).toHaveProperty('passphrase')
    expect(passphraseProblems('short', 'short').passphrase).toContain('this has 5')
    expect(passphraseProblems('long enough', 'long enoguh')).toHaveProperty('again')
    expect(passphraseProblems('long enough', 'long enough')).toEqual({})
  })
})
