/** What runs out within one stretch of time: what is over, a day of the next seven, or a later week. */
export interface ExpiringGroup<T> {
  readonly kind: 'over' | 'today' | 'tomorrow' | 'day' | 'week'
  /** The first day of it, as local midnight in milliseconds; it names the group with the kind. */
  readonly from: number
  readonly entries: readonly T[]
}

const SINGLE_DAYS = 7

const midnight = (at: number, daysLater = 0): number => {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater).getTime()
}

/** Weeks begin on Monday (ISO 8601). */
const monday = (at: number): number => midnight(at, -((new Date(at).getDay() + 6) % 7))

const placeOf = (endsAt: number, now: number): Pick<ExpiringGroup<never>, 'kind' | 'from'> => {
  if (endsAt <= now) return { kind: 'over', from: 0 }
  const from = midnight(endsAt)
  if (from === midnight(now)) return { kind: 'today', from }
  if (from === midnight(now, 1)) return { kind: 'tomorrow', from }
  const later = midnight(now, SINGLE_DAYS)
  return from < later ? { kind: 'day', from } : { kind: 'week', from: Math.max(later, monday(endsAt)) }
}

/** Entries that come soonest first by when they end: by day for a week, then by week. Their order stays. */
export const byTime = <T extends { readonly endsAt: string }>(entries: readonly T[], now: number): readonly ExpiringGroup<T>[] => {
  const groups = new Map<string, { readonly place: Pick<ExpiringGroup<T>, 'kind' | 'from'>; readonly entries: T[] }>()
  for (const entry of entries) {
    const place = placeOf(Date.parse(entry.endsAt), now)
    const key = `${place.kind} ${place.from}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { place, entries: [entry] })
    else known.entries.push(entry)
  }
  return [...groups.values()].map(({ place, entries: own }) => ({ ...place, entries: own }))
}
