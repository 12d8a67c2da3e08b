import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { fieldProblemWords } from '#renderer/features/connect/field-problem-words.ts'
import { setLanguage } from '#renderer/messages/translate.ts'

afterEach(() => setLanguage('en'))

/** Every sentence that the rules of a field hold, with something in each gap. Those about names that no form has are never shown in one. */
const sentences = ['form-values', 'key-file']
  .flatMap((name) => readFileSync(new URL(`../../../../shared/${name}.ts`, import.meta.url), 'utf8').split('\n'))
  .filter((line) => !/^\s*(\/\/|\/\*|\*)/.test(line) && !/has no field|is not asked for/.test(line))
  .flatMap((line) => [...line.matchAll(/'([A-Za-z][^']* [^']*\.)'|`([^`]* [^`]*)`/g)])
  .flatMap(([, plain, template]) => {
    if (plain !== undefined) return [plain]
    const filled = (template ?? '')
      .replace(/\$\{options\.length[^}]*\}/, ' and others')
      .replaceAll('${wanted}', 'private key')
      .replace(/\$\{[^}]*\}/g, '7')
    if (filled.startsWith('https:') || filled.startsWith('-----')) return []
    return filled.includes(' and others') ? [filled, filled.replace(' and others', '')] : [filled]
  })

test('every sentence of the rules of a field is the same in English and has German words', async () => {
  expect(sentences.length).toBeGreaterThanOrEqual(22)
  for (const sentence of sentences) expect(fieldProblemWords(sentence)).toBe(sentence)
  await setLanguage('de')
  for (const sentence of sentences) expect(fieldProblemWords(sentence), sentence).not.toBe(sentence)
  expect(fieldProblemWords('Only the part before .atlassian.net is wanted here.')).toBe(
    'Hier wird nur der Teil vor .atlassian.net gebraucht.',
  )
})

test('a sentence that is not known stays as it is', async () => {
  await setLanguage('de')
  expect(fieldProblemWords('Something new.')).toBe('Something new.')
})
