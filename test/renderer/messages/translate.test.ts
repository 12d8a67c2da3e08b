import { isValidElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, expect, test } from 'vitest'
import { errorWords } from '#renderer/messages/error-words.ts'
import { formatNumber, languageFor, rich, setLanguage, t } from '#renderer/messages/translate.ts'
import { ERRORS, PatchbayError } from '#shared/errors'

afterEach(() => setLanguage('en'))

test('a window speaks the first language of the person that it knows, else English', () => {
  expect(languageFor(['fr-FR', 'de-AT', 'en'])).toBe('de')
  expect(languageFor(['en-US', 'de'])).toBe('en')
  expect(languageFor(['fr'])).toBe('en')
  expect(languageFor([])).toBe('en')
})

test('a message follows the language', async () => {
  expect(t('ui.error.copy')).toBe('Copy')
  await setLanguage('de')
  expect(t('ui.error.copy')).toBe('Kopieren')
  expect(formatNumber(10_000)).toBe('10.000')
})

test('an error speaks the language of the window, and keeps what the core said more precisely', () => {
  expect(errorWords(new PatchbayError('storage.full'))).toEqual({
    message: ERRORS['storage.full'].message,
    next: ERRORS['storage.full'].next,
  })
  expect(errorWords(new Error('x')).message).toBe(ERRORS.internal.message)
  expect(errorWords(new PatchbayError('storage.full', { message: 'The disk of the folder is full.' })).message).toBe(
    'The disk of the folder is full.',
  )
})

test('the marked parts of a message are drawn by the functions of their names', () => {
  const drawn = rich('ui.error.copy', {})
  expect(isValidElement(drawn) ? renderToStaticMarkup(drawn) : drawn).toBe('Copy')
})
