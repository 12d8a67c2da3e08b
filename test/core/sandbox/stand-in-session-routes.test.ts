import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { type TestClock, callStandIn, createCaller, createClock, pick, pickText } from './call-stand-in.ts'

let nango: FakeNango
let clock: TestClock
let call: ReturnType<typeof createCaller>

beforeEach(async () => {
  clock = createClock()
  nango = await startFakeNango({ now: clock.now })
  call = createCaller(nango)
})
afterEach(() => nango.stop())

const withToken = (token: string, method: string, path: string) =>
  callStandIn(nango.url, method, path, { headers: { authorization: `Bearer ${token}` } })

describe('opening a session', () => {
  it('answers 201 with a token of 64 hex digits, a link and an expiry 30 minutes away', async () => {
    const answer = await call('POST', '/connect/sessions', { tags: {} })
    const token = pickText(answer.json, 'data', 'token')
    expect(answer.status).toBe(201)
    expect(token).toMatch(/^nango_connect_session_[0-9a-f]{64}$/)
    expect(answer.json).toEqual({
      data: {
        token,
        connect_link: `http://localhost:3009/?session_token=${token}`,
        expires_at: new Date(clock.now() + 1_800_000).toISOString(),
      },
    })
  })

  it('needs an end user or tags', async () => {
    const answer = await call('POST', '/connect/sessions', {})
    expect(answer.status).toBe(400)
    expect(pick(answer.json, 'error', 'code')).toBe('invalid_body')
    expect(pick(answer.json, 'error', 'errors', 0, 'path')).toEqual(['end_user'])
  })

  it('refuses unknown keys, unknown queries and unknown integrations, paths as strings', async () => {
    const unknownKey = await call('POST', '/connect/sessions', { tags: {}, surprise: 1 })
    expect(unknownKey.json).toEqual({
      error: { code: 'invalid_body', errors: [{ code: 'unrecognized_keys', message: 'Unrecognized key: "surprise"', path: [] }] },
    })
    const unknownQuery = await call('POST', '/connect/sessions?x=1', { tags: {} })
    expect(pick(unknownQuery.json, 'error', 'code')).toBe('invalid_query_params')
    const unknownIntegration = await call('POST', '/connect/sessions', { tags: {}, allowed_integrations: ['n8n', 'zzz'] })
    expect(unknownIntegration.json).toEqual({
      error: {
        code: 'invalid_body',
        errors: [{ code: 'custom', message: 'Integration does not exist', path: ['allowed_integrations', '1'] }],
      },
    })
  })

  it('lower-cases tag keys, keeps values, and refuses keys that become the same', async () => {
    const token = await nango.openSession({ tags: { Owner: 'Me' } })
    await callStandIn(nango.url, 'POST', `/api-auth/api-key/n8n?connect_session_token=${token}`, { body: { apiKey: 'k' } })
    const list = await call('GET', '/connections?tags[OWNER]=Me')
    expect(pick(list.json, 'connections', 0, 'tags')).toEqual({ owner: 'Me' })
    expect(pick((await call('GET', '/connections?tags[owner]=me')).json, 'connections')).toEqual([])
    const twice = await call('POST', '/connect/sessions', { tags: { a: '1', A: '2' } })
    expect(twice.json).toEqual({
      error: {
        code: 'invalid_body',
        errors: [{ code: 'custom', message: 'Duplicate tag key after case normalization: "a"', path: ['tags'] }],
      },
    })
  })

  it('takes at most ten tags, values of 1 to 255 characters and a real e-mail in end_user_email', async () => {
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`t${index}`, 'x']))
    for (const tags of [eleven, { a: '' }, { a: 'x'.repeat(256) }, { '1a': 'x' }, { end_user_email: 'nobody' }])
      expect((await call('POST', '/connect/sessions', { tags })).status, JSON.stringify(tags)).toBe(400)
    expect((await call('POST', '/connect/sessions', { tags: { 'a.b/c-d_e': 'x'.repeat(255) } })).status).toBe(201)
  })

  it('does not let the docs address be overridden, nor loopback be a webhook', async () => {
    const docs = await call('POST', '/connect/sessions', { tags: {}, overrides: { n8n: { docs_connect: 'https://x.test' } } })
    expect(docs.status).toBe(403)
    expect(docs.json).toEqual({ error: { code: 'forbidden', message: 'You are not allowed to override the docs connect url' } })
    const hook = await call('POST', '/connect/sessions', { tags: {}, webhook_url_override: 'http://127.0.0.1:9/hook' })
    expect(pick(hook.json, 'error', 'errors', 0, 'message')).toBe('This webhook URL is not allowed.')
  })
})

describe('a session', () => {
  it('tells end user, allowed integrations and the path of the WebSocket, in its own spelling', async () => {
    const token = await nango.openSession({
      end_user: { id: 'user-1', email: 'user1@example.com', display_name: 'User One', tags: { plan: 'pro' } },
      organization: { id: 'org-1', display_name: 'Org One' },
      allowed_integrations: ['n8n'],
    })
    const answer = await withToken(token, 'GET', '/connect/session')
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      data: {
        endUser: {
          id: 'user-1',
          display_name: 'User One',
          email: 'user1@example.com',
          tags: { plan: 'pro' },
          organization: { id: 'org-1', display_name: 'Org One' },
        },
        connectUISettings: expect.objectContaining({ showWatermark: true, defaultTheme: 'system' }),
        allowed_integrations: ['n8n'],
        websocketsPath: '/',
      },
    })
  })

  it('lists only the allowed integrations, and reads providers too', async () => {
    const token = await nango.openSession({ tags: {}, allowed_integrations: ['n8n'] })
    const integrations = await withToken(token, 'GET', '/integrations')
    expect(pick(integrations.json, 'data')).toEqual([expect.objectContaining({ unique_key: 'n8n' })])
    expect((await withToken(token, 'GET', '/providers/n8n')).status).toBe(200)
    expect((await withToken(token, 'GET', '/connections')).status).toBe(401)
  })

  it('copies end user and organization into the tags of its connections, and makes as many as asked', async () => {
    const token = await nango.openSession({
      end_user: { id: 'user-1', email: 'user1@example.com', display_name: 'User One', tags: { Plan: 'pro' } },
      organization: { id: 'org-1', display_name: 'Org One' },
      tags: { attempt_id: 'a1' },
    })
    for (let count = 0; count < 3; count++) {
      const made = await callStandIn(nango.url, 'POST', `/api-auth/api-key/n8n?connect_session_token=${token}`, { body: { apiKey: 'k' } })
      expect(made.status).toBe(200)
    }
    const list = await call('GET', '/connections?endUserId=user-1&endUserOrganizationId=org-1')
    expect(pick(list.json, 'connections')).toHaveLength(3)
    expect(pick(list.json, 'connections', 0, 'tags')).toEqual({
      plan: 'pro',
      end_user_id: 'user-1',
      end_user_email: 'user1@example.com',
      end_user_display_name: 'User One',
      organization_id: 'org-1',
      organization_display_name: 'Org One',
      attempt_id: 'a1',
    })
  })

  it('ends at once with DELETE, which answers 204 and nothing', async () => {
    const token = await nango.openSession()
    const ended = await withToken(token, 'DELETE', '/connect/session')
    expect([ended.status, ended.text]).toEqual([204, ''])
    expect((await withToken(token, 'DELETE', '/connect/session')).status).toBe(401)
  })
})

describe('reconnecting', () => {
  const connect = async (tags: Record<string, string>): Promise<string> => {
    const token = await nango.openSession({ tags })
    const path = `/api-auth/api-key/n8n?connect_session_token=${token}&params[baseUrl]=https://a.test`
    return pickText((await callStandIn(nango.url, 'POST', path, { body: { apiKey: 'k-1' } })).json, 'connectionId')
  }

  it('refuses an unknown connection with 400 invalid_body', async () => {
    const answer = await call('POST', '/connect/sessions/reconnect', { connection_id: 'nope', integration_id: 'n8n' })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ error: { code: 'invalid_body', message: 'ConnectionID or IntegrationId does not exists' } })
  })

  it('says so in the session', async () => {
    const connectionId = await connect({ a: '1' })
    const session = await call('POST', '/connect/sessions/reconnect', { connection_id: connectionId, integration_id: 'n8n' })
    expect(session.status).toBe(201)
    const told = await withToken(pickText(session.json, 'data', 'token'), 'GET', '/connect/session')
    expect(pick(told.json, 'data')).toMatchObject({ endUser: null, isReconnecting: true, allowed_integrations: ['n8n'] })
  })

  it('keeps id and created_at of an API key, replaces tags and configuration, resets metadata and bumps updated_at', async () => {
    const connectionId = await connect({ a: '1' })
    await call('POST', '/connections/metadata', { connection_id: connectionId, provider_config_key: 'n8n', metadata: { kept: false } })
    const before = await call('GET', `/connections/${connectionId}?provider_config_key=n8n`)
    clock.advance(5000)
    const session = await call('POST', '/connect/sessions/reconnect', { connection_id: connectionId, integration_id: 'n8n' })
    const path = `/api-auth/api-key/n8n?connect_session_token=${pickText(session.json, 'data', 'token')}`
    const redone = await callStandIn(nango.url, 'POST', path, { body: { apiKey: 'k-2' } })
    expect(redone.json).toEqual({ connectionId, providerConfigKey: 'n8n' })
    const after = await call('GET', `/connections/${connectionId}?provider_config_key=n8n`)
    expect(after.json).toMatchObject({
      id: pick(before.json, 'id'),
      created_at: pick(before.json, 'created_at'),
      tags: {},
      metadata: {},
      connection_config: {},
      credentials: { type: 'API_KEY', apiKey: 'k-2' },
    })
    expect(pick(after.json, 'updated_at')).not.toBe(pick(before.json, 'updated_at'))
  })

  it('leaves everything as it was when the new key is wrong', async () => {
    const token = await nango.openSession({ tags: { a: '1' } })
    const path = (session: string) => `/api-auth/api-key/openai?connect_session_token=${session}`
    const made = await callStandIn(nango.url, 'POST', path(token), { body: { apiKey: 'demo-right-one' } })
    const connectionId = pickText(made.json, 'connectionId')
    const session = await call('POST', '/connect/sessions/reconnect', { connection_id: connectionId, integration_id: 'openai' })
    const failed = await callStandIn(nango.url, 'POST', path(pickText(session.json, 'data', 'token')), { body: { apiKey: 'wrong' } })
    expect(failed.status).toBe(400)
    const after = await call('GET', `/connections/${connectionId}?provider_config_key=openai`)
    expect(after.json).toMatchObject({ tags: { a: '1' }, errors: [], credentials: { apiKey: 'demo-right-one' } })
  })
})
