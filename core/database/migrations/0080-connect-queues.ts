import type { WritableDb } from '../sql.ts'

/** Several connectors to be connected one after the other. */
export const up = (db: WritableDb): void => {
  db.exec(`
    CREATE TABLE queues (
      queue_id TEXT PRIMARY KEY,
      profile_id TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'cancelled')),
      -- Whether each page is opened here.
      opens INTEGER NOT NULL CHECK (opens IN (0, 1)),
      created_at TEXT NOT NULL,
      ended_at TEXT,
      -- Why it is paused.
      pause_code TEXT,
      pause_message TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX queues_open ON queues (profile_id) WHERE ended_at IS NULL;

    CREATE TABLE queue_items (
      queue_id TEXT NOT NULL REFERENCES queues (queue_id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      connector_id TEXT NOT NULL,
      label TEXT,
      -- JSON: how it is to be connected, without what its form was given; that is in the vault.
      request TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'connected', 'failed', 'skipped', 'cancelled')),
      flow_id TEXT,
      connection_id TEXT,
      error_code TEXT,
      error_message TEXT,
      started_at TEXT,
      ended_at TEXT,
      PRIMARY KEY (queue_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX queue_items_by_flow ON queue_items (flow_id) WHERE flow_id IS NOT NULL;
  `)
}
