import type { WritableDb } from '../sql.ts'

/** Programs that were paired, what they may do, and which account a connector's name means to each. */
export const up = (db: WritableDb): void => {
  db.exec(`
    CREATE TABLE clients (
      client_id TEXT PRIMARY KEY,
      public_key TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      via TEXT NOT NULL CHECK (via IN ('socket', 'mcp')),
      created_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE grants (
      grant_id TEXT PRIMARY KEY,
      client_id TEXT NOT NULL,
      client_name TEXT NOT NULL,
      purpose TEXT NOT NULL,
      via TEXT NOT NULL CHECK (via IN ('socket', 'mcp')),
      program TEXT,
      program_hash TEXT,
      profile_id TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('active', 'denied', 'ended')),
      ended_because TEXT,
      terms TEXT NOT NULL,
      requested_at TEXT NOT NULL,
      approved_at TEXT,
      ends_at TEXT,
      ended_at TEXT,
      last_call_at TEXT,
      calls_day TEXT,
      calls_on_day INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX grants_by_client ON grants (client_id, requested_at);
    CREATE INDEX grants_by_state ON grants (state, requested_at);

    CREATE TABLE client_defaults (
      client_id TEXT NOT NULL,
      connection_id TEXT NOT NULL,
      PRIMARY KEY (client_id, connection_id)
    ) STRICT, WITHOUT ROWID;
  `)
}
