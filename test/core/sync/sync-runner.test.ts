import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openMemoryDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { SILENT_LOG } from '#core/log'
import { SyncRunner } from '#core/sync/sync-runner'
import { PatchbayError } from '#shared/errors'
import { createFakePlatform, type FakePlatform } from '#test/helpers/fake-platform'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'

const DAY = 86_400_000

describe('a computer whose clocks are not to be relied on', () => {
  let nango: FakeNango
  let platform: FakePlatform
  let core: TestCore
  /** How far Nango's own clock went on beyond the time of the test, milliseconds. */
  let passed = 0
  beforeEach(async () => {
    passed = 0
    nango = await startFakeNango({ rateLimitPerMinute: 100_000, now: () => Date.now() + passed })
    nango.fillConnections(2)
    platform = createFakePlatform({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
    core = await makeCore({ platform, core: { clockTickMs: 20 } })
    await core.cli.sync.run({})
    await eventually(async () => (await core.ui.sync.status({})).nextAt !== null)
  })
  afterEach(async () => {
    await core.stop()
    await nango.stop()
    platform.dispose()
  })

  const rows = async (): Promise<number> => (await core.ui.connections.counts({})).total

  test('that slept is in step again within seconds, without anybody asking', async () => {
    nango.fillConnections(3)
    platform.setWallClock(Date.now() + 3 * DAY)
    await eventually(async () => (await rows()) === 3)
  })

  test('whose clock was set back is in step as well, and tells its next look by the clock it has', async () => {
    nango.fillConnections(3)
    platform.setWallClock(Date.now() - 400 * DAY)
    await eventually(async () => (await rows()) === 3)
    const nextAt = await eventually(async () => (await core.ui.sync.status({})).nextAt)
    expect(Math.abs(Date.parse(nextAt) - platform.now())).toBeLessThan(DAY)
  })

  test('obeys the pause that Nango asked for although its clock was set back, and no longer than that', async () => {
    nango.faults.answerNext({ path: '/connections', status: 429, headers: { 'retry-after': '600' }, body: {} })
    await expect(core.cli.sync.run({})).rejects.toMatchObject({ code: 'nango.rate_limited' })
    platform.setWallClock(Date.now() - DAY)
    const asked = nango.requests.length
    await expect(core.cli.sync.run({})).rejects.toMatchObject({ code: 'nango.rate_limited' })
    expect(nango.requests.length).toBe(asked)
    platform.advance(600_000)
    await expect(core.cli.sync.run({})).resolves.toMatchObject({ removed: 0 })
  })

  test('that a host says has woken looks at once', async () => {
    nango.fillConnections(4)
    core.core.noteWake()
    await eventually(async () => (await rows()) === 4)
  })

  test('keeps an open sign-in whatever its clock says, and ends it when its time is over at Nango', async () => {
    const flow = await core.cli.connect.start({ connectorId: 'github', open: false })
    const state = async (): Promise<string> => (await core.cli.connect.get({ flowId: flow.flowId })).state
    for (const jump of [400 * DAY, -400 * DAY]) {
      const asked = nango.requests.length
      platform.setWallClock(Date.now() + jump)
      // Looked at twice since.
      await eventually(() => nango.requests.length > asked + 3)
      expect(await state()).toBe('waiting')
    }
    passed = 31 * 60_000
    platform.advance(passed)
    nango.faults.answerNext({ path: '/connections', times: 1_000, status: 503, body: {} })
    await eventually(async () => (await state()) === 'expired')
  })
})

test('somebody who noticed something does not fail over a profile that cannot be read now', () => {
  const database = openMemoryDatabase()
  const { db } = database
  const fail = (): never => {
    throw new PatchbayError('storage.failed')
  }
  const runner = new SyncRunner({
    db,
    journal: createJournal(
      db,
      createEventBus(() => {}),
      Date.now,
    ),
    log: SILENT_LOG,
    clientFor: fail,
    activeProfileId: fail,
    reconcile: fail,
    serverOf: () => null,
    noteProfile: () => {},
    now: Date.now,
    monotonicNow: () => performance.now(),
  })
  expect(() => runner.wake(0)).not.toThrow()
  expect(() => runner.noteAttention()).not.toThrow()
  database.close()
})
