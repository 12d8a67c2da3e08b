import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PatchbayError } from '#shared/errors'
import { syncFile, syncFolder } from '../durable-file.ts'
import { openBeside, PLACED_FACT, verifyDatabase } from '../open-database.ts'
import { backupName } from './backup-name.ts'

export interface MakeTask {
  readonly kind: 'make'
  /** The live database. */
  readonly file: string
  readonly folder: string
  readonly reason: 'nightly' | 'manual'
  readonly at: number
}
export interface VerifyTask {
  readonly kind: 'verify'
  readonly file: string
}
export interface CompareTask {
  readonly kind: 'compare'
  readonly backup: string
  /** The live database; null when it cannot be read. */
  readonly live: string | null
}
export type BackupTask = (MakeTask | VerifyTask | CompareTask) & { readonly key: Uint8Array }

export interface Names {
  readonly count: number
  readonly names: string[]
}
export interface Differences {
  readonly added: Names | null
  readonly removed: Names | null
  readonly changed: Names | null
}

const PART = '.part'

/** Makes a backup and reads all of it before it gets its name, which is the answer. Throws `storage.*`. */
const make = ({ file, folder, reason, at, key }: MakeTask & { readonly key: Uint8Array }): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const left of readdirSync(folder)) if (left.endsWith(PART)) rmSync(join(folder, left), { force: true })
  const unverified = join(folder, `patchbay-new.db${PART}`)
  closeSync(openSync(unverified, 'wx', 0o600))
  try {
    try {
      const live = openBeside(file, key)
      try {
        live.run('VACUUM INTO ?', unverified)
      } finally {
        live.close()
      }
    } catch (error) {
      const isDamaged = error instanceof PatchbayError && error.code === 'storage.corrupt'
      throw isDamaged ? new PatchbayError('storage.corrupt', { data: { file: 'patchbay.db' } }) : error
    }
    const copy = openBeside(unverified, key)
    let connections: number
    try {
      // Wherever this file comes to be the database, it says itself that it is a backup.
      copy.run("INSERT INTO facts (name, value) VALUES (?, 'restored') ON CONFLICT (name) DO UPDATE SET value = 'restored'", PLACED_FACT)
      connections = copy.all<{ count: number }>('SELECT count(*) AS count FROM connections')[0]?.count ?? 0
    } finally {
      copy.close()
    }
    const schemaVersion = verifyDatabase(unverified, key)
    syncFile(unverified)
    const name = backupName(at, { reason, schemaVersion, connections })
    if (existsSync(join(folder, name))) throw new PatchbayError('storage.busy')
    renameSync(unverified, join(folder, name))
    syncFolder(folder)
    return name
  } catch (error) {
    for (const suffix of ['', '-journal']) rmSync(unverified + suffix, { force: true })
    throw error
  }
}

interface Row {
  readonly connection_id: string
  readonly name: string
  readonly facts: string
}

const SHOWN = 20

const rowsOf = (file: string, key: Uint8Array): Map<string, Row> => {
  const db = openBeside(file, key, { readonly: true })
  try {
    // A backup of an older version may lack columns that came later; these are in the first version.
    const rows = db.all<Row>(
      "SELECT connection_id, handle || CASE WHEN label IS NULL THEN '' ELSE ' (' || label || ')' END AS name, json_array(label, tags, notes, status) AS facts FROM connections ORDER BY handle",
    )
    return new Map(rows.map((row) => [row.connection_id, row]))
  } finally {
    db.close()
  }
}

const namesOf = (rows: readonly Row[]): Names => ({ count: rows.length, names: rows.slice(0, SHOWN).map(({ name }) => name) })

const compare = ({ backup, live, key }: CompareTask & { readonly key: Uint8Array }): Differences => {
  const before = rowsOf(backup, key)
  if (live === null) return { added: null, removed: null, changed: null }
  const now = rowsOf(live, key)
  return {
    added: namesOf([...before.values()].filter((row) => !now.has(row.connection_id))),
    removed: namesOf([...now.values()].filter((row) => !before.has(row.connection_id))),
    changed: namesOf([...now.values()].filter((row) => (before.get(row.connection_id)?.facts ?? row.facts) !== row.facts)),
  }
}

export interface BackupResults {
  readonly make: string
  readonly verify: number
  readonly compare: Differences
}

/** Does one task on connections of its own, in whichever thread it is called. Throws `storage.*`. */
export const runBackupTask = (task: BackupTask): BackupResults[BackupTask['kind']] => {
  if (task.kind === 'make') return make(task)
  return task.kind === 'verify' ? verifyDatabase(task.file, task.key) : compare(task)
}
