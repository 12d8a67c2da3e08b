import { randomUUID } from 'node:crypto'
import type { WritableDb } from '../database/sql.ts'

/** The id of this installation, 32 hex digits, made at its first use: the tag by which Nango's list tells its connections from others'. */
export const readInstallationId = (db: WritableDb): string => {
  const stored = db.get<{ value: string }>("SELECT value FROM facts WHERE name = 'installation_id'")
  if (stored !== undefined) return stored.value
  const made = randomUUID().replaceAll('-', '')
  db.run("INSERT INTO facts (name, value) VALUES ('installation_id', ?)", made)
  return made
}
