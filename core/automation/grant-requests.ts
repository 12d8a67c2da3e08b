import type { GrantEnd, ProgramFacts } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import { ANSWER_MS, MOST_WAITING, SHOWN_FOR_MS } from './asking.ts'
import type { GrantTerms } from './grant-terms.ts'
import { Mutes } from './mutes.ts'

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
  /** Epoch milliseconds, like the times below, which move with a clock that is set. */
  readonly requestedAt: number
  /** Nobody can say yes before. */
  readonly approvableAt: number
  /** Then it is denied. */
  readonly answerBy: number
}

type Asked = Omit<WaitingGrant, 'approvableAt' | 'answerBy'>

/** How a request ended without a yes. */
export type RefusedBecause = Extract<GrantEnd, 'refused' | 'unanswered' | 'withdrawn' | 'locked'>

interface Open {
  readonly request: Asked
  /** By the clock that nobody sets. */
  yesFrom: number
  noFrom: number
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

/** One that had to wait behind another still gets this long. */
const LEAST_ANSWER_MS = 30_000

/** By what a program is known again: its key, and its file. */
const namesOf = (publicKey: string, path: string | null): readonly string[] => [publicKey, ...(path === null ? [] : [path])]

/** The requests for grants that wait for the person: one after the other, denied after a minute, not too many, and not again and again. */
export class GrantRequests {
  readonly #options: GrantRequestsOptions
  readonly #open = new Map<string, Open>()
  readonly #mutes: Mutes

  constructor(options: GrantRequestsOptions) {
    this.#options = options
    this.#mutes = new Mutes(options.now, options.monotonicNow)
  }

  /** Those that wait, the oldest first. */
  list(): readonly WaitingGrant[] {
    return [...this.#open.values()].map((open) => this.#shown(open))
  }

  /** Throws `grant.not_waiting`. */
  get(grantId: string): WaitingGrant {
    const open = this.#open.get(grantId)
    if (open === undefined) throw new PatchbayError('grant.not_waiting', { data: { grantId } })
    return this.#shown(open)
  }

  /** Throws `automation.busy` where too many wait or this program has one waiting, `automation.muted` where it was refused too often. */
  requireRoom(publicKey: string, program: string | null): void {
    this.#mutes.requireHeard(namesOf(publicKey, program))
    const isWaiting = this.list().some((request) => request.publicKey === publicKey)
    if (isWaiting || this.#open.size >= MOST_WAITING) throw new PatchbayError('automation.busy')
  }

  /** Puts a request before the person. */
  add(request: Asked): void {
    const at = this.#options.monotonicNow()
    const open: Open = {
      request,
      waiters: new Set(),
      yesFrom: at + SHOWN_FOR_MS,
      noFrom: at + ANSWER_MS,
      timer: this.#timer(request, ANSWER_MS),
    }
    this.#open.set(request.grantId, open)
    this.#options.onChange(request.grantId)
    this.#options.onAsked()
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
    const yesFrom = this.#open.get(grantId)?.yesFrom ?? 0
    if (this.#options.monotonicNow() < yesFrom) throw new PatchbayError('grant.too_early', { data: { grantId } })
    put(request)
    this.#close(grantId)
  }

  /** Ends a request without a yes; nothing where it has ended. */
  refuse(grantId: string, because: RefusedBecause): void {
    const open = this.#open.get(grantId)
    if (open === undefined) return
    const request = this.#shown(open)
    // One that takes its request back again and again is a nuisance like one that is refused.
    if (because !== 'locked') this.#mutes.count(namesOf(request.publicKey, request.program?.path ?? null))
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

  /** Ends those of a profile that is gone. */
  forgetProfile(profileId: string): void {
    for (const { grantId, profileId: of } of this.list()) if (of === profileId) this.refuse(grantId, 'withdrawn')
  }

  #shown({ request, yesFrom, noFrom }: Open): WaitingGrant {
    const offset = this.#options.now() - this.#options.monotonicNow()
    return { ...request, approvableAt: Math.ceil(yesFrom + offset), answerBy: Math.ceil(noFrom + offset) }
  }

  #timer({ grantId }: Asked, ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.refuse(grantId, 'unanswered'), ms).unref()
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
    const at = this.#options.monotonicNow()
    open.yesFrom = at + SHOWN_FOR_MS
    open.noFrom = Math.max(open.noFrom, at + LEAST_ANSWER_MS)
    clearTimeout(open.timer)
    open.timer = this.#timer(open.request, open.noFrom - at)
  }
}
