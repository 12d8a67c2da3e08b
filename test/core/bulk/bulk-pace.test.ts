import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '#test/helpers/make-core'
import { type BulkWorld, ended, numbered, seedAccounts, startBulkWorld } from './bulk-world.ts'

let world: BulkWorld
beforeEach(async () => {
  world = await startBulkWorld()
})
afterEach(() => world.stop())

test(
  'a run takes its share of each window of the rate limit and never causes a 429, while a person is served',
  { timeout: 60_000 },
  async () => {
    await seedAccounts(world, numbered('a', 25))
    world.nango.changeFaults({ rateLimitRequests: 20, rateLimitSeconds: 1 })
    const { bulk } = await world.core.cli.bulk.start({ action: 'tag', all: true, tags: { paced: 'yes' } })
    const bulkId = bulk?.bulkId ?? ''
    await eventually(async () => (await world.core.cli.bulk.get({ bulkId })).counts.done >= 8)
    // Although the run has had its share by now, or nearly so, what a person asks for is asked at once.
    expect((await world.core.cli.connections.getMetadata({ connectionId: 'github/a-000' })).metadata).toEqual({})
    const over = await ended(world.core, bulk)
    expect(over).toMatchObject({ state: 'done', counts: { done: 25, failed: 0 } })
    expect(world.tooMany()).toBe(0)
    // Half of a window of 20 at most: 25 need three windows.
    expect(Date.parse(over.endedAt ?? '') - Date.parse(over.startedAt ?? '')).toBeGreaterThan(1_000)
  },
)
