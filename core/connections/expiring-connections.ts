import type { ExpiringConnection } from '#shared/contract/connection-health'
import type { z } from 'zod'
import { rankOf, type ConnectionRow } from './connection-row.ts'
import { LIFETIME_RULES, type LifetimeRule } from './known-lifetimes.ts'
import { lifetimeHint } from './expiry-rules.ts'
import { RENEWABLE_MODES } from './refresh-connection.ts'
import type { ReadableDb } from '../database/sql.ts'

const DAY_MS = 86_400_000

/** The most of each kind that one answer holds. */
export const MOST_EXPIRING = 500

const COLUMNS = `connection_id, handle, connector_id, label, auth_mode, status, expires_at, created_at, last_used_at, last_refreshed_at, last_verified_at`
type Row = Pick<
  ConnectionRow,
  | 'connection_id'
  | 'handle'
  | 'connector_id'
  | 'label'
  | 'auth_mode'
  | 'status'
  | 'expires_at'
  | 'created_at'
  | 'last_used_at'
  | 'last_refreshed_at'
  | 'last_verified_at'
>

type Entry = z.input<typeof ExpiringConnection>

const bySoonest = (left: Entry, right: Entry): number => (left.endsAt < right.endsAt ? -1 : left.endsAt > right.endsAt ? 1 : 0)

const soonest = (entries: readonly Entry[]): Entry[] => entries.toSorted(bySoonest)

const common = (row: Row): Pick<Entry, 'connectionId' | 'handle' | 'connectorId' | 'label' | 'status'> => ({
  connectionId: row.connection_id,
  handle: row.handle,
  connectorId: row.connector_id,
  label: row.label,
  status: row.status,
})

const iso = (at: number): string => new Date(at).toISOString()

const LATEST_SQL = "max(created_at, coalesce(last_used_at, ''), coalesce(last_refreshed_at, ''), coalesce(last_verified_at, ''))"

/** The rows that a rule may end until then: by an index where it counts from the beginning. */
const rowsOfRule = (db: ReadableDb, profileId: string, rule: LifetimeRule, now: number, until: number): Row[] => {
  const [after, to] = [iso(now - rule.days * DAY_MS), iso(until - rule.days * DAY_MS)]
  const since = rule.kind === 'fixed' ? 'created_at > ? AND' : `${LATEST_SQL} > ? AND ${LATEST_SQL} <= ? AND`
  return db.all<Row>(
    `SELECT ${COLUMNS} FROM connections WHERE ${since} created_at <= ? AND profile_id = ? AND status_rank = ?
       AND connector_id IN (${rule.connectors.map(() => '?').join(', ')}) ORDER BY created_at LIMIT ?`,
    after,
    ...(rule.kind === 'fixed' ? [] : [to]),
    to,
    profileId,
    rankOf('connected'),
    ...rule.connectors,
    MOST_EXPIRING,
  )
}

/**
 * What runs out within so many days, soonest first: tokens whose end is known (`kind: token`), and accesses that likely end by a rule
 * of their service. At most 500 of each; `isCut` when there are more tokens.
 */
export const expiringConnections = (
  db: ReadableDb,
  profileId: string,
  { withinDays, withRenewed, now }: { readonly withinDays: number; readonly withRenewed: boolean; readonly now: number },
): { readonly expiring: Entry[]; readonly isCut: boolean } => {
  const until = now + withinDays * DAY_MS
  const tokens = db.all<Row>(
    `SELECT ${COLUMNS} FROM connections WHERE profile_id = ? AND expires_at IS NOT NULL AND expires_at <= ?
       ${withRenewed ? '' : `AND auth_mode NOT IN (${[...RENEWABLE_MODES].map((mode) => `'${mode}'`).join(', ')})`}
       ORDER BY expires_at LIMIT ?`,
    profileId,
    iso(until),
    MOST_EXPIRING + 1,
  )
  const likely = new Map<string, Entry>()
  for (const rule of LIFETIME_RULES)
    for (const row of rowsOfRule(db, profileId, rule, now, until)) {
      const hint = lifetimeHint(row, now)
      if (hint === null || hint.likelyEndsAt > iso(until)) continue
      const { kind, likelyEndsAt, condition, sourceUrl } = hint
      likely.set(row.connection_id, { ...common(row), kind, endsAt: likelyEndsAt, isLikely: true, renewal: 'none', condition, sourceUrl })
    }
  const certain = tokens.slice(0, MOST_EXPIRING).map((row): Entry => ({
    ...common(row),
    kind: 'token',
    endsAt: row.expires_at ?? '',
    isLikely: false,
    renewal: RENEWABLE_MODES.has(row.auth_mode) ? 'by_nango' : 'none',
    condition: null,
    sourceUrl: null,
  }))
  return {
    // At most as many likely ends as certain ones: the soonest.
    expiring: [...certain, ...soonest([...likely.values()]).slice(0, MOST_EXPIRING)].toSorted(bySoonest),
    isCut: tokens.length > MOST_EXPIRING,
  }
}
