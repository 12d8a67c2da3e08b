import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { latestVersion, schemaVersion } from '#core/database/migrate'
import { MIGRATIONS, type Migration } from '#core/database/migrations/index'
import { openDatabase, openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'

const key = randomBytes(32)
const next: Migration = { version: 9000, up: (db) => db.exec("INSERT INTO facts VALUES ('migrated', 'yes')") }
const broken: Migration = {
  version: 9010,
  up: (db) => {
    db.exec('DROP TABLE connections')
    throw new Error('the step failed')
  },
}
let folder: string
const opened: OpenDatabase[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-migrate-'))
})
afterEach(() => {
  for (const database of opened.splice(0)) database.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = (steps: readonly Migration[], name = 'patchbay.db'): OpenDatabase => {
  const database = openDatabase({ file: join(folder, name), key, now: () => Date.UTC(2026, 0, 2, 3, 4, 5), log: SILENT_LOG, steps })
  opened.push(database)
  return database
}
const facts = (database: OpenDatabase): unknown[] => database.db.all('SELECT name, value FROM facts ORDER BY name')

describe('migrating', () => {
  it('has numbers that only rise, in tens', () => {
    const versions = MIGRATIONS.map(({ version }) => version)
    expect(versions).toEqual(versions.toSorted((left, right) => left - right))
    expect(new Set(versions).size).toBe(versions.length)
    expect(versions.every((version) => version % 10 === 0)).toBe(true)
  })

  it('brings an old database up to date after a backup that opens and holds the old state', () => {
    const old = open(MIGRATIONS)
    old.db.run("INSERT INTO facts VALUES ('old', 'kept')")
    old.close()
    const database = open([...MIGRATIONS, next])
    expect(schemaVersion(database.db)).toBe(9000)
    expect(facts(database)).toEqual([
      { name: 'migrated', value: 'yes' },
      { name: 'old', value: 'kept' },
    ])
    const version = latestVersion(MIGRATIONS)
    expect(readdirSync(join(folder, 'backups'))).toEqual([`patchbay-20260102T030405Z-version-${version}.db`])
    if (process.platform !== 'win32') {
      const mode = statSync(join(folder, 'backups', `patchbay-20260102T030405Z-version-${version}.db`)).mode & 0o777
      expect(mode).toBe(0o600)
    }
    expect(facts(open(MIGRATIONS, `backups/patchbay-20260102T030405Z-version-${version}.db`))).toEqual([
      { name: 'old', value: 'kept' },
      // So that it says what it is wherever it comes to be the database.
      { name: 'placed_as', value: 'restored' },
    ])
  })

  it('leaves everything as it was when one of several steps fails', () => {
    open(MIGRATIONS).close()
    expect(() => open([...MIGRATIONS, next, broken])).toThrow('the step failed')
    const database = open(MIGRATIONS)
    expect(schemaVersion(database.db)).toBe(latestVersion(MIGRATIONS))
    expect(facts(database)).toEqual([])
    expect(database.db.all('SELECT * FROM connections')).toEqual([])
  })

  it('makes no backup where there is nothing to lose', () => {
    open(MIGRATIONS).close()
    open(MIGRATIONS).close()
    expect(readdirSync(folder)).toEqual(['patchbay.db'])
  })

  it('makes no database at all when a step fails at the first run', () => {
    expect(() => open([...MIGRATIONS, broken])).toThrow('the step failed')
    expect(readdirSync(folder).filter((name) => name === 'patchbay.db')).toEqual([])
    expect(facts(open(MIGRATIONS))).toEqual([])
  })

  it('ends in the schema that schema.sql shows', async () => {
    const database = openMemoryDatabase()
    opened.push(database)
    const rows = database.db.all<{ sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name",
    )
    const lines = rows.map(({ sql }) => `${sql.replaceAll(/^ {4}/gm, '')};\n`)
    await expect([`-- version ${schemaVersion(database.db)}\n`, ...lines].join('\n')).toMatchFileSnapshot('./schema.sql')
  })

  it('keeps every table strict', () => {
    const database = openMemoryDatabase()
    opened.push(database)
    expect(
      database.db.all(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND strict = 0",
      ),
    ).toEqual([])
  })
})
