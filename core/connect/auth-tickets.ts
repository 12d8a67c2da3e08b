import { createHash, randomBytes } from 'node:crypto'
import { PatchbayError } from '#shared/errors'

const LIFETIME_MS = 60_000
const MOST_TICKETS = 100

interface Ticket {
  readonly flowId: string
  readonly until: number
  isRedeemed: boolean
}

const digest = (ticket: string): string => createHash('sha256').update(ticket).digest('hex')

/** Single-use tickets that tie an auth window to one flow: 256 random bits, redeemed once within a minute. */
export class AuthTickets {
  readonly #tickets = new Map<string, Ticket>()
  readonly #monotonicNow: () => number

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
  }

  issue(flowId: string): string {
    const ticket = randomBytes(32).toString('base64url')
    const [oldest] = this.#tickets.keys()
    if (this.#tickets.size >= MOST_TICKETS && oldest !== undefined) this.#tickets.delete(oldest)
    this.#tickets.set(digest(ticket), { flowId, until: this.#monotonicNow() + LIFETIME_MS, isRedeemed: false })
    return ticket
  }

  /** The flow of a ticket, once. Throws `automation.denied`. */
  redeem(ticket: string): string {
    const known = this.#tickets.get(digest(ticket))
    if (known === undefined || known.isRedeemed || known.until < this.#monotonicNow()) throw new PatchbayError('automation.denied')
    known.isRedeemed = true
    return known.flowId
  }

  /** The flow of a ticket that was redeemed, for what its window reports; null for any other. */
  flowOf(ticket: string): string | null {
    const known = this.#tickets.get(digest(ticket))
    return known?.isRedeemed === true ? known.flowId : null
  }
}
