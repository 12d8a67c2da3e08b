import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'

describe('signing in on Connect UI', () => {
  let nango: FakeNango
  let core: TestCore

  beforeEach(async () => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000, hasConnectUi: true })
    core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
  })
  afterEach(async () => {
    await core.stop()
    await nango.stop()
  })

  /** What the page does once the person has chosen and filled in. */
  const fillIn = async (address: string, integrationId: string): Promise<Response> => {
    const token = new URL(address).searchParams.get('session_token')
    return fetch(`${nango.url}/api-auth/api-key/${integrationId}?connect_session_token=${token}&params[baseUrl]=https://n8n.example.test`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiKey: 'demo-key-of-the-page' }),
    })
  }

  test('a flow leads to the page of Nango, which is told where its own server is', async () => {
    const flow = await core.cli.connect.start({ connectorId: 'github', page: 'connect_ui', open: false })
    const address = new URL(flow.authorizationUrl ?? '')
    expect(flow).toMatchObject({ state: 'waiting', page: 'connect_ui', via: 'browser' })
    expect(`${address.origin}${address.pathname}`).toBe(`${nango.url}/connect-ui/`)
    expect(address.searchParams.get('apiURL')).toBe(nango.url)
  })

  test('of several that are allowed, the one that was chosen is connected, under a handle of its own', async () => {
    const flow = await core.cli.connect.start({ connectorId: 'github', page: 'connect_ui', anyOf: ['n8n'], label: 'Work', open: false })
    const address = flow.authorizationUrl ?? ''
    expect((await fillIn(address, 'openai')).status).toBe(400)
    expect((await fillIn(address, 'n8n')).status).toBe(200)
    await core.cli.sync.run({})
    const ended = await eventually(async () => {
      const now = await core.cli.connect.get({ flowId: flow.flowId })
      return now.state === 'connected' && now
    })
    expect(ended.connectorId).toBe('n8n')
    const { connections } = await core.ui.connections.list({})
    expect(connections).toHaveLength(1)
    expect(connections[0]).toMatchObject({
      connectionId: flow.connectionId,
      connectorId: 'n8n',
      providerConfigKey: 'n8n',
      authMode: 'API_KEY',
      handle: 'n8n/work',
      status: 'connected',
    })
  })

  test('several are refused without Connect UI, and so is one that Nango does not have', async () => {
    await expect(core.cli.connect.start({ connectorId: 'github', anyOf: ['n8n'] })).rejects.toMatchObject({ code: 'request.invalid' })
    await expect(core.cli.connect.start({ connectorId: 'github', page: 'connect_ui', anyOf: ['slack'] })).rejects.toMatchObject({
      code: 'connector.needs_integration',
      data: { connectorId: 'slack' },
    })
    expect((await core.ui.connect.list({})).flows).toEqual([])
  })
})
