import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runInWorker } from '#core/database/backups/run-backup-task'
import { openDatabase, type OpenDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'

const key = randomBytes(32)
let folder: string
let file: string
let live: OpenDatabase

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-backup-'))
  file = join(folder, 'patchbay.db')
  live = openDatabase({ file, key, now: Date.now, log: SILENT_LOG })
})
afterEach(() => {
  live.close()
  rmSync(folder, { recursive: true, force: true })
})

const add = (id: string, label: string | null = null): void =>
  void live.db.run(
    `INSERT INTO connections (connection_id, profile_id, handle, connector_id, provider_config_key, oauth_method, auth_mode, status, status_rank,
       label, sort_name, created_at, updated_at, search_text)
     VALUES (?, 'p', ?, 'github', 'github', 'nango', 'OAUTH2', 'connected', 1, ?, '', '', '', '')`,
    id,
    `github/${id}`,
    label,
  )

const makeBackup = async (): Promise<string> => {
  const name = await runInWorker({
    kind: 'make',
    file,
    folder: join(folder, 'backups'),
    reason: 'manual',
    at: Date.now(),
    key: Uint8Array.from(key),
  })
  return join(folder, 'backups', name)
}
const compare = (backup: string) => runInWorker({ kind: 'compare', backup, live: file, key: Uint8Array.from(key) })

test('a backup tells which connections would come back, go, or differ, with at most 20 names each', async () => {
  for (let number = 0; number < 25; number++) add(`gone-${String(number).padStart(2, '0')}`)
  add('same')
  add('renamed', 'Before')
  const backup = await makeBackup()
  expect(backup).toMatch(/-27\.db$/)
  live.db.run("DELETE FROM connections WHERE connection_id LIKE 'gone-%'")
  live.db.run("UPDATE connections SET label = 'After' WHERE connection_id = 'renamed'")
  add('new')
  const differences = await compare(backup)
  expect(differences.added?.count).toBe(25)
  expect(differences.added?.names).toHaveLength(20)
  expect(differences.added?.names[0]).toBe('github/gone-00')
  expect(differences.removed).toEqual({ count: 1, names: ['github/new'] })
  expect(differences.changed).toEqual({ count: 1, names: ['github/renamed (After)'] })
})

test('what a kill left half made goes, and a backup while others write is one moment of the database', async () => {
  add('one')
  await makeBackup()
  writeFileSync(join(folder, 'backups', 'patchbay-new.db.part'), 'half')
  const making = makeBackup()
  for (let number = 0; number < 50; number++) add(`meanwhile-${number}`)
  const backup = await making
  expect(await runInWorker({ kind: 'verify', file: backup, key: Uint8Array.from(key) })).toBeGreaterThan(0)
  expect(readdirSync(join(folder, 'backups')).filter((name) => !name.endsWith('.db'))).toEqual([])
})

test('a backup under another key is damaged, not empty', async () => {
  const backup = await makeBackup()
  await expect(runInWorker({ kind: 'verify', file: backup, key: randomBytes(32) })).rejects.toMatchObject({ code: 'storage.corrupt' })
})
