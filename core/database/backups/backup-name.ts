import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Backup } from '#shared/contract/backup'

/** Where backups lie in a data folder. */
export const backupFolder = (dataFolder: string): string => join(dataFolder, 'backups')

// patchbay-20260102T030405678Z-nightly-30-118.db: when, why, the schema version, how many connections. Migrations say `version` and no number.
const NAME = /^patchbay-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})?Z-(nightly|manual|version)-(\d{1,6})(?:-(\d{1,9}))?\.db$/

/** The time of a file name: `20260102T030405678Z`. */
export const stampOf = (at: number): string => new Date(at).toISOString().replaceAll(/[-:.]/g, '')

export interface BackupFacts {
  readonly reason: 'nightly' | 'manual'
  readonly schemaVersion: number
  readonly connections: number
}

/** The file name of a backup. */
export const backupName = (at: number, facts: BackupFacts): string =>
  `patchbay-${stampOf(at)}-${facts.reason}-${facts.schemaVersion}-${facts.connections}.db`

/** A backup on the disk. */
export interface BackupFile extends Backup {
  readonly file: string
}

const parse = (folder: string, name: string, knownVersion: number): BackupFile | null => {
  const match = NAME.exec(name)
  if (match === null) return null
  const [, year, month, day, hour, minute, second, milli = '000', why, version, connections] = match
  const createdAt = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`
  const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size
  if (size === undefined || Number.isNaN(Date.parse(createdAt))) return null
  const schemaVersion = Number(version)
  return {
    backupId: name.slice(0, -'.db'.length),
    createdAt,
    reason: why === 'version' ? 'migration' : (why as 'nightly' | 'manual'),
    schemaVersion,
    isUsable: schemaVersion <= knownVersion,
    sizeBytes: size,
    connections: connections === undefined ? null : Number(connections),
    file: join(folder, name),
  }
}

/** The backups of a data folder, newest first; empty where nothing can be read. */
export const listBackups = (dataFolder: string, knownVersion: number): BackupFile[] => {
  const folder = backupFolder(dataFolder)
  try {
    return readdirSync(folder)
      .map((name) => parse(folder, name, knownVersion))
      .filter((backup) => backup !== null)
      .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
  } catch {
    return []
  }
}

const KEPT = { nightly: 7, migration: 4 } as const

/** Takes away the oldest nightly and migration backups beyond those that are kept; those dated after `until` by a wrong clock go first. */
export const pruneBackups = (dataFolder: string, until: number): void => {
  const isDated = ({ createdAt }: BackupFile): boolean => Date.parse(createdAt) <= until
  const all = listBackups(dataFolder, Number.MAX_SAFE_INTEGER).toSorted((a, b) => Number(isDated(b)) - Number(isDated(a)))
  for (const reason of ['nightly', 'migration'] as const) {
    for (const old of all.filter((backup) => backup.reason === reason).slice(KEPT[reason])) rmSync(old.file, { force: true })
  }
}
