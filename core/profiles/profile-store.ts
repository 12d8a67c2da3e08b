import type { ReadableDb, WritableDb } from '#core/database/sql'
import type { Profile } from '#shared/contract/profiles'

/** A row of the table `profiles`. The profile of the environment has none. */
export interface ProfileRow {
  readonly profile_id: string
  readonly name: string
  readonly kind: Profile['kind']
  readonly nango_host: string | null
  readonly key_ending: string | null
  readonly certificate_pem: string | null
  readonly allows_insecure_http: number
  readonly is_active: number
  readonly status: Profile['status']
  readonly status_reason: string | null
  readonly created_at: string
  readonly updated_at: string
}

/** All stored profiles, oldest first. */
export const listProfiles = (db: ReadableDb): ProfileRow[] => db.all<ProfileRow>('SELECT * FROM profiles ORDER BY created_at, profile_id')

export const getProfile = (db: ReadableDb, profileId: string): ProfileRow | undefined =>
  db.get<ProfileRow>('SELECT * FROM profiles WHERE profile_id = ?', profileId)

/** The stored profile in use, or undefined. */
export const getActiveProfile = (db: ReadableDb): ProfileRow | undefined =>
  db.get<ProfileRow>('SELECT * FROM profiles WHERE is_active = 1 LIMIT 1')

/** Writes the whole row: a new one, or in place of the one with its id. */
export const putProfile = (db: WritableDb, row: ProfileRow): void => {
  db.run(
    `INSERT INTO profiles (profile_id, name, kind, nango_host, key_ending, certificate_pem, allows_insecure_http, is_active,
       status, status_reason, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (profile_id) DO UPDATE SET name = excluded.name, nango_host = excluded.nango_host, key_ending = excluded.key_ending,
       certificate_pem = excluded.certificate_pem, allows_insecure_http = excluded.allows_insecure_http, is_active = excluded.is_active,
       status = excluded.status, status_reason = excluded.status_reason, updated_at = excluded.updated_at`,
    row.profile_id,
    row.name,
    row.kind,
    row.nango_host,
    row.key_ending,
    row.certificate_pem,
    row.allows_insecure_http,
    row.is_active,
    row.status,
    row.status_reason,
    row.created_at,
    row.updated_at,
  )
}

/** Makes one stored profile the active one, or none. */
export const setActiveProfile = (db: WritableDb, profileId: string | null): void => {
  db.run('UPDATE profiles SET is_active = (profile_id IS ?) WHERE is_active <> (profile_id IS ?)', profileId, profileId)
}

/** Notes how the profile fares; false when it was so already. */
export const setProfileStatus = (db: WritableDb, profileId: string, status: Profile['status'], reason: string | null): boolean =>
  db.run(
    'UPDATE profiles SET status = ?, status_reason = ? WHERE profile_id = ? AND (status <> ? OR status_reason IS NOT ?)',
    status,
    reason,
    profileId,
    status,
    reason,
  ).changes > 0

export const removeProfile = (db: WritableDb, profileId: string): boolean =>
  db.run('DELETE FROM profiles WHERE profile_id = ?', profileId).changes > 0
