/** Works for up to the given time of the clock; true where it has more to do. */
export type Turn = (until: number) => boolean

/** So long programs keep the thread before others get it, milliseconds. */
const SLICE_MS = 4

/**
 * Lets the connections of programs work one after the other, a few milliseconds at a time. In between, the window and the command
 * line are heard, however many programs ask however much.
 */
export class FairTurns {
  readonly #waiting = new Set<Turn>()
  #isScheduled = false

  /** The turn comes soon, once for however often it was asked for. */
  ask(turn: Turn): void {
    this.#waiting.add(turn)
    this.#schedule()
  }

  /** It needs no turn any more. */
  leave(turn: Turn): void {
    this.#waiting.delete(turn)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#work())
  }

  #work(): void {
    this.#isScheduled = false
    const until = performance.now() + SLICE_MS
    const again: Turn[] = []
    for (const turn of this.#waiting) {
      this.#waiting.delete(turn)
      if (turn(until)) again.push(turn)
      if (performance.now() >= until) break
    }
    // Behind those that had no turn yet.
    for (const turn of again) this.#waiting.add(turn)
    if (this.#waiting.size > 0) this.#schedule()
  }
}
