import type { GrantEnd, ProgramFacts } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import type { GrantTerms } from './grant-terms.ts'

/** A request that waits for the person. */
export interface WaitingGrant {
  readonly grantId: string
  readonly clientId: string
  readonly publicKey: string
  readonly clientName: string
  readonly purpose: string
  readonly via: 'socket' | 'mcp'
  readonly program: ProgramFacts | null
  readonly programHash: string | null
  readonly isKnown: boolean
  readonly profileId: string
  readonly asked: GrantTerms
  readonly unknownReferences: readonly string[]
  readonly requestedAt: number
  /** Nobody can say yes before, epoch milliseconds. */
  approvableAt: number
  /** Then it is denied, epoch milliseconds. */
  answerBy: number
}

/** How a request ended without a yes. */
export type RefusedBecause = Extract<GrantEnd, 'refused' | 'unanswered' | 'withdrawn' | 'locked'>

interface Open {
  readonly request: WaitingGrant
  readonly waiters: Set<() => void>
  timer: ReturnType<typeof setTimeout>
}

export interface GrantRequestsOptions {
  readonly now: () => number
  readonly monotonicNow: () => number
  /** A request was refused, or nobody answered it, or its program went. */
  readonly onRefused: (request: WaitingGrant, because: RefusedBecause) => void
  readonly onChange: (grantId: string) => void
  /** A request has begun to wait. */
  readonly onAsked: () => void
}

/** Nobody reads a card in less, milliseconds: an answer that comes sooner is no person's. */
export const SHOWN_FOR_MS = 800
const ANSWER_MS = 60_000
/** One that had to wait behind another still gets this long. */
const LEAST_ANSWER_MS = 30_000
const MOST_WAITING = 5
const REFUSALS = 3
const MUTE_MS = 10 * 60_000

/** The requests for grants that wait for the person: one after the other, denied after a minute, not too many, and not again and again. */
export class GrantRequests {
  readonly #options: GrantRequestsOptions
  readonly #open = new Map<string, Open>()
  readonly #refusals = new Map<string, number[]>()

  constructor(options: GrantRequestsOptions) {
    this.#options = options
  }

  /** Those that wait, the oldest first. */
  list(): readonly WaitingGrant[] {
    return [...this.#open.values()].map(({ request }) => request)
  }

  /** Throws `grant.not_waiting`. */
  get(grantId: string): WaitingGrant {
    const open = this.#open.get(grantId)
    if (open === undefined) throw new PatchbayError('grant.not_waiting', { data: { grantId } })
    return open.request
  }

  /** Throws `automation.busy` where too many wait or this program has one waiting, `automation.muted` where it was refused too often. */
  requireRoom(publicKey: string, program: string | null): void {
    const mutedMs = this.#mutedMs([publicKey, ...(program === null ? [] : [program])])
    if (mutedMs > 0) {
      const retryInMs = Math.ceil(mutedMs)
      const retryAt = new Date(this.#options.now() + retryInMs).toISOString()
      throw new PatchbayError('automation.muted', { data: { retryInMs, retryAt } })
    }
    const isWaiting = this.list().some((request) => request.publicKey === publicKey)
    if (isWaiting || this.#open.size >= MOST_WAITING) throw new PatchbayError('automation.busy')
  }

  /** Puts a request before the person. */
  add(request: Omit<WaitingGrant, 'approvableAt' | 'answerBy'>): WaitingGrant {
    const waiting = { ...request, approvableAt: request.requestedAt + SHOWN_FOR_MS, answerBy: request.requestedAt + ANSWER_MS }
    this.#open.set(waiting.grantId, { request: waiting, waiters: new Set(), timer: this.#timer(waiting) })
    this.#options.onChange(waiting.grantId)
    this.#options.onAsked()
    return waiting
  }

  /** Resolves when it is answered, or after so long. */
  async answered(grantId: string, timeoutMs: number): Promise<void> {
    const open = this.#open.get(grantId)
    if (open === undefined || timeoutMs <= 0) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        open.waiters.delete(done)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      timer.unref()
      open.waiters.add(done)
    })
  }

  /** Takes a request off the list for a yes. Throws `grant.not_waiting`, and `grant.too_early` before it was shown for a moment. */
  take(grantId: string, put: (request: WaitingGrant) => void): void {
    const request = this.get(grantId)
    if (this.#options.now() < request.approvableAt) throw new PatchbayError('grant.too_early', { data: { grantId } })
    put(request)
    this.#close(grantId)
  }

  /** Ends a request without a yes; nothing where it has ended. */
  refuse(grantId: string, because: RefusedBecause): void {
    const request = this.#open.get(grantId)?.request
    if (request === undefined) return
    if (because === 'refused' || because === 'unanswered') this.#count(request)
    try {
      this.#options.onRefused(request, because)
    } finally {
      this.#close(grantId)
    }
  }

  /** Ends all of them. Returns how many there were. */
  refuseAll(because: RefusedBecause): number {
    const ids = [...this.#open.keys()]
    for (const id of ids) this.refuse(id, because)
    return ids.length
  }

  #timer(request: WaitingGrant): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => this.refuse(request.grantId, 'unanswered'), Math.max(0, request.answerBy - this.#options.now()))
    timer.unref()
    return timer
  }

  #close(grantId: string): void {
    const open = this.#open.get(grantId)
    if (open === undefined) return
    const wasFirst = this.list()[0]?.grantId === grantId
    clearTimeout(open.timer)
    this.#open.delete(grantId)
    for (const done of open.waiters) done()
    const [next] = this.#open.values()
    if (wasFirst && next !== undefined) this.#bringForward(next)
    this.#options.onChange(grantId)
  }

  /** The next one is seen from now on. */
  #bringForward(open: Open): void {
    const now = this.#options.now()
    open.request.approvableAt = now + SHOWN_FOR_MS
    open.request.answerBy = Math.max(open.request.answerBy, now + LEAST_ANSWER_MS)
    clearTimeout(open.timer)
    open.timer = this.#timer(open.request)
  }

  #count({ publicKey, program }: WaitingGrant): void {
    const at = this.#options.monotonicNow()
    for (const key of [publicKey, ...(program === null ? [] : [program.path])])
      this.#refusals.set(key, [...this.#recent(key, at), at].slice(-REFUSALS))
    // A key costs nothing to make: what is remembered of them must not grow.
    if (this.#refusals.size > 1000) {
      const [oldest] = this.#refusals.keys()
      if (oldest !== undefined) this.#refusals.delete(oldest)
    }
  }

  #recent(key: string, at: number): number[] {
    return (this.#refusals.get(key) ?? []).filter((time) => at - time < MUTE_MS)
  }

  #mutedMs(keys: readonly string[]): number {
    const at = this.#options.monotonicNow()
    return Math.max(
      0,
      ...keys.map((key) => {
        const recent = this.#recent(key, at)
        return recent.length < REFUSALS ? 0 : (recent.at(-1) ?? at) + MUTE_MS - at
      }),
    )
  }
}
