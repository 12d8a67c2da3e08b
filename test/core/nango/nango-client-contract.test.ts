import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SILENT_LOG } from '#core/log'
import { createNangoClient, type NangoClient } from '#core/nango/nango-client'
import { startNangoStandIn, type NangoStandIn } from '#core/sandbox/nango-stand-in'
import { Secret } from '#core/vault/secret'

let server: NangoStandIn
let client: NangoClient
const clientOf = (secretKey: string): NangoClient =>
  createNangoClient({ host: server.url, secretKey: new Secret(secretKey), environment: {}, log: SILENT_LOG, now: Date.now })

beforeEach(async () => {
  server = await startNangoStandIn()
  client = clientOf(server.secretKey)
})
afterEach(async () => {
  client.close()
  await server.stop()
})

const connectKey = async (tags: Readonly<Record<string, string>>): Promise<{ connectionId: string; providerConfigKey: string }> => {
  const { token } = await client.createConnectSession({ tags, allowedIntegrations: ['n8n'] })
  return client.submitCredentials({
    mode: 'API_KEY',
    integrationId: 'n8n',
    token,
    params: { baseUrl: 'https://n8n.example' },
    credentials: { apiKey: 'demo-1' },
  })
}

describe('the client over a whole journey', () => {
  test('connects with an API key, finds the connection by its tag, reads and deletes it', async () => {
    const key = await connectKey({ Attempt_Id: 'Try-1' })
    await connectKey({ attempt_id: 'try-2' })
    const found = await client.listConnections({ tags: { attempt_id: 'Try-1' } })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ ...key, provider: 'n8n', hasAuthError: false, tags: { attempt_id: 'Try-1' } })
    const detail = await client.getConnection(key)
    expect(detail).toMatchObject({ connectionConfig: { baseUrl: 'https://n8n.example' }, hasCredentials: true, expiresAt: null })
    expect(JSON.parse(detail.credentials?.reveal() ?? '')).toEqual({ type: 'API_KEY', apiKey: 'demo-1' })
    expect([await client.deleteConnection(key), await client.deleteConnection(key)]).toEqual(['deleted', 'already_gone'])
    await expect(client.getConnection(key)).rejects.toMatchObject({ code: 'nango.not_found' })
    expect(await client.listConnections({ limit: 2000 })).toHaveLength(1)
  })

  test('pages through a list, newest first', async () => {
    server.seedConnections(
      Array.from({ length: 25 }, () => ({ integrationKey: 'n8n', credentials: { type: 'API_KEY', apiKey: 'demo-x' } })),
    )
    const pages = await Promise.all([0, 1, 2].map((page) => client.listConnections({ limit: 10, page })))
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5])
    expect(new Set(pages.flat().map((row) => row.id)).size).toBe(25)
  })

  test('reads sessions and integrations', async () => {
    await client.health()
    const { token } = await client.createConnectSession({ tags: { a: 'b' }, allowedIntegrations: ['github'] })
    expect(await client.readConnectSession(token)).toEqual({ websocketsPath: '/', allowedIntegrations: ['github'] })
    await client.deleteConnectSession(token)
    await expect(client.readConnectSession(token)).rejects.toMatchObject({ code: 'connect.expired' })
    const integrations = await client.listIntegrations()
    expect(integrations.map((integration) => integration.integrationId)).toContain('n8n')
    expect(await client.getIntegration('n8n')).toMatchObject({ integrationId: 'n8n', providerKey: 'n8n' })
    await expect(client.getIntegration('no such')).rejects.toMatchObject({ code: 'nango.not_found' })
  })

  test('replaces tags, and tells replacing metadata from merging it', async () => {
    const key = await connectKey({ attempt_id: 'Try-1', plan: 'pro' })
    const read = async () => (await client.listConnections({ connectionId: key.connectionId }))[0]
    await client.updateTags({ ...key, tags: { Team: 'Ops' } })
    expect((await read())?.tags).toEqual({ team: 'Ops' })
    await client.updateTags({ ...key, tags: {} })
    expect((await read())?.tags).toEqual({})
    await client.replaceMetadata({ ...key, metadata: { a: 1, nested: { c: 2 } } })
    await client.mergeMetadata({ ...key, metadata: { nested: { d: 3 }, b: 'x' } })
    expect((await read())?.metadata).toEqual({ a: 1, b: 'x', nested: { d: 3 } })
    await client.replaceMetadata({ ...key, metadata: { b: null } })
    expect((await read())?.metadata).toEqual({ b: null })
    const unknown = { ...key, connectionId: 'no-such' }
    await expect(client.updateTags({ ...unknown, tags: {} })).rejects.toMatchObject({ code: 'nango.not_found' })
    await expect(client.replaceMetadata({ ...unknown, metadata: {} })).rejects.toMatchObject({ code: 'nango.not_found' })
    await expect(client.mergeMetadata({ ...unknown, metadata: {} })).rejects.toMatchObject({ code: 'nango.not_found' })
    await expect(client.updateTags({ ...key, tags: { '1x': 'no' } })).rejects.toMatchObject({ code: 'nango.rejected' })
  })

  test('opens a session that replaces the credentials of a connection, with the tags that it is to have then', async () => {
    const key = await connectKey({ attempt_id: 'first' })
    const session = await client.createReconnectSession({ key, tags: { attempt_id: 'second' } })
    expect(session.token.reveal()).toMatch(/^nango_connect_session_/)
    await client.submitCredentials({
      mode: 'API_KEY',
      integrationId: 'n8n',
      token: session.token,
      params: { baseUrl: 'https://other.example' },
      credentials: { apiKey: 'demo-2' },
    })
    expect(await client.listConnections({ tags: { attempt_id: 'first' } })).toEqual([])
    expect(await client.listConnections({ tags: { attempt_id: 'second' } })).toMatchObject([key])
    expect(JSON.parse((await client.getConnection(key)).credentials?.reveal() ?? '')).toMatchObject({ apiKey: 'demo-2' })
    await expect(client.createReconnectSession({ key: { ...key, connectionId: 'none' }, tags: {} })).rejects.toMatchObject({
      code: 'nango.rejected',
    })
  })

  test('reads the definition of a provider', async () => {
    expect(await client.readProvider('n8n')).toMatchObject({ auth_mode: 'API_KEY', name: 'n8n' })
    await expect(client.readProvider('no-such')).rejects.toMatchObject({ code: 'nango.not_found' })
    for (const data of [null, [1], 'n8n', undefined]) {
      server.faults.answerNext({ status: 200, body: { data } })
      await expect(client.readProvider('n8n')).rejects.toMatchObject({ code: 'nango.protocol' })
    }
  })

  test('signs in over OAuth and hears of it on the socket', async () => {
    const { token } = await client.createConnectSession({ tags: { attempt_id: 'o-1' }, allowedIntegrations: ['github'] })
    const { websocketsPath } = await client.readConnectSession(token)
    const socket = client.openAuthSocket(websocketsPath)
    const websocketClientId = await socket.start()
    const start = await fetch(client.authorizationUrl({ integrationId: 'github', token, websocketClientId }), { redirect: 'manual' })
    expect(start.status).toBe(302)
    const denied = new URL(start.headers.get('location') ?? '')
    const callback = new URL(denied.searchParams.get('redirect_uri') ?? '')
    callback.searchParams.set('error', 'access_denied')
    callback.searchParams.set('state', denied.searchParams.get('state') ?? '')
    await fetch(callback)
    expect(await socket.result).toMatchObject({ kind: 'error', type: 'callback_err' })
  })

  test('refuses and reports as Nango does', async () => {
    await expect(client.createConnectSession({ tags: {}, allowedIntegrations: ['nope'] })).rejects.toMatchObject({ code: 'nango.rejected' })
    const wrong = clientOf('00000000-0000-4000-8000-000000000000')
    await expect(wrong.listConnections({})).rejects.toMatchObject({ code: 'nango.key_refused' })
    wrong.close()
    await client.probeConnectSessions()
    expect(server.requests.filter((request) => request.path === '/connect/sessions')).toHaveLength(2)
  })
})

describe('what the account allows', () => {
  test('is told after each call, and background work stops at its quarter', async () => {
    await client.listConnections({}, { priority: 'background' })
    expect(client.rateLimit).toMatchObject({ limit: 200, remaining: 199 })
    for (let count = 1; count < 50; count++) await client.listConnections({ limit: 1 }, { priority: 'background' })
    await expect(client.listConnections({}, { priority: 'background' })).rejects.toMatchObject({ code: 'nango.rate_limited' })
    expect(await client.listConnections({ limit: 1 })).toEqual([])
    expect(server.requests).toHaveLength(51)
  })
})

describe('a server in trouble', () => {
  test('that answers 2 GB, half a body or a web page is named', async () => {
    server.faults.answerNext({ huge: 2 ** 31 })
    await expect(client.listConnections({})).rejects.toMatchObject({ code: 'nango.too_large' })
    server.faults.answerNext({ html: '<!doctype html>' })
    await expect(client.listConnections({})).rejects.toMatchObject({ code: 'nango.not_nango' })
    server.faults.answerNext({ truncate: true, times: 3 })
    await expect(client.listConnections({})).rejects.toMatchObject({ code: 'nango.unreachable' })
  })

  test('that cut one connection is asked again', async () => {
    server.faults.answerNext({ reset: true })
    expect(await client.listConnections({})).toEqual([])
  })

  test('that never answers is given up when the caller does', async () => {
    server.faults.answerNext({ hang: true })
    const call = client.listConnections({}, { signal: AbortSignal.timeout(100) })
    await expect(call).rejects.toMatchObject({ code: 'request.cancelled' })
  })
})
