import type { WritableDb } from '../sql.ts'

/** What looks at the services themselves showed, beside the connections so that their list stays narrow. */
export const up = (db: WritableDb): void => {
  db.exec(`
    CREATE TABLE connection_health (
      connection_id TEXT PRIMARY KEY REFERENCES connections (connection_id) ON DELETE CASCADE,
      -- Null before the first look.
      checked_at TEXT,
      outcome TEXT,
      http_status INTEGER,
      -- The call that was made: GET /user.
      probe TEXT,
      good_at TEXT,
      -- Looks in a row that speak against it, each after a pause; of what kind, and since when.
      failing TEXT CHECK (failing IN ('refused', 'down')),
      failures INTEGER NOT NULL DEFAULT 0,
      failing_since TEXT,
      counted_at TEXT,
      -- When it was last read when the token runs out, be it that it does not say.
      expiry_read_at TEXT
    ) STRICT, WITHOUT ROWID;
  `)
}
