import type { Clock } from '#core/clock'
import { PatchbayError } from '#shared/errors'

/** Who waits for a call: a person, a sign-in that is looked for again and again, an action over many, or nobody in particular. */
export type CallPriority = 'person' | 'flow' | 'bulk' | 'background'

/** What Nango last said about its budget; `resetsAt` in milliseconds since the epoch. */
export interface RateLimit {
  readonly limit: number
  readonly remaining: number
  readonly resetsAt: number
}

/** Keeps this client within its share of the account's requests a minute (nango-api.md section 2). */
export interface RateBudget {
  readonly rateLimit: RateLimit | null
  /** Counts one call. Throws `nango.rate_limited` with `retryAt` where Nango asked for a pause, or background work has had its share. */
  admit(priority: CallPriority): void
  /** Takes over what a reply says; a 429 blocks everybody until the time it names. */
  observe(status: number, headers: Readonly<Record<string, string>>): void
  /**
   * Takes over what the answer of a service, passed on by Nango, says of Nango's budget: Nango adds its headers to it (nango-api.md
   * section 8). A service with headers of the same names is told by its other limit or its longer window, and not listened to.
   */
  observePassed(headers: Readonly<Record<string, string>>): void
  /** So much time may have gone by in a sleep that the monotonic clock did not count. */
  slept(gapMs: number): void
}

/** What a reply says of the budget. */
interface Heard {
  readonly limit: number
  readonly remaining: number
  readonly endsInMs: number
  /** Its window has ended for certain. */
  readonly isOver: boolean
}

/** Background work may take a quarter of a window and leaves the last 50 requests to people. */
const BACKGROUND_SHARE = 0.25
const BACKGROUND_FLOOR = 50
/** An action over many takes at most half of a window, and leaves a quarter of it, 50 requests at most, to people. */
const BULK_SHARE = 0.5
const BULK_FLOOR_SHARE = 0.25
const BULK_FLOOR = 50
/** Nango names the end of a window in whole seconds, cut off: it may be over so much later. */
const CUT_OFF_MS = 1_000
/** Ends of one window, read from two answers, differ by less. */
const SAME_END_MS = 500
/** More than answers that overtake each other differ by: the server counts from the start again. */
const NEW_WINDOW_JUMP = 10
const ASSUMED_LIMIT = 200
const WINDOW_MS = 60_000
const MIN_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 3_600_000

const wholeNumber = (value: string | undefined): number | null => (value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : null)

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/**
 * Reads Retry-After (RFC 9110 section 10.2.3): seconds, or a date, which counts from `serverNow`. Milliseconds to wait, between 1 s
 * and 1 h; null for anything else.
 */
export const retryAfterFrom = (value: string | undefined, serverNow: number): number | null => {
  const seconds = wholeNumber(value)
  const waitMs = seconds === null ? Date.parse(value ?? '') - serverNow : seconds * 1_000
  // Date.parse also takes bare numbers such as `-1` for a year; a date of HTTP always names a weekday.
  if (Number.isNaN(waitMs) || (seconds === null && !/^[A-Za-z]{3,9},? /.test(value ?? ''))) return null
  return clamp(waitMs, MIN_PAUSE_MS, MAX_PAUSE_MS)
}

/** How long a 429 asks to wait, milliseconds: Retry-After, else the end of the window it names, else 1 s. */
export const pauseOf = (headers: Readonly<Record<string, string>>, serverNow: number): number =>
  retryAfterFrom(headers['retry-after'], serverNow) ??
  clamp((wholeNumber(headers['x-ratelimit-reset']) ?? 0) * 1_000 - serverNow, MIN_PAUSE_MS, MAX_PAUSE_MS)

/** The refusal of a call that must wait for so long; `now` is the wall clock, for what is shown. */
export const rateLimited = (waitMs: number, now: number): PatchbayError =>
  new PatchbayError('nango.rate_limited', { data: { retryAt: new Date(now + waitMs).toISOString(), retryInMs: Math.ceil(waitMs) } })

/** What actions over many may take of a window: less than it may seem that there is, so that they never cause a 429. */
const createBulkShare = () => {
  let limit: number | null = null
  let remaining = 0
  let spent = 0
  let endsAt = 0
  return {
    /** Counts one call; milliseconds to wait where it must not be made now. */
    take: (at: number): number => {
      if (at >= endsAt) {
        spent = 0
        remaining = limit ?? 1
        // Before the first answer one call finds out what there is; later ones tell when the new window ends.
        endsAt = at + (limit === null ? CUT_OFF_MS : WINDOW_MS)
      }
      const most = limit ?? 1
      const isEnough = limit !== null && remaining <= Math.min(BULK_FLOOR, limit * BULK_FLOOR_SHARE)
      if (spent >= Math.max(1, most * BULK_SHARE) || isEnough) return Math.max(1, endsAt - at)
      spent += 1
      remaining -= 1
      return 0
    },
    observe: (heard: { readonly limit: number; readonly remaining: number }, windowEndsAt: number): void => {
      if (limit === null || heard.remaining > remaining + NEW_WINDOW_JUMP) spent = Math.min(spent, 1)
      limit = heard.limit
      remaining = heard.remaining
      endsAt = windowEndsAt + CUT_OFF_MS
    },
    slept: (gapMs: number): void => {
      endsAt -= gapMs
    },
  }
}

/** A budget that starts without knowing anything. It waits by the monotonic clock; `serverNow` is the time by which Nango's windows end. */
export const createRateBudget = (clock: Clock, serverNow: () => number = () => clock.now()): RateBudget => {
  let known: Omit<RateLimit, 'resetsAt'> | null = null
  // Servers with FLAG_API_RATE_LIMIT_ENABLED=false send no headers at all; then nothing is counted.
  let isUnlimited = false
  let background = 0
  const bulk = createBulkShare()
  let windowEndsAt = 0
  /** Whether Nango told it; else it is what is usual, from the first call of a window on. */
  let isEndTold = false
  let blockedUntil = 0

  const rollWindow = (): void => {
    const at = clock.monotonicNow()
    if (at < windowEndsAt) return
    background = 0
    windowEndsAt = at + WINDOW_MS
    isEndTold = false
    if (known !== null) known = { ...known, remaining: known.limit }
  }

  const heardIn = (headers: Readonly<Record<string, string>>): Heard | null => {
    const limit = wholeNumber(headers['x-ratelimit-limit'])
    const remaining = wholeNumber(headers['x-ratelimit-remaining'])
    const reset = wholeNumber(headers['x-ratelimit-reset'])
    if (limit === null || limit === 0 || remaining === null || reset === null) return null
    const leftMs = reset * 1_000 - serverNow()
    return { limit, remaining, endsInMs: clamp(leftMs, 0, MAX_PAUSE_MS), isOver: leftMs < -CUT_OFF_MS }
  }

  const take = ({ limit, remaining, endsInMs }: Heard): void => {
    const at = clock.monotonicNow()
    const endsAt = at + endsInMs
    // A later end than ours is a new window at the server, unless it is the same one first heard of now.
    if (known !== null && endsAt > windowEndsAt + 2_000 && at >= windowEndsAt) background = 0
    known = { limit, remaining }
    windowEndsAt = endsAt
    isEndTold = true
    bulk.observe(known, endsAt)
  }

  /** Such an answer was headed when Nango began to ask the service: it may be of the window before, or of fewer calls of this one. */
  const isLate = ({ remaining, endsInMs, isOver }: Heard): boolean => {
    if (isOver) return true
    const laterMs = clock.monotonicNow() + endsInMs - windowEndsAt
    if (!isEndTold || clock.monotonicNow() >= windowEndsAt || laterMs > SAME_END_MS) return false
    return laterMs < -SAME_END_MS || remaining > (known?.remaining ?? 0)
  }

  return {
    get rateLimit() {
      return known === null ? null : { ...known, resetsAt: clock.now() + Math.max(0, windowEndsAt - clock.monotonicNow()) }
    },
    admit: (priority) => {
      const at = clock.monotonicNow()
      if (at < blockedUntil) throw rateLimited(blockedUntil - at, clock.now())
      rollWindow()
      if (priority === 'bulk' && !isUnlimited) {
        const waitMs = bulk.take(at)
        if (waitMs > 0) throw rateLimited(waitMs, clock.now())
      }
      if (priority !== 'background' || isUnlimited) return
      const limit = known?.limit ?? ASSUMED_LIMIT
      if (background >= limit * BACKGROUND_SHARE || (known !== null && known.remaining < Math.min(BACKGROUND_FLOOR, limit / 2))) {
        throw rateLimited(windowEndsAt - at, clock.now())
      }
      background++
    },
    observe: (status, headers) => {
      const heard = heardIn(headers)
      if (heard !== null) {
        isUnlimited = false
        take(heard)
      } else if (status >= 200 && status < 300) {
        isUnlimited = true
      }
      if (status === 429) blockedUntil = clock.monotonicNow() + pauseOf(headers, serverNow())
    },
    observePassed: (headers) => {
      const heard = heardIn(headers)
      const isNangos = heard !== null && heard.limit === known?.limit && heard.endsInMs <= WINDOW_MS + CUT_OFF_MS
      if (isNangos && !isLate(heard) && heard.remaining < heard.limit) take(heard)
    },
    slept: (gapMs) => {
      blockedUntil -= gapMs
      windowEndsAt -= gapMs
      bulk.slept(gapMs)
    },
  }
}
