import type { LifetimeHint } from '#shared/contract/connection-health'
import type { ConnectionRow } from './connection-row.ts'
import { LIFETIME_RULES } from './known-lifetimes.ts'

const DAY_MS = 86_400_000

type Timed = Pick<ConnectionRow, 'connector_id' | 'status' | 'created_at' | 'last_used_at' | 'last_refreshed_at' | 'last_verified_at'>

const sinceOf = (row: Timed, kind: 'fixed' | 'idle'): string =>
  kind === 'fixed'
    ? row.created_at
    : [row.last_used_at, row.last_refreshed_at, row.last_verified_at].reduce<string>(
        (latest, at) => (at !== null && at > latest ? at : latest),
        row.created_at,
      )

/**
 * When a connection likely ends by what its service publishes: the nearest such time that is still to come, null for none. One that
 * outlived a rule shows that the rule does not hold for its app.
 */
export const lifetimeHint = (row: Timed, now: number): LifetimeHint | null => {
  if (row.status !== 'connected') return null
  const hints = LIFETIME_RULES.filter(({ connectors }) => connectors.includes(row.connector_id)).flatMap(
    ({ rule, kind, days, condition, sourceUrl }) => {
      const endsAt = Date.parse(sinceOf(row, kind)) + days * DAY_MS
      return endsAt > now ? [{ rule, kind, condition, sourceUrl, likelyEndsAt: new Date(endsAt).toISOString() }] : []
    },
  )
  return hints.toSorted((left, right) => (left.likelyEndsAt < right.likelyEndsAt ? -1 : 1))[0] ?? null
}
