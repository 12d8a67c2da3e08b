import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StorageStatus } from '#shared/contract/backup'
import { MIGRATIONS } from '#core/database/migrations/index'
import { openDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'
import { Vault } from '#core/vault/vault'
import { createFakePlatform, type FakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore, type TestCore, type TestCoreOptions } from '#test/helpers/make-core'

let platform: FakePlatform
const running: TestCore[] = []

beforeEach(() => {
  platform = createFakePlatform()
})
afterEach(async () => {
  for (const core of running.splice(0)) await core.stop()
  platform.dispose()
})

const start = async (options: TestCoreOptions = {}): Promise<TestCore> => {
  const core = await makeCore({ platform, ...options })
  running.push(core)
  return core
}
const stop = async (core: TestCore): Promise<void> => {
  running.splice(running.indexOf(core), 1)
  await core.stop()
}
const storageOf = async (core: TestCore): Promise<StorageStatus> => (await core.ui.system.status({})).storage
const inFolder = (...names: string[]): string => join(platform.dataFolder, ...names)
const sumOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
const profileNames = async (core: TestCore): Promise<string[]> => (await core.ui.profiles.list({})).profiles.map(({ name }) => name)
const addProfile = (core: TestCore, name: string) => core.ui.profiles.create({ name, kind: 'sandbox' })

/** A stopped core whose database is older than its mark. */
const rollBack = async (): Promise<void> => {
  const first = await start()
  await addProfile(first, 'Early')
  await stop(first)
  cpSync(inFolder('patchbay.db'), inFolder('older.db'))
  const second = await start()
  await addProfile(second, 'Late')
  await stop(second)
  renameSync(inFolder('older.db'), inFolder('patchbay.db'))
}

describe('writes that are gone', () => {
  test('a database that stays as it was is nothing to speak of', async () => {
    const first = await start()
    await addProfile(first, 'Early')
    await stop(first)
    expect(await storageOf(await start())).toMatchObject({ state: 'open', reason: null, isWritable: true, notice: null })
  })

  test('an older database in its place is told, counted, and told again until somebody has read it', async () => {
    await rollBack()
    const core = await start()
    expect(await profileNames(core)).toEqual(['Early'])
    const { notice } = await storageOf(core)
    expect(notice).toMatchObject({ kind: 'rolled_back', folder: null })
    expect(notice?.lostWrites).toBeGreaterThan(0)
    await stop(core)
    const again = await start()
    expect((await storageOf(again)).notice).toEqual(notice)
    expect(await again.ui.system.acknowledgeStorage({})).toMatchObject({ notice: null })
    await stop(again)
    expect((await storageOf(await start())).notice).toBeNull()
  })

  test('a journal that was cut after a kill is told', async () => {
    const first = await start()
    await addProfile(first, 'Early')
    const marked = sumOf(inFolder('hwm'))
    await eventually(() => sumOf(inFolder('hwm')) !== marked)
    const killed = createFakePlatform({ keychain: platform.keychain })
    for (const name of ['patchbay.db', 'vault.json', 'hwm']) cpSync(inFolder(name), join(killed.dataFolder, name))
    const core = await makeCore({ platform: killed })
    expect((await storageOf(core)).notice).toMatchObject({ kind: 'rolled_back' })
    await core.stop()
    killed.dispose()
  })

  test.each([
    ['gone', (file: string) => rmSync(file)],
    ['not ours', (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(/"commits":\d+/, '"commits":1'))],
    ['garbage', (file: string) => writeFileSync(file, randomBytes(300))],
    ['empty', (file: string) => writeFileSync(file, '')],
  ])('a mark that is %s is told, and no reason to fail', async (_name, harm) => {
    const first = await start()
    await addProfile(first, 'Early')
    await stop(first)
    harm(inFolder('hwm'))
    const core = await start()
    expect(await storageOf(core)).toMatchObject({ state: 'open', notice: { kind: 'unproven', lostWrites: null } })
    expect(await profileNames(core)).toEqual(['Early'])
    await stop(core)
    expect((await storageOf(await start())).notice).toMatchObject({ kind: 'unproven' })
  })

  test('the mark follows a commit within a second and a half', async () => {
    const core = await start()
    const before = sumOf(inFolder('hwm'))
    await addProfile(core, 'Early')
    expect(sumOf(inFolder('hwm'))).toBe(before)
    await eventually(() => sumOf(inFolder('hwm')) !== before, 1_500)
  })
})

describe('a database that cannot be used', () => {
  const damage = (): void => {
    const bytes = readFileSync(inFolder('patchbay.db'))
    bytes[100] = (bytes[100] ?? 0) ^ 1
    writeFileSync(inFolder('patchbay.db'), bytes)
  }

  test('a damaged one offers its newest backup; restoring moves the damaged files aside, byte for byte', async () => {
    const first = await start()
    await addProfile(first, 'Saved')
    const made = await first.ui.backup.create({})
    expect(made).toMatchObject({ reason: 'manual', connections: 0, isUsable: true })
    await addProfile(first, 'Not saved')
    await stop(first)
    damage()
    const damaged = sumOf(inFolder('patchbay.db'))
    const core = await start()
    expect(await storageOf(core)).toMatchObject({
      state: 'rescue',
      reason: 'corrupt',
      backups: { count: 1, newestAt: made.createdAt },
      newestBackup: inFolder('backups', `${made.backupId}.db`),
    })
    expect(await core.ui.backup.compare({ backupId: made.backupId })).toMatchObject({ added: null, removed: null, changed: null })
    const status = await core.ui.backup.restore({ backupId: made.backupId })
    expect(status).toMatchObject({ state: 'open', reason: null, isWritable: true, notice: { kind: 'restored' } })
    expect(status.notice?.lostWrites).toBeGreaterThan(0)
    expect(sumOf(join(status.notice?.folder ?? '', 'patchbay.db'))).toBe(damaged)
    expect(await profileNames(core)).toEqual(['Saved'])
    expect(core.changes).toContainEqual({ type: 'storage.changed', data: {} })
    await addProfile(core, 'Afterwards')
    await stop(core)
    const again = await start()
    expect(await profileNames(again)).toEqual(['Saved', 'Afterwards'])
    expect((await storageOf(again)).notice).toMatchObject({ kind: 'restored' })
  })

  test('starting over keeps the former files and says where', async () => {
    const first = await start()
    await addProfile(first, 'Former')
    await stop(first)
    damage()
    const core = await start()
    const status = await core.ui.backup.startOver({})
    expect(status).toMatchObject({ state: 'open', notice: { kind: 'quarantined' } })
    expect(readdirSync(status.notice?.folder ?? '')).toContain('patchbay.db')
    expect(await profileNames(core)).toEqual([])
    await addProfile(core, 'New')
  })

  test('a page that turns out damaged while it runs ends the use of the database, not the host', async () => {
    const first = await start()
    for (let number = 0; number < 40; number++) await addProfile(first, `Profile ${number} ${'x'.repeat(150)}`)
    const made = await first.ui.backup.create({})
    await stop(first)
    const bytes = readFileSync(inFolder('patchbay.db'))
    // Every page but the first one, which is read at each start.
    for (let page = 2; page * 4096 + 100 < bytes.length; page++) bytes[page * 4096 + 100] = (bytes[page * 4096 + 100] ?? 0) ^ 1
    writeFileSync(inFolder('patchbay.db'), bytes)
    const core = await start()
    await core.ui.profiles.list({}).catch(() => {})
    expect(await storageOf(core)).toMatchObject({ state: 'rescue', reason: 'corrupt' })
    await expect(core.ui.profiles.list({})).rejects.toMatchObject({ code: 'storage.rescue' })
    expect(await core.ui.backup.restore({ backupId: made.backupId })).toMatchObject({ state: 'open' })
    expect(await profileNames(core)).toHaveLength(40)
  })

  test('one from the future stays as it is, and names the backup that this version can open', async () => {
    const first = await start()
    await first.ui.backup.create({})
    await stop(first)
    const vault = new Vault({ platform, log: SILENT_LOG })
    await vault.open()
    const later = [
      ...MIGRATIONS,
      { version: 9990, up: (db: { exec(sql: string): void }) => db.exec('CREATE TABLE later (a INTEGER) STRICT') },
    ]
    openDatabase({ file: inFolder('patchbay.db'), key: vault.databaseKey(), now: Date.now, log: SILENT_LOG, steps: later }).close()
    const before = sumOf(inFolder('patchbay.db'))
    const core = await start()
    const status = await storageOf(core)
    expect(status).toMatchObject({ state: 'rescue', reason: 'future' })
    const { backups } = await core.ui.backup.list({})
    expect(backups.map(({ reason }) => reason).toSorted()).toEqual(['manual', 'migration'])
    expect(backups.every(({ isUsable }) => isUsable)).toBe(true)
    expect(status.newestBackup).toBe(inFolder('backups', `${backups[0]?.backupId}.db`))
    await stop(core)
    expect(sumOf(inFolder('patchbay.db'))).toBe(before)
    expect(readdirSync(platform.dataFolder).filter((name) => name.startsWith('patchbay.db'))).toEqual(['patchbay.db'])
  })

  test('one that is gone is missed, and no empty one is made in its place', async () => {
    const first = await start()
    await addProfile(first, 'Former')
    await stop(first)
    renameSync(inFolder('patchbay.db'), inFolder('elsewhere.db'))
    const core = await start()
    expect(await storageOf(core)).toMatchObject({ state: 'rescue', reason: 'missing' })
    expect(existsSync(inFolder('patchbay.db'))).toBe(false)
    await stop(core)
    renameSync(inFolder('elsewhere.db'), inFolder('patchbay.db'))
    expect(await profileNames(await start())).toEqual(['Former'])
  })
})

describe('backups', () => {
  test('one is made by itself soon after the start, and none while the newest is younger than a day', async () => {
    const core = await start({ core: { backupLookMs: 20 } })
    const made = await eventually(async () => (await core.ui.backup.list({})).backups[0])
    expect(made).toMatchObject({ reason: 'nightly', schemaVersion: MIGRATIONS.at(-1)?.version })
    platform.advance(2 * 3_600_000)
    // A look comes every 20 ms; asking for a comparison waits for the turn of those that came before.
    for (let look = 0; look < 5; look++) await core.ui.backup.compare({ backupId: made.backupId })
    expect((await core.ui.backup.list({})).backups).toHaveLength(1)
    platform.advance(23 * 3_600_000)
    await eventually(async () => (await core.ui.backup.list({})).backups.length === 2)
  })

  test('seven nightly ones are kept, and those that a person made stay', async () => {
    const core = await start({ core: { backupLookMs: 10 } })
    const mine = await core.ui.backup.create({})
    for (let day = 0; day < 9; day++) {
      const before = (await core.ui.backup.list({})).backups[0]?.backupId
      platform.advance(25 * 3_600_000)
      await eventually(async () => (await core.ui.backup.list({})).backups[0]?.backupId !== before)
    }
    const list = async () => (await core.ui.backup.list({})).backups
    // The oldest goes once the newest is there.
    await expect.poll(async () => (await list()).filter(({ reason }) => reason === 'nightly')).toHaveLength(7)
    const backups = await list()
    expect(backups.map(({ backupId }) => backupId)).toContain(mine.backupId)
    expect(readdirSync(inFolder('backups')).filter((name) => !name.endsWith('.db'))).toEqual([])
  })

  test('a backup that was put in place by hand is told as restored, not as a loss', async () => {
    const first = await start()
    await addProfile(first, 'Saved')
    const made = await first.ui.backup.create({})
    await addProfile(first, 'Later')
    await stop(first)
    cpSync(inFolder('backups', `${made.backupId}.db`), inFolder('patchbay.db'))
    const core = await start()
    expect((await storageOf(core)).notice).toMatchObject({ kind: 'restored' })
    expect(await profileNames(core)).toEqual(['Saved'])
    await stop(core)
    expect((await storageOf(await start())).notice).toMatchObject({ kind: 'restored' })
  })

  test('a damaged backup is refused before anything is moved', async () => {
    const core = await start()
    await addProfile(core, 'Kept')
    const { backupId } = await core.ui.backup.create({})
    const bytes = readFileSync(inFolder('backups', `${backupId}.db`))
    bytes[bytes.length - 500] = (bytes[bytes.length - 500] ?? 0) ^ 4
    writeFileSync(inFolder('backups', `${backupId}.db`), bytes)
    await expect(core.ui.backup.restore({ backupId })).rejects.toMatchObject({ code: 'backup.unusable' })
    await expect(core.ui.backup.restore({ backupId: 'patchbay-none' })).rejects.toMatchObject({ code: 'backup.not_found' })
    expect(existsSync(inFolder('quarantine'))).toBe(false)
    expect(await profileNames(core)).toEqual(['Kept'])
  })

  test('a restore that a kill interrupted between the two moves is finished at the next start', async () => {
    const first = await start()
    await addProfile(first, 'Saved')
    const { backupId } = await first.ui.backup.create({})
    await stop(first)
    renameSync(inFolder('patchbay.db'), inFolder('moved-aside.db'))
    cpSync(inFolder('backups', `${backupId}.db`), inFolder('patchbay.db.restore'))
    const core = await start()
    expect(await storageOf(core)).toMatchObject({ state: 'open', notice: { kind: 'restored' } })
    expect(await profileNames(core)).toEqual(['Saved'])
  })
})
