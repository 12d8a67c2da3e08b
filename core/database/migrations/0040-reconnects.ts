import type { WritableDb } from '../sql.ts'

/** Flows that give a connection new credentials in place. */
export const up = (db: WritableDb): void => {
  db.exec(`
    -- JSON: what a reconnect knows and what it waits for; null for a flow that makes a connection.
    ALTER TABLE flows ADD COLUMN reconnect TEXT;
  `)
}
