/** May a call go out now? `probe`: the one call that finds out whether the server is back. */
export type Admission = { readonly kind: 'open' | 'probe' } | { readonly kind: 'held'; readonly retryInMs: number }

/** Spares a server that fails, and its callers the waiting: one for each origin, on the clock that never jumps. */
export interface CircuitBreaker {
  /** A held call must not be made. A person who waits may try at once, while nobody else does. */
  admit(isPerson: boolean): Admission
  /** What became of an admitted call; `nothing` when it was cancelled and says nothing about the server. */
  note(outcome: 'answered' | 'failed' | 'nothing', admission: Admission): void
  /** The way may be free again: the next call finds out. */
  hurry(): void
}

const FAILURES = 5
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/** A closed breaker. It opens after five failures in a row and then lets through one probe at a time, after 1 s, 2 s ... 30 s. */
export const createCircuitBreaker = (monotonicNow: () => number, random: () => number = Math.random): CircuitBreaker => {
  let failures = 0
  let openings = 0
  let openUntil: number | null = null
  let isProbing = false

  const open = (): void => {
    openUntil = monotonicNow() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(openings, 10)) * (0.5 + random() / 2)
    openings++
  }

  return {
    admit: (isPerson) => {
      if (openUntil === null) return { kind: 'open' }
      const leftMs = openUntil - monotonicNow()
      if (isProbing || (leftMs > 0 && !isPerson)) return { kind: 'held', retryInMs: Math.max(leftMs, FIRST_PAUSE_MS) }
      isProbing = true
      return { kind: 'probe' }
    },
    note: (outcome, admission) => {
      if (admission.kind === 'probe') isProbing = false
      if (outcome === 'answered') {
        failures = 0
        openings = 0
        openUntil = null
      } else if (outcome === 'failed') {
        failures++
        // Calls that were under way when it opened say nothing new.
        if (admission.kind === 'probe' || (openUntil === null && failures >= FAILURES)) open()
      }
    },
    hurry: () => {
      if (openUntil !== null) openUntil = monotonicNow()
    },
  }
}
