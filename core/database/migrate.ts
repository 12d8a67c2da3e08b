import { PatchbayError } from '#shared/errors'
import { MIGRATIONS, type Migration } from './migrations/index.ts'
import type { ReadableDb, WritableDb } from './sql.ts'

/** The schema version a database is at; 0 for a new one. */
export const schemaVersion = (db: ReadableDb): number => db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0

/** The version that the steps lead to. */
export const latestVersion = (steps: readonly Migration[] = MIGRATIONS): number => steps.at(-1)?.version ?? 0

/** Throws `storage.future` when this Patchbay does not know the version. */
export const assertKnownVersion = (version: number, steps: readonly Migration[] = MIGRATIONS): void => {
  const known = latestVersion(steps)
  if (version > known) throw new PatchbayError('storage.future', { data: { version, known } })
}

export interface MigrationResult {
  readonly from: number
  readonly to: number
}

/**
 * Runs the steps that are missing in one transaction, the version number with them: all or nothing.
 * `beforeChange` runs first when a database that already has a schema is about to change.
 */
export const migrate = (
  db: WritableDb,
  options: { readonly steps?: readonly Migration[]; readonly beforeChange?: (change: MigrationResult) => void } = {},
): MigrationResult => {
  const steps = options.steps ?? MIGRATIONS
  const from = schemaVersion(db)
  assertKnownVersion(from, steps)
  const to = latestVersion(steps)
  if (from === to) return { from, to }
  if (from > 0) options.beforeChange?.({ from, to })
  db.transaction(() => {
    for (const step of steps) if (step.version > from) step.up(db)
    db.exec(`PRAGMA user_version = ${to}`)
  })
  return { from, to }
}
