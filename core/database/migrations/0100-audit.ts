import type { WritableDb } from '../sql.ts'

/** What was called by whom: lines chained by a key of the vault, and the sealed word on where the chain begins and ends. */
export const up = (db: WritableDb): void => {
  db.exec(`
    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      caller TEXT NOT NULL CHECK (caller IN ('ui', 'cli', 'automation', 'unproven')),
      via TEXT NOT NULL CHECK (via IN ('window', 'terminal', 'socket', 'mcp', 'host')),
      client_id TEXT,
      client_name TEXT,
      grant_id TEXT,
      program TEXT,
      pid INTEGER,
      method TEXT NOT NULL,
      profile_id TEXT,
      connection_id TEXT,
      handle TEXT,
      target TEXT,
      outcome TEXT NOT NULL CHECK (outcome IN ('done', 'denied', 'failed', 'cancelled')),
      code TEXT,
      duration_ms INTEGER,
      count INTEGER NOT NULL CHECK (count > 0),
      hash BLOB NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_client ON audit (client_id, sequence, connection_id, caller, method, outcome, at, count)
      WHERE client_id IS NOT NULL;
    CREATE INDEX audit_by_connection ON audit (sequence >> 12, connection_id) WHERE connection_id IS NOT NULL;

    CREATE TABLE audit_head (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      last_sequence INTEGER NOT NULL,
      last_hash BLOB NOT NULL,
      first_sequence INTEGER NOT NULL,
      before_hash BLOB NOT NULL,
      unproven_from INTEGER,
      seal BLOB NOT NULL
    ) STRICT;
    INSERT INTO audit_head VALUES (1, 0, zeroblob(32), 1, zeroblob(32), NULL, zeroblob(0));
  `)
}
