import { PatchbayError } from '#shared/errors'

/** Who waits for a call: a person, or nobody in particular. */
export type CallPriority = 'person' | 'background'

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
}

/** Background work may take a quarter of a window and leaves the last 50 requests to people. */
const BACKGROUND_SHARE = 0.25
const BACKGROUND_FLOOR = 50
const ASSUMED_LIMIT = 200
const WINDOW_MS = 60_000
const MIN_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 3_600_000

const wholeNumber = (value: string | undefined): number | null => (value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : null)

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/** Reads Retry-After (RFC 9110 section 10.2.3): seconds or a date; null for anything else. Between 1 s and 1 h from `now`. */
export const retryAfterFrom = (value: string | undefined, now: number): number | null => {
  const seconds = wholeNumber(value)
  const at = seconds === null ? Date.parse(value ?? '') : now + seconds * 1_000
  // Date.parse also takes bare numbers such as `-1` for a year; a date of HTTP always names a weekday.
  if (Number.isNaN(at) || (seconds === null && !/^[A-Za-z]{3,9},? /.test(value ?? ''))) return null
  return clamp(at, now + MIN_PAUSE_MS, now + MAX_PAUSE_MS)
}

/** The refusal of a call that must wait until `retryAt`, milliseconds since the epoch. */
export const rateLimited = (retryAt: number): PatchbayError =>
  new PatchbayError('nango.rate_limited', { data: { retryAt: new Date(retryAt).toISOString() } })

/** A budget that starts without knowing anything. */
export const createRateBudget = (now: () => number): RateBudget => {
  let known: RateLimit | null = null
  // Servers with FLAG_API_RATE_LIMIT_ENABLED=false send no headers at all; then nothing is counted.
  let isUnlimited = false
  let background = 0
  let windowEndsAt = 0
  let blockedUntil = 0

  const rollWindow = (): void => {
    const at = now()
    if (at < windowEndsAt) return
    background = 0
    windowEndsAt = at + WINDOW_MS
    if (known !== null) known = { ...known, remaining: known.limit, resetsAt: windowEndsAt }
  }

  return {
    get rateLimit() {
      return known
    },
    admit: (priority) => {
      const at = now()
      if (at < blockedUntil) throw rateLimited(blockedUntil)
      rollWindow()
      if (priority === 'person' || isUnlimited) return
      const limit = known?.limit ?? ASSUMED_LIMIT
      if (background >= limit * BACKGROUND_SHARE || (known !== null && known.remaining < Math.min(BACKGROUND_FLOOR, limit / 2))) {
        throw rateLimited(windowEndsAt)
      }
      background++
    },
    observe: (status, headers) => {
      const at = now()
      const limit = wholeNumber(headers['x-ratelimit-limit'])
      const remaining = wholeNumber(headers['x-ratelimit-remaining'])
      const reset = wholeNumber(headers['x-ratelimit-reset'])
      if (limit !== null && limit > 0 && remaining !== null && reset !== null) {
        isUnlimited = false
        const resetsAt = clamp(reset * 1_000, at, at + MAX_PAUSE_MS)
        // A later end than ours is a new window at the server, unless it is the same one first heard of now.
        if (known !== null && resetsAt > known.resetsAt + 2_000 && at >= known.resetsAt) background = 0
        known = { limit, remaining, resetsAt }
        windowEndsAt = resetsAt
      } else if (status >= 200 && status < 300) {
        isUnlimited = true
      }
      if (status === 429) blockedUntil = retryAfterFrom(headers['retry-after'], at) ?? Math.max(known?.resetsAt ?? 0, at + MIN_PAUSE_MS)
    },
  }
}
