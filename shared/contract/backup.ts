import { z } from 'zod'
import { Instant } from './common.ts'
import { method, person } from './define.ts'

/** Why the database cannot be used as it should. `missing`: it was here before and is gone. */
export const StorageReason = z.enum(['corrupt', 'future', 'read_only', 'full', 'io', 'missing'])
export type StorageReason = z.output<typeof StorageReason>

/**
 * Something about the stored data that the person has to know, kept until `system.acknowledgeStorage`.
 * `rolled_back`: writes that were acknowledged are gone. `restored`: a backup is in place. `quarantined`: it was started anew, the former
 * files are in `folder`. `unproven`: the mark that proves that nothing is lost is gone or not ours, so nobody can say.
 */
export const StorageNotice = z.object({
  kind: z.enum(['rolled_back', 'restored', 'quarantined', 'unproven']),
  at: Instant,
  /** How many acknowledged writes are not there; null where that is not known. */
  lostWrites: z.number().int().nullable(),
  /** Where the former files are kept; null when nothing was moved. */
  folder: z.string().nullable(),
})
export type StorageNotice = z.output<typeof StorageNotice>

export const StorageStatus = z.object({
  /**
   * `closed`: the vault is not open yet. `open`: everything can be read; written too unless `isWritable` is false.
   * `rescue`: the database cannot be used; only `system`, `backup`, `settings` and `vault` answer, the rest is `storage.rescue`.
   */
  state: z.enum(['closed', 'open', 'rescue']),
  /** Null when all is well. With `open` it says why nothing can be written. */
  reason: StorageReason.nullable(),
  /** Since when the reason holds. */
  since: Instant.nullable(),
  isWritable: z.boolean(),
  notice: StorageNotice.nullable(),
  backups: z.object({ count: z.number().int(), newestAt: Instant.nullable() }),
  /** The newest backup that this version can open, as a path. */
  newestBackup: z.string().nullable(),
})
export type StorageStatus = z.output<typeof StorageStatus>

/** Names a backup, as `backup.list` tells it. */
const BackupId = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/)

export const Backup = z.object({
  backupId: BackupId,
  createdAt: Instant,
  reason: z.enum(['nightly', 'migration', 'manual']),
  schemaVersion: z.number().int(),
  /** Whether this version can restore it. */
  isUsable: z.boolean(),
  sizeBytes: z.number().int(),
  /** How many connections it holds; null where that was not counted. */
  connections: z.number().int().nullable(),
})
export type Backup = z.output<typeof Backup>

/** At most 20 names, and how many there are in all. */
const Names = z.object({ count: z.number().int(), names: z.array(z.string()).max(20) })

export const BackupComparison = z.object({
  backup: Backup,
  /** Connections that a restore would bring back. Null when the present database cannot be read. */
  added: Names.nullable(),
  /** Connections that are here now and not in the backup. The reconciliation finds those that are still at Nango. */
  removed: Names.nullable(),
  /** Connections that differ in their label, tags, notes or status. */
  changed: Names.nullable(),
})
export type BackupComparison = z.output<typeof BackupComparison>

export const backup = {
  list: method({
    summary: 'The backups of the database in the data folder, newest first.',
    access: 'read',
    callers: person,
    worksWhileLocked: true,
    params: z.object({}),
    result: z.object({ backups: z.array(Backup).max(500) }),
  }),
  create: method({
    summary: 'Makes a backup of the database now, and reads it back before it counts as one.',
    access: 'admin',
    callers: person,
    params: z.object({}),
    result: Backup,
  }),
  compare: method({
    summary: 'What restoring a backup would change: which connections come back, go, or differ.',
    access: 'read',
    callers: person,
    params: z.object({ backupId: BackupId }),
    result: BackupComparison,
  }),
  restore: method({
    summary: 'Puts a backup in the place of the database; the present files are moved to the quarantine folder, never deleted.',
    access: 'admin',
    callers: person,
    params: z.object({ backupId: BackupId }),
    result: StorageStatus,
  }),
  startOver: method({
    summary: 'Starts with an empty database; the present files are moved to the quarantine folder, never deleted.',
    access: 'admin',
    callers: person,
    params: z.object({}),
    result: StorageStatus,
  }),
}

/** Tells that `storage` of `system.status`, or the list of backups, is another one now. */
export const backupEvents = { 'storage.changed': z.object({}) }
