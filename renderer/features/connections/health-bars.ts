import type { Connection } from '#shared/contract/connections'
import type { PublicEvent, PublicEventType } from '#shared/contract/events'

/** How a connection was on one day: the worst of it. `unchecked`: nobody looked, or it was not known here. */
export type DayState = 'good' | 'failing' | 'unchecked'

export interface HealthBar {
  /** The beginning of the day, local time, ISO 8601. */
  readonly at: string
  readonly state: DayState
}

/** The days of the strip. */
export const STRIP_DAYS = 30

/** The status that an event left behind; null where it changed none. */
export const statusAfter = (type: PublicEventType): 'connected' | 'attention' | 'pending' | 'revoked' | null => {
  switch (type) {
    case 'connection.activated':
    case 'connection.refreshed':
    case 'connection.recovered':
      return 'connected'
    case 'connection.attention':
      return 'attention'
    case 'connection.revoked':
      return 'revoked'
    case 'connection.pending':
      return 'pending'
    default:
      return null
  }
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly state: DayState
}

/** From each event that changed the status to the next; what came after the last look is not checked. */
const stretches = (events: readonly PublicEvent[], checkedUntil: number): readonly Stretch[] => {
  const changes = events
    .flatMap(({ type, at }) => {
      const status = statusAfter(type)
      return status === null || status === 'pending'
        ? []
        : [{ at: Date.parse(at), state: status === 'connected' ? ('good' as const) : ('failing' as const) }]
    })
    .toSorted((a, b) => a.at - b.at)
  return changes.map(({ at, state }, index) => ({ from: at, to: changes[index + 1]?.at ?? Math.max(checkedUntil, at), state }))
}

const dayBefore = (now: number, days: number): Date => {
  const date = new Date(now)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days)
}

/** The last thirty days of a connection, oldest first, from its events and the last look at it. */
export const healthBars = (
  events: readonly PublicEvent[],
  { lastSyncedAt }: Pick<Connection, 'lastSyncedAt'>,
  now: number,
): readonly HealthBar[] => {
  const all = stretches(events, lastSyncedAt === null ? 0 : Math.min(now, Date.parse(lastSyncedAt)))
  return Array.from({ length: STRIP_DAYS }, (_, index) => {
    const begin = dayBefore(now, STRIP_DAYS - 1 - index)
    const end = dayBefore(now, STRIP_DAYS - 2 - index).getTime()
    const touching = all.filter(({ from, to }) => from < end && to >= begin.getTime())
    const state = touching.some((one) => one.state === 'failing') ? 'failing' : touching.length > 0 ? 'good' : 'unchecked'
    return { at: begin.toISOString(), state }
  })
}

/** How many days of each kind. */
export const countDays = (bars: readonly HealthBar[]): Readonly<Record<DayState, number>> => {
  const count = (state: DayState): number => bars.filter((bar) => bar.state === state).length
  return { good: count('good'), failing: count('failing'), unchecked: count('unchecked') }
}
