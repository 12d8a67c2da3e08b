import { type Clock, frameOf, GAP_MS, medianOf } from '#core/clock'

/** The time at a server, learned from the Date headers of its replies (RFC 9110 section 6.6.1). */
export interface ServerClock {
  /** Takes over the Date header of a reply that took so long. */
  observe(dateHeader: string | undefined, tookMs: number): void
  /**
   * The time at the server, milliseconds since the epoch. It goes on by the clock that never jumps; where it could have stood still
   * since the last reply the earlier of what both clocks say counts, so that nothing ends before its time.
   */
  now(): number
  /** How far this computer's wall clock is ahead of the server's; null until some replies since its last jump agree. */
  skewMs(): number | null
}

const KEPT = 9
const NEEDED = 3

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** The time of a Date header, milliseconds since the epoch; null for anything but the form every server must send. */
export const httpDateFrom = (header: string | undefined): number | null => {
  const at = HTTP_DATE.test(header ?? '') ? Date.parse(header ?? '') : Number.NaN
  return Number.isNaN(at) ? null : at
}

/** A server's clock about which nothing is known yet: until a reply came it is this computer's. */
export const createServerClock = (clock: Clock): ServerClock => {
  /** What to add to our monotonic clock to get the server's time, as each of the last replies tells. */
  let offsets: number[] = []
  let lastOffset: number | null = null
  let frame = frameOf(clock)

  const dropStale = (): void => {
    const current = frameOf(clock)
    if (Math.abs(current - frame) > GAP_MS) {
      lastOffset = medianOf(offsets) ?? lastOffset
      offsets = []
    }
    if (offsets.length === 0) frame = current
  }

  return {
    observe: (dateHeader, tookMs) => {
      const at = httpDateFrom(dateHeader)
      if (at === null) return
      dropStale()
      // The header is cut to whole seconds, and written somewhere between question and answer.
      offsets = [...offsets, at + 500 - (clock.monotonicNow() - tookMs / 2)].slice(-KEPT)
    },
    now: () => {
      dropStale()
      const offset = medianOf(offsets)
      if (offset !== undefined) return clock.monotonicNow() + offset
      return lastOffset === null ? clock.now() : Math.min(clock.now(), clock.monotonicNow() + lastOffset)
    },
    skewMs: () => {
      dropStale()
      const offset = medianOf(offsets)
      return offset === undefined || offsets.length < NEEDED ? null : Math.round(frameOf(clock) - offset)
    },
  }
}
