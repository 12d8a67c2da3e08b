import type { AuditLine } from './audit-line.ts'

/** Lines of looking and of refusals that one program, the command line or the window may fill in a minute; strangers share theirs. */
const A_MINUTE = 3000
const OF_STRANGERS = 120
const MINUTE_MS = 60_000

/**
 * Keeps a flood of calls from pushing older lines out of the audit. Beyond so many lines a minute, what somebody only looks at, and what
 * is refused, is written as what it was and how often, without the single connection; what was carried out keeps its line always.
 */
export class AuditPressure {
  readonly #monotonicNow: () => number
  readonly #spent = new Map<string, number>()
  #since: number

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
    this.#since = monotonicNow()
  }

  /** The line, or what is left of it under pressure; null where it stays as it is. */
  pressed(line: AuditLine): AuditLine | null {
    const now = this.#monotonicNow()
    if (now - this.#since >= MINUTE_MS) {
      this.#since = now
      this.#spent.clear()
    }
    const key = line.clientId ?? line.caller
    const spent = (this.#spent.get(key) ?? 0) + 1
    this.#spent.set(key, spent)
    if (spent <= (line.caller === 'unproven' ? OF_STRANGERS : A_MINUTE)) return null
    const whole = { ...line, grantId: null, profileId: null, connectionId: null, handle: null, target: null }
    return line.caller === 'unproven' ? { ...whole, clientName: null, program: null, pid: null } : whole
  }
}
