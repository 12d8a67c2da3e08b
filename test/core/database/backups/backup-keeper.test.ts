import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFakePlatform, type FakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'

const HOUR_MS = 3_600_000
const YEARS_MS = 3 * 365 * 24 * HOUR_MS

let platform: FakePlatform
let core: TestCore

beforeEach(() => {
  platform = createFakePlatform()
})
afterEach(async () => {
  await core.stop()
  platform.dispose()
})

const names = (): string[] => readdirSync(join(platform.dataFolder, 'backups')).filter((name) => name.endsWith('.db'))
/** A look comes every 10 ms; a comparison waits for the turn of those that came before. */
const afterLooks = async (backupId: string): Promise<void> => {
  for (let look = 0; look < 5; look++) await core.ui.backup.compare({ backupId })
}

test('a backup from a clock that was years ahead does not have one made each hour', async () => {
  platform.setWallClock(Date.now() + YEARS_MS)
  core = await makeCore({ platform, core: { backupLookMs: 10 } })
  const early = await eventually(async () => (await core.ui.backup.list({})).backups[0])
  platform.setWallClock(Date.now())
  platform.advance(2 * HOUR_MS)
  await eventually(() => names().length === 2)
  for (let hour = 0; hour < 4; hour++) {
    platform.advance(2 * HOUR_MS)
    await afterLooks(early.backupId)
  }
  expect(names()).toHaveLength(2)
})

test('the newest backup stays, and of those that a wrong clock dated into the future the oldest go', async () => {
  const folder = join(platform.dataFolder, 'backups')
  core = await makeCore({ platform, core: { backupLookMs: 10 } })
  await eventually(() => existsSync(folder) && names().length === 1)
  for (let day = 1; day <= 8; day++) writeFileSync(join(folder, `patchbay-2099010${day}T000000000Z-nightly-10-0.db`), 'whatever')
  platform.advance(25 * HOUR_MS)
  const ofToday = (): string[] => names().filter((name) => !name.includes('2099'))
  await eventually(() => names().length === 7 && ofToday().length === 2)
  expect(names()).toContain('patchbay-20990108T000000000Z-nightly-10-0.db')
})

test('who calls while a backup is put in place is told to come again, not that the vault is locked', async () => {
  core = await makeCore({ platform })
  const { backupId } = await core.ui.backup.create({})
  const asked: Promise<unknown>[] = []
  core.core.onChange(({ type }) => {
    if (type === 'storage.changed') asked.push(core.ui.profiles.list({}).catch((error: unknown) => error))
  })
  await core.ui.backup.restore({ backupId })
  const answers = await Promise.all(asked)
  expect(answers[0]).toMatchObject({ code: 'storage.busy' })
  expect(answers.at(-1)).toMatchObject({ profiles: [] })
})
