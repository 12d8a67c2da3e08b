import type { ExpiringConnection } from '#shared/contract/connection-health'
import type { z } from 'zod'
import { rankOf, type ConnectionRow } from './connection-row.ts'
import { LIFETIME_RULES } from './known-lifetimes.ts'
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

const common = (row: Row): Pick<Entry, 'connectionId' | 'handle' | 'connectorId' | 'label' | 'status'> => ({
  connectionId: row.connection_id,
  handle: row.handle,
  connectorId: row.connector_id,
  label: row.label,
  status: row.status,
})

const STEP = 500

const LIKELY_CONNECTORS = [...new Set(LIFETIME_RULES.flatMap(({ connectors }) => connectors))]

/** Tokens by their end, a piece at a time. */
const tokensAfter = (db: ReadableDb, profileId: string, after: readonly [string, string], until: string): Row[] =>
  db.all<Row>(
    `SELECT ${COLUMNS} FROM connections INDEXED BY connections_by_expiry
       WHERE profile_id = ? AND expires_at IS NOT NULL AND (expires_at, connection_id) > (?, ?) AND expires_at <= ?
       ORDER BY expires_at, connection_id LIMIT ?`,
    profileId,
    ...after,
    until,
    STEP,
  )

/** Connected ones of a service, ours or others', by their sort name: they lie together there, and no others are passed over. */
const ruledAfter = (
  db: ReadableDb,
  { profileId, connectorId, isForeign }: { readonly profileId: string; readonly connectorId: string; readonly isForeign: 0 | 1 },
  after: readonly [string, string],
): (Row & { readonly sort_name: string })[] =>
  db.all<Row & { readonly sort_name: string }>(
    `SELECT ${COLUMNS}, sort_name FROM connections INDEXED BY connections_by_status
       WHERE profile_id = ? AND status_rank = ? AND is_foreign = ? AND sort_name >= ? AND sort_name < ? AND (sort_name, connection_id) > (?, ?)
       ORDER BY sort_name, connection_id LIMIT ?`,
    profileId,
    rankOf('connected'),
    isForeign,
    after[0] === '' ? `${connectorId}\u0001` : after[0],
    `${connectorId}\u0002`,
    ...after,
    STEP,
  )

const entryOfToken = (row: Row): Entry => ({
  ...common(row),
  kind: 'token',
  endsAt: row.expires_at ?? '',
  isLikely: false,
  renewal: RENEWABLE_MODES.has(row.auth_mode) ? 'by_nango' : 'none',
  rule: null,
  condition: null,
  sourceUrl: null,
})

const entryOfHint = (row: Row, now: number, until: string): Entry[] => {
  const hint = lifetimeHint(row, now)
  if (hint === null || hint.likelyEndsAt > until) return []
  const { kind, rule, likelyEndsAt, condition, sourceUrl } = hint
  return [{ ...common(row), kind, endsAt: likelyEndsAt, isLikely: true, renewal: 'none', rule, condition, sourceUrl }]
}

/** Walks through all pieces, between which others are served; ends early once `take` says that it has enough. */
const walk = async <Found extends Row>(
  pause: () => Promise<void>,
  read: (after: readonly [string, string]) => Found[],
  placeOf: (row: Found) => string,
  take: (rows: readonly Found[]) => boolean,
): Promise<void> => {
  for (let after: readonly [string, string] = ['', '']; ;) {
    const rows = read(after)
    const last = rows.at(-1)
    if (take(rows) || rows.length < STEP || last === undefined) return
    after = [placeOf(last), last.connection_id]
    await pause()
  }
}

/**
 * What runs out within so many days, soonest first: tokens whose end is known (`kind: token`), and accesses that likely end by a rule
 * of their service. The soonest 500 of each; `isCut` when there are more.
 */
export const expiringConnections = async (
  db: ReadableDb,
  profileId: string,
  given: { readonly withinDays: number; readonly withRenewed: boolean; readonly now: number; readonly pause: () => Promise<void> },
): Promise<{ readonly expiring: Entry[]; readonly isCut: boolean }> => {
  const { withinDays, withRenewed, now, pause } = given
  const until = new Date(now + withinDays * DAY_MS).toISOString()
  const tokens: Entry[] = []
  await walk(
    pause,
    (after) => tokensAfter(db, profileId, after, until),
    (row) => row.expires_at ?? '',
    (rows) => {
      for (const row of rows) if (withRenewed || !RENEWABLE_MODES.has(row.auth_mode)) tokens.push(entryOfToken(row))
      return tokens.length > MOST_EXPIRING
    },
  )
  // By their ids: one whose label changes meanwhile may come twice. Only the soonest are kept, so that there is never much to sort.
  let likely = new Map<string, Entry>()
  let found = 0
  const keepSoonest = (): unknown =>
    (likely = new Map(
      [...likely.values()]
        .toSorted(bySoonest)
        .slice(0, MOST_EXPIRING)
        .map((entry) => [entry.connectionId, entry]),
    ))
  let sincePause = 0
  for (const connectorId of LIKELY_CONNECTORS) {
    for (const isForeign of [0, 1] as const) {
      await walk(
        pause,
        (after) => ruledAfter(db, { profileId, connectorId, isForeign }, after),
        (row) => row.sort_name,
        (rows) => {
          for (const entry of rows.flatMap((row) => entryOfHint(row, now, until))) likely.set(entry.connectionId, entry)
          found = Math.max(found, likely.size)
          if (likely.size > 2 * MOST_EXPIRING) keepSoonest()
          sincePause += rows.length
          return false
        },
      )
      if (sincePause < STEP) continue
      sincePause = 0
      await pause()
    }
  }
  keepSoonest()
  return {
    expiring: [...tokens.slice(0, MOST_EXPIRING), ...likely.values()].toSorted(bySoonest),
    isCut: tokens.length > MOST_EXPIRING || found > MOST_EXPIRING,
  }
}
