import { setTimeout as sleep } from 'node:timers/promises'
import { backoffMs } from '../clock.ts'

/** How long until a pause that was cut short is noticed. */
const LOOK_MS = 500

/** Holds all workers of a run back together: for the rate limit, or while nobody answers. */
export class BulkPause {
  readonly #monotonicNow: () => number
  #until = 0
  #reason: string | null = null
  #outages = 0

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
  }

  /** Milliseconds that are left, and why; null while it goes on. */
  get left(): { readonly ms: number; readonly reason: string } | null {
    const ms = this.#until - this.#monotonicNow()
    return this.#reason === null || ms <= 0 ? null : { ms, reason: this.#reason }
  }

  hold(ms: number, reason: string): void {
    const until = this.#monotonicNow() + ms
    if (until <= this.#until) return
    this.#until = until
    this.#reason = reason
  }

  /** Nobody answered: each time in a row is waited for longer. */
  holdForOutage(reason: string): void {
    this.hold(backoffMs(this.#outages) + 200, reason)
    this.#outages += 1
  }

  /** What stood in the way may be gone: an outage is not waited for any longer, a pause that Nango asked for is. */
  hurry(): void {
    if (this.#reason === 'nango.rate_limited') return
    this.#until = 0
    this.#outages = 0
  }

  /** So much time may have gone by in a sleep that the monotonic clock did not count. */
  slept(gapMs: number): void {
    this.#until -= gapMs
  }

  answered(): void {
    this.#outages = 0
  }

  /** Resolves when it goes on, or the signal ends it. */
  async wait(signal: AbortSignal): Promise<void> {
    for (let left = this.left; left !== null && !signal.aborted; left = this.left)
      await sleep(Math.min(left.ms, LOOK_MS), undefined, { signal, ref: false }).catch(() => undefined)
  }
}
