import { describe, expect } from 'vitest'
import { pick, pickText } from '../core/sandbox/call-stand-in.ts'
import { codeOf, statement, useConformanceServer } from './conformance-server.ts'

const server = useConformanceServer()

const post = async (path: string, body: unknown, query = '', session?: string) =>
  server.bare('POST', `${path}?connect_session_token=${session ?? (await server.openSession())}${query}`, body)

describe('connecting with an API key', () => {
  statement('answers the new connection, and keeps what was given as params', async () => {
    const answer = await post(
      `/api-auth/api-key/${server.keys.apiKey}`,
      { apiKey: 'k-1' },
      '&params[baseUrl]=https%3A%2F%2Fa.test&params[x]=1',
    )
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({ connectionId: expect.stringMatching(/^[0-9a-f-]{36}$/), providerConfigKey: server.keys.apiKey })
    const made = await server.call('GET', `/connections/${pickText(answer.json, 'connectionId')}?provider_config_key=${server.keys.apiKey}`)
    expect(made.json).toMatchObject({
      metadata: {},
      connection_config: { baseUrl: 'https://a.test', x: '1' },
      credentials: { type: 'API_KEY', apiKey: 'k-1' },
    })
  })

  statement('does not ask for the provider’s own fields', async () => {
    expect((await post(`/api-auth/api-key/${server.keys.apiKey}`, { apiKey: 'k-1' })).status).toBe(200)
  })

  statement('tests the key only where the provider has a verification', async () => {
    const refused = await post(`/api-auth/api-key/${server.keys.verifiedApiKey}`, { apiKey: 'sk-real-looking-key' })
    expect(refused.status).toBe(400)
    expect(refused.json).toEqual({
      error: {
        code: 'connection_test_failed',
        message: 'The given credentials were found to be invalid. Please check the credentials and try again.',
      },
    })
  })

  statement('takes a key that the service takes', 'service', async () => {
    expect((await post(`/api-auth/api-key/${server.keys.verifiedApiKey}`, { apiKey: 'demo-short' })).status).toBe(400)
    expect((await post(`/api-auth/api-key/${server.keys.verifiedApiKey}`, { apiKey: 'demo-123456789' })).status).toBe(200)
  })

  statement('refuses unknown integrations, another auth mode, and integrations the session does not allow', async () => {
    const unknown = await post('/api-auth/api-key/zzz', { apiKey: 'k' })
    expect([unknown.status, unknown.json]).toEqual([404, { error: { code: 'unknown_provider_config' } }])
    const otherMode = await post(`/api-auth/api-key/${server.keys.verifiedBasic}`, { apiKey: 'k' })
    expect([otherMode.status, otherMode.json]).toEqual([400, { error: { code: 'invalid_auth_mode' } }])
    const narrow = await server.openSession({ tags: {}, allowed_integrations: [server.keys.verifiedApiKey] })
    const barred = await post(`/api-auth/api-key/${server.keys.apiKey}`, { apiKey: 'k' }, '', narrow)
    expect([barred.status, barred.json]).toEqual([400, { error: { code: 'integration_not_allowed' } }])
  })

  statement('does not let a session choose the connection id', async () => {
    const answer = await post(`/api-auth/api-key/${server.keys.apiKey}`, { apiKey: 'k' }, '&connection_id=mine')
    expect(answer.json).toEqual({
      error: {
        code: 'invalid_query_params',
        errors: [{ code: 'custom', message: 'connection_id is forbidden when using session token', path: ['connection_id'] }],
      },
    })
  })

  statement('refuses bodies with unknown or missing fields', async () => {
    for (const body of [{}, { apiKey: '' }, { apiKey: 'k', extra: 1 }]) {
      const answer = await post(`/api-auth/api-key/${server.keys.apiKey}`, body)
      expect([answer.status, pick(answer.json, 'error', 'code')]).toEqual([400, 'invalid_body'])
    }
  })
})

describe('connecting with a user name and password', () => {
  statement('accepts an empty password', async () => {
    const answer = await post(`/api-auth/basic/${server.keys.basic}`, { username: 'tok', password: '' })
    expect(answer.status).toBe(200)
    const path = `/connections/${pickText(answer.json, 'connectionId')}?provider_config_key=${server.keys.basic}`
    expect(pick((await server.call('GET', path)).json, 'credentials')).toEqual({ type: 'BASIC', username: 'tok', password: '' })
  })

  statement('tests it where the provider has a verification', async () => {
    const wrong = await post(
      `/api-auth/basic/${server.keys.verifiedBasic}`,
      { username: 'a@b.test', password: 'x' },
      '&params[subdomain]=demo',
    )
    expect(pick(wrong.json, 'error', 'code')).toBe('connection_test_failed')
  })

  statement('takes a password that the service takes', 'service', async () => {
    const right = await post(
      `/api-auth/basic/${server.keys.verifiedBasic}`,
      { username: 'a@b.test', password: 'demo-123456789' },
      '&params[subdomain]=demo',
    )
    expect(right.status).toBe(200)
  })

  statement('needs both fields', async () => {
    const answer = await post(`/api-auth/basic/${server.keys.verifiedBasic}`, { username: 'a' })
    expect([answer.status, pick(answer.json, 'error', 'errors', 0, 'path')]).toEqual([400, ['password']])
  })
})

describe('importing a connection', () => {
  const input = (more: object = {}) => ({ provider_config_key: server.keys.apiKey, credentials: { type: 'API_KEY', apiKey: 'k' }, ...more })

  statement('answers 201 with the whole connection and times in Z', async () => {
    const answer = await server.call('POST', '/connections', input({ connection_id: 'mine', metadata: { a: 1 }, tags: { T: 'v' } }))
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      connection_id: 'mine',
      metadata: { a: 1 },
      tags: { t: 'v' },
      created_at: expect.stringMatching(/^[\d-]{10}T[\d:.]{12}Z$/) as string,
      credentials: { type: 'API_KEY', apiKey: 'k' },
    })
  })

  statement('bumps updated_at of the API key that it replaces', 'clock', async () => {
    const before = await server.call('POST', '/connections', input({ connection_id: 'mine' }))
    server.clock.advance(5_000)
    const after = await server.call('POST', '/connections', input({ connection_id: 'mine' }))
    expect(pick(after.json, 'created_at')).toBe(pick(before.json, 'created_at'))
    expect(pick(after.json, 'updated_at')).not.toBe(pick(before.json, 'updated_at'))
  })

  statement('resets tags, metadata and configuration of a connection there is, keeps its end user and does not show it', async () => {
    await server.call('POST', '/connections', input({ connection_id: 'mine', metadata: { a: 1 }, end_user: { id: 'eu-1' } }))
    const again = await server.call('POST', '/connections', input({ connection_id: 'mine' }))
    expect(again.json).toMatchObject({ end_user: null, tags: {}, metadata: {}, connection_config: {} })
    const read = await server.call('GET', `/connections/mine?provider_config_key=${server.keys.apiKey}`)
    expect(read.json).toMatchObject({ id: pick(again.json, 'id'), end_user: { id: 'eu-1' } })
  })

  statement('refuses the wrong kind of credentials, and an unknown integration', async () => {
    const wrong = await server.call('POST', '/connections', input({ credentials: { type: 'BASIC', username: 'a', password: 'b' } }))
    expect([wrong.status, pick(wrong.json, 'error', 'message')]).toEqual([400, 'Provider API_KEY does not support BASIC auth'])
    const unknown = await server.call('POST', '/connections', input({ provider_config_key: 'zzz' }))
    expect([unknown.status, unknown.json]).toEqual([404, { error: { code: 'not_found', message: 'Integration does not exist' } }])
  })

  statement('refuses a query, an unknown field, and credentials that lack something', async () => {
    expect(codeOf(await server.call('POST', '/connections?x=1', input()))).toBe('invalid_query_params')
    for (const more of [{ surprise: 1 }, { credentials: { type: 'API_KEY' } }, { credentials: { type: 'API_KEY', apiKey: 'k', raw: {} } }])
      expect(codeOf(await server.call('POST', '/connections', input(more)))).toBe('invalid_body')
  })

  statement('takes OAuth tokens, and shows what was given as raw', async () => {
    const credentials = { type: 'OAUTH2', access_token: 'at', refresh_token: 'rt', expires_at: '2100-01-01T00:00:00.000Z' }
    const made = await server.call('POST', '/connections', input({ provider_config_key: server.keys.oauth, credentials }))
    expect(made.status).toBe(201)
    const read = await server.call(
      'GET',
      `/connections/${pickText(made.json, 'connection_id')}?provider_config_key=${server.keys.oauth}&refresh_token=true`,
    )
    expect(read.json).toMatchObject({ credentials: { ...credentials, raw: { access_token: 'at', refresh_token: 'rt' } } })
  })

  statement('tests credentials where the provider has a verification', async () => {
    const answer = await server.call('POST', '/connections', input({ provider_config_key: server.keys.verifiedApiKey }))
    expect([answer.status, pick(answer.json, 'error', 'code')]).toEqual([400, 'connection_test_failed'])
  })

  statement('takes ids that can then be neither read nor deleted, and fails at 256 characters', async () => {
    expect((await server.call('POST', '/connections', input({ connection_id: 'ünï' }))).status).toBe(201)
    for (const method of ['GET', 'DELETE']) {
      const answer = await server.call(method, `/connections/${encodeURIComponent('ünï')}?provider_config_key=${server.keys.apiKey}`)
      expect([answer.status, pick(answer.json, 'error', 'code')]).toEqual([400, 'invalid_uri_params'])
    }
    expect((await server.call('POST', '/connections', input({ connection_id: 'x'.repeat(256) }))).status).toBe(500)
  })
})
