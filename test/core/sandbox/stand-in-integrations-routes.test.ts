import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { type TestClock, createCaller, createClock, pick } from './call-stand-in.ts'

let nango: FakeNango
let clock: TestClock
let call: ReturnType<typeof createCaller>

beforeEach(async () => {
  clock = createClock()
  nango = await startFakeNango({ now: clock.now })
  call = createCaller(nango)
})
afterEach(() => nango.stop())

const oauthBody = {
  unique_key: 'gh',
  provider: 'github',
  display_name: 'My GitHub',
  credentials: { type: 'OAUTH2', client_id: 'cid-1', client_secret: 'csecret-1', scopes: 'read_user,read_api' },
}

describe('integrations', () => {
  it('are listed whole, ordered by provider, without parameters', async () => {
    const answer = await call('GET', '/integrations')
    const rows = pick(answer.json, 'data')
    expect(Array.isArray(rows) && rows.map((row: unknown) => pick(row, 'provider'))).toEqual([
      'github',
      'jira-basic',
      'jira-data-center-basic',
      'local-oauth',
      'n8n',
      'openai',
    ])
    expect((await call('GET', '/integrations?limit=1')).status).toBe(400)
  })

  it('are created with 200 and shown with eight fields at most', async () => {
    const answer = await call('POST', '/integrations', oauthBody)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      data: {
        unique_key: 'gh',
        provider: 'github',
        display_name: 'My GitHub',
        logo: `${nango.url}/images/template-logos/github.svg`,
        forward_webhooks: true,
        created_at: new Date(clock.now()).toISOString(),
        updated_at: new Date(clock.now()).toISOString(),
      },
    })
    expect((await call('POST', '/integrations', { unique_key: 'n8n second', provider: 'n8n' })).status).toBe(200)
  })

  it.each([
    ['a key there is already', { unique_key: 'n8n', provider: 'n8n' }, 'Unique key already exists'],
    ['a provider nobody knows', { unique_key: 'x', provider: 'nope' }, 'Invalid provider'],
  ])('are refused for %s', async (_case, body, message) => {
    const answer = await call('POST', '/integrations', body)
    expect(answer.status).toBe(400)
    expect(pick(answer.json, 'error', 'errors', 0)).toMatchObject({ code: 'invalid_string', message })
  })

  it('says uniqueKey where the field is unique_key', async () => {
    const answer = await call('POST', '/integrations', { unique_key: 'n8n', provider: 'n8n' })
    expect(pick(answer.json, 'error', 'errors', 0, 'path')).toEqual(['uniqueKey'])
  })

  it.each([
    ['OAuth without credentials', { unique_key: 'x', provider: 'github' }, 'Missing credentials'],
    [
      'credentials of another kind',
      { unique_key: 'x', provider: 'n8n', credentials: oauthBody.credentials },
      'incompatible credentials auth type and provider auth',
    ],
    [
      'configuration the provider does not take',
      { unique_key: 'x', provider: 'n8n', integration_config: { a: 'b' } },
      'This provider does not accept integration configuration',
    ],
  ])('are refused for %s with a message and no list', async (_case, body, message) => {
    const answer = await call('POST', '/integrations', body)
    expect(answer.json).toEqual({ error: { code: 'invalid_body', message } })
  })

  it('take scopes with commas and no spaces, or none', async () => {
    const withScopes = (unique_key: string, scopes: string) => ({
      ...oauthBody,
      unique_key,
      credentials: { ...oauthBody.credentials, scopes },
    })
    const spaced = await call('POST', '/integrations', withScopes('a', 'read_user read_api'))
    expect([spaced.status, pick(spaced.json, 'error', 'errors', 0, 'code')]).toEqual([400, 'invalid_union'])
    expect((await call('POST', '/integrations', withScopes('b', ''))).status).toBe(200)
  })

  it('show the secret only on request, null for keys and passwords, and both includes at once', async () => {
    await call('POST', '/integrations', oauthBody)
    expect(pick((await call('GET', '/integrations/gh')).json, 'data', 'credentials')).toBeUndefined()
    const both = await call('GET', '/integrations/gh?include=webhook&include=credentials')
    expect(pick(both.json, 'data', 'credentials')).toEqual({
      type: 'OAUTH2',
      client_id: 'cid-1',
      client_secret: 'csecret-1',
      scopes: 'read_user,read_api',
      webhook_secret: null,
    })
    expect(pick(both.json, 'data', 'webhook_url')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/webhook\/[0-9a-f-]{36}\/gh$/)
    expect(pick((await call('GET', '/integrations/n8n?include=credentials')).json, 'data', 'credentials')).toBeNull()
  })

  it('answer 404 with their name when there is none', async () => {
    const answer = await call('GET', '/integrations/zzz')
    expect([answer.status, answer.json]).toEqual([404, { error: { code: 'not_found', message: 'Integration "zzz" does not exist' } }])
  })

  it('bump updated_at on an empty change and refuse unknown fields', async () => {
    clock.advance(1000)
    const answer = await call('PATCH', '/integrations/n8n', {})
    expect(answer.status).toBe(200)
    expect(pick(answer.json, 'data', 'updated_at')).toBe(new Date(clock.now()).toISOString())
    expect((await call('PATCH', '/integrations/n8n', { colour: 'red' })).status).toBe(400)
  })

  it('are renamed only while they have no connections', async () => {
    expect((await call('PATCH', '/integrations/openai', { unique_key: 'openai-2' })).status).toBe(200)
    nango.fillConnections(1)
    const answer = await call('PATCH', '/integrations/n8n', { unique_key: 'n8n-2' })
    expect(answer.json).toEqual({ error: { code: 'invalid_body', message: "Can't rename an integration with active connections" } })
  })

  it('take their connections with them when deleted', async () => {
    nango.fillConnections(3)
    const answer = await call('DELETE', '/integrations/n8n')
    expect([answer.status, answer.json]).toEqual([200, { success: true }])
    expect((await call('GET', '/connections')).json).toEqual({ connections: [] })
    expect((await call('DELETE', '/integrations/n8n')).status).toBe(404)
  })
})

describe('providers', () => {
  it('are listed whole and searched by name', async () => {
    const names = (answer: unknown): unknown[] => {
      const rows = pick(answer, 'data')
      return Array.isArray(rows) ? rows.map((row: unknown) => pick(row, 'name')) : []
    }
    expect(names((await call('GET', '/providers')).json)).toContain('local-oauth')
    expect(names((await call('GET', '/providers?search=N8')).json)).toEqual(['n8n'])
    expect((await call('GET', '/providers?limit=1')).status).toBe(400)
  })

  it('show what a form must ask for, with an address for the logo', async () => {
    const answer = await call('GET', '/providers/n8n')
    expect(answer.json).toMatchObject({
      data: {
        name: 'n8n',
        auth_mode: 'API_KEY',
        logo_url: `${nango.url}/images/template-logos/n8n.svg`,
        connection_config: { baseUrl: { title: 'Base URL', format: 'uri', suffix: '/api', order: 1 } },
        credentials: { apiKey: { title: 'API Key' } },
      },
    })
    const unknown = await call('GET', '/providers/nope-nope')
    expect([unknown.status, unknown.json]).toEqual([404, { error: { code: 'not_found', message: 'Unknown provider nope-nope' } }])
  })
})
