import { afterEach, expect, test } from 'vitest'
import { IMPORT_FIELDS, ImportField, ImportReason } from '#shared/contract/connection-import'
import { setLanguage } from '#renderer/messages/translate.ts'
import { choicesFor, countWords, fieldWords, reasonText, wantedFields } from '#renderer/features/import/import-words.ts'

afterEach(() => setLanguage('en'))

const refused = (code: string, fields: readonly string[], words: string) => ({
  line: 2,
  outcome: 'refused' as const,
  handle: null,
  integrationId: null,
  nangoConnectionId: null,
  reason: { code, fields, words },
})

test('every reason of the contract has German words of its own; where the core says more, its English follows', async () => {
  await setLanguage('de')
  for (const code of ImportReason.options) expect(reasonText(refused(code, ['tags.team'], 'SAID').reason)).not.toMatch(/^SAID/)
  expect(reasonText(refused('missing_fields', ['apiKey'], 'The row lacks: apiKey.').reason)).toBe('Der Zeile fehlt: apiKey.')
  expect(reasonText(refused('test_failed', [], 'It answered 401.').reason)).toContain('It answered 401.')
  await setLanguage('en')
  expect(reasonText(refused('test_failed', [], 'It answered 401.').reason)).toBe('It answered 401.')
})

test('every field has a name, and everything that a column may mean is one that the contract takes', () => {
  for (const field of IMPORT_FIELDS) expect(fieldWords(field)).not.toContain('import.field')
  for (const column of ['where', 'tags.Team', 'config:base url', '\u0007bell', 'x'.repeat(200)])
    for (const choice of choicesFor(column, null, ['connection_config.baseUrl']))
      expect(ImportField.safeParse(choice).success, choice).toBe(true)
  expect(choicesFor('where', null, ['connection_config.baseUrl'])[0]).toBe('connection_config.baseUrl')
  expect(new Set(choicesFor('tags.team', 'tags.team', [])).size).toBe(choicesFor('tags.team', 'tags.team', []).length)
})

test('what rows lack of a group is offered, what they lack of a credential is a field anyway', () => {
  expect(
    wantedFields([
      refused('missing_fields', ['connection_config.baseUrl', 'apiKey'], ''),
      refused('missing_fields', ['connection_config.baseUrl'], ''),
    ]),
  ).toEqual(['connection_config.baseUrl'])
})

test('counts say only what there is', () => {
  expect(countWords([{ outcome: 'create' }, { outcome: 'create' }, { outcome: 'refused' }], true)).toBe('2 added, 1 refused')
  expect(countWords([{ outcome: 'adopt' }], false)).toBe('1 to adopt')
})
