import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, verifyDatabase } from '#core/database/open-database'
import { finishPlacing, putInPlace } from '#core/database/put-in-place'

const key = randomBytes(32)
let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-place-'))
  file = join(folder, 'patchbay.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what a kill left prepared beside a database does not come in its place when it goes missing later', () => {
  createDatabase(file, key, undefined)
  writeFileSync(`${file}.restore`, 'prepared, and never needed')
  expect(finishPlacing(file, Date.now())).toBe(false)
  rmSync(file)
  expect(finishPlacing(file, Date.now())).toBe(false)
  expect(existsSync(file)).toBe(false)
})

test('what a kill left prepared after the first move comes in the place of the database', () => {
  createDatabase(`${file}.restore`, key, undefined)
  writeFileSync(`${file}-wal`, 'what the former database leaves')
  expect(finishPlacing(file, Date.now())).toBe(true)
  expect(existsSync(`${file}-wal`)).toBe(false)
  expect(verifyDatabase(file, key)).toBeGreaterThan(0)
})

test('the former files are kept byte for byte', () => {
  writeFileSync(file, 'damaged')
  writeFileSync(`${file}-wal`, 'and its journal')
  const at = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
  putInPlace({ file, key, at, backup: null })
  const kept = join(folder, 'quarantine', '20260102T030405006Z')
  expect(readFileSync(join(kept, 'patchbay.db'), 'utf8')).toBe('damaged')
  expect(readFileSync(join(kept, 'patchbay.db-wal'), 'utf8')).toBe('and its journal')
  expect(verifyDatabase(file, key)).toBeGreaterThan(0)
})
