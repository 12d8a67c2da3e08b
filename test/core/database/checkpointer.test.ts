import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Checkpointer } from '#core/database/checkpointer'
import type { Driver } from '#core/database/driver-db'
import { openLive } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'
import { PatchbayError } from '#shared/errors'

const KEY = new Uint8Array(32).fill(7)
const MIB = 1_048_576

describe('checkpoints in a thread of their own', () => {
  let folder = ''
  let file = ''
  let driver: Driver
  let checkpointer: Checkpointer
  let failures: string[] = []

  const start = (of: string): Checkpointer =>
    new Checkpointer({
      file: of,
      key: KEY,
      log: SILENT_LOG,
      onFailure: (error) => failures.push(error instanceof PatchbayError ? error.code : 'other'),
    })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-checkpoints-'))
    file = join(folder, 'patchbay.db')
    failures = []
    driver = openLive({ file, key: KEY, now: () => 1_790_000_000_000, log: SILENT_LOG })
    driver.exec('CREATE TABLE much (data BLOB)')
    checkpointer = start(file)
  })
  afterEach(() => {
    checkpointer.end()
    driver.close()
    rmSync(folder, { recursive: true })
  })

  const write = (bytes: number): void => void driver.prepare('INSERT INTO much VALUES (randomblob(?))').run(bytes)
  const lengths = (): unknown => driver.prepare('PRAGMA wal_checkpoint(NOOP)').get()

  test('what a long WAL holds is written into the database, and the next write begins it anew', async () => {
    write(14 * MIB)
    checkpointer.note(driver)
    await checkpointer.waitForRoom()
    const { log, checkpointed } = lengths() as { log: number; checkpointed: number }
    expect(log).toBeGreaterThan(3300)
    expect(checkpointed).toBe(log)
    write(10)
    expect(lengths()).toMatchObject({ checkpointed: 0, log: expect.toSatisfy((pages: number) => pages < 10) })
    expect(failures).toEqual([])
  })

  test('a short WAL is left as it is', async () => {
    write(MIB)
    checkpointer.note(driver)
    await checkpointer.waitForRoom()
    expect(lengths()).toMatchObject({ checkpointed: 0 })
  })

  test('however much is written with waits in between, the WAL stays below 16 MiB', async () => {
    for (let written = 0; written < 64; written += 2) {
      write(2 * MIB)
      checkpointer.note(driver)
      await checkpointer.waitForRoom()
    }
    expect(statSync(`${file}-wal`).size).toBeLessThan(16 * MIB)
    expect(statSync(file).size).toBeGreaterThan(50 * MIB)
  })

  test('what is committed while a checkpoint goes on is taken as well, also where nobody waits: the WAL begins anew', async () => {
    write(14 * MIB)
    checkpointer.note(driver)
    // Until the thread, which was told how much there is, has taken a part of it.
    await expect.poll(() => statSync(file).size, { interval: 1 }).toBeGreaterThan(MIB)
    write(10)
    await expect.poll(() => lengths()).toSatisfy(({ log, checkpointed }: { log: number; checkpointed: number }) => log === checkpointed)
    write(10)
    expect(lengths()).toMatchObject({ log: expect.toSatisfy((pages: number) => pages < 10) })
    expect(failures).toEqual([])
  })

  test('an end waits for the checkpoint under way: then nobody else has the database open', async () => {
    write(24 * MIB)
    checkpointer.note(driver)
    // The thread has begun, or will find that it may not.
    await new Promise((resolve) => void setTimeout(resolve, 40))
    checkpointer.end()
    driver.close()
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })).toBeUndefined()
    expect(statSync(file).size).toBeGreaterThan(24 * MIB)
    driver = openLive({ file, key: KEY, now: () => 1_790_000_000_000, log: SILENT_LOG })
    expect(driver.prepare('SELECT count(*) FROM much').pluck().get()).toBe(1)
  })

  test('a look at the WAL that is refused does not undo what was committed', () => {
    driver.exec('BEGIN')
    write(10)
    expect(() => checkpointer.note(driver)).not.toThrow()
    driver.exec('COMMIT')
    expect(failures).toHaveLength(1)
  })

  test('one that fails is reported, keeps nobody waiting, and is not tried again at once', async () => {
    checkpointer.end()
    checkpointer = start(join(folder, 'elsewhere', 'patchbay.db'))
    write(14 * MIB)
    checkpointer.note(driver)
    await checkpointer.waitForRoom()
    await expect.poll(() => failures.length).toBe(1)
    expect(failures[0]).toMatch(/^storage[.]/)
    checkpointer.note(driver)
    await checkpointer.waitForRoom()
    expect(failures).toHaveLength(1)
  })
})
