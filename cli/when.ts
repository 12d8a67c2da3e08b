import { usageError } from './usage-error.ts'

const SPAN = /^(\d{1,6})\s*(s|min|m|h|d|w)$/
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 }
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/

/** Which way a span counts from now, and which end of a day is meant where one is named. */
export interface Direction {
  readonly span: 'ago' | 'ahead'
  readonly day: 'begin' | 'end'
}

/** The day in this computer's time zone, null where the calendar has none of that name. */
const dayOf = (year: number, month: number, day: number): Date | null => {
  const begin = new Date(year, month - 1, day)
  return begin.getMonth() === month - 1 && begin.getDate() === day ? begin : null
}

/** `2h`, `2026-11-01` (a day of this computer's time zone) or an instant, as ISO 8601 in UTC. Throws a usage error for anything else. */
export const instantOf = (flag: string, text: string, { span, day }: Direction, now: number = Date.now()): string => {
  const [, amount, unit] = SPAN.exec(text) ?? []
  if (amount !== undefined && unit !== undefined) {
    const distance = Number(amount) * (SECONDS[unit] ?? 0) * 1000
    return new Date(span === 'ago' ? now - distance : now + distance).toISOString()
  }
  const [, year, month, date] = DAY.exec(text) ?? []
  const begin = year === undefined ? null : dayOf(Number(year), Number(month), Number(date))
  if (begin !== null) {
    if (day === 'end') begin.setDate(begin.getDate() + 1)
    return new Date(begin.getTime() - (day === 'end' ? 1 : 0)).toISOString()
  }
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw usageError(`--${flag} wants a time: 2h, 3d, 2026-11-01 or 2026-11-01T08:00.`)
  return new Date(at).toISOString()
}
