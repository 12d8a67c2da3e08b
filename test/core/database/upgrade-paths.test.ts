import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { getFlow } from '#core/connect/flow-store'
import { queryConnections } from '#core/connections/connection-query'
import { getConnection, updateConnection } from '#core/connections/connection-store'
import { latestVersion, schemaVersion } from '#core/database/migrate'
import { MIGRATIONS, type Migration } from '#core/database/migrations/index'
import { openDatabase, type OpenDatabase, openMemoryDatabase } from '#core/database/open-database'
import type { ReadableDb } from '#core/database/sql'
import { SILENT_LOG } from '#core/log'

const key = randomBytes(32)
let folder: string
const opened: OpenDatabase[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-upgrade-'))
})
afterEach(() => {
  for (const database of opened.splice(0)) database.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = (steps: readonly Migration[]): OpenDatabase => {
  const database = openDatabase({ file: join(folder, 'patchbay.db'), key, now: Date.now, log: SILENT_LOG, steps })
  opened.push(database)
  return database
}

const schemaOf = (db: ReadableDb): unknown[] => db.all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name')
const AT = '2026-01-02T03:04:05.000Z'

/** Rows as the version wrote them: all that later ones add has to come by itself. */
const fill = ({ db }: OpenDatabase): void => {
  for (const [id, status, rank] of [
    ['one', 'connected', 5],
    ['two', 'attention', 0],
  ] as const)
    db.run(
      `INSERT INTO connections (connection_id, profile_id, handle, connector_id, provider_config_key, oauth_method, auth_mode, status,
         status_rank, label, sort_name, created_at, updated_at, search_text)
       VALUES (?, 'env', ?, 'github', 'github', 'nango', 'OAUTH2', ?, ?, ?, ?, ?, ?, ?)`,
      id,
      `github/${id}`,
      status,
      rank,
      `Label ${id}`,
      `label ${id}`,
      AT,
      AT,
      `github/${id} label ${id}`,
    )
  db.run(
    `INSERT INTO flows (flow_id, profile_id, connection_id, connector_id, integration_id, label, via, oauth_method, state, params, scopes,
       created_at, steps)
     VALUES ('flw_1', 'env', 'one', 'github', 'github', NULL, 'browser', 'nango', 'connected', '{}', NULL, ?, '[]')`,
    AT,
  )
}

const VIEW = { lastCompletedAt: AT, offlineSince: null, lastError: null }

describe.each(MIGRATIONS.slice(0, -1).map(({ version }, index) => ({ version, steps: MIGRATIONS.slice(0, index + 1) })))(
  'a database of version $version',
  ({ version, steps }) => {
    test('comes to the schema of a new one, with its rows, and with a backup of what it was', () => {
      const old = open(steps)
      expect(schemaVersion(old.db)).toBe(version)
      fill(old)
      old.close()
      const { db } = open(MIGRATIONS)
      expect(schemaVersion(db)).toBe(latestVersion())
      const fresh = openMemoryDatabase()
      opened.push(fresh)
      expect(schemaOf(db)).toEqual(schemaOf(fresh.db))
      expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
      expect(db.all('PRAGMA foreign_key_check')).toEqual([])
      expect(readdirSync(join(folder, 'backups'))).toEqual([expect.stringMatching(new RegExp(`-version-${version}\\.db$`))])
      expect(getFlow(db, 'flw_1')).toMatchObject({ state: 'connected', page: 'provider', anyOf: [] })
      expect(getConnection(db, 'one')).toMatchObject({ handle: 'github/one', label: 'Label one' })
    })

    test('lists and finds what it had, and what is renamed afterwards', () => {
      const old = open(steps)
      fill(old)
      old.close()
      const { db } = open(MIGRATIONS)
      const found = (search?: string): string[] =>
        queryConnections(
          db,
          {
            profileId: 'env',
            limit: 10,
            sort: 'status',
            isDescending: false,
            statuses: undefined,
            ...(search === undefined ? {} : { search }),
          },
          VIEW,
        ).rows.map(({ connection_id: id }) => id)
      expect(found()).toEqual(['two', 'one'])
      expect(found('label one')).toEqual(['one'])
      updateConnection(db, 'one', { label: 'Renamed' }, AT)
      expect(found('renamed')).toEqual(['one'])
      expect(found('label one')).toEqual([])
    })
  },
)
