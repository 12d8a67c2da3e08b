import { locale, t } from '#renderer/messages/translate.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (value: number): string => String(value).padStart(2, '0')

const FORMATS = {
  date: { day: 'numeric', month: 'short' },
  'date-year': { day: 'numeric', month: 'short', year: 'numeric' },
  weekday: { weekday: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const formats = new Map<string, Intl.DateTimeFormat>()

/** A formatter takes a thousand times longer to make than to use. */
const format = (name: keyof typeof FORMATS, date: Date): string => {
  const place = `${locale()} ${name}`
  const known = formats.get(place) ?? new Intl.DateTimeFormat(locale(), FORMATS[name])
  formats.set(place, known)
  return known.format(date)
}

/** `14:02`, in local time. */
export const clockTime = (at: string): string => {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** `3 Nov`, as the language writes dates; with the year once it is more than 11 months away. */
export const shortDate = (at: string, now: number): string => {
  const date = new Date(at)
  return format(Math.abs(now - date.getTime()) > 335 * DAY ? 'date-year' : 'date', date)
}

/** The clock time of today, the weekday within a week, then the date. */
export const dayName = (at: string, now: number): string => {
  const date = new Date(at)
  if (date.toDateString() === new Date(now).toDateString()) return clockTime(at)
  return Math.abs(now - date.getTime()) < 6 * DAY ? format('weekday', date) : shortDate(at, now)
}

/** A day of the calendar, such as `2025-11-20`, as the language writes it: `20 Nov 2025`. */
export const exactDay = (day: string): string => format('date-year', new Date(`${day}T12:00:00`))

/** `20 Nov 2025, 14:02:09`: the exact local time, for tooltips. */
export const exactTime = (at: string): string => {
  const date = new Date(at)
  return `${format('date-year', date)}, ${clockTime(at)}:${two(date.getSeconds())}`
}

/** A length of time, short and rounded down: `12 s`, `9 min`, `2 h`, `3 d`. */
export const spanWords = (ms: number): string => {
  if (ms < MINUTE) return t('ui.time.seconds', { count: Math.max(1, Math.round(ms / 1000)) })
  if (ms < HOUR) return t('ui.time.minutes', { count: Math.floor(ms / MINUTE) })
  return ms < DAY ? t('ui.time.hours', { count: Math.floor(ms / HOUR) }) : t('ui.time.days', { count: Math.floor(ms / DAY) })
}

/** How long ago, short: `now`, `9 min`, `2 h`, `3 d`, then the date. */
export const shortAgo = (at: string, now: number): string => {
  const age = now - Date.parse(at)
  if (age < MINUTE) return t('ui.time.now')
  return age < 7 * DAY ? spanWords(age) : shortDate(at, now)
}

/** How long ago, in a sentence: `12 s ago`, `2 h ago`, `on 3 Nov`. */
export const longAgo = (at: string, now: number): string => {
  const age = Math.max(0, now - Date.parse(at))
  if (age < 1000) return t('ui.time.just-now')
  return age < 7 * DAY ? t('ui.time.ago', { span: spanWords(age) }) : t('ui.time.on', { date: shortDate(at, now) })
}

/** Until a time to come, `in 41 min`; null once it has passed. */
export const untilThen = (at: string, now: number): string | null => {
  const left = Date.parse(at) - now
  if (left <= 0) return null
  return left < 7 * DAY ? t('ui.time.in', { span: spanWords(left) }) : shortDate(at, now)
}

/** What the Expires column says, and whether it is over. */
export const expiryWords = (at: string, now: number): { readonly words: string; readonly isOver: boolean } => {
  const left = untilThen(at, now)
  return left === null ? { words: t('ui.time.expired', { when: shortAgo(at, now) }), isOver: true } : { words: left, isOver: false }
}

/** `mm:ss` of what is left, never below zero. */
export const minutesAndSeconds = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
}

/** A duration as it is spoken: `27 minutes 14 seconds`. */
export const spokenDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const minutes = Math.floor(seconds / 60)
  const parts: string[] = []
  if (minutes > 0) parts.push(t('ui.time.spoken-minutes', { count: minutes }))
  if (seconds % 60 > 0 || minutes === 0) parts.push(t('ui.time.spoken-seconds', { count: seconds % 60 }))
  return parts.join(' ')
}
