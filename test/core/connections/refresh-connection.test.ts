import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'

describe('refreshing a connection', () => {
  let upstream: OidcUpstream
  let nango: FakeNango
  let core: TestCore

  beforeAll(async () => {
    upstream = await startOidcUpstream()
  })
  afterAll(() => upstream.stop())
  beforeEach(async () => {
    nango = await startFakeNango({ upstream, rateLimitPerMinute: 100_000 })
    core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
    const flow = await core.cli.connect.start({ connectorId: 'github', label: 'Work', open: false })
    await upstream.approve(flow.authorizationUrl ?? '')
    await eventually(async () => {
      const { state, steps } = await core.cli.connect.get({ flowId: flow.flowId })
      return state === 'connected' && steps.find(({ id }) => id === 'account')?.state === 'done'
    })
  })
  afterEach(async () => {
    await core.stop()
    await nango.stop()
  })

  test('a fresh token is fetched once for callers that come together', async () => {
    const before = upstream.granted.refresh_token
    const answers = await Promise.all(Array.from({ length: 8 }, () => core.cli.connections.refresh({ connectionId: 'github/work' })))
    expect(upstream.granted.refresh_token - before).toBe(1)
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'refreshed'))
    expect(answers[0]?.connection.lastRefreshedAt).not.toBeNull()
    expect(core.events.at(-1)).toMatchObject({ type: 'connection.refreshed' })
    expect(JSON.stringify(answers)).not.toMatch(/access_token|refresh_token/)
  })

  test('a failed refresh is told with its risk before it is risked again, and a success heals it', async () => {
    nango.faults.failRefresh = true
    await expect(core.cli.connections.refresh({ connectionId: 'github/work' })).rejects.toMatchObject({ code: 'connection.refresh_failed' })
    expect(await core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({
      status: 'attention',
      lastError: { code: 'connection.refresh_failed' },
    })
    const calls = nango.requests.length
    await expect(core.cli.connections.refresh({ connectionId: 'github/work' })).rejects.toMatchObject({ code: 'connection.refresh_risky' })
    expect(nango.requests).toHaveLength(calls)
    await core.cli.sync.run({})
    expect((await core.ui.connections.get({ connectionId: 'github/work' })).status).toBe('attention')
    nango.faults.failRefresh = false
    expect(await core.cli.connections.refresh({ connectionId: 'github/work', acceptRisk: true })).toMatchObject({
      outcome: 'refreshed',
      connection: { status: 'connected', lastError: null },
    })
    expect(core.events.slice(-2).map(({ type }) => type)).toEqual(['connection.refreshed', 'connection.recovered'])
  })

  test('a failure at Nango is seen by the reconciliation alone', async () => {
    nango.faults.failRefresh = true
    const id = (await core.ui.connections.get({ connectionId: 'github/work' })).nangoConnectionId ?? ''
    await fetch(`${nango.url}/connections/${id}?provider_config_key=github&force_refresh=true`, { headers: nango.authorization })
    expect(await core.cli.sync.run({})).toMatchObject({ updated: 1 })
    expect(await core.ui.connections.list({ group: 'needs_you' })).toMatchObject({ total: 1, connections: [{ status: 'attention' }] })
    nango.faults.failRefresh = false
    await fetch(`${nango.url}/connections/${id}?provider_config_key=github&force_refresh=true`, { headers: nango.authorization })
    await core.cli.sync.run({})
    expect((await core.ui.connections.get({ connectionId: 'github/work' })).status).toBe('connected')
    expect(core.events.map(({ type }) => type)).toContain('connection.recovered')
  })

  test('a key has nothing to refresh, and Nango is not asked', async () => {
    await core.cli.connect.start({
      connectorId: 'n8n',
      fields: { baseUrl: 'https://n8n.example.test' },
      credentials: { apiKey: 'k-0123456789' },
    })
    const calls = nango.requests.length
    expect(await core.cli.connections.refresh({ connectionId: 'n8n' })).toMatchObject({ outcome: 'nothing_to_refresh' })
    expect(nango.requests).toHaveLength(calls)
  })

  test('a token whose expiry was never learned counts as refreshed only when a later one came', async () => {
    const { nangoConnectionId } = await core.ui.connections.get({ connectionId: 'github/work' })
    await core.cli.connections.remove({ connectionId: 'github/work', forgetOnly: true })
    nango.seedConnections([
      {
        connectionId: 'no-refresh',
        integrationKey: 'github',
        credentials: { type: 'OAUTH2', access_token: 'at', expires_at: new Date(Date.now() + 3_600_000).toISOString(), raw: {} },
      },
    ])
    await core.cli.sync.run({})
    const elsewhere = (await core.ui.connections.list({})).connections.find((connection) => connection.nangoConnectionId === 'no-refresh')
    expect(elsewhere).toMatchObject({ expiresAt: null, isOurs: false })
    expect(await core.cli.connections.refresh({ connectionId: elsewhere?.connectionId ?? '' })).toMatchObject({
      outcome: 'nothing_to_refresh',
      connection: { lastRefreshedAt: null },
    })
    expect(nangoConnectionId).not.toBeNull()
  })

  test('a connection of which only its failure is known is mended by a try that accepts the risk', async () => {
    await upstream.approve(`${nango.url}/oauth/connect/github?connect_session_token=${await nango.openSession()}`)
    nango.changeFaults({ refreshFailure: 'all' })
    await nango.checkRenewals()
    nango.calm()
    await core.cli.sync.run({})
    const { connections } = await core.cli.connections.list({ status: 'attention' })
    const unknown = connections.find(({ expiresAt }) => expiresAt === null)
    expect(await core.cli.connections.refresh({ connectionId: unknown?.connectionId ?? '', acceptRisk: true })).toMatchObject({
      outcome: 'refreshed',
      connection: { status: 'connected' },
    })
  })

  test('a profile that does not exist is named, not shown as empty', async () => {
    for (const ask of [core.ui.connections.list, core.ui.connections.counts, core.ui.sync.status]) {
      await expect(ask({ profileId: 'prof_none' })).rejects.toMatchObject({ code: 'profile.not_found' })
    }
  })

  test('a pending connection cannot be refreshed; removing it cancels its flow', async () => {
    const flow = await core.cli.connect.start({ connectorId: 'github', label: 'Second', open: false })
    await expect(core.cli.connections.refresh({ connectionId: 'github/second' })).rejects.toMatchObject({ code: 'connection.pending' })
    expect(await core.cli.connections.remove({ connectionId: 'github/second' })).toMatchObject({ nango: 'never_there' })
    expect((await core.cli.connect.get({ flowId: flow.flowId })).state).toBe('cancelled')
  })
})
