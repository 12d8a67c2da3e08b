import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'

const MANY = 20_000

describe('an environment of 20,000 connections', () => {
  let nango: FakeNango
  let core: TestCore
  let ids: string[]

  beforeAll(async () => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
    core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
    await core.cli.sync.run({})
    ids = nango.fillConnections(MANY)
  })
  afterAll(async () => {
    await core.stop()
    await nango.stop()
  })

  /** The totals that somebody reads who asks again and again while this runs. */
  const totalsDuring = async (running: Promise<unknown>): Promise<number[]> => {
    const totals: number[] = []
    let isOver = false
    void running.finally(() => (isOver = true)).catch(() => {})
    while (!isOver) {
      totals.push((await core.ui.connections.counts({})).total)
      await setImmediate()
    }
    return totals
  }

  test('is taken in piece by piece: who asks meanwhile is answered several times a page', { timeout: 60_000 }, async () => {
    const running = core.cli.sync.run({})
    const totals = await totalsDuring(running)
    expect(await running).toMatchObject({ seen: MANY, added: MANY, removed: 0 })
    const steps = totals.map((total, index) => total - (totals[index - 1] ?? 0))
    expect(Math.max(...steps)).toBeLessThan(2000)
    expect(new Set(totals).size).toBeGreaterThan(20)
  })

  test('that did not change is looked at again without a word', async () => {
    core.changes.length = 0
    expect(await core.cli.sync.run({})).toMatchObject({ seen: MANY, added: 0, updated: 0, removed: 0, missing: 0 })
    expect(core.changes.filter(({ type }) => type === 'connections.changed')).toEqual([])
  })

  test('finds each connection from the moment it is there, also while the full-text index is behind', async () => {
    for (const id of [ids[0], ids[MANY / 2], ids.at(-1)]) {
      const found: string[] = []
      const handle = `n8n/${MANY - ids.indexOf(id ?? '')}`
      let cursor: string | undefined
      do {
        const page = await core.ui.connections.list({ search: handle, ...(cursor === undefined ? {} : { cursor }) })
        found.push(...page.connections.map((one) => one.handle))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(found).toContain(handle)
      expect(new Set(found).size).toBe(found.length)
    }
  })

  test('lets go of what is gone, and only of that', async () => {
    const gone = ids.slice(0, 60)
    await Promise.all(
      gone.map((id) => fetch(`${nango.url}/connections/${id}?provider_config_key=n8n`, { method: 'DELETE', headers: nango.authorization })),
    )
    const first = await core.cli.sync.run({})
    expect(first.removed + first.missing).toBe(60)
    const second = await core.cli.sync.run({})
    expect(first.removed + second.removed).toBe(60)
    await eventually(async () => (await core.ui.connections.counts({})).total === MANY - 60)
  })
})
