import type { SyncStatus } from '#shared/contract/sync'
import type { ReadableDb, WritableDb } from '../database/sql.ts'

/** What is remembered of a profile's reconciliation. */
export interface SyncState {
  readonly lastCompletedAt: string | null
  readonly offlineSince: string | null
  readonly lastError: SyncStatus['lastError']
}

interface SyncRow {
  readonly last_completed_at: string | null
  readonly offline_since: string | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly error_at: string | null
}

const NEVER: SyncState = { lastCompletedAt: null, offlineSince: null, lastError: null }

/** The state of a profile's reconciliation; nulls before the first. */
export const getSyncState = (db: ReadableDb, profileId: string): SyncState => {
  const row = db.get<SyncRow>('SELECT * FROM sync_state WHERE profile_id = ?', profileId)
  if (row === undefined) return NEVER
  return {
    lastCompletedAt: row.last_completed_at,
    offlineSince: row.offline_since,
    lastError:
      row.error_code === null || row.error_at === null
        ? null
        : { code: row.error_code, message: row.error_message ?? '', at: row.error_at },
  }
}

/** Stores the state of a profile's reconciliation. */
export const putSyncState = (db: WritableDb, profileId: string, state: SyncState): void => {
  db.run(
    `INSERT OR REPLACE INTO sync_state (profile_id, last_completed_at, offline_since, error_code, error_message, error_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    profileId,
    state.lastCompletedAt,
    state.offlineSince,
    state.lastError?.code ?? null,
    state.lastError?.message ?? null,
    state.lastError?.at ?? null,
  )
}
