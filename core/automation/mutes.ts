import { PatchbayError } from '#shared/errors'

const REFUSALS = 3
const MUTE_MS = 10 * 60_000
/** A key costs nothing to make: what is remembered of them must not grow. */
const MOST_REMEMBERED = 1000

/** Who was refused how often: three times within ten minutes, and it is not heard for ten more. */
export class Mutes {
  readonly #now: () => number
  readonly #monotonicNow: () => number
  readonly #refusals = new Map<string, number[]>()

  constructor(now: () => number, monotonicNow: () => number) {
    this.#now = now
    this.#monotonicNow = monotonicNow
  }

  /** Counts a refusal of all these names of one program. */
  count(keys: readonly string[]): void {
    const at = this.#monotonicNow()
    for (const key of keys) {
      const recent = this.#recent(key, at)
      // Behind those that were counted before it.
      this.#refusals.delete(key)
      this.#refusals.set(key, [...recent, at].slice(-REFUSALS))
    }
    for (const key of this.#refusals.keys()) {
      if (this.#refusals.size <= MOST_REMEMBERED) break
      this.#refusals.delete(key)
    }
  }

  /** Throws `automation.muted` where one of them was refused too often. */
  requireHeard(keys: readonly string[]): void {
    const at = this.#monotonicNow()
    const waits = keys.map((key) => {
      const recent = this.#recent(key, at)
      return recent.length < REFUSALS ? 0 : (recent.at(-1) ?? at) + MUTE_MS - at
    })
    const retryInMs = Math.ceil(Math.max(0, ...waits))
    if (retryInMs === 0) return
    throw new PatchbayError('automation.muted', { data: { retryInMs, retryAt: new Date(this.#now() + retryInMs).toISOString() } })
  }

  #recent(key: string, at: number): number[] {
    return (this.#refusals.get(key) ?? []).filter((time) => at - time < MUTE_MS)
  }
}
