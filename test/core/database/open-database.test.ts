import { createHash, randomBytes } from 'node:crypto'
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assertSupportedRuntime, openDatabase, openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { MIGRATIONS, type Migration } from '#core/database/migrations/index'
import { SILENT_LOG } from '#core/log'
import { PatchbayError } from '#shared/errors'

const key = randomBytes(32)
let folder: string
let file: string
const opened: OpenDatabase[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-database-'))
  file = join(folder, 'patchbay.db')
})
afterEach(() => {
  for (const database of opened.splice(0)) database.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = (options: { key?: Uint8Array; file?: string; steps?: readonly Migration[] } = {}): OpenDatabase => {
  const database = openDatabase({ file, key, now: () => Date.UTC(2026, 0, 2, 3, 4, 5), log: SILENT_LOG, ...options })
  opened.push(database)
  return database
}

const failureOf = (work: () => unknown): PatchbayError => {
  try {
    work()
  } catch (error) {
    if (error instanceof PatchbayError) return error
    throw error
  }
  throw new Error('It did not fail.')
}

const sums = (of: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(of)
      .toSorted()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(of, name)))
          .digest('hex'),
      ]),
  )

const setFact = (database: OpenDatabase, name: string, value: string): void =>
  void database.db.run('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value)
const fact = (database: OpenDatabase, name: string): string | undefined =>
  database.db.get<{ value: string }>('SELECT value FROM facts WHERE name = ?', name)?.value

/** The files as a kill at this moment would leave them. */
const crashed = (): string => {
  const copy = mkdtempSync(join(folder, 'crashed-'))
  for (const suffix of ['', '-wal', '-shm']) cpSync(file + suffix, join(copy, `patchbay.db${suffix}`))
  return copy
}

describe('opening the database', () => {
  it('keeps what was committed', () => {
    setFact(open(), 'a', '1')
    opened[0]?.close()
    expect(fact(open(), 'a')).toBe('1')
  })

  it('runs with the settings that make a commit durable and a page authentic', () => {
    const { db } = open()
    expect(db.get('PRAGMA synchronous')).toEqual({ synchronous: 2 })
    expect(db.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' })
    expect(db.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 })
    expect(db.get('PRAGMA secure_delete')).toEqual({ secure_delete: 1 })
    expect(db.get('PRAGMA busy_timeout')).toEqual({ timeout: 5000 })
  })

  it.skipIf(process.platform === 'win32')('gives its files to this user alone', () => {
    const deep = join(folder, 'home', 'patchbay.db')
    setFact(open({ file: deep }), 'a', '1')
    expect(statSync(join(folder, 'home')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(folder, 'home')).toSorted()).toEqual(['patchbay.db', 'patchbay.db-shm', 'patchbay.db-wal'])
    for (const name of readdirSync(join(folder, 'home'))) expect(statSync(join(folder, 'home', name)).mode & 0o777).toBe(0o600)
  })

  it('leaves nothing readable on the disk', () => {
    setFact(open(), 'PBCANARY-name', 'PBCANARY-value')
    const copy = crashed()
    for (const name of readdirSync(copy)) expect(readFileSync(join(copy, name)).includes('PBCANARY')).toBe(false)
    expect(readFileSync(join(copy, 'patchbay.db')).subarray(0, 15).toString()).not.toBe('SQLite format 3')
  })

  it('reads what a kill left in the journal', () => {
    const database = open()
    setFact(database, 'a', '1')
    const copy = crashed()
    expect(fact(open({ file: join(copy, 'patchbay.db') }), 'a')).toBe('1')
  })

  it('takes a wrong key for an error, not for a new database, and changes nothing', () => {
    setFact(open(), 'a', '1')
    opened[0]?.close()
    const before = sums(folder)
    expect(failureOf(() => open({ key: randomBytes(32) })).code).toBe('storage.corrupt')
    expect(sums(folder)).toEqual(before)
  })

  it('makes no new database where a file is empty, cut, foreign or gone but for its journal', () => {
    open().close()
    const whole = readFileSync(file)
    for (const content of [Buffer.alloc(0), whole.subarray(0, 5000), whole.subarray(0, 100), randomBytes(8192), Buffer.from('hello')]) {
      writeFileSync(file, content)
      const before = sums(folder)
      expect(failureOf(() => open()).code).toBe('storage.corrupt')
      expect(sums(folder)).toEqual(before)
    }
    const copy = mkdtempSync(join(folder, 'journal-only-'))
    writeFileSync(join(copy, 'patchbay.db-wal'), randomBytes(64))
    expect(failureOf(() => open({ file: join(copy, 'patchbay.db') })).code).toBe('storage.corrupt')
    expect(readdirSync(copy)).toEqual(['patchbay.db-wal'])
  })

  it('starts over where a first start was killed before its database was whole', () => {
    writeFileSync(`${file}.new`, randomBytes(3000))
    writeFileSync(`${file}.new-wal`, randomBytes(3000))
    setFact(open(), 'a', '1')
    expect(readdirSync(folder).filter((name) => name.includes('.new'))).toEqual([])
  })

  it('removes the second names that a killed look left, and keeps the database', () => {
    setFact(open(), 'a', '1')
    opened[0]?.close()
    mkdirSync(join(folder, '.look-left'))
    linkSync(file, join(folder, '.look-left', 'patchbay.db'))
    expect(fact(open(), 'a')).toBe('1')
    expect(readdirSync(folder).filter((name) => name.startsWith('.look'))).toEqual([])
  })

  it('refuses to be used after it was closed', () => {
    const database = open()
    database.close()
    database.close()
    expect(failureOf(() => fact(database, 'a')).code).toBe('host.stopping')
  })

  it('names the runtime before the driver could crash it', () => {
    expect(failureOf(() => assertSupportedRuntime({ node: '20.20.2', napi: '9' })).code).toBe('host.unsupported_runtime')
    expect(failureOf(() => assertSupportedRuntime({})).code).toBe('host.unsupported_runtime')
    assertSupportedRuntime({ napi: '10' })
  })

  it('reports another writer as busy, and mistakes of ours as mistakes', () => {
    const database = open()
    expect(() => database.db.run('INSERT INTO facts (name) VALUES (?)', 'x')).toThrow(/NOT NULL/)
    expect(() => database.db.get('SELECT nonsense')).toThrow(/no such column/)
    const other = open()
    other.db.exec('PRAGMA busy_timeout = 0')
    database.db.transaction(() => {
      expect(failureOf(() => other.db.transaction(() => null)).code).toBe('storage.busy')
    })
  })

  it('reports a full disk, keeps what was acknowledged, and goes on when there is space', () => {
    const database = open()
    setFact(database, 'a', 'kept')
    const pages = database.db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0
    database.db.exec(`PRAGMA max_page_count = ${pages + 2}`)
    expect(failureOf(() => database.db.transaction(() => setFact(database, 'b', 'x'.repeat(100_000)))).code).toBe('storage.full')
    expect(fact(database, 'a')).toBe('kept')
    expect(fact(database, 'b')).toBeUndefined()
    database.db.exec('PRAGMA max_page_count = 100000')
    setFact(database, 'b', 'y')
    expect(fact(database, 'b')).toBe('y')
  })
})

describe('a damaged file', () => {
  const damage = (image: Buffer, read: (path: string) => void): { reported: number; silent: number } => {
    const result = { reported: 0, silent: 0 }
    const target = join(folder, 'damaged.db')
    for (let flip = 0; flip < 100; flip++) {
      const bytes = Buffer.from(image)
      const position = Math.floor(((flip + 0.5) / 100) * bytes.length)
      bytes[position] = (bytes[position] ?? 0) ^ (1 << (flip % 8))
      writeFileSync(target, bytes)
      for (const suffix of ['-wal', '-shm']) rmSync(target + suffix, { force: true })
      try {
        read(target)
        result.silent++
      } catch {
        result.reported++
      }
    }
    return result
  }

  const fill = (insert: (name: string, value: string) => void): void => {
    for (let row = 0; row < 300; row++) insert(`name-${row}`, `value-${row}`.repeat(20))
  }

  it('is reported for each of 100 single changed bits, none read as data', () => {
    const database = open()
    database.db.transaction(() => fill((name, value) => setFact(database, name, value)))
    database.close()
    const result = damage(readFileSync(file), (path) => {
      const damaged = open({ file: path })
      try {
        const tables = damaged.db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (const { name } of tables) damaged.db.all(`SELECT * FROM "${name}"`)
        if (damaged.db.get<{ integrity_check: string }>('PRAGMA integrity_check')?.integrity_check !== 'ok') throw new Error('not ok')
      } finally {
        damaged.close()
      }
    })
    expect(result).toEqual({ reported: 100, silent: 0 })
  })

  it('would not be reported without authenticated pages, which is how we know the test can fail', () => {
    const plain = new DatabaseSync(join(folder, 'plain.db'))
    plain.exec('CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID')
    const insert = plain.prepare('INSERT INTO facts VALUES (?, ?)')
    fill((name, value) => void insert.run(name, value))
    plain.close()
    const result = damage(readFileSync(join(folder, 'plain.db')), (path) => {
      const damaged = new DatabaseSync(path)
      try {
        damaged.prepare('SELECT * FROM facts').all()
        if (damaged.prepare('PRAGMA integrity_check').get()?.['integrity_check'] !== 'ok') throw new Error('not ok')
      } finally {
        damaged.close()
      }
    })
    expect(result.silent).toBeGreaterThan(20)
  })

  it('is left where it is', () => {
    open().close()
    truncateSync(file, 6000)
    const before = sums(folder)
    const failure = failureOf(() => open())
    expect(failure.code).toBe('storage.corrupt')
    expect(failure.data).toMatchObject({ file: 'patchbay.db' })
    expect(sums(folder)).toEqual(before)
  })
})

describe('a database from the future', () => {
  const future: readonly Migration[] = [...MIGRATIONS, { version: 9990, up: (db) => db.exec('CREATE TABLE later (a INTEGER) STRICT') }]

  it('is refused after a clean end with its file byte for byte as it was', () => {
    open({ steps: future }).close()
    const before = sums(folder)
    expect(failureOf(() => open()).code).toBe('storage.future')
    expect(sums(folder)).toEqual(before)
  })

  it('is refused after a kill with database, journal and index byte for byte as they were', () => {
    open({ steps: MIGRATIONS }).close()
    const database = open({ steps: future })
    setFact(database, 'a', '1')
    const copy = crashed()
    expect(readdirSync(copy).toSorted()).toEqual(['patchbay.db', 'patchbay.db-shm', 'patchbay.db-wal'])
    const before = sums(copy)
    const failure = failureOf(() => open({ file: join(copy, 'patchbay.db') }))
    expect(failure.code).toBe('storage.future')
    expect(failure.data).toMatchObject({ version: 9990, known: MIGRATIONS.at(-1)?.version })
    expect(sums(copy)).toEqual(before)
    expect(fact(open({ file: join(copy, 'patchbay.db'), steps: future }), 'a')).toBe('1')
  })

  it('is refused by a version number that only the journal holds', () => {
    const database = open()
    database.db.exec('PRAGMA user_version = 9991')
    const copy = crashed()
    rmSync(join(copy, 'patchbay.db-shm'))
    const before = sums(copy)
    expect(failureOf(() => open({ file: join(copy, 'patchbay.db') })).data).toMatchObject({ version: 9991 })
    expect(sums(copy)).toEqual(before)
    expect(existsSync(join(copy, 'patchbay.db-shm'))).toBe(false)
  })
})

describe('transactions', () => {
  let database: OpenDatabase
  beforeEach(() => {
    database = openMemoryDatabase()
    opened.push(database)
  })

  it('are all or nothing', () => {
    const boom = new Error('boom')
    expect(() =>
      database.db.transaction(() => {
        setFact(database, 'a', '1')
        throw boom
      }),
    ).toThrow(boom)
    expect(fact(database, 'a')).toBeUndefined()
  })

  it('join one that is open, and go with it', () => {
    expect(() =>
      database.db.transaction(() => {
        database.db.transaction(() => setFact(database, 'inner', '1'))
        throw new Error('outer')
      }),
    ).toThrow('outer')
    expect(fact(database, 'inner')).toBeUndefined()
  })

  it('undo an inner part that failed even when the outer one goes on', () => {
    database.db.transaction(() => {
      setFact(database, 'before', '1')
      expect(() =>
        database.db.transaction(() => {
          setFact(database, 'inner', '1')
          throw new Error('inner')
        }),
      ).toThrow('inner')
      setFact(database, 'after', '1')
    })
    expect(['before', 'inner', 'after'].map((name) => fact(database, name))).toEqual(['1', undefined, '1'])
  })

  it('refuse work that waits', () => {
    expect(() =>
      database.db.transaction(() => {
        setFact(database, 'a', '1')
        return Promise.resolve()
      }),
    ).toThrow(/synchronous/)
    expect(fact(database, 'a')).toBeUndefined()
  })

  it('keep far more statements than a page needs without growing for ever', () => {
    for (let number = 0; number < 1200; number++) expect(database.db.get(`SELECT ${number} AS n`)).toEqual({ n: number })
    expect(database.db.get('SELECT 0 AS n')).toEqual({ n: 0 })
  })
})
