/** Longer than any reading of Nango's list takes, milliseconds. */
const KEPT_MS = 30 * 60_000

/** What a person removed a moment ago: a list that was asked for before may still hold it. */
export class RecentRemovals {
  readonly #removedAt = new Map<string, number>()
  readonly #monotonicNow: () => number

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
  }

  /** Now, by the clock that the removals are noted by. */
  now(): number {
    return this.#monotonicNow()
  }

  note(profileId: string, providerConfigKey: string, nangoConnectionId: string): void {
    const now = this.#monotonicNow()
    for (const [key, at] of this.#removedAt) {
      if (now - at < KEPT_MS) break
      this.#removedAt.delete(key)
    }
    const key = keyOf(profileId, providerConfigKey, nangoConnectionId)
    this.#removedAt.delete(key)
    this.#removedAt.set(key, now)
  }

  /** Whether nothing was removed of late. */
  get isEmpty(): boolean {
    return this.#removedAt.size === 0
  }

  /** Whether it was removed at that time or later. */
  hasSince(since: number, profileId: string, providerConfigKey: string, nangoConnectionId: string): boolean {
    if (this.isEmpty) return false
    const at = this.#removedAt.get(keyOf(profileId, providerConfigKey, nangoConnectionId))
    return at !== undefined && at >= since
  }
}

const keyOf = (...parts: readonly string[]): string => parts.join('\u0000')
