import type { ProbeOutcome } from '#shared/contract/connection-health'
import type { ReadableDb, WritableDb } from '../database/sql.ts'

/** A row of `connection_health`. */
export interface HealthRow {
  readonly connection_id: string
  readonly checked_at: string | null
  readonly outcome: ProbeOutcome | null
  readonly http_status: number | null
  readonly probe: string | null
  readonly good_at: string | null
  readonly failing: 'refused' | 'down' | null
  readonly failures: number
  readonly failing_since: string | null
  readonly counted_at: string | null
  readonly expiry_read_at: string | null
}

/** What was seen of a connection; undefined where nothing was. */
export const getHealth = (db: ReadableDb, connectionId: string): HealthRow | undefined =>
  db.get<HealthRow>('SELECT * FROM connection_health WHERE connection_id = ?', connectionId)

/** Puts what is known now in the place of what was known. */
export const putHealth = (db: WritableDb, row: HealthRow): void => {
  db.run(
    `INSERT OR REPLACE INTO connection_health (connection_id, checked_at, outcome, http_status, probe, good_at, failing, failures,
       failing_since, counted_at, expiry_read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.connection_id,
    row.checked_at,
    row.outcome,
    row.http_status,
    row.probe,
    row.good_at,
    row.failing,
    row.failures,
    row.failing_since,
    row.counted_at,
    row.expiry_read_at,
  )
}

/** A connection that may be due for a look, in the order of the ids. */
export interface ProbeCandidate {
  readonly connection_id: string
  readonly connector_id: string
  readonly auth_mode: string
  readonly expires_at: string | null
  readonly checked_at: string | null
  readonly failing: 'refused' | 'down' | null
  readonly failures: number
  readonly expiry_read_at: string | null
}

/**
 * The next connections of a profile after an id that a look could find out something about: not those that Nango itself could not
 * renew, nor those that a person must mend or has put away. A piece of a walk; an empty one is its end.
 */
export const candidatesAfter = (db: ReadableDb, profileId: string, connectionId: string, limit: number): ProbeCandidate[] =>
  db.all<ProbeCandidate>(
    `SELECT c.connection_id, c.connector_id, c.auth_mode, c.expires_at, h.checked_at, h.failing, coalesce(h.failures, 0) AS failures, h.expiry_read_at
     FROM (SELECT * FROM connections WHERE connection_id > ? ORDER BY connection_id LIMIT ?) c
     LEFT JOIN connection_health h ON h.connection_id = c.connection_id
     WHERE c.profile_id = ? AND c.nango_connection_id IS NOT NULL AND c.missing_since IS NULL
       AND (c.status = 'connected' OR c.error_code IN ('connection.refused', 'provider.failing'))`,
    connectionId,
    limit,
    profileId,
  )

/** The last id of so many after one; null where fewer are left. */
export const idAfter = (db: ReadableDb, connectionId: string, count: number): string | null =>
  db.get<{ connection_id: string }>(
    'SELECT connection_id FROM connections WHERE connection_id > ? ORDER BY connection_id LIMIT 1 OFFSET ?',
    connectionId,
    count - 1,
  )?.connection_id ?? null

/** What is known before anything was seen. */
export const blankHealth = (connectionId: string): HealthRow => ({
  connection_id: connectionId,
  checked_at: null,
  outcome: null,
  http_status: null,
  probe: null,
  good_at: null,
  failing: null,
  failures: 0,
  failing_since: null,
  counted_at: null,
  expiry_read_at: null,
})
