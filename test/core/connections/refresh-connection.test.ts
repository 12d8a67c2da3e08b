import { beforeEach, describe, expect, test } from 'vitest'
import { connectGithub, useNangoWorld } from '#test/helpers/nango-world'

describe('refreshing a connection', () => {
  const world = useNangoWorld()
  beforeEach(async () => {
    await connectGithub(world)
  })

  test('a fresh token is fetched once for callers that come together', async () => {
    const before = world.upstream.granted.refresh_token
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.core.cli.connections.refresh({ connectionId: 'github/work' })))
    expect(world.upstream.granted.refresh_token - before).toBe(1)
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'refreshed'))
    expect(answers[0]?.connection.lastRefreshedAt).not.toBeNull()
    expect(world.core.events.at(-1)).toMatchObject({ type: 'connection.refreshed' })
    expect(JSON.stringify(answers)).not.toMatch(/access_token|refresh_token/)
  })

  test('a failed refresh is told with its risk before it is risked again, and a success heals it', async () => {
    world.nango.faults.failRefresh = true
    await expect(world.core.cli.connections.refresh({ connectionId: 'github/work' })).rejects.toMatchObject({
      code: 'connection.refresh_failed',
    })
    expect(await world.core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({
      status: 'attention',
      lastError: { code: 'connection.refresh_failed' },
    })
    const calls = world.nango.requests.length
    await expect(world.core.cli.connections.refresh({ connectionId: 'github/work' })).rejects.toMatchObject({
      code: 'connection.refresh_risky',
    })
    expect(world.nango.requests).toHaveLength(calls)
    await world.core.cli.sync.run({})
    expect((await world.core.ui.connections.get({ connectionId: 'github/work' })).status).toBe('attention')
    world.nango.faults.failRefresh = false
    expect(await world.core.cli.connections.refresh({ connectionId: 'github/work', acceptRisk: true })).toMatchObject({
      outcome: 'refreshed',
      connection: { status: 'connected', lastError: null },
    })
    expect(world.core.events.slice(-2).map(({ type }) => type)).toEqual(['connection.refreshed', 'connection.recovered'])
  })

  test('a failure at Nango is seen by the reconciliation alone', async () => {
    world.nango.faults.failRefresh = true
    const id = (await world.core.ui.connections.get({ connectionId: 'github/work' })).nangoConnectionId ?? ''
    await fetch(`${world.nango.url}/connections/${id}?provider_config_key=github&force_refresh=true`, {
      headers: world.nango.authorization,
    })
    expect(await world.core.cli.sync.run({})).toMatchObject({ updated: 1 })
    expect(await world.core.ui.connections.list({ group: 'needs_you' })).toMatchObject({ total: 1, connections: [{ status: 'attention' }] })
    world.nango.faults.failRefresh = false
    await fetch(`${world.nango.url}/connections/${id}?provider_config_key=github&force_refresh=true`, {
      headers: world.nango.authorization,
    })
    await world.core.cli.sync.run({})
    expect((await world.core.ui.connections.get({ connectionId: 'github/work' })).status).toBe('connected')
    expect(world.core.events.map(({ type }) => type)).toContain('connection.recovered')
  })

  test('a key has nothing to refresh, and Nango is not asked', async () => {
    await world.core.cli.connect.start({
      connectorId: 'n8n',
      fields: { baseUrl: 'https://n8n.example.test' },
      credentials: { apiKey: 'k-0123456789' },
    })
    const calls = world.nango.requests.length
    expect(await world.core.cli.connections.refresh({ connectionId: 'n8n' })).toMatchObject({ outcome: 'nothing_to_refresh' })
    expect(world.nango.requests).toHaveLength(calls)
  })

  test('a token whose expiry was never learned counts as refreshed only when a later one came', async () => {
    const { nangoConnectionId } = await world.core.ui.connections.get({ connectionId: 'github/work' })
    await world.core.cli.connections.remove({ connectionId: 'github/work', forgetOnly: true })
    world.nango.seedConnections([
      {
        connectionId: 'no-refresh',
        integrationKey: 'github',
        credentials: { type: 'OAUTH2', access_token: 'at', expires_at: new Date(Date.now() + 3_600_000).toISOString(), raw: {} },
      },
    ])
    await world.core.cli.sync.run({})
    const elsewhere = (await world.core.ui.connections.list({})).connections.find(
      (connection) => connection.nangoConnectionId === 'no-refresh',
    )
    expect(elsewhere).toMatchObject({ expiresAt: null, isOurs: false })
    expect(await world.core.cli.connections.refresh({ connectionId: elsewhere?.connectionId ?? '' })).toMatchObject({
      outcome: 'nothing_to_refresh',
      connection: { lastRefreshedAt: null },
    })
    expect(nangoConnectionId).not.toBeNull()
  })

  test('a connection of which only its failure is known is mended by a try that accepts the risk', async () => {
    await world.upstream.approve(`${world.nango.url}/oauth/connect/github?connect_session_token=${await world.nango.openSession()}`)
    world.nango.changeFaults({ refreshFailure: 'all' })
    await world.nango.checkRenewals()
    world.nango.calm()
    await world.core.cli.sync.run({})
    const { connections } = await world.core.cli.connections.list({ status: 'attention' })
    const unknown = connections.find(({ expiresAt }) => expiresAt === null)
    expect(await world.core.cli.connections.refresh({ connectionId: unknown?.connectionId ?? '', acceptRisk: true })).toMatchObject({
      outcome: 'refreshed',
      connection: { status: 'connected' },
    })
  })

  test('a profile that does not exist is named, not shown as empty', async () => {
    for (const ask of [world.core.ui.connections.list, world.core.ui.connections.counts, world.core.ui.sync.status]) {
      await expect(ask({ profileId: 'prof_none' })).rejects.toMatchObject({ code: 'profile.not_found' })
    }
  })

  test('a pending connection cannot be refreshed; removing it cancels its flow', async () => {
    const flow = await world.core.cli.connect.start({ connectorId: 'github', label: 'Second', open: false })
    await expect(world.core.cli.connections.refresh({ connectionId: 'github/second' })).rejects.toMatchObject({
      code: 'connection.pending',
    })
    expect(await world.core.cli.connections.remove({ connectionId: 'github/second' })).toMatchObject({ nango: 'never_there' })
    expect((await world.core.cli.connect.get({ flowId: flow.flowId })).state).toBe('cancelled')
  })

  test('a connection says when it was last compared with Nango, verified and refreshed, each by itself, and nothing of a use that nobody saw', async () => {
    const { cli } = world.core
    const get = () => cli.connections.get({ connectionId: 'github/work' })
    const first = await get()
    expect(first).toMatchObject({ lastSyncedAt: expect.any(String), lastRefreshedAt: null, lastUsedAt: null })

    world.core.platform.advance(120_000)
    const { connection } = await cli.connections.refresh({ connectionId: 'github/work' })
    expect(Date.parse(connection.lastRefreshedAt ?? '')).toBeGreaterThan(Date.parse(first.lastSyncedAt ?? ''))

    // A fresh token is also a look at whether it works.
    const refreshed = await get()
    expect(refreshed).toMatchObject({ lastVerifiedAt: connection.lastRefreshedAt, lastRefreshedAt: connection.lastRefreshedAt })

    world.core.platform.advance(120_000)
    await cli.sync.run({})
    const compared = await get()
    expect(Date.parse(compared.lastSyncedAt ?? '')).toBeGreaterThan(Date.parse(connection.lastRefreshedAt ?? ''))
    expect(compared).toMatchObject({
      lastVerifiedAt: connection.lastRefreshedAt,
      lastRefreshedAt: connection.lastRefreshedAt,
      lastUsedAt: null,
    })
    const { connections } = await cli.connections.list({ sort: 'lastUsedAt' })
    const { lastVerifiedAt, lastRefreshedAt } = compared
    expect(connections).toMatchObject([{ handle: 'github/work', lastVerifiedAt, lastRefreshedAt, lastUsedAt: null }])
  })
})
