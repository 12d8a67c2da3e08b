import { afterEach, expect, test } from 'vitest'
import { setLanguage } from '#renderer/messages/translate.ts'
import {
  dayName,
  expiryWords,
  longAgo,
  minutesAndSeconds,
  shortAgo,
  shortDate,
  spokenDuration,
  untilThen,
} from '#renderer/ui/relative-words.ts'

const now = new Date(2026, 10, 20, 14, 2, 0).getTime()
const before = (ms: number): string => new Date(now - ms).toISOString()
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

afterEach(() => setLanguage('en'))

test('a past moment is now, then minutes, hours and days, and a date from the seventh day on', () => {
  expect([30 * SECOND, 9 * MINUTE, 2 * HOUR, 3 * DAY, 7 * DAY].map((age) => shortAgo(before(age), now))).toEqual([
    'now',
    '9 min',
    '2 h',
    '3 d',
    '13 Nov',
  ])
})

test('a date names its year once it is more than eleven months away', () => {
  expect(shortDate(before(200 * DAY), now)).toBe('4 May')
  expect(shortDate(before(350 * DAY), now)).toBe('5 Dec 2025')
})

test('in a sentence the age counts seconds and never runs ahead of now', () => {
  expect(longAgo(before(12 * SECOND), now)).toBe('12 s ago')
  expect(longAgo(before(-5 * SECOND), now)).toBe('just now')
  expect(longAgo(before(20 * DAY), now)).toBe('on 31 Oct')
})

test('today is told by the clock, this week by the weekday, before that by the date', () => {
  expect(dayName(before(2 * HOUR), now)).toBe('12:02')
  expect(dayName(before(2 * DAY), now)).toBe('Wed')
  expect(dayName(before(40 * DAY), now)).toBe('11 Oct')
})

test('an expiry to come and one that is over are told apart', () => {
  expect(expiryWords(before(-41 * MINUTE), now)).toEqual({ words: 'in 41 min', isOver: false })
  expect(expiryWords(before(2 * HOUR), now)).toEqual({ words: 'Expired 2 h', isOver: true })
  expect(untilThen(before(0), now)).toBeNull()
})

test('times and dates are written as the language of the window writes them', async () => {
  await setLanguage('de')
  expect(longAgo(before(3 * DAY), now)).toBe('vor 3 Tg.')
  expect(longAgo(before(20 * DAY), now)).toBe('am 31. Okt.')
  expect(dayName(before(2 * DAY), now)).toBe('Mi')
  expect(expiryWords(before(-41 * MINUTE), now).words).toBe('in 41 Min.')
  expect(spokenDuration(27 * MINUTE + SECOND)).toBe('27 Minuten 1 Sekunde')
})

test('a countdown shows minutes and seconds and stops at zero', () => {
  expect(minutesAndSeconds(27 * MINUTE + 14 * SECOND)).toBe('27:14')
  expect(minutesAndSeconds(-5)).toBe('00:00')
})

test('a duration is spoken in words', () => {
  expect(spokenDuration(27 * MINUTE + 14 * SECOND)).toBe('27 minutes 14 seconds')
  expect(spokenDuration(MINUTE)).toBe('1 minute')
  expect(spokenDuration(0)).toBe('0 seconds')
})
