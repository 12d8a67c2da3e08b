import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '#core/database/open-database'
import type { WritableDb } from '#core/database/sql'
import { createEngineLife } from '#core/engine-life'
import { createEventBus } from '#core/events/event-bus'
import { SILENT_LOG } from '#core/log'
import type { Platform } from '#core/platform'
import { Vault } from '#core/vault/vault'
import { PatchbayError } from '#shared/errors'
import { createFakePlatform, type FakePlatform } from '#test/helpers/fake-platform'
import { eventually } from '#test/helpers/make-core'

/** An engine that only uses its database, and can be held up while it ends. */
interface Use {
  readonly db: WritableDb
  isEnded: boolean
}

let platform: FakePlatform
const ends: (() => Promise<void>)[] = []

beforeEach(() => {
  platform = createFakePlatform()
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  platform.dispose()
})

const inFolder = (...names: string[]): string => join(platform.dataFolder, ...names)

const begin = async (changed: Partial<Platform> = {}) => {
  const uses: Use[] = []
  let ending: Promise<void> = Promise.resolve()
  const host: Platform = { ...platform, ...changed }
  const vault = new Vault({ platform: host, log: SILENT_LOG })
  const bus = createEventBus((error) => {
    throw error
  })
  const life = createEngineLife({
    platform: host,
    vault,
    bus,
    log: SILENT_LOG,
    createEngine: (db) => {
      const use: Use = { db, isEnded: false }
      uses.push(use)
      return {
        start: () => {},
        stop: async () => {
          await ending
          use.isEnded = true
        },
        noteAttention: () => {},
      }
    },
  })
  await life.start()
  ends.push(() => life.stop())
  return {
    life,
    vault,
    bus,
    uses,
    inUse: (): Use[] => uses.filter(({ isEnded }) => !isEnded),
    /** Ending takes until the answer is called. */
    holdUp: (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      ending = promise
      return resolve
    },
  }
}

describe('one engine at a time', () => {
  test('an unlock while a backup is being put in place does not begin to use the database that is about to go', async () => {
    const { life, uses, inUse, holdUp } = await begin()
    const made = await life.backups.create()
    const goOn = holdUp()
    const replaced = life.backups.replace(made.backupId)
    await eventually(() => life.engine() === null)
    life.beginUse()
    expect(life.engine()).toBeNull()
    goOn()
    expect(await replaced).toMatchObject({ state: 'open', isWritable: true })
    expect(inUse()).toHaveLength(1)
    expect(uses).toHaveLength(2)
    expect(life.engine()).not.toBeNull()
  })
})

describe('a folder that takes writes again', () => {
  /** What no write can be made in: `.probe` and `.reserve` cannot be files. */
  const block = (): void => {
    rmSync(inFolder('.probe'), { force: true })
    mkdirSync(inFolder('.probe'))
  }
  const free = (): void => rmSync(inFolder('.probe'), { recursive: true })

  test('a vault that a person locked stays locked', async () => {
    const first = await begin()
    await ends.pop()?.()
    expect(first.inUse()).toEqual([])
    block()
    const { life, vault } = await begin()
    expect(life.storage.isWritable).toBe(false)
    vault.lock()
    free()
    await eventually(() => life.storage.status().reason === null, 5_000)
    expect(vault.status().state).toBe('locked')
    await vault.unlock()
    life.beginUse()
    expect(life.storage.isWritable).toBe(true)
    expect(life.engine()).not.toBeNull()
  })

  test('a damaged database waits for a decision, whatever was wrong with the folder before', async () => {
    await begin()
    await ends.pop()?.()
    block()
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const { life, inUse } = await begin()
      expect(life.storage.status()).toMatchObject({ state: 'open', isWritable: false })
      life.storage.reportCorrupt()
      await eventually(() => inUse().length === 0)
      free()
      await vi.advanceTimersByTimeAsync(5_000)
      await life.backups.compare('none').catch(() => {})
      expect(life.storage.status()).toMatchObject({ state: 'rescue', reason: 'corrupt' })
    } finally {
      vi.useRealTimers()
    }
  })

  test('a vault that could not be read twice is read the third time', async () => {
    const opening = vi.spyOn(Vault.prototype, 'open')
    for (let time = 0; time < 2; time++) opening.mockImplementationOnce(() => Promise.reject(new PatchbayError('storage.failed')))
    const { life } = await begin()
    expect(life.storage.status()).toMatchObject({ state: 'rescue', reason: 'io' })
    await eventually(() => life.storage.isWritable, 5_000)
    expect(life.engine()).not.toBeNull()
    opening.mockRestore()
  })

  test('the mark counts as many commits as the database after a failure that mended itself', async () => {
    const { life, vault } = await begin()
    const key = Uint8Array.from(vault.databaseKey())
    const { db } = life.storage
    const [size] = db?.all<{ page_count: number }>('PRAGMA page_count') ?? []
    db?.all(`PRAGMA max_page_count = ${size?.page_count ?? 0}`)
    expect(() => db?.run("INSERT INTO facts (name, value) VALUES ('large', ?)", 'x'.repeat(100_000))).toThrow(
      expect.objectContaining({ code: 'storage.full' }),
    )
    expect(life.storage.status()).toMatchObject({ state: 'open', reason: 'full' })
    await eventually(() => life.storage.isWritable, 5_000)
    await ends.pop()?.()
    const { commits } = JSON.parse(readFileSync(inFolder('hwm'), 'utf8')) as { commits: number }
    const database = openDatabase({ file: inFolder('patchbay.db'), key, now: Date.now, log: SILENT_LOG })
    expect(database.db.get("SELECT value FROM facts WHERE name = 'commit_count'")).toEqual({ value: String(commits) })
    database.close()
  })
})

test('a host ends where its files cannot be taken away', async () => {
  const { life } = await begin()
  rmSync(inFolder('patchbay.pid'))
  mkdirSync(inFolder('patchbay.pid'))
  ends.pop()
  await life.stop()
  rmSync(inFolder('patchbay.pid'), { recursive: true })
  const again = await begin()
  expect(again.life.storage.isWritable).toBe(true)
})
