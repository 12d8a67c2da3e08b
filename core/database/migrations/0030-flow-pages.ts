import type { WritableDb } from '../sql.ts'

/** Flows on Nango's Connect UI, where one of several integrations may be chosen. */
export const up = (db: WritableDb): void => {
  db.exec(`
    ALTER TABLE flows ADD COLUMN page TEXT NOT NULL DEFAULT 'provider' CHECK (page IN ('provider', 'connect_ui'));
    -- JSON: the keys of the integrations that may be chosen besides the flow's own.
    ALTER TABLE flows ADD COLUMN any_of TEXT NOT NULL DEFAULT '[]';
  `)
}
