import { afterEach, expect, test } from 'vitest'
import { ERRORS, PatchbayError } from '#shared/errors'
import { asSaid, inEnglish, precisely, say, sayError, type Sentence } from '#shared/sentence'
import { errorWords } from '#renderer/messages/error-words.ts'
import { setLanguage } from '#renderer/messages/translate.ts'
import { saidText, saidWords } from '#renderer/ui/said-words.ts'

afterEach(() => setLanguage('en'))

const textOf = (...said: readonly Sentence[]): string => saidText(inEnglish(said), said)

test('what is found is said as the core says it in English, and in German in a German window', async () => {
  const said = [say('sync.failed'), sayError({ code: 'nango.timeout', message: ERRORS['nango.timeout'].message })]
  expect(textOf(...said)).toBe(inEnglish(said))
  await setLanguage('de')
  expect(saidWords(inEnglish(said), said)).toEqual([
    { text: 'Der letzte Abgleich mit Nango ist gescheitert:', isForeign: false },
    { text: 'Nango hat nicht rechtzeitig geantwortet.', isForeign: false },
  ])
})

test('each language counts in its own way', async () => {
  expect(textOf(say('integrations.ready', { count: 1 }))).toBe('1 connector is ready to connect.')
  expect(textOf(say('names.wrong', { count: 7, names: 'a, b', more: 2 }))).toBe('7 connectors cannot be connected: a, b and 2 more.')
  await setLanguage('de')
  expect(textOf(say('integrations.ready', { count: 1 }))).toBe('1 Konnektor ist bereit zum Verbinden.')
  expect(textOf(say('integrations.ready', { count: 1_200 }))).toBe('1.200 Konnektoren sind bereit zum Verbinden.')
  expect(textOf(say('names.wrong', { count: 1, names: 'a', more: 0 }))).toBe('Ein Konnektor lässt sich nicht verbinden: a.')
  expect(textOf(say('clock.behind', { unit: 'hour', count: 2 }))).toContain('gegenüber der von Nango 2 Stunden nach.')
})

test('times and days are written as the window writes them', async () => {
  const good = say('seen.good-until', { at: '2026-11-20T10:00:00.000Z' })
  const removed = say('cause.vanished', { day: '2026-11-20' })
  expect(textOf(good)).toMatch(/^Its token is good until 20 Nov 2026, \d\d:00:00\.$/)
  expect(textOf(removed)).toBe('It vanished at Nango, on 20 Nov 2026.')
  await setLanguage('de')
  expect(textOf(good)).toMatch(/^Das Token gilt bis zum 20\. Nov\. 2026, \d\d:00:00\.$/)
  expect(textOf(removed)).toBe('Sie ist bei Nango verschwunden, am 20. Nov. 2026.')
})

test('the words of another stay as they came and are marked, whatever is in them', async () => {
  const words = 'Refused <b>{name}</b> at 2026-11-20T10:00:00.000Z'
  await setLanguage('de')
  const said = [say('sync.failed'), asSaid(words)]
  expect(saidWords(inEnglish(said), said)).toEqual([
    { text: 'Der letzte Abgleich mit Nango ist gescheitert:', isForeign: false },
    { text: expect.stringMatching(/^Refused <b>\{name\}<\/b> at 20\. Nov\. 2026, /), isForeign: true },
  ])
  expect(textOf(say('profile.in-use', { name: '<b>{x}</b>' }))).toBe('„<b>{x}</b>“ ist in Gebrauch.')
})

test('a text without its sentences, or with one that this window does not know, is told in English', async () => {
  await setLanguage('de')
  const english = [{ text: 'It rains.', isForeign: true }]
  expect(saidWords('It rains.', undefined)).toEqual(english)
  expect(saidWords('It rains.', [])).toEqual(english)
  expect(saidWords('It rains.', [say('cause.well'), { key: 'weather.rain', values: {} }])).toEqual(english)
  expect(saidWords('It rains.', [{ key: 'cause.pending', values: {} }])).toEqual(english)
})

test('what an error says more precisely is said in German where it came by key', async () => {
  await setLanguage('de')
  const precise = new PatchbayError('vault.key_missing', precisely(say('key-file.gone', { file: 'vault.key' })))
  expect(errorWords(precise).message).toBe('Die Schlüsseldatei vault.key ist weg.')
  expect(errorWords(new PatchbayError('vault.key_missing', { message: 'It sulks.' })).message).toBe('It sulks.')
  expect(errorWords(new PatchbayError('vault.key_missing')).message).toBe('Der Schlüssel dieses Tresors fehlt.')
})
