import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '#core/vault/secret'
import { json } from './local-servers.ts'
import { startScriptedNango, type ScriptedNango } from './scripted-nango.ts'

const opened: ScriptedNango[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

const nango = async (handler: RequestListener): Promise<ScriptedNango> => {
  const server = await startScriptedNango(handler)
  opened.push(server)
  return server
}

const LISTED = {
  id: 3,
  connection_id: 'c-1',
  provider_config_key: 'n8n-main',
  provider: 'n8n',
  errors: [{ type: 'auth', log_id: '1795_Bg' }],
  end_user: { id: 'user-1', display_name: 'User One', email: 'user1@example.com', tags: null, organization: null },
  tags: { plan: 'pro' },
  metadata: null,
  created: '2026-11-20T16:12:14.574+00:00',
  something_new: true,
}

const { created: _created, ...LISTED_CORE } = LISTED
const FULL = {
  ...LISTED_CORE,
  errors: [],
  connection_config: { baseUrl: 'https://x.example' },
  created_at: '2026-11-20T16:15:29.237+00:00',
  updated_at: '2026-11-20T16:15:30.000+00:00',
  last_fetched_at: null,
  credentials: {
    type: 'OAUTH2',
    access_token: 'at-canary',
    expires_at: '2026-11-20T17:15:35.121Z',
    raw: {
      access_token: 'at-canary',
      scope: 'openid read:things',
      id_token: `x.${Buffer.from(JSON.stringify({ sub: 's-1', email: 'a@b.c', name: 'Ann' })).toString('base64url')}.y`,
    },
  },
}

const SESSION = {
  data: {
    token: 'nango_connect_session_ab12',
    connect_link: 'http://localhost:3009/?session_token=nango_connect_session_ab12',
    expires_at: '2026-11-20T16:41:59.051Z',
  },
}

describe('listing connections', () => {
  test('puts rows into our words, times in UTC, unknown keys ignored', async () => {
    const { client } = await nango(json(200, { connections: [LISTED] }))
    expect(await client.listConnections({})).toEqual([
      {
        id: 3,
        connectionId: 'c-1',
        providerConfigKey: 'n8n-main',
        provider: 'n8n',
        hasAuthError: true,
        errorLogId: '1795_Bg',
        endUser: { id: 'user-1', displayName: 'User One', email: 'user1@example.com' },
        tags: { plan: 'pro' },
        metadata: null,
        createdAt: '2026-11-20T16:12:14.574Z',
      },
    ])
  })

  test('sends the key, page, limit and tags', async () => {
    const { client, seen } = await nango(json(200, { connections: [] }))
    await client.listConnections({ limit: 2000, page: 3, tags: { Attempt_Id: 'A b' } })
    const url = new URL(seen[0]?.url ?? '', 'http://x')
    expect(Object.fromEntries(url.searchParams)).toEqual({ limit: '2000', page: '3', 'tags[attempt_id]': 'A b' })
    expect(seen[0]?.headers['authorization']).toMatch(/^Bearer /)
  })

  test('combines search with an integration, and keeps the name of every tag, which the SDK does not', async () => {
    const { client, seen } = await nango(json(200, { connections: [] }))
    await client.listConnections({ search: 'ann', integrationId: 'gl' })
    await client.listConnections({ tags: { email: 'x' } })
    expect(seen.map((request) => request.url)).toEqual(['/connections?search=ann&integrationId=gl', '/connections?tags%5Bemail%5D=x'])
  })

  test('refuses a list with a row that is not understood, rather than leaving it out', async () => {
    const { client } = await nango(json(200, { connections: [LISTED, { ...LISTED, id: 'x' }] }))
    await expect(client.listConnections({})).rejects.toMatchObject({
      code: 'nango.protocol',
      data: { reason: 'unexpected_shape', paths: ['connections.1.id'] },
    })
  })
})

describe('one connection', () => {
  test('has its credentials in a Secret, with expiry, scopes and identity beside it', async () => {
    const { client, seen } = await nango(json(200, FULL))
    const detail = await client.getConnection({ connectionId: 'a/b?c', providerConfigKey: 'g l' })
    expect(detail).toMatchObject({
      createdAt: '2026-11-20T16:15:29.237Z',
      expiresAt: '2026-11-20T17:15:35.121Z',
      grantedScopes: ['openid', 'read:things'],
      hasCredentials: true,
      hasAuthError: false,
      rawIdentity: { accountId: 's-1', email: 'a@b.c', displayName: 'Ann', username: null },
    })
    expect(JSON.stringify(detail)).not.toContain('at-canary')
    expect(detail.credentials?.reveal()).toContain('at-canary')
    expect(seen[0]?.url).toBe('/connections/a%2Fb%3Fc?provider_config_key=g+l')
  })

  test('without the right to read credentials has none', async () => {
    const { client } = await nango(json(200, { ...FULL, credentials: {} }))
    const detail = await client.getConnection({ connectionId: 'c', providerConfigKey: 'k' })
    expect([detail.hasCredentials, detail.credentials, detail.expiresAt]).toEqual([false, null, null])
  })

  test('that cannot be named in an address is not found, and nothing is sent', async () => {
    const { client, seen } = await nango(json(200, FULL))
    await expect(client.getConnection({ connectionId: '..', providerConfigKey: 'k' })).rejects.toMatchObject({ code: 'nango.not_found' })
    expect(seen).toEqual([])
  })

  test('is deleted once, and gone the second time', async () => {
    const gone = { error: { code: 'unknown_connection' } }
    let calls = 0
    const { client, seen } = await nango((request, response) =>
      (calls++ === 0 ? json(200, { success: true }) : json(400, gone))(request, response),
    )
    const key = { connectionId: 'a/b', providerConfigKey: 'g&l' }
    expect([await client.deleteConnection(key), await client.deleteConnection(key)]).toEqual(['deleted', 'already_gone'])
    expect(seen[0]?.url).toBe('/connections/a%2Fb?provider_config_key=g%26l')
  })
})

describe('sessions', () => {
  test('are created with tags and presets', async () => {
    const { client, seen } = await nango(json(201, SESSION))
    const session = await client.createConnectSession({
      tags: { attempt_id: 'x' },
      allowedIntegrations: ['gl'],
      defaults: { gl: { userScopes: ['a', 'b'], connectionConfig: { host: 'h' }, oauthScopesOverride: 'c d' } },
    })
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      tags: { attempt_id: 'x' },
      allowed_integrations: ['gl'],
      integrations_config_defaults: { gl: { user_scopes: 'a,b', connection_config: { host: 'h', oauth_scopes_override: 'c d' } } },
    })
    expect(session.token.reveal()).toBe('nango_connect_session_ab12')
    expect(session.expiresAt).toBe('2026-11-20T16:41:59.051Z')
  })

  test('have a link that tells a self-hosted Connect UI where its server is', async () => {
    const { client, url } = await nango(json(201, SESSION))
    const session = await client.createConnectSession({ tags: {}, allowedIntegrations: [] })
    expect(new URL(session.connectLink?.reveal() ?? '').searchParams.get('apiURL')).toBe(url)
  })

  test('fall back to an end user where an older server asks for one', async () => {
    const refusal = { error: { code: 'invalid_body', errors: [{ code: 'invalid_type', message: 'Required', path: ['end_user'] }] } }
    let calls = 0
    const { client, seen } = await nango((request, response) =>
      (calls++ === 0 ? json(400, refusal) : json(201, SESSION))(request, response),
    )
    await client.createConnectSession({ tags: { attempt_id: 'x' }, allowedIntegrations: ['gl'] })
    expect(JSON.parse(seen[1]?.body ?? '')).toEqual({
      allowed_integrations: ['gl'],
      end_user: { id: 'patchbay', tags: { attempt_id: 'x' } },
    })
  })

  test('are not tried twice when an integration is unknown', async () => {
    const refusal = {
      error: { code: 'invalid_body', errors: [{ message: 'Integration does not exist', path: ['allowed_integrations', '0'] }] },
    }
    const { client, seen } = await nango(json(400, refusal))
    await expect(client.createConnectSession({ tags: {}, allowedIntegrations: ['zz'] })).rejects.toMatchObject({
      code: 'nango.rejected',
      data: { nangoCode: 'invalid_body', issues: [{ path: 'allowed_integrations.0', message: 'Integration does not exist' }] },
    })
    expect(seen).toHaveLength(1)
  })

  test('tell the path of the socket, and Cloud, which leaves it out, means the root', async () => {
    const own = await nango(json(200, { data: { websocketsPath: '/ws', allowed_integrations: ['gl'] } }))
    const cloud = await nango(json(200, { data: {} }))
    const token = new Secret('nango_connect_session_ab12')
    expect(await own.client.readConnectSession(token)).toEqual({ websocketsPath: '/ws', allowedIntegrations: ['gl'] })
    expect(await cloud.client.readConnectSession(token)).toEqual({ websocketsPath: '/', allowedIntegrations: null })
    expect(own.seen[0]?.headers['authorization']).toBe('Bearer nango_connect_session_ab12')
  })

  test('that are over are expired', async () => {
    const { client } = await nango(json(401, { error: { code: 'unknown_connect_session_token', message: 'no' } }))
    await expect(client.readConnectSession(new Secret('x'))).rejects.toMatchObject({ code: 'connect.expired' })
  })

  test('end with an empty reply', async () => {
    const { client, seen } = await nango((_request, response) => void response.writeHead(204).end())
    await client.deleteConnectSession(new Secret('x'))
    expect(seen[0]?.method).toBe('DELETE')
  })
})

describe('credentials', () => {
  const token = new Secret('nango_connect_session_ab12')

  test('travel in the body, parameters in the query, the secret key not at all', async () => {
    const { client, seen } = await nango(json(200, { connectionId: 'c-9', providerConfigKey: 'n8n main' }))
    const made = await client.submitCredentials({
      mode: 'API_KEY',
      integrationId: 'n8n main',
      token,
      params: { baseUrl: 'https://a.example/x?y' },
      credentials: { apiKey: 'k-1' },
    })
    expect(made).toEqual({ connectionId: 'c-9', providerConfigKey: 'n8n main' })
    const url = new URL(seen[0]?.url ?? '', 'http://x')
    expect(url.pathname).toBe('/api-auth/api-key/n8n%20main')
    expect(url.searchParams.get('params[baseUrl]')).toBe('https://a.example/x?y')
    expect(seen[0]?.body).toBe('{"apiKey":"k-1"}')
    expect(seen[0]?.headers['authorization']).toBeUndefined()
  })

  test('that fail the test are said to', async () => {
    const { client } = await nango(json(400, { error: { code: 'connection_test_failed', message: 'invalid' } }))
    const call = client.submitCredentials({
      mode: 'BASIC',
      integrationId: 'j',
      token,
      params: {},
      credentials: { username: 'a', password: '' },
    })
    await expect(call).rejects.toMatchObject({ code: 'connect.test_failed' })
  })

  test('an authorization address carries token, parameters and socket', async () => {
    const { client, url } = await nango(json(200, {}))
    const address = new URL(client.authorizationUrl({ integrationId: 'g l', token, params: { sub: 'a&b' }, websocketClientId: 'ws-1' }))
    expect(address.origin + address.pathname).toBe(`${url}/oauth/connect/g%20l`)
    expect(Object.fromEntries(address.searchParams)).toEqual({
      connect_session_token: 'nango_connect_session_ab12',
      'params[sub]': 'a&b',
      ws_client_id: 'ws-1',
    })
  })
})

describe('integrations', () => {
  const row = { unique_key: 'gl', provider: 'gitlab', display_name: null, logo: 'x', created_at: '2026-11-20T16:11:16.953Z' }

  test('are listed and read', async () => {
    const { client, seen } = await nango((request, response) =>
      json(200, request.url === '/integrations' ? { data: [row] } : { data: { ...row, display_name: 'My GitLab' } })(request, response),
    )
    const first = { integrationId: 'gl', providerKey: 'gitlab', displayName: 'gl', createdAt: '2026-11-20T16:11:16.953Z', updatedAt: null }
    expect(await client.listIntegrations()).toEqual([first])
    expect((await client.getIntegration('g/l')).displayName).toBe('My GitLab')
    expect(seen[1]?.url).toBe('/integrations/g%2Fl')
  })
})
