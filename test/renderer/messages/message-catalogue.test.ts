import IntlMessageFormat from 'intl-messageformat'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERRORS } from '#shared/errors'
import { FINDING_WORDS } from '#shared/finding-words'
import { ENGLISH, LANGUAGES, type MessageKey, wordsOfLanguage } from '#renderer/messages/message-catalogue.ts'

const folder = join(import.meta.dirname, '../../../renderer/messages')

type Element = ReturnType<IntlMessageFormat['getAst']>[number]

/** The placeholders and marked parts of a message, plural branches included. */
const holesOf = (elements: readonly Element[]): string[] =>
  elements.flatMap((element) => {
    if (!('value' in element)) return []
    if ('children' in element) return [`<${element.value}>`, ...holesOf(element.children)]
    if ('options' in element) return [element.value, ...Object.values(element.options).flatMap(({ value }) => holesOf(value))]
    return 'style' in element || element.type === 1 ? [element.value] : []
  })

const holes = (message: string): string[] => [...new Set(holesOf(new IntlMessageFormat(message, 'en').getAst()))].sort()

const keysOf = (file: string): string[] => Object.keys(JSON.parse(readFileSync(join(folder, file), 'utf8')) as object)

const others = LANGUAGES.map(({ language }) => language).filter((language) => language !== 'en')

test('every message says in every language what it says in English, with the same placeholders', async () => {
  for (const { language } of LANGUAGES) {
    const { messages } = await wordsOfLanguage(language)
    expect(Object.keys(messages).sort()).toEqual(Object.keys(ENGLISH).sort())
    for (const [key, message] of Object.entries(ENGLISH)) {
      const other = messages[key as MessageKey]
      expect({ key, language, holes: holes(other) }).toEqual({ key, language, holes: holes(message) })
      expect(other.trim(), `${key} in ${language}`).not.toBe('')
    }
  }
})

test('a message lives in the file of its area', () => {
  const astray = readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !/^(?:errors|findings)\./.test(file))
    .flatMap((file) => keysOf(file).filter((key) => !key.startsWith(`${file.split('.')[0]}.`)))
  expect(astray).toEqual([])
})

test('every error has its words in every language', async () => {
  for (const language of others) {
    const { errors } = await wordsOfLanguage(language)
    expect(Object.keys(errors ?? {}).sort(), language).toEqual(Object.keys(ERRORS).sort())
  }
})

test('everything that is found is said in every language, with the same placeholders', async () => {
  for (const language of others) {
    const findings = (await wordsOfLanguage(language)).findings ?? {}
    expect(Object.keys(findings).sort(), language).toEqual(Object.keys(FINDING_WORDS).sort())
    for (const [key, english] of Object.entries(FINDING_WORDS)) {
      const other = findings[key] ?? ''
      expect({ key, holes: holes(other) }).toEqual({ key, holes: holes(english) })
      expect(other.trim(), key).not.toBe('')
      expect(other, key).not.toBe(english)
    }
  }
})
