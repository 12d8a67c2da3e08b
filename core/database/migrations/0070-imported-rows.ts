import type { WritableDb } from '../sql.ts'

/** Rows of files that were imported, so that the same file does not make them twice. */
export const up = (db: WritableDb): void => {
  db.exec(`
    CREATE TABLE imported_rows (
      profile_id TEXT NOT NULL,
      -- Keyed digest of what the row says; the key is a sealed secret.
      fingerprint TEXT NOT NULL,
      provider_config_key TEXT NOT NULL,
      nango_connection_id TEXT NOT NULL,
      -- begun: sent, the answer is not known; done.
      state TEXT NOT NULL CHECK (state IN ('begun', 'done')),
      at TEXT NOT NULL,
      PRIMARY KEY (profile_id, fingerprint)
    ) STRICT, WITHOUT ROWID;
  `)
}
