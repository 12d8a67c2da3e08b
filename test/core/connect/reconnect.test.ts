import { describe, expect, test } from 'vitest'
import type { Flow } from '#shared/contract/connect'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { connectGithub, environmentOf, useNangoWorld } from '#test/helpers/nango-world'

const API_KEY = 'n8n-planted-key-0123456789abcdef'
const NEW_KEY = 'n8n-another-key-fedcba9876543210'

interface AtNango {
  readonly id: number
  readonly connection_id: string
  readonly tags: Record<string, string>
  readonly metadata: Record<string, unknown> | null
  readonly connection_config: Record<string, unknown>
  readonly credentials: Record<string, unknown>
}

describe('reconnecting in place', () => {
  const world = useNangoWorld()

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${world.nango.url}${path}`, {
      method,
      headers: { ...world.nango.authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  const atNango = async (connectionId: string): Promise<AtNango> => {
    const { nangoConnectionId, providerConfigKey } = await world.core.ui.connections.get({ connectionId })
    return (await call(
      'GET',
      `/connections/${nangoConnectionId ?? ''}?provider_config_key=${providerConfigKey}&refresh_token=true`,
    )) as AtNango
  }
  const writeMetadata = async (connectionId: string, metadata: object): Promise<void> => {
    const { connection_id } = await atNango(connectionId)
    const { providerConfigKey } = await world.core.ui.connections.get({ connectionId })
    await call('POST', '/connections/metadata', { connection_id, provider_config_key: providerConfigKey, metadata })
  }
  const until = (flowId: string, is: (flow: Flow) => boolean, core: TestCore = world.core): Promise<Flow> =>
    eventually(async () => {
      const flow = await core.cli.connect.get({ flowId })
      return is(flow) && flow
    })
  const ended = ({ state }: Flow): boolean => !['starting', 'waiting', 'finishing'].includes(state)
  const asks = ({ reconnect }: Flow): boolean => reconnect?.decision != null

  const reconnectGithub = async (login: string, params: { label?: string } = {}, core: TestCore = world.core): Promise<Flow> => {
    const flow = await core.cli.connections.reconnect({ connectionId: 'github/work', open: false, ...params })
    expect(flow).toMatchObject({ state: 'waiting', reconnect: { canPutBack: true, reason: null, decision: null } })
    await world.upstream.approve(flow.authorizationUrl ?? '', { login })
    return flow
  }

  test('the same person: handle, ids, tags and metadata are as they were, the credentials are new', async () => {
    await connectGithub(world)
    const connection = await world.core.ui.connections.get({ connectionId: 'github/work' })
    await writeMetadata('github/work', { team: 'billing' })
    const before = await atNango('github/work')
    const { flowId } = await reconnectGithub('ada')
    const flow = await until(flowId, ended)
    expect(flow).toMatchObject({ state: 'connected', connectionId: connection.connectionId })
    const after = await atNango('github/work')
    expect(after).toMatchObject({ id: before.id, connection_id: before.connection_id, tags: before.tags, metadata: { team: 'billing' } })
    expect(after.credentials['access_token']).not.toBe(before.credentials['access_token'])
    expect(await world.core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({
      connectionId: connection.connectionId,
      handle: 'github/work',
      label: 'Work',
      status: 'connected',
      identity: { accountId: 'ada' },
      tags: before.tags,
    })
    expect(world.core.events.at(-1)).toMatchObject({ type: 'connection.updated', data: { by: 'reconnect', flowId } })
  })

  test('as many tags as Nango takes leave no room for that of the attempt: one gives way for it, and all are there after', async () => {
    await connectGithub(world)
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tag${index}`, `value ${index}`]))
    const { connection_id: id } = await atNango('github/work')
    await call('PATCH', `/connections/${id}?provider_config_key=github`, { tags })
    const { flowId } = await reconnectGithub('ada')
    expect(await until(flowId, ended)).toMatchObject({ state: 'connected' })
    expect((await atNango('github/work')).tags).toEqual(tags)
    expect((await world.core.ui.connections.get({ connectionId: 'github/work' })).tags).toEqual(tags)
  })

  test('connect.start with a connection is the same thing', async () => {
    await connectGithub(world)
    const params = { connectorId: 'github', reconnectConnectionId: 'github/work', open: false }
    const flow = await world.core.cli.connect.start(params)
    expect(flow).toMatchObject({ state: 'waiting', reconnect: { canPutBack: true } })
    await expect(world.core.cli.connect.start({ ...params, connectorId: 'slack' })).rejects.toMatchObject({ code: 'request.invalid' })
  })

  test('a denied reconnect leaves the connection as it was', async () => {
    await connectGithub(world)
    const [before, connection] = [await atNango('github/work'), await world.core.ui.connections.get({ connectionId: 'github/work' })]
    const { flowId, authorizationUrl } = await world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    await world.upstream.approve(authorizationUrl ?? '', { deny: true })
    expect((await until(flowId, ended)).error).toMatchObject({ code: 'connect.denied' })
    expect(await atNango('github/work')).toMatchObject({ credentials: before.credentials, tags: before.tags, metadata: before.metadata })
    expect(await world.core.ui.connections.get({ connectionId: 'github/work' })).toEqual({ ...connection, expiresIn: expect.any(Number) })
  })

  test('an API key is replaced through the form; what it does not name stays, and that nobody can tell whose it is, is said', async () => {
    const { connectionId } = await world.core.cli.connect.start({
      connectorId: 'n8n',
      label: 'Flows',
      fields: { baseUrl: 'https://n8n.example.test' },
      credentials: { apiKey: API_KEY },
    })
    await writeMetadata(connectionId, { team: 'ops', nested: { a: 1 } })
    const before = await atNango(connectionId)
    const flow = await world.core.cli.connections.reconnect({ connectionId: 'n8n/flows', credentials: { apiKey: NEW_KEY } })
    expect(flow).toMatchObject({ state: 'connected', via: 'form', connectionId })
    expect(flow.steps.find(({ id }) => id === 'account')?.note).toContain('cannot be told')
    expect(await atNango(connectionId)).toMatchObject({
      id: before.id,
      tags: before.tags,
      metadata: { team: 'ops', nested: { a: 1 } },
      connection_config: { baseUrl: 'https://n8n.example.test' },
      credentials: { apiKey: NEW_KEY },
    })
    expect(await world.core.ui.connections.get({ connectionId })).toMatchObject({ identity: { displayName: 'API key ending 3210' } })
  })

  test('whose a form is, its service tells by a call through Nango; a new secret of the same account is the same account', async () => {
    const { connectionId } = await world.core.cli.connect.start({
      connectorId: 'jira-basic',
      fields: { subdomain: 'demo' },
      credentials: { username: 'ada@demo.example', password: 'demo-first-0123456789' },
    })
    await eventually(async () => (await world.core.ui.connections.get({ connectionId })).identity?.accountId === 'demo-team')
    const credentials = { username: 'ada@demo.example', password: 'demo-second-0123456789' }
    const flow = await world.core.cli.connections.reconnect({ connectionId, credentials })
    expect(flow).toMatchObject({ state: 'connected' })
    expect(flow.steps.find(({ id }) => id === 'account')).toMatchObject({ state: 'done', note: null })
    expect(await atNango(connectionId)).toMatchObject({ connection_config: { subdomain: 'demo' }, credentials })
  })

  test('a key that the service refuses changes nothing', async () => {
    const { connectionId } = await world.core.cli.connect.start({ connectorId: 'openai', credentials: { apiKey: 'demo-right-0123456789' } })
    await writeMetadata(connectionId, { team: 'ops' })
    const before = await atNango(connectionId)
    const flow = await world.core.cli.connections.reconnect({ connectionId, credentials: { apiKey: 'sk-wrong-0123456789' } })
    expect(flow).toMatchObject({ state: 'failed', error: { code: 'connect.test_failed' } })
    expect(await atNango(connectionId)).toMatchObject({ credentials: before.credentials, tags: before.tags, metadata: before.metadata })
    expect(await world.core.ui.connections.get({ connectionId })).toMatchObject({ status: 'connected' })
  })

  describe('when another account comes back', () => {
    const wrongPerson = async (): Promise<{ flowId: string; before: AtNango; connectionId: string }> => {
      const { connectionId } = await connectGithub(world)
      await writeMetadata('github/work', { team: 'billing' })
      const before = await atNango('github/work')
      const { flowId } = await reconnectGithub('grace')
      const flow = await until(flowId, asks)
      expect(flow).toMatchObject({
        state: 'finishing',
        expiresAt: null,
        reconnect: { decision: { known: { accountId: 'ada' }, found: { accountId: 'grace' }, options: ['keep', 'replace', 'add'] } },
      })
      expect(await world.core.ui.connections.get({ connectionId })).toMatchObject({
        status: 'attention',
        identity: { accountId: 'ada' },
        lastError: { code: 'connection.identity_mismatch' },
      })
      return { flowId, before, connectionId }
    }

    test('keep: the credentials of before are back, with tags, metadata and configuration', async () => {
      const { flowId, before } = await wrongPerson()
      // A renewal now would be one of the other account's token, and make it look well.
      const busy = { code: 'connect.busy', data: { flowId } }
      await expect(world.core.cli.connections.refresh({ connectionId: 'github/work' })).rejects.toMatchObject(busy)
      const flow = await world.core.ui.connect.decide({ flowId, decision: 'keep' })
      expect(flow).toMatchObject({ state: 'failed', error: { code: 'connection.identity_mismatch' } })
      const after = await atNango('github/work')
      expect(after).toMatchObject({
        id: before.id,
        tags: before.tags,
        metadata: before.metadata,
        connection_config: before.connection_config,
        credentials: {
          access_token: before.credentials['access_token'],
          refresh_token: before.credentials['refresh_token'],
          expires_at: before.credentials['expires_at'],
        },
      })
      expect(await world.core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({
        status: 'connected',
        lastError: null,
        identity: { accountId: 'ada' },
        tags: before.tags,
      })
      // They still work: the refresh token was put back too.
      expect(await world.core.cli.connections.refresh({ connectionId: 'github/work' })).toMatchObject({ outcome: 'refreshed' })
      await expect(world.core.ui.connect.decide({ flowId, decision: 'keep' })).rejects.toMatchObject({ code: 'connect.ended' })
    })

    test('replace: the new account is in its place, under the same handle', async () => {
      const { flowId, before, connectionId } = await wrongPerson()
      expect(await world.core.ui.connect.decide({ flowId, decision: 'replace' })).toMatchObject({ state: 'connected' })
      const after = await atNango('github/work')
      expect(after).toMatchObject({ id: before.id, tags: before.tags, metadata: { team: 'billing' } })
      expect(after.credentials['access_token']).not.toBe(before.credentials['access_token'])
      expect(await world.core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({
        connectionId,
        identity: { accountId: 'grace' },
        tags: before.tags,
      })
    })

    test('add: the new account is a connection of its own, and the one before is as it was', async () => {
      const { flowId, before, connectionId } = await wrongPerson()
      const wrong = await atNango('github/work')
      const flow = await world.core.ui.connect.decide({ flowId, decision: 'add', label: 'Grace' })
      expect(flow).toMatchObject({ state: 'connected', connectionId })
      const added = await world.core.ui.connections.get({ connectionId: 'github/grace' })
      expect(added).toMatchObject({
        connectionId: flow.reconnect?.addedConnectionId,
        status: 'connected',
        label: 'Grace',
        identity: { accountId: 'grace' },
        isOurs: true,
      })
      expect((await atNango('github/grace')).credentials['access_token']).toBe(wrong.credentials['access_token'])
      expect(await atNango('github/work')).toMatchObject({
        tags: before.tags,
        metadata: before.metadata,
        credentials: { access_token: before.credentials['access_token'] },
      })
      expect(await world.core.ui.connections.get({ connectionId })).toMatchObject({ status: 'connected', identity: { accountId: 'ada' } })
      await world.core.cli.sync.run({})
      expect((await world.core.ui.connections.list({})).connections.map(({ handle }) => handle).toSorted()).toEqual([
        'github/grace',
        'github/work',
      ])
    })

    test('to cancel is to keep', async () => {
      const { flowId, before } = await wrongPerson()
      expect(await world.core.ui.connect.cancel({ flowId })).toMatchObject({ error: { code: 'connection.identity_mismatch' } })
      expect(await atNango('github/work')).toMatchObject({ credentials: { access_token: before.credentials['access_token'] } })
    })

    test('a choice that Nango does not take now is asked again; while one is carried out another is refused', async () => {
      const { flowId, before } = await wrongPerson()
      world.nango.faults.answerNext({ path: '/connections', method: 'POST', status: 500, body: { error: { code: 'server_error' } } })
      await expect(world.core.ui.connect.decide({ flowId, decision: 'keep' })).rejects.toMatchObject({ code: 'nango.server_error' })
      expect(await world.core.ui.connect.get({ flowId })).toMatchObject({
        reconnect: { decision: { options: ['keep', 'replace', 'add'] } },
      })
      const held = world.nango.faults.holdNext('/connections', 'POST')
      const keeping = world.core.ui.connect.decide({ flowId, decision: 'keep' })
      await held.arrived
      await expect(world.core.ui.connect.decide({ flowId, decision: 'replace' })).rejects.toMatchObject({ code: 'connect.busy' })
      held.release()
      await keeping
      expect(await atNango('github/work')).toMatchObject({ credentials: { access_token: before.credentials['access_token'] } })
    })

    test('a connection that was deleted meanwhile is not made anew', async () => {
      const { flowId, before } = await wrongPerson()
      await call('DELETE', `/connections/${before.connection_id}?provider_config_key=github`)
      await expect(world.core.ui.connect.decide({ flowId, decision: 'keep' })).rejects.toMatchObject({ code: 'connection.gone' })
      expect(await world.core.ui.connect.get({ flowId })).toMatchObject({ state: 'failed', error: { code: 'connection.gone' } })
      expect(await call('GET', '/connections')).toEqual({ connections: [] })
    })
  })

  test('the question is still asked after the host was stopped, and answered there', async () => {
    const platform = createFakePlatform({ environment: environmentOf(world.nango) })
    const first = await makeCore({ platform })
    await connectGithub({ ...world, core: first })
    const { authorizationUrl, flowId } = await first.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    await first.stop()
    await world.upstream.approve(authorizationUrl ?? '', { login: 'grace' })
    const second = await makeCore({ platform })
    await until(flowId, asks, second)
    await second.stop()
    const third = await makeCore({ platform })
    expect((await third.cli.connect.list({ isOpen: true })).flows).toMatchObject([
      { flowId, reconnect: { decision: { found: { accountId: 'grace' } } } },
    ])
    expect(await third.cli.connect.decide({ flowId, decision: 'keep' })).toMatchObject({ state: 'failed' })
    expect(await third.cli.connections.refresh({ connectionId: 'github/work' })).toMatchObject({ outcome: 'refreshed' })
    await third.stop()
    platform.dispose()
  })

  test('while Nango does not say whose the new sign-in is, nothing is taken for granted', async () => {
    await connectGithub(world)
    const { flowId, authorizationUrl } = await world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    for (const status of [401, 500, 503]) world.nango.faults.answerNext({ path: /^\/connections\/[^/]+$/, method: 'GET', status, body: {} })
    await world.upstream.approve(authorizationUrl ?? '', { login: 'grace' })
    expect((await until(flowId, asks)).reconnect?.decision).toMatchObject({ found: { accountId: 'grace' } })
  })

  test('a second reconnect of the same connection is told of the first', async () => {
    await connectGithub(world)
    const first = await world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    await expect(world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })).rejects.toMatchObject({
      code: 'connect.busy',
      data: { flowId: first.flowId },
    })
    await world.core.cli.connect.cancel({ flowId: first.flowId })
    const [one, other] = await Promise.allSettled([
      world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false }),
      world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false }),
    ])
    expect([one.status, other.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    // Another account of the same connector is connected meanwhile as ever.
    expect(await world.core.cli.connect.start({ connectorId: 'github', label: 'Work', open: false })).toMatchObject({ state: 'waiting' })
  })

  test('a sign-in that comes after the cancel is taken back', async () => {
    await connectGithub(world)
    const { flowId, authorizationUrl } = await world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    await world.core.cli.connect.cancel({ flowId })
    // The provider rotates its refresh tokens: what was kept before this one is over.
    expect(await world.core.cli.connections.refresh({ connectionId: 'github/work' })).toMatchObject({ outcome: 'refreshed' })
    const before = await atNango('github/work')
    await world.upstream.approve(authorizationUrl ?? '', { login: 'grace' })
    const flow = await until(flowId, ({ steps }) => steps.some(({ id }) => id === 'cleanup'))
    expect(flow).toMatchObject({ state: 'cancelled' })
    expect(flow.steps.find(({ id }) => id === 'cleanup')?.note).toContain('The sign-in of before was put back.')
    expect(await atNango('github/work')).toMatchObject({
      tags: before.tags,
      credentials: { access_token: before.credentials['access_token'], refresh_token: before.credentials['refresh_token'] },
    })
  })

  test('so is another account that comes after a refusal on the same page', async () => {
    await connectGithub(world)
    const before = await atNango('github/work')
    const { flowId, authorizationUrl } = await world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    await world.upstream.approve(authorizationUrl ?? '', { deny: true })
    await until(flowId, ended)
    await world.upstream.approve(authorizationUrl ?? '', { login: 'grace' })
    await until(flowId, ({ steps }) => steps.some(({ id }) => id === 'cleanup'))
    expect(await atNango('github/work')).toMatchObject({ credentials: { access_token: before.credentials['access_token'] } })
    expect(await world.core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({ identity: { accountId: 'ada' } })
  })

  test('a connection that was deleted at Nango is said to be gone, before and while the page is open', async () => {
    await connectGithub(world)
    const { connection_id: id } = await atNango('github/work')
    const { flowId } = await world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    await call('DELETE', `/connections/${id}?provider_config_key=github`)
    await expect(world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })).rejects.toMatchObject({
      code: 'connect.busy',
    })
    await world.core.cli.sync.run({})
    expect((await until(flowId, ended)).error).toMatchObject({ code: 'connection.gone', data: { next: expect.any(String) } })
    await connectGithub(world)
    const again = await atNango('github/work')
    await call('DELETE', `/connections/${again.connection_id}?provider_config_key=github`)
    await expect(world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })).rejects.toMatchObject({
      code: 'connection.gone',
    })
  })

  test('a broken connection is reconnected without its old credentials, which nobody can read', async () => {
    await connectGithub(world)
    await world.upstream.revokeRefreshTokens()
    await expect(world.core.cli.connections.refresh({ connectionId: 'github/work' })).rejects.toMatchObject({
      code: 'connection.refresh_failed',
    })
    const flow = await world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    expect(flow).toMatchObject({ reconnect: { canPutBack: false, reason: 'unusable' } })
    await world.upstream.approve(flow.authorizationUrl ?? '')
    expect(await until(flow.flowId, ended)).toMatchObject({ state: 'connected' })
    expect(await world.core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({ status: 'connected', lastError: null })
    expect(world.core.events.at(-1)).toMatchObject({ type: 'connection.recovered' })
  })

  test('where nothing can be put back the new account can stay, or the connection is said to need its person', async () => {
    await connectGithub(world)
    await world.upstream.revokeRefreshTokens()
    await expect(world.core.cli.connections.refresh({ connectionId: 'github/work' })).rejects.toMatchObject({})
    const flow = await world.core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
    await world.upstream.approve(flow.authorizationUrl ?? '', { login: 'grace' })
    expect((await until(flow.flowId, asks)).reconnect?.decision?.options).toEqual(['replace'])
    await expect(world.core.ui.connect.decide({ flowId: flow.flowId, decision: 'keep' })).rejects.toMatchObject({
      code: 'connection.cannot_put_back',
    })
    expect(await world.core.ui.connect.cancel({ flowId: flow.flowId })).toMatchObject({ error: { code: 'connection.identity_mismatch' } })
    expect(await world.core.ui.connections.get({ connectionId: 'github/work' })).toMatchObject({
      status: 'attention',
      identity: { accountId: 'ada' },
      lastError: { code: 'connection.identity_mismatch' },
    })
  })
})
