/** The two clocks of a computer. What is waited for, counted down or kept apart goes by the one that never jumps. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch: for what is shown or stored. It may be wrong and may jump. */
  now(): number
  /** Milliseconds that never jump. They stand still while some systems sleep. */
  monotonicNow(): number
}

/** From here on a gap between the clocks is no drift any more, milliseconds. */
export const GAP_MS = 5_000

/** How far the wall clock stands before the other one; it changes when the wall clock is set, and on many systems by sleeping. */
export const frameOf = (clock: Clock): number => clock.now() - clock.monotonicNow()

/** The middle of some numbers; undefined for none. */
export const medianOf = (values: readonly number[]): number | undefined =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]

const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 60_000

/** How long to wait before try number `attempt` (from 0) is made again: a random part of 0.5 s, 1 s, 2 s ... 60 s (full jitter). */
export const backoffMs = (attempt: number, random: () => number = Math.random): number =>
  random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 30))
