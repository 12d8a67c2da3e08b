import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'

describe('reconciling with Nango', () => {
  let nango: FakeNango
  let core: TestCore

  beforeEach(async () => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
    core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
    await core.cli.sync.run({})
  })
  afterEach(async () => {
    await core.stop()
    await nango.stop()
  })

  const atNango = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${nango.url}${path}`, { ...init, headers: { ...nango.authorization, 'content-type': 'application/json' } })

  test('all connections of the environment are listed, over several pages, each once', async () => {
    nango.fillConnections(4321)
    const result = await core.cli.sync.run({})
    expect(result).toMatchObject({ seen: 4321, added: 4321, removed: 0 })
    expect(await core.ui.connections.counts({})).toMatchObject({ total: 4321, byStatus: { connected: 4321 } })
    expect(await core.cli.sync.run({})).toMatchObject({ added: 0, updated: 0, removed: 0 })
  })

  test('what disappeared at Nango goes after a second look, and only that', async () => {
    const ids = nango.fillConnections(3)
    await core.cli.sync.run({})
    await atNango(`/connections/${ids[1] ?? ''}?provider_config_key=n8n`, { method: 'DELETE' })
    expect(await core.cli.sync.run({})).toMatchObject({ removed: 1 })
    const { connections } = await core.ui.connections.list({})
    expect(connections.map(({ nangoConnectionId }) => nangoConnectionId).toSorted()).toEqual([ids[0], ids[2]])
    expect(core.events.at(-2)).toMatchObject({ type: 'connection.removed', data: { by: 'nango' } })
  })

  test('a great loss is believed only when a second whole look agrees', async () => {
    const ids = nango.fillConnections(60)
    await core.cli.sync.run({})
    await Promise.all(ids.slice(0, 50).map((id) => atNango(`/connections/${id}?provider_config_key=n8n`, { method: 'DELETE' })))
    const first = await core.cli.sync.run({})
    expect(first.removed + first.missing).toBe(50)
    expect(first.missing).toBe(30)
    expect(await core.cli.sync.run({})).toMatchObject({ removed: 30, missing: 0 })
    expect((await core.ui.connections.counts({})).total).toBe(10)
  })

  test('tags changed at Nango are taken over', async () => {
    const [id = ''] = nango.fillConnections(1)
    await core.cli.sync.run({})
    await atNango(`/connections/${id}?provider_config_key=n8n`, { method: 'PATCH', body: JSON.stringify({ tags: { team: 'Blue' } }) })
    expect(await core.cli.sync.run({})).toMatchObject({ updated: 1 })
    expect((await core.ui.connections.list({ search: 'blue' })).connections[0]?.tags).toEqual({ team: 'Blue' })
  })

  test('offline shows the last known state with its age, and comes back by itself', async () => {
    nango.fillConnections(2)
    await core.cli.sync.run({})
    const { url } = nango
    const port = Number(new URL(url).port)
    const secretKey = nango.secretKey
    await nango.stop()
    await expect(core.cli.sync.run({})).rejects.toMatchObject({ code: 'nango.unreachable' })
    const status = await core.ui.sync.status({})
    expect(status).toMatchObject({ state: 'offline', lastError: { code: 'nango.unreachable' } })
    const offline = await core.ui.connections.list({})
    expect(offline.connections.map((connection) => connection.status)).toEqual(['unknown', 'unknown'])
    expect(await core.ui.connections.counts({})).toMatchObject({ byStatus: { unknown: 2, connected: 0 }, byGroup: { working: 2 } })
    expect((await core.ui.connections.list({ status: 'connected' })).connections).toEqual([])
    expect((await core.ui.connections.list({ status: 'unknown' })).connections).toHaveLength(2)
    nango = await startFakeNango({ port, secretKey, rateLimitPerMinute: 100_000 })
    nango.fillConnections(2)
    expect(await core.cli.sync.run({})).toMatchObject({ added: 0, removed: 0 })
    expect(await core.ui.sync.status({})).toMatchObject({ state: 'idle', offlineSince: null, lastError: null })
    expect((await core.ui.connections.list({ status: 'connected' })).connections).toHaveLength(2)
  })

  test('a forgotten connection stays out of sight although Nango has it', async () => {
    nango.fillConnections(1)
    await core.cli.sync.run({})
    const [connection] = (await core.ui.connections.list({})).connections
    expect(await core.ui.connections.remove({ connectionId: connection?.connectionId ?? '', forgetOnly: true })).toMatchObject({
      nango: 'not_asked',
      local: 'forgotten',
    })
    await core.cli.sync.run({})
    expect((await core.ui.connections.list({})).connections).toEqual([])
    expect(await (await atNango('/connections')).json()).toMatchObject({ connections: [expect.anything()] })
  })

  test('a forgotten connection that vanished at Nango is forgotten no more: one of the same name is another one', async () => {
    const [id = ''] = nango.fillConnections(1)
    await core.cli.sync.run({})
    await core.ui.connections.remove({ connectionId: 'n8n', forgetOnly: true })
    await atNango(`/connections/${id}?provider_config_key=n8n`, { method: 'DELETE' })
    await core.cli.sync.run({})
    nango.fillConnections(1)
    expect(await core.cli.sync.run({})).toMatchObject({ seen: 1, added: 1 })
    expect((await core.ui.connections.list({})).connections.map(({ nangoConnectionId }) => nangoConnectionId)).toEqual([id])
  })

  test('a removed connection is gone at Nango and here, and the report says so', async () => {
    const [id] = nango.fillConnections(1)
    await core.cli.sync.run({})
    expect(await core.cli.connections.remove({ connectionId: 'n8n' })).toMatchObject({
      handle: 'n8n/1',
      nango: 'deleted',
      local: 'forgotten',
      provider: 'not_asked',
    })
    expect((await atNango(`/connections/${id ?? ''}?provider_config_key=n8n`)).status).toBe(404)
    await expect(core.cli.connections.get({ connectionId: 'n8n/1' })).rejects.toMatchObject({ code: 'connection.not_found' })
  })

  test('a removal that Nango cannot be asked for changes nothing here', async () => {
    nango.fillConnections(1)
    await core.cli.sync.run({})
    await nango.stop()
    await expect(core.cli.connections.remove({ connectionId: 'n8n' })).rejects.toMatchObject({ code: 'nango.unreachable' })
    expect((await core.ui.connections.counts({})).total).toBe(1)
    await expect(core.cli.connections.remove({ connectionId: 'n8n', revoke: true })).rejects.toMatchObject({
      code: 'nango.unreachable',
    })
    nango = await startFakeNango()
  })

  test('a first look at a large environment is no flood of news', async () => {
    nango.fillConnections(500)
    core.events.length = 0
    core.changes.length = 0
    await core.cli.sync.run({})
    expect(core.events.map(({ type }) => type)).toEqual(['sync.completed'])
    expect(core.changes.filter(({ type }) => type === 'connections.changed').length).toBeLessThan(5)
  })

  test('a refused key is said to be, and stops nothing else', async () => {
    const platform = createFakePlatform({
      environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: '3f8a0c9e-1111-4222-8333-444455556666' },
    })
    const other = await makeCore({ platform })
    try {
      await eventually(async () => (await other.ui.sync.status({})).state === 'refused')
      expect(await other.ui.sync.status({})).toMatchObject({ lastError: { code: 'nango.key_refused' } })
      expect((await other.ui.profiles.list({})).profiles[0]).toMatchObject({ status: 'attention', statusReason: 'nango.key_refused' })
      expect(await other.ui.system.status({})).toMatchObject({ health: 'fail' })
    } finally {
      await other.stop()
      platform.dispose()
    }
  })

  test('a flow that ends while a page is on its way is no obstacle to the look that finds its connection', async () => {
    const held = nango.faults.holdNext('/connections', 'GET')
    const running = core.cli.sync.run({})
    await held.arrived
    const flow = await core.cli.connect.start({
      connectorId: 'n8n',
      fields: { baseUrl: 'https://n8n.example.test' },
      credentials: { apiKey: 'n8n-key-0123456789abcdef' },
    })
    expect(flow.state).toBe('connected')
    held.release()
    expect(await running).toMatchObject({ seen: 1, added: 0, removed: 0 })
    expect((await core.ui.connections.list({})).connections).toHaveLength(1)
  })

  test('what a person removes while a page that holds it is on its way does not come back', async () => {
    nango.fillConnections(3)
    // The answer is there before the removal, and arrives after it.
    let isHeld = false
    const arrived = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const between = createServer((request, response) => {
      void (async () => {
        const { authorization = '' } = request.headers
        const reply = await fetch(`${nango.url}${request.url ?? ''}`, { method: request.method ?? 'GET', headers: { authorization } })
        const body = await reply.text()
        if (isHeld && request.method === 'GET' && request.url?.startsWith('/connections?')) {
          isHeld = false
          arrived.resolve()
          await released.promise
        }
        response.writeHead(reply.status, { 'content-type': 'application/json' }).end(body)
      })()
    }).listen(0, '127.0.0.1')
    await once(between, 'listening')
    const { port } = between.address() as AddressInfo
    const slow = await makeCore({ environment: { NANGO_HOST: `http://127.0.0.1:${port}`, NANGO_SECRET_KEY: nango.secretKey } })
    try {
      expect(await slow.cli.sync.run({})).toMatchObject({ seen: 3 })
      isHeld = true
      const running = slow.cli.sync.run({})
      await arrived.promise
      await slow.cli.connections.remove({ connectionId: 'n8n/1' })
      await slow.cli.connections.remove({ connectionId: 'n8n/2', forgetOnly: true })
      released.resolve()
      expect(await running).toMatchObject({ seen: 3, added: 0 })
      expect((await slow.ui.connections.list({})).connections.map(({ handle }) => handle)).toEqual(['n8n/3'])
    } finally {
      await slow.stop()
      between.closeAllConnections()
      between.close()
    }
  })

  test('a profile that is removed while a look runs leaves no rows behind', async () => {
    nango.fillConnections(3)
    const { profileId } = await core.ui.profiles.create({
      name: 'Short',
      kind: 'nango',
      nangoHost: nango.url,
      secretKey: nango.secretKey,
    })
    const held = nango.faults.holdNext('/connections', 'GET')
    const running = core.cli.sync.run({ profileId })
    const failure = running.then(
      () => null,
      (error: unknown) => error,
    )
    await held.arrived
    await core.ui.profiles.remove({ profileId })
    held.release()
    expect(await failure).not.toBeNull()
    await expect(core.ui.connections.list({ profileId })).rejects.toMatchObject({ code: 'profile.not_found' })
    // A handle is looked for in every profile that left rows: there are none.
    for (const handle of ['n8n/1', 'n8n/2', 'n8n/3']) {
      await expect(core.ui.connections.get({ connectionId: handle })).rejects.toMatchObject({ code: 'connection.not_found' })
    }
  })

  test('a profile that points to another server sets its rows aside, and has them back where it came from', async () => {
    const [id = ''] = nango.fillConnections(2)
    await core.cli.sync.run({})
    await core.stop()
    const platform = createFakePlatform({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
    const other = await startFakeNango()
    const startAt = (server: FakeNango): Promise<TestCore> => {
      Object.assign(platform.environment, { NANGO_HOST: server.url, NANGO_SECRET_KEY: server.secretKey })
      return makeCore({ platform })
    }
    core = await startAt(nango)
    try {
      await core.cli.sync.run({})
      const [named] = (await core.ui.connections.list({ search: 'n8n/1' })).connections
      const connectionId = named?.connectionId ?? ''
      await core.ui.connections.update({ connectionId, label: 'Mine', notes: 'kept' })
      await core.stop()
      core = await startAt(other)
      expect((await core.ui.connections.counts({})).total).toBe(0)
      await expect(core.cli.connections.get({ connectionId: 'n8n/1' })).rejects.toMatchObject({ code: 'connection.not_found' })
      await expect(core.cli.connections.get({ connectionId })).rejects.toMatchObject({ code: 'connection.not_found' })
      other.fillConnections(1)
      await core.cli.sync.run({})
      expect((await core.ui.connections.counts({})).total).toBe(1)
      await core.stop()
      core = await startAt(nango)
      await core.cli.sync.run({})
      expect((await core.ui.connections.counts({})).total).toBe(2)
      expect(await core.ui.connections.get({ connectionId })).toMatchObject({ label: 'Mine', notes: 'kept', handle: 'n8n/1' })
      const events = (await core.ui.events.list({})).events.filter(({ type }) => type === 'connection.removed')
      expect(events).toEqual([])
      expect(id).not.toBe('')
    } finally {
      await core.stop()
      core = await makeCore()
      await other.stop()
      platform.dispose()
    }
  })

  test('rows deleted and inserted while paging hide no connection, repeat none and lose none', async () => {
    const ids = nango.fillConnections(4100)
    await core.cli.sync.run({})
    const first = nango.faults.holdNext('/connections', 'GET')
    const running = core.cli.sync.run({})
    await first.arrived
    const second = nango.faults.holdNext('/connections', 'GET')
    first.release()
    await second.arrived
    // The newest 40 stood on the first page, which was read already: 40 others slip from the second page onto it, unseen.
    await Promise.all(ids.slice(-40).map((id) => atNango(`/connections/${id}?provider_config_key=n8n`, { method: 'DELETE' })))
    second.release()
    const disturbed = await running
    expect(disturbed.removed).toBe(0)
    const third = await core.cli.sync.run({})
    expect(third.removed + third.missing).toBe(40)
    await core.cli.sync.run({})
    expect((await core.ui.connections.counts({})).total).toBe(4060)
    const at = Date.now()
    const fourth = nango.faults.holdNext('/connections', 'GET')
    const again = core.cli.sync.run({})
    await fourth.arrived
    const fifth = nango.faults.holdNext('/connections', 'GET')
    fourth.release()
    await fifth.arrived
    nango.seedConnections([
      { connectionId: 'came-meanwhile', integrationKey: 'n8n', credentials: { type: 'API_KEY', apiKey: 'k' }, createdAt: at },
    ])
    fifth.release()
    expect(await again).toMatchObject({ seen: 4061, added: 1, removed: 0 })
  })
})
