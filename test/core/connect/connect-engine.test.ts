import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FAKE_INTEGRATIONS } from '#test/helpers/fake-nango'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore } from '#test/helpers/make-core'
import { environmentOf, useNangoWorld } from '#test/helpers/nango-world'

const API_KEY = 'n8n-planted-key-0123456789abcdef'

describe('connecting through Nango', () => {
  const world = useNangoWorld()

  const connectApiKey = (label?: string) =>
    world.core.cli.connect.start({
      connectorId: 'n8n',
      ...(label === undefined ? {} : { label }),
      fields: { baseUrl: 'https://n8n.example.test' },
      credentials: { apiKey: API_KEY },
    })

  test('an API-key account is connected when the form has been answered', async () => {
    const flow = await connectApiKey('Work flows')
    expect(flow).toMatchObject({ state: 'connected', via: 'form' })
    const { connections } = await world.core.ui.connections.list({})
    expect(connections).toHaveLength(1)
    expect(connections[0]).toMatchObject({
      handle: 'n8n/work-flows',
      status: 'connected',
      label: 'Work flows',
      isOurs: true,
      identity: { displayName: 'API key ending cdef' },
      connectorId: 'n8n',
      authMode: 'API_KEY',
    })
    expect(flow.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'requested done',
      'preflight done',
      'pending done',
      'session done',
      'open skipped',
      'approval skipped',
      'callback skipped',
      'verified done',
      'noticed done',
      'activated done',
      'account done',
    ])
    expect(world.core.events.map(({ type }) => type)).toEqual(['connection.pending', 'connection.activated'])
  })

  test('a form is sent only when a loss of its flow would be noticed', async () => {
    const mark = (): string => readFileSync(join(world.core.platform.dataFolder, 'hwm'), 'utf8')
    await world.core.cli.sync.run({})
    let before = ''
    // By itself the mark follows half a second later.
    await eventually(() => before === (before = mark()))
    await connectApiKey()
    expect(mark()).not.toBe(before)
  })

  test('a form that is not right is refused before anything is sent or written', async () => {
    const before = world.nango.requests.length
    await expect(
      world.core.cli.connect.start({ connectorId: 'n8n', fields: { baseUrl: 'not an address' }, credentials: { apiKey: API_KEY } }),
    ).rejects.toMatchObject({
      code: 'connect.invalid_fields',
      data: { problems: [expect.objectContaining({ name: 'baseUrl' })] },
    })
    expect(world.nango.requests.slice(before).filter(({ method }) => method === 'POST')).toEqual([])
    expect((await world.core.ui.connections.list({})).connections).toEqual([])
  })

  test('credentials that the service refuses leave nothing behind and say what it can mean', async () => {
    const flow = await world.core.cli.connect.start({ connectorId: 'openai', credentials: { apiKey: 'sk-wrong-0123456789' } })
    expect(flow).toMatchObject({ state: 'failed', error: { code: 'connect.test_failed' } })
    expect((await world.core.ui.connections.list({})).connections).toEqual([])
    expect(world.core.events.at(-1)).toMatchObject({ type: 'flow.failed', data: { code: 'connect.test_failed' } })
  })

  test('an OAuth account connects through the system browser and a real OpenID provider', async () => {
    const flow = await world.core.cli.connect.start({ connectorId: 'github', label: 'Work', open: false })
    expect(flow).toMatchObject({ state: 'waiting', isListening: true, via: 'browser' })
    expect((await world.core.ui.connections.list({})).connections[0]).toMatchObject({ status: 'pending', handle: 'github/work' })
    await world.upstream.approve(flow.authorizationUrl ?? '')
    const done = await eventually(async () => {
      const now = await world.core.cli.connect.get({ flowId: flow.flowId })
      return now.state === 'connected' && now.steps.find(({ id }) => id === 'account')?.state === 'done' && now
    })
    expect(done.authorizationUrl).toBeUndefined()
    const connection = await world.core.ui.connections.get({ connectionId: 'github/work' })
    expect(connection).toMatchObject({ status: 'connected', connectionId: flow.connectionId, isOurs: true })
    expect(connection.expiresIn).toBeGreaterThan(3000)
    expect(connection.tags).toMatchObject({ patchbay_flow: flow.flowId })
  })

  test('the window is never told the address of the page, the command line is', async () => {
    const flow = await world.core.ui.connect.start({ connectorId: 'github', open: true })
    expect(flow.authorizationUrl).toBeUndefined()
    expect(world.core.platform.opened).toHaveLength(1)
    expect(world.core.platform.opened[0]).toContain('connect_session_token=')
    expect((await world.core.cli.connect.get({ flowId: flow.flowId })).authorizationUrl).toBe(world.core.platform.opened[0])
    expect(JSON.stringify(await world.core.ui.connect.list({}))).not.toContain('nango_connect_session')
  })

  test('a denied consent ends the flow at once and connects nothing', async () => {
    const flow = await world.core.cli.connect.start({ connectorId: 'github', open: false })
    await world.upstream.approve(flow.authorizationUrl ?? '', { deny: true })
    const ended = await eventually(async () => {
      const now = await world.core.cli.connect.get({ flowId: flow.flowId })
      return now.state === 'failed' && now
    })
    expect(ended.error).toMatchObject({ code: 'connect.denied' })
    expect((await world.core.ui.connections.list({})).connections).toEqual([])
  })

  test('without the socket a success is still noticed, by its tag', async () => {
    const flow = await world.core.cli.connect.start({ connectorId: 'github', open: false })
    world.nango.faults.dropSockets()
    await eventually(async () => !(await world.core.cli.connect.get({ flowId: flow.flowId })).isListening)
    await world.upstream.approve(flow.authorizationUrl ?? '')
    await eventually(async () => (await world.core.cli.connect.get({ flowId: flow.flowId })).state === 'connected')
  })

  test('a connection that appears after the cancel is removed again, and that is said', async () => {
    const flow = await world.core.cli.connect.start({ connectorId: 'github', open: false })
    await world.core.cli.connect.cancel({ flowId: flow.flowId })
    expect((await world.core.ui.connections.list({})).connections).toEqual([])
    await world.upstream.approve(flow.authorizationUrl ?? '')
    const cleaned = await eventually(async () => {
      const now = await world.core.cli.connect.get({ flowId: flow.flowId })
      return now.steps.find(({ id }) => id === 'cleanup')
    })
    expect(cleaned.note).toContain('answered after you cancelled. The new connection was removed again.')
    await world.core.cli.sync.run({})
    expect((await world.core.ui.connections.list({})).connections).toEqual([])
    const listed = await fetch(`${world.nango.url}/connections`, { headers: world.nango.authorization })
    expect(await listed.json()).toEqual({ connections: [] })
  })

  test.each(['github', 'n8n'])('a flow of %s that is cancelled while its session is on its way stays cancelled', async (connectorId) => {
    const held = world.nango.faults.holdNext('/connect/sessions', 'POST')
    const starting = connectorId === 'n8n' ? connectApiKey() : world.core.cli.connect.start({ connectorId })
    await held.arrived
    const [open] = (await world.core.cli.connect.list({ isOpen: true })).flows
    await world.core.cli.connect.cancel({ flowId: open?.flowId ?? '' })
    held.release()
    expect(await starting).toMatchObject({ state: 'cancelled' })
    expect((await world.core.cli.connect.list({ isOpen: true })).flows).toEqual([])
    expect((await world.core.cli.connect.get({ flowId: open?.flowId ?? '' })).steps.filter(({ state }) => state === 'running')).toEqual([])
    expect(world.core.platform.opened).toEqual([])
    expect(world.nango.requests.filter(({ path }) => path.startsWith('/api-auth'))).toEqual([])
  })

  test('what the form told of the account stays when a look at the list finds the connection first', async () => {
    await world.core.cli.sync.run({})
    const held = world.nango.faults.holdNext('/connections', 'GET')
    const starting = connectApiKey()
    await held.arrived
    expect(await world.core.cli.sync.run({})).toMatchObject({ added: 1 })
    held.release()
    expect(await starting).toMatchObject({ state: 'connected' })
    const { connections } = await world.core.ui.connections.list({})
    expect(connections.map(({ identity }) => identity?.displayName)).toEqual(['API key ending cdef'])
  })

  test('a page that has run out is said to have, and the pending row goes', async () => {
    const flow = await world.core.cli.connect.start({ connectorId: 'github', open: false })
    world.core.platform.advance(31 * 60_000)
    await eventually(async () => (await world.core.cli.connect.get({ flowId: flow.flowId })).state === 'expired')
    expect((await world.core.ui.connections.list({})).connections).toEqual([])
  })

  test('a second connect for the same connector and label waits its turn; another label does not', async () => {
    const first = await world.core.cli.connect.start({ connectorId: 'github', open: false, label: 'Work' })
    await expect(world.core.cli.connect.start({ connectorId: 'github', open: false, label: 'Work' })).rejects.toMatchObject({
      code: 'connect.busy',
      data: { flowId: first.flowId },
    })
    expect(await world.core.cli.connect.start({ connectorId: 'github', open: false, label: 'Home' })).toMatchObject({ state: 'waiting' })
  })

  test('several accounts of one connector each have their label and handle', async () => {
    await connectApiKey()
    await connectApiKey()
    await connectApiKey('Büro')
    await connectApiKey('büro!')
    const { connections } = await world.core.ui.connections.list({ sort: 'name' })
    expect(connections.map(({ handle }) => handle).toSorted()).toEqual(['n8n/1', 'n8n/2', 'n8n/buro', 'n8n/buro-2'])
    await expect(world.core.cli.connections.get({ connectionId: 'n8n' })).rejects.toMatchObject({
      code: 'connection.ambiguous',
      data: { candidates: expect.arrayContaining([expect.objectContaining({ handle: 'n8n/1' })]) },
    })
  })

  test('a waiting flow goes on after the host was stopped, and the person may answer meanwhile', async () => {
    const platform = createFakePlatform({ environment: environmentOf(world.nango) })
    const first = await makeCore({ platform })
    const flow = await first.cli.connect.start({ connectorId: 'github', open: false, label: 'Later' })
    await first.stop()
    await world.upstream.approve(flow.authorizationUrl ?? '')
    const second = await makeCore({ platform })
    try {
      await eventually(async () => (await second.cli.connect.get({ flowId: flow.flowId })).state === 'connected')
      expect((await second.ui.connections.list({})).connections).toMatchObject([
        { handle: 'github/later', status: 'connected', connectionId: flow.connectionId },
      ])
    } finally {
      await second.stop()
      platform.dispose()
    }
  })

  test('who the account is, is learned at the next start when the host stopped before it could be asked', async () => {
    const platform = createFakePlatform({ environment: environmentOf(world.nango) })
    const first = await makeCore({ platform })
    const flow = await first.cli.connect.start({ connectorId: 'github', open: false, label: 'Cut' })
    const held = world.nango.faults.holdNext(/^\/connections\/[^/]+$/, 'GET')
    await world.upstream.approve(flow.authorizationUrl ?? '')
    await held.arrived
    expect((await first.ui.connections.get({ connectionId: 'github/cut' })).expiresAt).toBeNull()
    await first.stop()
    held.release()
    const second = await makeCore({ platform })
    try {
      const known = await eventually(async () => {
        const connection = await second.ui.connections.get({ connectionId: 'github/cut' })
        return connection.expiresAt !== null && connection
      })
      expect(known).toMatchObject({ status: 'connected', identity: { accountId: expect.any(String) } })
      expect((await second.cli.connect.get({ flowId: flow.flowId })).steps.find(({ id }) => id === 'account')).toMatchObject({
        state: 'done',
      })
    } finally {
      await second.stop()
      platform.dispose()
    }
  })

  test('a connector without an integration, one of another mode and one that does not exist are refused with what is missing', async () => {
    await expect(world.core.cli.connect.start({ connectorId: 'slack' })).rejects.toMatchObject({ code: 'connector.needs_integration' })
    await expect(world.core.cli.connect.start({ connectorId: 'nope-nope' })).rejects.toMatchObject({ code: 'connector.not_found' })
    expect(FAKE_INTEGRATIONS.github).toBe('github')
  })

  test('a host without a browser leaves the address to be opened by hand', async () => {
    world.core.platform.hasBrowser = false
    const flow = await world.core.ui.connect.start({ connectorId: 'github' })
    expect(flow.state).toBe('waiting')
    expect(flow.steps.find(({ id }) => id === 'open')).toMatchObject({ state: 'failed' })
    expect(await world.core.ui.connect.copyAddress({ flowId: flow.flowId })).toEqual({ isCopied: true })
    await expect(world.core.ui.connect.reopen({ flowId: flow.flowId })).rejects.toMatchObject({ code: 'connect.no_browser' })
  })
})
