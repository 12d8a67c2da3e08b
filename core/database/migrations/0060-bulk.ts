import type { WritableDb } from '../sql.ts'

/** Default accounts, and actions over many connections with a row for each. */
export const up = (db: WritableDb): void => {
  db.exec(`
    CREATE TABLE connection_defaults (
      connection_id TEXT PRIMARY KEY REFERENCES connections (connection_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE bulks (
      bulk_id TEXT PRIMARY KEY,
      profile_id TEXT NOT NULL,
      action TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('selecting', 'waiting', 'running', 'done', 'cancelled', 'stopped')),
      -- JSON: what is to be done, and what it is to be done to.
      task TEXT NOT NULL,
      selection TEXT NOT NULL,
      retry_of TEXT,
      undo_of TEXT,
      created_at TEXT NOT NULL,
      started_at TEXT,
      ended_at TEXT,
      error_code TEXT,
      error_message TEXT,
      total INTEGER NOT NULL DEFAULT 0,
      done INTEGER NOT NULL DEFAULT 0,
      unchanged INTEGER NOT NULL DEFAULT 0,
      refused INTEGER NOT NULL DEFAULT 0,
      failed INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX bulks_open ON bulks (bulk_id) WHERE ended_at IS NULL;

    CREATE TABLE bulk_rows (
      bulk_id TEXT NOT NULL,
      position INTEGER NOT NULL,
      connection_id TEXT NOT NULL,
      handle TEXT NOT NULL,
      outcome TEXT NOT NULL DEFAULT 'waiting' CHECK (outcome IN ('waiting', 'running', 'done', 'unchanged', 'refused', 'failed')),
      started_at TEXT,
      ended_at TEXT,
      -- JSON: what undoing brings back, and what an undo wants instead of what is there.
      former TEXT,
      wanted TEXT,
      detail TEXT,
      error_code TEXT,
      error_message TEXT,
      PRIMARY KEY (bulk_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX bulk_rows_by_outcome ON bulk_rows (bulk_id, outcome, position);
  `)
}
