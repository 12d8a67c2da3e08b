import { PatchbayError } from '#shared/errors'
import { RENEWABLE_MODES } from '../connections/refresh-connection.ts'
import type { ReadableDb } from '../database/sql.ts'
import type { Log } from '../log.ts'
import { isPutOff } from '../nango/nango-errors.ts'
import { candidatesAfter, idAfter, type ProbeCandidate } from './health-store.ts'
import { type ConnectionProbe, DUE_MS, SECOND_LOOK_MS } from './probe-connection.ts'

/** How often connections are looked at without anybody asking. */
export type ProbeSchedule = 'off' | 'daily' | 'weekly'

export interface ProbeRunnerDependencies {
  readonly db: ReadableDb
  readonly log: Log
  readonly probe: ConnectionProbe
  readonly schedule: () => ProbeSchedule
  readonly activeProfileId: () => string | null
  readonly isOffline: (profileId: string) => boolean
  /** Whether the computer should be spared. */
  readonly isSparing: () => boolean
  readonly now: () => number
  readonly timeAt: (profileId: string) => number
  /** Between turns, milliseconds. */
  readonly turnMs?: number
}

const TURN_MS = 60_000
/** The reconciliation has its share of the quarter that background calls may take of a minute: together they stay below 50. */
export const LOOKS_PER_TURN = 20
const WALK_STEP = 500
const DAY_MS = 86_400_000
/** Beyond the 15 minutes within which Nango renews: the call itself takes time, and clocks differ. */
const MARGIN_MS = 5 * 60_000
/** A failed look is repeated after this, then after ten times as long, then with the others. */
const REPEAT_MS = [10 * SECOND_LOOK_MS, 100 * SECOND_LOOK_MS] as const

/** What Nango may say of one connection or definition, while it serves the others. */
const OF_ONE: ReadonlySet<string> = new Set([
  'nango.server_error',
  'nango.rejected',
  'nango.protocol',
  'request.invalid',
  'connection.pending',
])
/** So many of those in a turn, and it is more likely the server. */
const MOST_FAILED = 3
const FAILED_KEPT = 5_000

/** How long a connection is left alone after a look. */
const restMs = ({ failing, failures }: ProbeCandidate, schedule: 'daily' | 'weekly'): number => {
  const usual = schedule === 'daily' ? DAY_MS : 7 * DAY_MS
  return failing === null ? usual : Math.min(usual, REPEAT_MS[failures - 1] ?? usual)
}

/** Whether its use could make Nango renew a token: never looked at then without anybody asking (nango-api.md section 7). */
export const mightRenew = (candidate: Pick<ProbeCandidate, 'auth_mode' | 'expires_at' | 'expiry_read_at'>, time: number): boolean => {
  if (!RENEWABLE_MODES.has(candidate.auth_mode)) return false
  if (candidate.expires_at !== null) return Date.parse(candidate.expires_at) - time < DUE_MS + MARGIN_MS
  // Without an end that is known it may be due at any time, unless it was read that it has none.
  return candidate.expiry_read_at === null
}

/** Looks at connections on a schedule: a few each minute, in the background, all of a profile in turn. */
export class ProbeRunner {
  readonly #deps: ProbeRunnerDependencies
  #timer: NodeJS.Timeout | null = null
  #turn: Promise<number> | null = null
  #isStopped = false
  #place = ''
  #profileId: string | null = null
  /** When Nango failed at a connection, so that nothing is known of it to rest by. */
  readonly #failedAt = new Map<string, number>()

  constructor(deps: ProbeRunnerDependencies) {
    this.#deps = deps
  }

  start(): void {
    this.#isStopped = false
    this.#wait()
  }

  /** Ends after the look in hand. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#turn?.catch(() => 0)
  }

  /** One turn now: at most 20 looks. Gives how many were made; never rejects. */
  turn(): Promise<number> {
    this.#turn ??= this.#look()
      .catch((error: unknown) => {
        this.#deps.log.warn('probe.turn_failed', { error })
        return 0
      })
      .finally(() => {
        this.#turn = null
      })
    return this.#turn
  }

  #wait(): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => void this.turn().then(() => this.#wait()), this.#deps.turnMs ?? TURN_MS)
    this.#timer.unref()
  }

  /** The next that are due, from where the last turn ended. */
  #due(profileId: string, schedule: 'daily' | 'weekly'): string[] {
    const { db, now, timeAt, probe } = this.#deps
    const candidates = candidatesAfter(db, profileId, this.#place, WALK_STEP)
    const time = timeAt(profileId)
    const due = candidates.filter(
      (candidate) =>
        !mightRenew(candidate, time) &&
        Math.abs(now() - (this.#failedAt.get(candidate.connection_id) ?? Number.NEGATIVE_INFINITY)) >= REPEAT_MS[1] &&
        !probe.hasNoCall(profileId, candidate.connector_id) &&
        (candidate.checked_at === null || now() - Date.parse(candidate.checked_at) >= restMs(candidate, schedule)),
    )
    const chosen = due.slice(0, LOOKS_PER_TURN).map(({ connection_id }) => connection_id)
    // Where all that are due were taken, the walk goes on behind the piece; at its end it begins again.
    this.#place = due.length > LOOKS_PER_TURN ? (chosen.at(-1) ?? '') : (idAfter(db, this.#place, WALK_STEP) ?? '')
    return chosen
  }

  async #look(): Promise<number> {
    const { probe, activeProfileId, isOffline, isSparing, log } = this.#deps
    const schedule = this.#deps.schedule()
    const profileId = activeProfileId()
    if (schedule === 'off' || profileId === null || isSparing() || isOffline(profileId)) return 0
    if (profileId !== this.#profileId) this.#place = ''
    this.#profileId = profileId
    let looks = 0
    let failed = 0
    for (const connectionId of this.#due(profileId, schedule)) {
      if (this.#isStopped) break
      try {
        await probe.verify(connectionId, { priority: 'background' })
        looks += 1
      } catch (error) {
        if (error instanceof PatchbayError && error.code === 'connection.not_found') continue
        if (error instanceof PatchbayError && OF_ONE.has(error.code) && !isPutOff(error)) {
          if (this.#failedAt.size >= FAILED_KEPT) this.#failedAt.clear()
          this.#failedAt.set(connectionId, this.#deps.now())
          failed += 1
          if (failed < MOST_FAILED) continue
        }
        // Nango asks for a pause, or nobody is there: the others would fare no better.
        log.info('probe.turn_ended', { code: error instanceof PatchbayError ? error.code : 'internal', looks })
        break
      }
    }
    return looks
  }
}
