import { describe, expect, test } from 'vitest'
import type { Queue } from '#shared/contract/queue'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { environmentOf, useNangoWorld } from '#test/helpers/nango-world'
import { openFolder } from '#test/helpers/open-folder'

const SECRET = 'demo-planted-0123456789'
const GITHUB = (label: string) => ({ connectorId: 'github', label })
const N8N = { connectorId: 'n8n', fields: { baseUrl: 'https://n8n.example.test' }, credentials: { apiKey: SECRET } }

describe('a queue', () => {
  const world = useNangoWorld()

  /** The page of the item whose turn it is, when that is this one's. */
  const pageOf = (queueId: string, position: number, core: TestCore = world.core): Promise<string> =>
    eventually(async () => {
      const item = (await core.cli.queue.get({ queueId })).items[position]
      if (item?.flowId == null || item.state !== 'running') return null
      return (await core.cli.connect.get({ flowId: item.flowId })).authorizationUrl
    })
  const until = (queueId: string, state: Queue['state'], core: TestCore = world.core): Promise<Queue> =>
    eventually(async () => {
      const queue = await core.cli.queue.get({ queueId })
      return queue.state === state && queue
    })
  const states = ({ items }: Queue) => items.map(({ state }) => state)

  test('of six connects one after the other; one that is denied and one that is refused do not stop the rest', async () => {
    const { queueId } = await world.core.cli.queue.start({
      open: false,
      items: [
        GITHUB('Work'),
        GITHUB('Denied'),
        N8N,
        { connectorId: 'openai', credentials: { apiKey: 'planted-wrong-key' } },
        { connectorId: 'no-such-connector' },
        GITHUB('Home'),
      ],
    })
    await world.upstream.approve(await pageOf(queueId, 0))
    await world.upstream.approve(await pageOf(queueId, 1), { deny: true })
    const last = await pageOf(queueId, 5)
    const before = await world.core.cli.queue.get({ queueId })
    expect(states(before)).toEqual(['connected', 'failed', 'connected', 'failed', 'failed', 'running'])
    await world.upstream.approve(last)
    const done = await until(queueId, 'done')
    expect(states(done)).toEqual(['connected', 'failed', 'connected', 'failed', 'failed', 'connected'])
    expect(done.items.map(({ error }) => error?.code ?? null)).toEqual([
      null,
      'connect.denied',
      null,
      'connect.test_failed',
      'connector.not_found',
      null,
    ])
    const { connections } = await world.core.cli.connections.list({})
    expect(connections.filter(({ status }) => status === 'connected').map(({ label }) => label)).toEqual(
      expect.arrayContaining(['Work', 'Home']),
    )
    expect(world.core.changes.some(({ type, data }) => type === 'queue.changed' && data.queueId === queueId)).toBe(true)
    expect(JSON.stringify([done, world.core.events])).not.toMatch(/planted/)
  })

  test('goes on after a restart where it was, with credentials that were sealed meanwhile', async () => {
    const { platform } = world.core
    const { queueId } = await world.core.cli.queue.start({ open: false, items: [GITHUB('Work'), N8N, GITHUB('Home')] })
    const first = await pageOf(queueId, 0)
    await world.core.core.stop()
    const again = await makeCore({ platform })
    try {
      expect(states(await again.cli.queue.get({ queueId }))).toEqual(['running', 'waiting', 'waiting'])
      await world.upstream.approve(first)
      await world.upstream.approve(await pageOf(queueId, 2, again))
      expect(states(await until(queueId, 'done', again))).toEqual(['connected', 'connected', 'connected'])
    } finally {
      await again.stop()
    }
  })

  test('a connection that was made just before the host was killed is not made a second time', async () => {
    const platform = createFakePlatform({ environment: environmentOf(world.nango), keySealers: [] })
    const first = await makeCore({ platform })
    const { queueId } = await first.cli.queue.start({ open: false, items: [GITHUB('Work')] })
    await world.upstream.approve(await pageOf(queueId, 0, first))
    const [made] = (await until(queueId, 'done', first)).items
    await first.stop()
    // As it stands where the flow was written and its item not yet.
    const { db, close } = await openFolder(platform.dataFolder)
    db.run("UPDATE queue_items SET state = 'running', flow_id = NULL, connection_id = NULL, ended_at = NULL")
    db.run("UPDATE queues SET state = 'running', ended_at = NULL")
    close()
    const second = await makeCore({ platform })
    expect((await until(queueId, 'done', second)).items).toMatchObject([{ state: 'connected', connectionId: made?.connectionId }])
    expect((await second.cli.connections.list({})).connections).toHaveLength(1)
    await second.stop()
    platform.dispose()
  })

  test('pauses while Nango is out of reach, and goes on with the same item when it is told to', async () => {
    await world.core.cli.catalogue.get({ connectorId: 'n8n' })
    world.nango.faults.answerNext({ path: '/connect/sessions', method: 'POST', status: 503, body: { error: { code: 'down' } }, times: 1 })
    const { queueId } = await world.core.cli.queue.start({ items: [N8N, { ...N8N, label: 'Two' }] })
    const paused = await until(queueId, 'paused')
    expect(paused).toMatchObject({ pausedBecause: { code: 'nango.server_error' } })
    expect(states(paused)).toEqual(['waiting', 'waiting'])
    await world.core.cli.queue.resume({ queueId })
    expect(states(await until(queueId, 'done'))).toEqual(['connected', 'connected'])
  })

  test('is cancelled whole, an item is skipped alone, and one at a time is enough', async () => {
    const { queueId } = await world.core.cli.queue.start({ items: [GITHUB('One'), GITHUB('Two'), GITHUB('Three')] })
    await pageOf(queueId, 0)
    await expect(world.core.cli.queue.start({ items: [N8N] })).rejects.toMatchObject({ code: 'queue.busy', data: { queueId } })
    await world.core.cli.queue.skip({ queueId })
    await pageOf(queueId, 1)
    const cancelled = await world.core.cli.queue.cancel({ queueId })
    expect([cancelled.state, states(cancelled)]).toEqual(['cancelled', ['skipped', 'cancelled', 'cancelled']])
    expect((await world.core.cli.connect.list({ isOpen: true })).flows).toEqual([])
    expect(world.core.platform.opened).toHaveLength(2)
    await expect(world.core.cli.queue.resume({ queueId })).rejects.toMatchObject({ code: 'queue.ended' })
    await expect(world.core.cli.queue.get({ queueId: 'que_none' })).rejects.toMatchObject({ code: 'queue.not_found' })
    expect((await world.core.cli.queue.list({ isOpen: true })).queues).toEqual([])
  })

  test('says beforehand what it would ask for, and opens and sends nothing', async () => {
    await world.core.cli.catalogue.get({ connectorId: 'github' })
    const before = world.nango.requests.length
    const { items } = await world.core.cli.queue.preview({
      items: [{ ...GITHUB('Work'), scopes: ['repo'] }, { connectorId: 'n8n' }, { connectorId: 'sentry-oauth' }, { connectorId: 'nope' }],
    })
    expect(items).toMatchObject([
      { by: 'page', integrationId: 'github', missing: [], scopes: ['repo'], problem: null },
      {
        by: 'form',
        missing: [
          { name: 'baseUrl', isSecret: false, kind: 'text' },
          { name: 'apiKey', isSecret: true, kind: 'text' },
        ],
        problem: { code: 'connect.invalid_fields' },
      },
      { by: null, problem: { code: 'connector.not_from_here' } },
      { by: null, problem: { code: 'connector.not_found' } },
    ])
    expect(world.nango.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
    expect(world.core.platform.opened).toEqual([])
  })
})
