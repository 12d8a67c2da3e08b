import { afterEach, expect, test } from 'vitest'
import { evidenceWords } from '#renderer/features/connections/evidence-words.ts'
import { setLanguage, t } from '#renderer/messages/translate.ts'

afterEach(() => setLanguage('en'))

// The sentences are those of core/health/diagnose-connection.ts.
const HERE = [
  { id: 'expiry', status: 'ok', summary: 'A key has no end of its own.' },
  { id: 'expiry', status: 'unknown', summary: 'When its token ends is not known.' },
  { id: 'expiry', status: 'warn', summary: 'Its token ended 2026-11-20T10:00:00.000Z.' },
  { id: 'expiry', status: 'ok', summary: 'Its token is good until 2026-11-20T10:00:00.000Z.' },
  { id: 'refresh', status: 'ok', summary: 'Refreshed from here at 2026-11-20T10:00:00.000Z.' },
  { id: 'scopes', status: 'ok', summary: 'Every scope that was asked for was given.' },
] as const

test('what is known here is said as the core says it in English, and in German in a German window', () => {
  const english = HERE.map((finding) => evidenceWords(finding).words)
  for (const [index, { summary }] of HERE.entries())
    expect(english[index]).toMatch(new RegExp(`^${summary.replace(/ 2026.*$/, ' .*2026')}`))
  setLanguage('de')
  const german = HERE.map((finding) => evidenceWords(finding))
  expect(german.every(({ isCores }) => !isCores)).toBe(true)
  expect(new Set(german.map(({ words }) => words)).size).toBe(HERE.length)
  for (const { words } of german) expect(english).not.toContain(words)
})

test('what Nango told stays in the words of the core, its times as the window writes them', () => {
  const told = evidenceWords({ id: 'connection', status: 'fail', summary: 'Not in the list of 2026-11-20T10:00:00.000Z.' })
  expect(told).toEqual({ words: expect.stringMatching(/^Not in the list of 20 Nov 2026, /), isCores: true })
})

test('the words of health name no day that there is none of', () => {
  expect(t('connections.health.words', { good: 29, failing: 1, unchecked: 0 })).toBe('Good on 29 days, failing on 1 day.')
  expect(t('connections.health.words', { good: 0, failing: 0, unchecked: 30 })).toBe('Good on no day, not checked on 30 days.')
})
