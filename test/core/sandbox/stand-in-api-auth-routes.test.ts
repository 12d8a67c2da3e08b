import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { callStandIn, createCaller, pick, pickText } from './call-stand-in.ts'

let nango: FakeNango
let call: ReturnType<typeof createCaller>
let token: string

beforeAll(async () => {
  nango = await startFakeNango({ rateLimitPerMinute: 1000 })
  call = createCaller(nango)
  token = await nango.openSession({ tags: {} })
})
afterAll(() => nango.stop())

const post = (path: string, body: unknown, query = '') =>
  callStandIn(nango.url, 'POST', `${path}?connect_session_token=${token}${query}`, { body })

describe('connecting with an API key', () => {
  it('answers the new connection, and keeps what was given as params', async () => {
    const answer = await post('/api-auth/api-key/n8n', { apiKey: 'k-1' }, '&params[baseUrl]=https%3A%2F%2Fa.test&params[x]=1')
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({ connectionId: expect.stringMatching(/^[0-9a-f-]{36}$/), providerConfigKey: 'n8n' })
    const made = await call('GET', `/connections/${pickText(answer.json, 'connectionId')}?provider_config_key=n8n`)
    expect(made.json).toMatchObject({
      metadata: {},
      connection_config: { baseUrl: 'https://a.test', x: '1' },
      credentials: { type: 'API_KEY', apiKey: 'k-1' },
    })
  })

  it('does not ask for the provider’s own fields', async () => {
    expect((await post('/api-auth/api-key/n8n', { apiKey: 'k-1' })).status).toBe(200)
  })

  it('tests the key only where the provider has a verification', async () => {
    const refused = await post('/api-auth/api-key/openai', { apiKey: 'sk-real-looking-key' })
    expect(refused.status).toBe(400)
    expect(refused.json).toEqual({
      error: {
        code: 'connection_test_failed',
        message: 'The given credentials were found to be invalid. Please check the credentials and try again.',
      },
    })
    expect((await post('/api-auth/api-key/openai', { apiKey: 'demo-short' })).status).toBe(400)
    expect((await post('/api-auth/api-key/openai', { apiKey: 'demo-123456789' })).status).toBe(200)
  })

  it('refuses unknown integrations, another auth mode, and integrations the session does not allow', async () => {
    const unknown = await post('/api-auth/api-key/zzz', { apiKey: 'k' })
    expect([unknown.status, unknown.json]).toEqual([404, { error: { code: 'unknown_provider_config' } }])
    const otherMode = await post('/api-auth/api-key/jira-basic', { apiKey: 'k' })
    expect([otherMode.status, otherMode.json]).toEqual([400, { error: { code: 'invalid_auth_mode' } }])
    const narrow = await nango.openSession({ tags: {}, allowed_integrations: ['openai'] })
    const barred = await callStandIn(nango.url, 'POST', `/api-auth/api-key/n8n?connect_session_token=${narrow}`, { body: { apiKey: 'k' } })
    expect([barred.status, barred.json]).toEqual([400, { error: { code: 'integration_not_allowed' } }])
  })

  it('does not let a session choose the connection id', async () => {
    const answer = await post('/api-auth/api-key/n8n', { apiKey: 'k' }, '&connection_id=mine')
    expect(answer.json).toEqual({
      error: {
        code: 'invalid_query_params',
        errors: [{ code: 'custom', message: 'connection_id is forbidden when using session token', path: ['connection_id'] }],
      },
    })
  })

  it('refuses bodies with unknown or missing fields', async () => {
    for (const body of [{}, { apiKey: '' }, { apiKey: 'k', extra: 1 }]) {
      const answer = await post('/api-auth/api-key/n8n', body)
      expect([answer.status, pick(answer.json, 'error', 'code')]).toEqual([400, 'invalid_body'])
    }
  })
})

describe('connecting with a user name and password', () => {
  it('accepts an empty password', async () => {
    const answer = await post('/api-auth/basic/jira-data-center-basic', { username: 'tok', password: '' })
    expect(answer.status).toBe(200)
    const path = `/connections/${pickText(answer.json, 'connectionId')}?provider_config_key=jira-data-center-basic`
    expect(pick((await call('GET', path)).json, 'credentials')).toEqual({ type: 'BASIC', username: 'tok', password: '' })
  })

  it('tests it where the provider has a verification', async () => {
    const wrong = await post('/api-auth/basic/jira-basic', { username: 'a@b.test', password: 'x' }, '&params[subdomain]=demo')
    expect(pick(wrong.json, 'error', 'code')).toBe('connection_test_failed')
    const right = await post('/api-auth/basic/jira-basic', { username: 'a@b.test', password: 'demo-123456789' }, '&params[subdomain]=demo')
    expect(right.status).toBe(200)
  })

  it('needs both fields', async () => {
    const answer = await post('/api-auth/basic/jira-basic', { username: 'a' })
    expect([answer.status, pick(answer.json, 'error', 'errors', 0, 'path')]).toEqual([400, ['password']])
  })
})
