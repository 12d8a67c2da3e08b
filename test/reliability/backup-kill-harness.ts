import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, type FSWatcher, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Backup, StorageStatus } from '#shared/contract/backup'
import { bundleProgram, type Weakness } from '#test/helpers/bundle-program'
import { startCoreSession } from '#test/helpers/core-session'
import { CATALOGUE_FILE } from '#test/helpers/make-core'
import { faultOfBackup } from '#test/helpers/open-folder'
import { readStored } from '#test/helpers/storage-ledger'
import type { Random } from './seeded-random.ts'

/** What a run of kills while backups are made brought. */
export interface BackupKillReport {
  readonly kills: number
  /** Backups that were acknowledged. */
  readonly backups: number
  readonly faults: readonly string[]
}

/** How long after a backup was begun the kill comes at the latest, milliseconds. */
const LONGEST_MS = 250

/** And after its file was first seen, for the kills that aim at the moment in which it is half there. */
const AIMED_MS = 8

/** Kills a core that makes backups, then looks that every file with the name of a backup is one, and none that was acknowledged is gone. */
export const killBackups = async (kills: number, random: Random, weaknesses: readonly Weakness[] = []): Promise<BackupKillReport> => {
  const program = await bundleProgram('backup-host', weaknesses)
  const place = mkdtempSync(join(tmpdir(), 'patchbay-backup-kill-'))
  const folder = join(place, 'data')
  const acknowledged = new Map<string, number>()
  const verified = new Set<string>()
  const faults: string[] = []

  const verify = async (kill: number): Promise<void> => {
    const names = existsSync(join(folder, 'backups')) ? readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.db')) : []
    for (const name of names) {
      if (verified.has(name)) continue
      const fault = await faultOfBackup(folder, name)
      if (fault === null) verified.add(name)
      else faults.push(`kill ${kill}: ${name} is no backup: ${fault}`)
    }
    for (const backupId of acknowledged.keys()) if (!names.includes(`${backupId}.db`)) faults.push(`kill ${kill}: ${backupId} is gone`)
  }

  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const child = spawn(process.execPath, [program.file, folder, CATALOGUE_FILE], { stdio: ['ignore', 'pipe', 'pipe'] })
      const closed = once(child, 'close')
      let complaint = ''
      child.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
      let isDoomed = false
      let watcher: FSWatcher | null = null as FSWatcher | null
      for await (const line of createInterface({ input: child.stdout })) {
        const [word, backupId = '', note] = line.split(' ')
        if (word === 'ack') acknowledged.set(backupId, Number(note))
        // The first life makes one backup in peace, so that there is one from then on.
        if (isDoomed || (kill === 0 && word !== 'ack')) continue
        isDoomed = true
        const killIn = (milliseconds: number): void => void setTimeout(() => child.kill('SIGKILL'), milliseconds)
        const delay = random()
        if (kill % 2 === 0 || !existsSync(join(folder, 'backups'))) killIn(delay * LONGEST_MS)
        else watcher = watch(join(folder, 'backups'), () => killIn(delay * AIMED_MS))
      }
      await closed
      watcher?.close()
      if (complaint !== '') faults.push(`kill ${kill}: ${complaint.slice(0, 1000)}`)
      await verify(kill)
    }
    if (faults.length === 0) faults.push(...(await restoreNewest(folder, acknowledged)))
    return { kills, backups: acknowledged.size, faults }
  } finally {
    program.remove()
    rmSync(place, { recursive: true, force: true })
  }
}

/** The drill: the newest backup in the place of the database, and what was acknowledged before it is there. */
const restoreNewest = async (folder: string, acknowledged: ReadonlyMap<string, number>): Promise<string[]> => {
  const session = await startCoreSession({ folder, catalogueFile: CATALOGUE_FILE })
  try {
    const { backups } = await session.call<{ backups: Backup[] }>('backup.list')
    const newest = backups.find(({ backupId }) => acknowledged.has(backupId))
    if (newest === undefined) return ['drill: there is no backup']
    const storage = await session.call<StorageStatus>('backup.restore', { backupId: newest.backupId })
    if (storage.state !== 'open' || !storage.isWritable || storage.notice?.kind !== 'restored') return [`drill: ${JSON.stringify(storage)}`]
    const [connection] = (await readStored(session)).connections
    const found = Number(connection?.notes ?? 0)
    const wanted = acknowledged.get(newest.backupId) ?? 0
    await session.call('connections.update', { connectionId: connection?.connectionId, notes: 'after the drill' })
    return found === wanted ? [] : [`drill: note ${found} instead of ${wanted}`]
  } finally {
    await session.stop()
  }
}

/** A build that writes a backup under its own name from the beginning, to a disk that takes its time. */
export const NAMES_TOO_EARLY: readonly Weakness[] = [
  {
    file: 'core/database/backups/backup-task.ts',
    from: 'join(folder, `patchbay-new.db${PART}`)',
    to: "join(folder, `patchbay-29990101T000000${String(at % 1000).padStart(3, '0')}Z-manual-1-1.db`)",
  },
  {
    file: 'core/database/backups/backup-task.ts',
    from: "live.run('VACUUM INTO ?', unverified)",
    to: "void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60); live.run('VACUUM INTO ?', unverified)",
  },
]
