import type { Integration } from '#shared/contract/integrations'
import type { ReadableDb, WritableDb } from '../database/sql.ts'

/** What Nango said of one integration; the times are kept where they are known. */
export type KnownIntegration = Pick<Integration, 'integrationId' | 'providerKey' | 'displayName'> &
  Partial<Pick<Integration, 'createdAt' | 'updatedAt'>>

/** The last known integrations of a profile, by id. */
export const listIntegrations = (db: ReadableDb, profileId: string): Integration[] =>
  db.all<Integration>(
    `SELECT integration_id AS integrationId, provider_key AS providerKey, display_name AS displayName,
            created_at AS createdAt, updated_at AS updatedAt
     FROM integrations WHERE profile_id = ? ORDER BY integration_id`,
    profileId,
  )

/** Makes these the known integrations of a profile; run it in a transaction. */
export const replaceIntegrations = (db: WritableDb, profileId: string, integrations: readonly KnownIntegration[]): void => {
  deleteIntegrations(db, profileId)
  for (const one of integrations) {
    db.run(
      `INSERT OR REPLACE INTO integrations (profile_id, integration_id, provider_key, display_name, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      profileId,
      one.integrationId,
      one.providerKey,
      one.displayName,
      one.createdAt ?? null,
      one.updatedAt ?? null,
    )
  }
}

/** Forgets the integrations of a profile. */
export const deleteIntegrations = (db: WritableDb, profileId: string): void => {
  db.run('DELETE FROM integrations WHERE profile_id = ?', profileId)
}
