import type { GrantVerb } from '#shared/contract/grants'
import { isInReach, type ReachedRow } from '../connections/connection-reach.ts'
import type { StoredGrant } from './grant-store.ts'
import { isWithinRules } from './grant-terms.ts'

/** A grant in force. */
export interface Held {
  grant: StoredGrant
  /** Ends the calls that it allowed. */
  readonly controller: AbortController
  usedAt: number
  minute: { since: number; count: number }
  isDirty: boolean
}

/** The call of a program that wants a grant: through a connection with a method and path, or any other. */
export interface WantedCall {
  readonly clientId: string
  readonly verb: GrantVerb
  readonly via: 'socket' | 'mcp'
  /** The connection that it is about; null where it is about none. */
  readonly row: ReachedRow | null
  /** The connectors of which one is to be connected; each has to be within reach as a whole. */
  readonly connectors?: { readonly profileId: string; readonly connectorIds: readonly string[] }
  readonly target?: { readonly method: string; readonly path: string }
  /** A piece of a call that is counted for itself. */
  readonly isPart?: boolean
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The UTC day of a time, as calls are counted by. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10)

/** How often a grant was used on a day. */
export const callsOn = (grant: StoredGrant, day: string): number => (grant.callsDay === day ? grant.callsOnDay : 0)

/** A grant that comes into force. */
export const newHeld = (grant: StoredGrant, at: number): Held => ({
  grant,
  controller: new AbortController(),
  usedAt: at,
  minute: { since: -MINUTE_MS, count: 0 },
  isDirty: false,
})

/** How long until a grant allows one call more, milliseconds; 0 where it does. `at` is of the clock that nobody sets. */
export const waitFor = ({ grant, minute }: Held, at: number, now: number): number => {
  const { callsPerMinute, callsPerDay } = grant.terms.limits
  if (callsPerDay !== null && callsOn(grant, dayOf(now)) >= callsPerDay) return DAY_MS - (now % DAY_MS)
  if (callsPerMinute === null || at - minute.since >= MINUTE_MS || minute.count < callsPerMinute) return 0
  return minute.since + MINUTE_MS - at
}

/** Counts one call. */
export const count = (held: Held, at: number, now: number): void => {
  if (at - held.minute.since >= MINUTE_MS) held.minute = { since: at, count: 0 }
  held.minute.count += 1
  const day = dayOf(now)
  held.grant = { ...held.grant, callsDay: day, callsOnDay: callsOn(held.grant, day) + 1 }
}

/** Whether a grant has a verb over a socket. */
export const holds = ({ grant }: Held, verb: GrantVerb, via: 'socket' | 'mcp'): boolean =>
  grant.terms.verbs.includes(verb) && !(verb === 'secret' && via === 'mcp')

/** Whether a grant covers what a call is about. */
export const isCovered = (grant: StoredGrant, { row, connectors, target }: WantedCall): boolean => {
  const part = { profileId: grant.profileId, ...grant.terms.connections }
  if (row !== null && !isInReach([part], row)) return false
  if (connectors !== undefined && !areWhole(grant, connectors)) return false
  return target === undefined || isWithinRules(grant.terms.limits.rules, target.method, target.path)
}

const areWhole = (grant: StoredGrant, wanted: NonNullable<WantedCall['connectors']>): boolean => {
  const { connections } = grant.terms
  if (grant.profileId !== wanted.profileId || connections.kind !== 'connectors') return false
  return wanted.connectorIds.every((connectorId) => connections.connectorIds.includes(connectorId))
}
