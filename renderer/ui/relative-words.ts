const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (value: number): string => String(value).padStart(2, '0')
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** `14:02`, in local time. */
export const clockTime = (at: string): string => {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** `3 Nov`; with the year once it is more than 11 months away. */
export const shortDate = (at: string, now: number): string => {
  const date = new Date(at)
  const isFar = Math.abs(now - date.getTime()) > 335 * DAY
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}${isFar ? ` ${date.getFullYear()}` : ''}`
}

/** The clock time of today, the weekday within a week, then the date. */
export const dayName = (at: string, now: number): string => {
  const date = new Date(at)
  if (date.toDateString() === new Date(now).toDateString()) return clockTime(at)
  return Math.abs(now - date.getTime()) < 6 * DAY ? (WEEKDAYS[date.getDay()] ?? '') : shortDate(at, now)
}

/** `20 Nov 2025, 14:02:09`: the exact local time, for tooltips. */
export const exactTime = (at: string): string => {
  const date = new Date(at)
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''} ${date.getFullYear()}, ${clockTime(at)}:${two(date.getSeconds())}`
}

const span = (ms: number): string => {
  if (ms < MINUTE) return `${Math.max(1, Math.round(ms / 1000))} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  return ms < DAY ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / DAY)} d`
}

/** How long ago, short: `now`, `9 min`, `2 h`, `3 d`, then the date. */
export const shortAgo = (at: string, now: number): string => {
  const age = now - Date.parse(at)
  if (age < MINUTE) return 'now'
  return age < 7 * DAY ? span(age) : shortDate(at, now)
}

/** How long ago, in a sentence: `12 s ago`, `2 h ago`, `on 3 Nov`. */
export const longAgo = (at: string, now: number): string => {
  const age = Math.max(0, now - Date.parse(at))
  if (age < 1000) return 'just now'
  return age < 7 * DAY ? `${span(age)} ago` : `on ${shortDate(at, now)}`
}

/** Until a time to come, `in 41 min`; null once it has passed. */
export const untilThen = (at: string, now: number): string | null => {
  const left = Date.parse(at) - now
  if (left <= 0) return null
  return left < 7 * DAY ? `in ${span(left)}` : shortDate(at, now)
}

/** What the Expires column says, and whether it is over. */
export const expiryWords = (at: string, now: number): { readonly words: string; readonly isOver: boolean } => {
  const left = untilThen(at, now)
  return left === null
    ? { words: `Expired ${shortAgo(at, now) === 'now' ? 'now' : shortAgo(at, now)}`, isOver: true }
    : { words: left, isOver: false }
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
  if (minutes > 0) parts.push(minutes === 1 ? '1 minute' : `${minutes} minutes`)
  if (seconds % 60 > 0 || minutes === 0) parts.push(seconds % 60 === 1 ? '1 second' : `${seconds % 60} seconds`)
  return parts.join(' ')
}
