const IDLE_MS = 10 * 60_000
const LONGEST_MS = 12 * 3_600_000

interface Approval {
  readonly since: number
  usedAt: number
}

/** Remembers at which terminals the person said yes to administrative commands: 10 minutes idle, 12 hours at most. */
export class TerminalApprovals {
  readonly #approvals = new Map<string, Approval>()
  readonly #monotonicNow: () => number

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
  }

  /** Returns for how long it holds if it is not used, milliseconds. */
  approve(terminal: string): number {
    const now = this.#monotonicNow()
    this.#approvals.set(terminal, { since: now, usedAt: now })
    return IDLE_MS
  }

  /** Whether it still holds; asking counts as using it. */
  isApproved(terminal: string): boolean {
    const approval = this.#approvals.get(terminal)
    if (approval === undefined) return false
    const now = this.#monotonicNow()
    if (now - approval.usedAt > IDLE_MS || now - approval.since > LONGEST_MS) {
      this.#approvals.delete(terminal)
      return false
    }
    approval.usedAt = now
    return true
  }

  clear(): void {
    this.#approvals.clear()
  }
}
