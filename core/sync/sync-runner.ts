import { backoffMs } from '../clock.ts'
import type { SyncStatus } from '#shared/contract/sync'
import { PatchbayError } from '#shared/errors'
import type { Journal } from '../events/journal.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Log } from '../log.ts'
import type { NangoClient } from '../nango/nango-client.ts'
import type { SyncCounts } from './nango-sync.ts'
import { getSyncState, putSyncState, type SyncState } from './sync-store.ts'

export interface SyncRunnerDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly log: Log
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly activeProfileId: () => string | null
  readonly reconcile: (profileId: string, client: NangoClient, priority: 'person' | 'background') => Promise<SyncCounts>
  /** Where a profile's connections are read from now, null when the profile is gone. */
  readonly serverOf: (profileId: string) => string | null
  /** Told how the profile answered: null when well, else the error's code. */
  readonly noteProfile: (profileId: string, failure: string | null) => void
  readonly now: () => number
  readonly monotonicNow: () => number
  /** Between looks while nothing happens, milliseconds. */
  readonly idleIntervalMs?: number
  /** Whether the computer should be spared: it looks less often while nobody asks. */
  readonly isSparing?: () => boolean
  /** How far this computer's clock is ahead of that of a profile's Nango, milliseconds; null while that is not known. */
  readonly clockSkewMs?: (profileId: string) => number | null
}

export type SyncResult = SyncCounts & { readonly profileId: string; readonly durationMs: number }

const IDLE_INTERVAL_MS = 60_000
const SPARING_FACTOR = 3
/** A failed look has waited 0.5 s and 1 s between its tries already: the waits go on from there. */
const BACKOFF_FROM = 1
const SHORTEST_RETRY_MS = 1_000
const LONGEST_REST_MS = 300_000
const WAKE_SPREAD_MS = 1_000
const ATTENTION_GAP_MS = 5_000

/** The failures that mean nobody is there, against those that mean a refusal. */
const OFFLINE_CODES = new Set(['nango.unreachable', 'nango.timeout', 'nango.certificate', 'nango.server_error'])
const REFUSED_CODES = new Set([
  'nango.key_refused',
  'nango.public_key',
  'nango.scope_missing',
  'profile.key_required',
  'nango.not_nango',
  'nango.protocol',
  'vault.locked',
  'vault.unsealable',
])

/** Instants of the clock that never jumps. */
interface Schedule {
  failures: number
  nextAt: number | null
  pausedUntil: number | null
  rateLimit: SyncStatus['rateLimit']
  lastLook: number | null
}

/** Keeps the profile in use true: looks at Nango's list again and again, sooner when somebody looks, later when it asks for a pause. */
export class SyncRunner {
  readonly #deps: SyncRunnerDependencies
  readonly #running = new Map<string, Promise<SyncResult>>()
  readonly #schedules = new Map<string, Schedule>()
  #timer: NodeJS.Timeout | null = null
  #isStopped = true

  constructor(deps: SyncRunnerDependencies) {
    this.#deps = deps
  }

  /** Begins to look at the profile in use, at once. */
  start(): void {
    this.#isStopped = false
    this.#scheduleNext(0)
  }

  /** Waits for the look in hand and begins no other. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await Promise.allSettled(this.#running.values())
  }

  /** Somebody looks, or the network is back: look now, unless that was done a moment ago or Nango asked for a pause. */
  noteAttention(): void {
    const profileId = this.#profileInUse()
    if (profileId === null || this.#isStopped) return
    const { lastLook, pausedUntil } = this.#scheduleOf(profileId)
    const isRecent = lastLook !== null && this.#deps.monotonicNow() - lastLook < ATTENTION_GAP_MS
    const isPaused = pausedUntil !== null && pausedUntil > this.#deps.monotonicNow()
    if (!isRecent && !isPaused) this.#scheduleNext(0)
  }

  /** The computer woke, or its clock was set by so much: looks at once, whatever was planned before. */
  wake(gapMs: number): void {
    for (const schedule of this.#schedules.values()) {
      schedule.failures = 0
      if (schedule.pausedUntil !== null) schedule.pausedUntil -= Math.max(0, gapMs)
    }
    const profileId = this.#profileInUse()
    if (profileId === null || this.#isStopped) return
    const { pausedUntil } = this.#scheduleOf(profileId)
    const pauseMs = pausedUntil === null ? 0 : pausedUntil - this.#deps.monotonicNow()
    this.#scheduleNext(Math.max(pauseMs, Math.random() * WAKE_SPREAD_MS))
  }

  /** Looks at a profile now; callers that come while a look runs share it. Throws what the look ran into. */
  run(profileId: string, priority: 'person' | 'background' = 'person'): Promise<SyncResult> {
    const current = this.#running.get(profileId)
    if (current !== undefined) return current
    const started = this.#look(profileId, priority).finally(() => {
      this.#running.delete(profileId)
      this.#announce(profileId)
    })
    this.#running.set(profileId, started)
    this.#announce(profileId)
    return started
  }

  status(profileId: string): SyncStatus {
    const stored = getSyncState(this.#deps.db, profileId)
    const skewMs = this.#deps.clockSkewMs?.(profileId) ?? null
    const { nextAt, rateLimit, pausedUntil } = this.#scheduleOf(profileId)
    return {
      profileId,
      state: this.#stateOf(profileId, stored, pausedUntil),
      lastCompletedAt: stored.lastCompletedAt,
      offlineSince: stored.offlineSince,
      nextAt: nextAt === null ? null : new Date(this.#deps.now() + Math.max(0, nextAt - this.#deps.monotonicNow())).toISOString(),
      lastError: stored.lastError,
      rateLimit,
      clockSkewSeconds: skewMs === null ? null : Math.round(skewMs / 1_000),
    }
  }

  /** Null also where it cannot be read now: whoever noticed something must not fail over it, and the next tick comes anyway. */
  #profileInUse(): string | null {
    try {
      return this.#deps.activeProfileId()
    } catch (error) {
      this.#deps.log.warn('sync.profile_unread', { error })
      return null
    }
  }

  #stateOf(profileId: string, stored: SyncState, pausedUntil: number | null): SyncStatus['state'] {
    if (this.#running.has(profileId)) return 'running'
    if (stored.offlineSince !== null) return 'offline'
    if (stored.lastError !== null && REFUSED_CODES.has(stored.lastError.code)) return 'refused'
    return pausedUntil !== null && pausedUntil > this.#deps.monotonicNow() ? 'waiting' : 'idle'
  }

  #scheduleOf(profileId: string): Schedule {
    const known = this.#schedules.get(profileId)
    if (known !== undefined) return known
    const fresh: Schedule = { failures: 0, nextAt: null, pausedUntil: null, rateLimit: null, lastLook: null }
    this.#schedules.set(profileId, fresh)
    return fresh
  }

  #announce(profileId: string): void {
    this.#deps.journal.commit((note) => note.change({ type: 'sync.changed', data: { profileId } }))
  }

  async #look(profileId: string, priority: 'person' | 'background'): Promise<SyncResult> {
    const { db, journal, monotonicNow, now } = this.#deps
    const begun = monotonicNow()
    const schedule = this.#scheduleOf(profileId)
    schedule.lastLook = begun
    const server = this.#deps.serverOf(profileId)
    try {
      const client = await this.#deps.clientFor(profileId)
      const counts = await this.#deps.reconcile(profileId, client, priority)
      const rate = client.rateLimit
      schedule.rateLimit =
        rate === null ? null : { limit: rate.limit, remaining: rate.remaining, resetsAt: new Date(rate.resetsAt).toISOString() }
      schedule.failures = 0
      schedule.pausedUntil = null
      const wasOffline = getSyncState(db, profileId).offlineSince !== null
      journal.commit((note) => {
        putSyncState(db, profileId, { lastCompletedAt: new Date(now()).toISOString(), offlineSince: null, lastError: null })
        const { added, updated, removed, missing } = counts
        if (added + updated + removed + missing > 0) {
          note.event({ type: 'sync.completed', profileId, connectionId: null, facts: { ...counts } })
        }
        if (wasOffline) note.change({ type: 'connections.changed', data: { profileId, connectionId: null } })
      })
      this.#deps.noteProfile(profileId, null)
      return { profileId, ...counts, durationMs: Math.round(monotonicNow() - begun) }
    } catch (error) {
      // What a server said to which the profile does not point any more is not about the profile.
      if (this.#deps.serverOf(profileId) === server) this.#noteFailure(profileId, schedule, error)
      throw error
    }
  }

  #noteFailure(profileId: string, schedule: Schedule, error: unknown): void {
    const { db, journal, log, now } = this.#deps
    const at = new Date(now()).toISOString()
    const code = error instanceof PatchbayError ? error.code : 'internal'
    const message = error instanceof PatchbayError ? error.message : 'The look at Nango failed inside Patchbay.'
    if (code === 'internal') log.error('sync.crashed', { profileId, error })
    schedule.failures += 1
    if (error instanceof PatchbayError) {
      const { retryInMs, isHeldBack } = error.data
      // A call that was held back here asked nobody: whoever comes with better news need not wait.
      const pauseMs = isHeldBack === true ? null : typeof retryInMs === 'number' ? retryInMs : code === 'nango.rate_limited' ? 60_000 : null
      if (pauseMs !== null) schedule.pausedUntil = this.#deps.monotonicNow() + pauseMs
    }
    const before = getSyncState(db, profileId)
    const isOffline = OFFLINE_CODES.has(code)
    const becameOffline = isOffline && before.offlineSince === null
    journal.commit((note) => {
      putSyncState(db, profileId, {
        lastCompletedAt: before.lastCompletedAt,
        offlineSince: isOffline ? (before.offlineSince ?? at) : null,
        lastError: { code, message, at },
      })
      if (becameOffline || (before.offlineSince !== null && !isOffline))
        note.change({ type: 'connections.changed', data: { profileId, connectionId: null } })
    })
    this.#deps.noteProfile(profileId, code)
  }

  #scheduleNext(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#isStopped) return
    const profileId = this.#deps.activeProfileId()
    if (profileId !== null) this.#scheduleOf(profileId).nextAt = this.#deps.monotonicNow() + delayMs
    this.#tickIn(delayMs)
  }

  /** Where not even the profile in use can be read, as from a disk that fails, the next tick tries again. */
  #tickIn(delayMs: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => void this.#tick().catch(() => this.#tickIn(this.#idleMs())), delayMs)
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    const profileId = this.#deps.activeProfileId()
    if (profileId === null) return this.#scheduleNext(this.#idleMs())
    const startedMs = this.#deps.monotonicNow()
    await this.run(profileId, 'background').catch(() => {
      // Recorded by the look itself; the schedule below answers it.
    })
    this.#scheduleNext(this.#delayAfter(profileId, this.#deps.monotonicNow() - startedMs))
    this.#announce(profileId)
  }

  #idleMs(): number {
    return this.#deps.idleIntervalMs ?? IDLE_INTERVAL_MS
  }

  #delayAfter(profileId: string, tookMs: number): number {
    const { failures, pausedUntil } = this.#scheduleOf(profileId)
    const pauseMs = pausedUntil === null ? 0 : pausedUntil - this.#deps.monotonicNow()
    const waitMs =
      failures === 0
        ? this.#idleMs() * (this.#deps.isSparing?.() === true ? SPARING_FACTOR : 1)
        : Math.max(Math.min(SHORTEST_RETRY_MS, this.#idleMs()), Math.min(this.#idleMs(), backoffMs(failures + BACKOFF_FROM)))
    // Where the clock goes on in a sleep, a look may seem to have taken all night.
    return Math.max(pauseMs, waitMs, Math.min(tookMs * 4, LONGEST_REST_MS))
  }
}
