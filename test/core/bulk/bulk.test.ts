import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BulkRow } from '#shared/contract/bulk'
import { eventually } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { type BulkWorld, ended, numbered, seedAccounts, startBulkWorld } from './bulk-world.ts'

let world: BulkWorld
beforeEach(async () => {
  world = await startBulkWorld()
})
afterEach(() => world.stop())

const start = async (params: Parameters<BulkWorld['core']['cli']['bulk']['start']>[0]) => {
  const { bulk } = await world.core.cli.bulk.start(params)
  return ended(world.core, bulk)
}
const resultsOf = async (bulkId: string, outcome?: BulkRow['outcome']): Promise<BulkRow[]> => {
  const rows: BulkRow[] = []
  let cursor: string | undefined
  do {
    const page = await world.core.cli.bulk.results({ bulkId, limit: 70, ...(outcome && { outcome }), ...(cursor && { cursor }) })
    rows.push(...page.rows)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return rows
}
const writes = (): number => world.nango.requests.filter(({ method }) => method !== 'GET').length

describe('an action over many', () => {
  test('verifies 500 of which ten fail, with a result for each and no 429', { timeout: 60_000 }, async () => {
    const accounts = [...numbered('good', 490), ...numbered('bad', 10)]
    world.nango.seedConnections(
      accounts.map((name) => ({
        connectionId: name,
        integrationKey: 'openai',
        tags: { end_user_display_name: name },
        credentials: { type: 'API_KEY' as const, apiKey: name.startsWith('bad-') ? name : `demo-${name}` },
      })),
    )
    await world.core.cli.sync.run({})
    world.nango.changeFaults({ rateLimitRequests: 1_000, rateLimitSeconds: 1 })
    const done = await start({ action: 'verify', connectorId: 'openai' })
    expect(done).toMatchObject({ state: 'done', total: 500, counts: { done: 490, failed: 10, refused: 0, unchanged: 0, waiting: 0 } })
    const rows = await resultsOf(done.bulkId)
    expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: 500 }, (_, index) => index))
    const failed = await resultsOf(done.bulkId, 'failed')
    expect(failed.map(({ handle }) => handle).toSorted()).toEqual(numbered('openai/bad', 10))
    expect(failed[0]).toMatchObject({ error: { code: 'connection.refused' }, detail: { cause: 'refused_once' } })
    expect(rows.find(({ outcome }) => outcome === 'done')).toMatchObject({ detail: { state: 'verified' }, error: null })
    expect(world.tooMany()).toBe(0)
    expect(world.core.changes.filter(({ type }) => type === 'bulk.changed').length).toBeLessThan(200)
  })

  test('refreshes each once, and again only those that failed, where the risk of that is accepted', async () => {
    await seedAccounts(world, [...numbered('good', 20), ...numbered('bad', 3)])
    const done = await start({ action: 'refresh', connectorId: 'github' })
    expect(done).toMatchObject({ counts: { done: 20, failed: 3 } })
    expect([...world.renewals.values()].every((times) => times === 1)).toBe(true)
    expect((await resultsOf(done.bulkId, 'failed'))[0]).toMatchObject({
      error: { code: 'connection.refresh_failed', next: expect.any(String) as string },
    })
    const careful = await start({ retryOf: done.bulkId })
    expect(careful).toMatchObject({ total: 3, retryOf: done.bulkId, counts: { refused: 3 } })
    expect((await resultsOf(careful.bulkId))[0]?.error?.code).toBe('connection.refresh_risky')
    expect(await start({ retryOf: done.bulkId, acceptRisk: true })).toMatchObject({ total: 3, counts: { failed: 3 } })
    expect([...world.renewals.values()].reduce((sum, times) => sum + times, 0)).toBe(26)
  })

  test('ends access at the provider where that is possible, also before it removes', async () => {
    const { profileId } = await world.core.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
    for (let count = 0; count < 3; count += 1) {
      const { flowId } = await world.core.ui.connect.start({ connectorId: 'github' })
      await walkSignIn(await eventually(() => world.core.platform.opened[count]))
      await eventually(async () => (await world.core.ui.connect.get({ flowId })).state === 'connected')
    }
    await world.core.ui.connect.start({ connectorId: 'openai', credentials: { apiKey: 'demo-0123456789' } })
    const { plan } = await world.core.cli.bulk.start({ action: 'revoke', all: true, dryRun: true })
    expect(plan).toMatchObject({ profileId, willDo: 3, refused: [{ code: 'connection.not_revocable', count: 1, examples: ['openai/1'] }] })
    const revoked = await start({ action: 'revoke', connectionIds: ['github/1', 'openai'] })
    expect(revoked).toMatchObject({ counts: { done: 1, refused: 1 } })
    expect((await resultsOf(revoked.bulkId, 'done'))[0]?.detail).toMatchObject({ outcome: 'revoked', tokens: [{ outcome: 'revoked' }] })
    const removed = await start({ action: 'remove', revoke: true, connectorId: 'github' })
    expect(removed).toMatchObject({ counts: { done: 3 } })
    expect((await resultsOf(removed.bulkId)).map(({ detail }) => detail?.['provider']).toSorted()).toEqual([
      'not_asked',
      'revoked',
      'revoked',
    ])
  })

  test('is told beforehand: what would happen, what not and why, and nothing is changed', async () => {
    await seedAccounts(world, [...numbered('good', 5), 'bad-000'])
    world.nango.fillConnections(3)
    await world.core.cli.sync.run({})
    await start({ action: 'refresh', connectionIds: ['github/bad-000'] })
    const before = world.nango.requests.length
    const { plan, bulk } = await world.core.cli.bulk.start({ action: 'refresh', all: true, dryRun: true })
    expect(bulk).toBeNull()
    expect(plan).toMatchObject({
      total: 9,
      willDo: 5,
      unchanged: 3,
      refused: [{ code: 'connection.refresh_risky', count: 1, examples: ['github/bad-000'] }],
      requests: 10,
    })
    const connectionIds = ['github/good-000', 'github/none', 'github', 'github/good-000']
    expect((await world.core.cli.bulk.start({ action: 'remove', connectionIds, dryRun: true })).plan).toMatchObject({
      total: 3,
      willDo: 1,
      refused: [{ code: 'connection.not_found' }, { code: 'connection.ambiguous' }],
    })
    expect(world.nango.requests).toHaveLength(before)
    expect((await world.core.cli.bulk.list({})).bulks).toHaveLength(1)
  })

  test('says what is missing, and does nothing where nobody said which, or where there are more than were meant', async () => {
    await seedAccounts(world, numbered('a', 3))
    const { cli } = world.core
    await expect(cli.bulk.start({ action: 'remove' })).rejects.toMatchObject({ code: 'bulk.nothing_selected' })
    await expect(cli.bulk.start({ all: true })).rejects.toMatchObject({ code: 'bulk.incomplete' })
    await expect(cli.bulk.start({ action: 'label', all: true })).rejects.toMatchObject({ code: 'bulk.incomplete' })
    await expect(cli.bulk.start({ action: 'tag', all: true, tags: { patchbay_owner: 'x' } })).rejects.toMatchObject({
      code: 'connection.invalid_tags',
    })
    await expect(cli.bulk.get({ bulkId: 'blk_none' })).rejects.toMatchObject({ code: 'bulk.not_found' })
    expect(await start({ action: 'remove', all: true, expectedTotal: 2 })).toMatchObject({
      state: 'stopped',
      error: { code: 'bulk.total_differs' },
      counts: { waiting: 3 },
    })
    expect(writes()).toBe(0)
  })

  test('adds, removes and replaces tags at Nango, and brings them back unless they were changed since', async () => {
    await seedAccounts(world, numbered('a', 6))
    const tagsAt = async (name: string) => (await world.core.ui.connections.get({ connectionId: name })).tags
    const added = await start({ action: 'tag', search: 'a-00', tags: { Plan: 'pro' } })
    expect(added).toMatchObject({ counts: { done: 6 }, canUndo: true })
    expect(await tagsAt('github/a-001')).toMatchObject({ team: 'ops', plan: 'pro' })
    expect(await start({ action: 'tag', all: true, tags: { plan: 'pro' } })).toMatchObject({ counts: { unchanged: 6, done: 0 } })
    await world.core.cli.connections.update({ connectionId: 'github/a-005', tags: { mine: 'now' } })
    const undone = await ended(world.core, await world.core.cli.bulk.undo({ bulkId: added.bulkId }))
    expect(undone).toMatchObject({ undoOf: added.bulkId, counts: { done: 5, refused: 1 } })
    expect((await resultsOf(undone.bulkId, 'refused'))[0]).toMatchObject({ handle: 'github/a-005', error: { code: 'bulk.changed_since' } })
    expect(await tagsAt('github/a-001')).toEqual({ end_user_display_name: 'a-001', team: 'ops' })
    await start({ action: 'tag', all: true, tagMode: 'remove', tagKeys: ['team', 'mine'] })
    expect(await tagsAt('github/a-005')).toEqual({})
    const again = await ended(world.core, await world.core.cli.bulk.undo({ bulkId: undone.bulkId }))
    expect(again.counts.refused).toBe(5)
    expect(await world.core.cli.sync.run({})).toMatchObject({ updated: 0 })
  })

  test('gives all the same label here, in one go, and brings each back', async () => {
    await seedAccounts(world, numbered('a', 120))
    const before = world.nango.requests.length
    const done = await start({ action: 'label', connectorId: 'github', label: 'Shared' })
    expect(done).toMatchObject({ counts: { done: 120 } })
    expect((await world.core.ui.connections.get({ connectionId: 'github/a-007' })).label).toBe('Shared')
    expect(world.nango.requests).toHaveLength(before)
    await ended(world.core, await world.core.cli.bulk.undo({ bulkId: done.bulkId }))
    expect((await world.core.ui.connections.get({ connectionId: 'github/a-007' })).label).toBe('a-007')
    await expect(world.core.cli.bulk.undo({ bulkId: (await start({ action: 'export', all: true })).bulkId })).rejects.toMatchObject({
      code: 'bulk.not_undoable',
    })
  })

  test('removes at Nango and here, also what is gone there already', async () => {
    await seedAccounts(world, numbered('a', 4))
    await fetch(`${world.nango.url}/connections/a-002?provider_config_key=github`, {
      method: 'DELETE',
      headers: world.nango.authorization,
    })
    const done = await start({ action: 'remove', connectionIds: ['github/a-000', 'github/a-002'] })
    expect((await resultsOf(done.bulkId)).map(({ detail }) => detail?.['nango']).toSorted()).toEqual(['already_gone', 'deleted'])
    expect((await world.core.cli.connections.list({})).total).toBe(2)
    await start({ action: 'remove', all: true, forgetOnly: true })
    expect((await world.core.cli.connections.list({})).total).toBe(0)
    expect(await world.core.cli.sync.run({})).toMatchObject({ seen: 2, added: 0 })
  })

  test('ends where it is when cancelled: what has begun is finished, the rest is untouched', async () => {
    await seedAccounts(world, numbered('a', 40))
    const held = world.nango.faults.holdNext(/^\/connections\/a-/, 'GET')
    const { bulk } = await world.core.cli.bulk.start({ action: 'refresh', all: true })
    await held.arrived
    expect(await world.core.cli.bulk.cancel({ bulkId: bulk?.bulkId ?? '' })).toMatchObject({ state: 'cancelled', endedAt: null })
    held.release()
    const over = await ended(world.core, bulk)
    expect(over).toMatchObject({ state: 'cancelled', counts: { done: 1, waiting: 39, failed: 0 } })
    expect(world.renewals.size).toBe(1)
    expect(await start({ retryOf: over.bulkId })).toMatchObject({ total: 39, counts: { done: 39 } })
    expect([...world.renewals.values()].every((times) => times === 1)).toBe(true)
  })

  test('waits while Nango cannot be reached and goes on by itself; stops where the key is refused', async () => {
    await seedAccounts(world, numbered('a', 6))
    world.nango.faults.answerNext({ path: /^\/connections\/a-/, times: 3, reset: true })
    expect(await start({ action: 'tag', all: true, tags: { x: 'y' } })).toMatchObject({ state: 'done', counts: { done: 6 } })
    world.nango.faults.answerNext({
      method: 'PATCH',
      status: 401,
      times: 10,
      body: { error: { code: 'unknown_account', message: 'no such account' } },
    })
    const stopped = await start({ action: 'tag', all: true, tags: { x: 'z' } })
    expect(stopped).toMatchObject({ state: 'stopped', error: { code: 'nango.key_refused' }, counts: { done: 0, failed: 0, waiting: 6 } })
    world.nango.faults.clear()
    world.nango.faults.answerNext({ method: 'PATCH', status: 200, body: { success: true } })
    expect(await start({ retryOf: stopped.bulkId })).toMatchObject({ counts: { done: 6 } })
  })

  test('waits while the vault is locked, and goes on once it is open again', async () => {
    const { url, secretKey } = world.nango
    await world.core.ui.profiles.create({ name: 'Stored', kind: 'nango', nangoHost: url, secretKey, use: true })
    await seedAccounts(world, numbered('a', 12))
    const held = world.nango.faults.holdNext(/^\/connections\/a-/, 'PATCH')
    const { bulk } = await world.core.cli.bulk.start({ action: 'tag', all: true, tags: { x: 'y' } })
    await held.arrived
    await world.core.ui.vault.lock({})
    held.release()
    await eventually(async () => (await world.core.cli.bulk.get({ bulkId: bulk?.bulkId ?? '' })).pauseReason === 'vault.locked')
    await world.core.ui.vault.unlock({})
    expect(await ended(world.core, bulk)).toMatchObject({ state: 'done', counts: { done: 12, failed: 0 } })
  })

  test('runs one after the other in the order in which they were started', async () => {
    await seedAccounts(world, numbered('a', 30))
    const first = (await world.core.cli.bulk.start({ action: 'refresh', all: true })).bulk
    const second = (await world.core.cli.bulk.start({ action: 'label', all: true, label: 'Two' })).bulk
    const [one, two] = await Promise.all([ended(world.core, first), ended(world.core, second)])
    expect((one.endedAt ?? '') <= (two.startedAt ?? '')).toBe(true)
    expect((await world.core.cli.bulk.list({ limit: 2 })).bulks.map(({ bulkId }) => bulkId)).toEqual([two.bulkId, one.bulkId])
  })

  test('leaves a profile that is removed', async () => {
    await eventually(() => world.core.cli.bulk.list({}))
    const { profileId } = await world.core.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
    expect(await start({ action: 'export', all: true, profileId })).toMatchObject({ total: 0, state: 'done' })
    await world.core.ui.profiles.remove({ profileId })
    expect((await world.core.cli.bulk.list({})).bulks).toEqual([])
  })
})
