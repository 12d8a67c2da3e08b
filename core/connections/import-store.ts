import { createHmac, randomBytes } from 'node:crypto'
import type { ReadableDb, WritableDb } from '../database/sql.ts'
import { Secret } from '../vault/secret.ts'
import type { SecretVault } from '../vault/secret-vault.ts'

const KEY = { kind: 'import-key', owner: 'import', binding: 'rows' } as const

/** The key of the fingerprints, made at its first use: without it nobody can try out what a row held. Throws `vault.locked`. */
export const fingerprintKey = (db: WritableDb, vault: SecretVault): Secret => {
  const stored = vault.open(KEY)
  if (stored !== null) return stored
  const made = new Secret(randomBytes(32).toString('base64url'))
  db.transaction(() => vault.put(KEY, made))
  return made
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}

/** 32 hex digits that tell one content from another, and nothing of it. The order of names does not count. */
export const fingerprintOf = (key: Secret, content: unknown): string =>
  createHmac('sha256', key.reveal())
    .update(JSON.stringify(sorted(content)))
    .digest('hex')
    .slice(0, 32)

/** A row that was imported, or was being imported when the host ended. */
export interface ImportedRow {
  readonly providerConfigKey: string
  readonly nangoConnectionId: string
  readonly state: 'begun' | 'done'
}

/** What is known of a row by its fingerprint. */
export const getImportedRow = (db: ReadableDb, profileId: string, fingerprint: string): ImportedRow | undefined =>
  db.get<ImportedRow>(
    `SELECT provider_config_key AS providerConfigKey, nango_connection_id AS nangoConnectionId, state
     FROM imported_rows WHERE profile_id = ? AND fingerprint = ?`,
    profileId,
    fingerprint,
  )

/** Notes how far a row is. */
export const putImportedRow = (db: WritableDb, profileId: string, fingerprint: string, row: ImportedRow, at: string): void => {
  db.run(
    `INSERT OR REPLACE INTO imported_rows (profile_id, fingerprint, provider_config_key, nango_connection_id, state, at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    profileId,
    fingerprint,
    row.providerConfigKey,
    row.nangoConnectionId,
    row.state,
    at,
  )
}

/** Forgets a row. */
export const deleteImportedRow = (db: WritableDb, profileId: string, fingerprint: string): void => {
  db.run('DELETE FROM imported_rows WHERE profile_id = ? AND fingerprint = ?', profileId, fingerprint)
}

/** Forgets the rows of a profile. */
export const deleteImportedRowsOf = (db: WritableDb, profileId: string): void => {
  db.run('DELETE FROM imported_rows WHERE profile_id = ?', profileId)
}

/** Forgets the rows of long ago. */
export const deleteImportedRowsBefore = (db: WritableDb, at: string): void => {
  db.run('DELETE FROM imported_rows WHERE at < ?', at)
}
