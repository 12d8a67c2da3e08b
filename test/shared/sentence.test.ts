import IntlMessageFormat from 'intl-messageformat'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERRORS, PatchbayError } from '#shared/errors'
import { FINDING_WORDS } from '#shared/finding-words'
import { asSaid, englishMessage, inEnglish, precisely, saidBy, say, sayCode, sayError, sayNext } from '#shared/sentence'
import { root, sourceFiles } from '#test/architecture/source-imports'

type Element = ReturnType<IntlMessageFormat['getAst']>[number]

const holesOf = (elements: readonly Element[]): string[] =>
  elements.flatMap((element) => {
    if (!('value' in element) || element.type === 0) return []
    const inside = 'options' in element ? Object.values(element.options).flatMap(({ value }) => holesOf(value)) : []
    return [element.value, ...inside]
  })

test('every message of the table is filled as ICU MessageFormat fills it, whatever is counted and named', () => {
  for (const [key, message] of Object.entries(FINDING_WORDS)) {
    const format = new IntlMessageFormat(message, 'en')
    const holes = [...new Set(holesOf(format.getAst()))]
    for (const count of [0, 1, 2, 1_234_567]) {
      for (const unit of ['day', 'hour', 'minute', 'second']) {
        const values = Object.fromEntries(
          holes.map((hole) => [hole, hole === 'unit' ? unit : message.includes(`{${hole}, plural`) ? count : `{${hole}} '<b>`]),
        )
        expect(inEnglish({ key, values }), key).toBe(format.format(values))
      }
    }
  }
})

test('sentences stand one after the other; what another said and the words of errors are among them', () => {
  expect(inEnglish([say('sync.failed'), sayError({ code: 'nango.timeout', message: ERRORS['nango.timeout'].message })])).toBe(
    'The last look at Nango failed: Nango did not answer in time.',
  )
  expect(sayError({ code: 'nango.timeout', message: 'After 30 s {it} gave up.' })).toEqual(asSaid('After 30 s {it} gave up.'))
  expect(inEnglish(asSaid('After 30 s {it} gave up.'))).toBe('After 30 s {it} gave up.')
  expect(inEnglish(say('backups.days', { days: 1 }))).toBe('The newest backup is one day old.')
  expect(inEnglish(say('names.wrong', { count: 7, names: 'a, b', more: 2 }))).toBe('7 connectors cannot be connected: a, b and 2 more.')
  for (const code of Object.keys(ERRORS) as (keyof typeof ERRORS)[]) {
    expect(inEnglish([sayCode(code), sayNext(code)])).toBe(`${ERRORS[code].message} ${ERRORS[code].next}`)
  }
})

test('a key of a newer version has no words here', () => {
  expect(englishMessage('seen.tomorrow')).toBeNull()
  expect(englishMessage('error.tomorrow')).toBeNull()
  expect(englishMessage('toString')).toBeNull()
})

test('every message of the table is named by a source of the core, whole or by the template that makes its name', () => {
  const sources = sourceFiles(['core', 'electron']).map((file) => readFileSync(join(root, file), 'utf8'))
  const isNamed = (key: string): boolean =>
    [`'${key}'`, `\`${key.slice(0, key.lastIndexOf('.') + 1)}\${`].some((name) => sources.some((source) => source.includes(name)))
  expect(Object.keys(FINDING_WORDS).filter((key) => !isNamed(key))).toEqual([])
})

test('an error that says it more precisely carries the sentence by key', () => {
  const words = say('key-file.gone', { file: 'vault.key' })
  const error = new PatchbayError('vault.key_missing', precisely(words))
  expect(error.message).toBe('The key file vault.key is gone.')
  expect(saidBy(error)).toEqual(words)
  expect(saidBy(new PatchbayError('vault.locked'))).toEqual(sayCode('vault.locked'))
  expect(saidBy(new PatchbayError('vault.locked', { message: 'It sulks.', data: { said: 'nonsense' } }))).toEqual(asSaid('It sulks.'))
})
