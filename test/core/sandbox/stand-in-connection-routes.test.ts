import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { type TestClock, callStandIn, createCaller, createClock, pick } from './call-stand-in.ts'

const READ_ONLY = '7b4a8c1e-2f5d-4f0a-9c3e-5d6a7b8c9d0e'

let nango: FakeNango
let clock: TestClock
let call: ReturnType<typeof createCaller>

beforeEach(async () => {
  clock = createClock()
  nango = await startFakeNango({
    now: clock.now,
    scopedKeys: { [READ_ONLY]: ['environment:connections:list', 'environment:connections:read'] },
  })
  call = createCaller(nango)
  nango.fillConnections(2)
})
afterEach(() => nango.stop())

const ONE = '/connections/filled-000000?provider_config_key=n8n'

describe('reading one connection', () => {
  it('says created_at with +00:00 and shows credentials and configuration', async () => {
    const answer = await call('GET', ONE)
    const at = new Date(clock.now() - 3000).toISOString().replace('Z', '+00:00')
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      id: expect.any(Number),
      connection_id: 'filled-000000',
      provider_config_key: 'n8n',
      provider: 'n8n',
      errors: [],
      end_user: null,
      tags: { project: 'p0' },
      metadata: {},
      connection_config: { baseUrl: 'https://n8n.example.test' },
      webhook_url_override: null,
      created_at: at,
      updated_at: at,
      last_fetched_at: at,
      credentials: { type: 'API_KEY', apiKey: 'key-0' },
    })
  })

  it('notes the read but shows the read before', async () => {
    await call('GET', ONE)
    const readAt = clock.now()
    clock.advance(1000)
    const second = await call('GET', ONE)
    expect(pick(second.json, 'last_fetched_at')).toBe(new Date(readAt).toISOString().replace('Z', '+00:00'))
  })

  it('has no credentials and no side effects for a key that may not see them', async () => {
    const headers = { authorization: `Bearer ${READ_ONLY}` }
    clock.advance(1000)
    const first = await callStandIn(nango.url, 'GET', ONE, { headers })
    expect([first.status, pick(first.json, 'credentials')]).toEqual([200, {}])
    clock.advance(1000)
    const second = await callStandIn(nango.url, 'GET', ONE, { headers })
    expect(second.json).toEqual(first.json)
    for (const option of ['force_refresh', 'refresh_token']) {
      const refused = await callStandIn(nango.url, 'GET', `${ONE}&${option}=true`, { headers })
      expect(refused.status).toBe(403)
      expect(refused.json).toEqual({
        error: {
          code: 'forbidden',
          message: 'Credential and refresh options require the environment:connections:read_credentials scope',
        },
      })
    }
  })

  it('silently does nothing on force_refresh of an API key', async () => {
    const answer = await call('GET', `${ONE}&force_refresh=true`)
    expect([answer.status, pick(answer.json, 'credentials')]).toEqual([200, { type: 'API_KEY', apiKey: 'key-0' }])
  })

  it('tells a missing key parameter, an unknown integration and an unknown connection apart', async () => {
    const noKey = await call('GET', '/connections/filled-000000')
    expect([noKey.status, pick(noKey.json, 'error', 'code')]).toEqual([400, 'invalid_query_params'])
    const noIntegration = await call('GET', '/connections/filled-000000?provider_config_key=zzz')
    expect([noIntegration.status, noIntegration.json]).toEqual([
      400,
      { error: { code: 'unknown_provider_config', message: 'Provider does not exists' } },
    ])
    const missing = { error: { code: 'not_found', message: 'Failed to find connection' } }
    const noConnection = await call('GET', '/connections/nope?provider_config_key=n8n')
    expect([noConnection.status, noConnection.json]).toEqual([404, missing])
    const elsewhere = await call('GET', '/connections/filled-000000?provider_config_key=openai')
    expect([elsewhere.status, elsewhere.json]).toEqual([404, missing])
  })

  it('needs a slash in an id to be encoded', async () => {
    await call('POST', '/connections', {
      provider_config_key: 'n8n',
      connection_id: 'a/b',
      credentials: { type: 'API_KEY', apiKey: 'k' },
    })
    expect((await call('GET', '/connections/a%2Fb?provider_config_key=n8n')).status).toBe(200)
    expect((await call('GET', '/connections/a/b?provider_config_key=n8n')).status).toBe(500)
  })

  it('answers under the old path /connection too', async () => {
    expect((await call('GET', '/connection/filled-000000?provider_config_key=n8n')).status).toBe(200)
    expect((await call('GET', '/connection')).status).toBe(200)
  })
})

describe('changing a connection', () => {
  it('replaces all tags, clears them with {}, and does not bump updated_at', async () => {
    clock.advance(5000)
    const before = pick((await call('GET', ONE)).json, 'updated_at')
    expect((await call('PATCH', ONE, { tags: { New: 'x' } })).json).toEqual({ success: true })
    expect((await call('GET', ONE)).json).toMatchObject({ tags: { new: 'x' }, updated_at: before })
    await call('PATCH', ONE, { tags: {} })
    expect(pick((await call('GET', ONE)).json, 'tags')).toEqual({})
    expect((await call('PATCH', ONE, {})).json).toEqual({ success: true })
  })

  it('replaces all tags by those of a new end user', async () => {
    await call('PATCH', ONE, { end_user: { id: 'eu-9', email: 'nine@example.test' } })
    expect((await call('GET', ONE)).json).toMatchObject({
      tags: { end_user_id: 'eu-9', end_user_email: 'nine@example.test' },
      end_user: { id: 'eu-9', display_name: null, email: 'nine@example.test', tags: null, organization: null },
    })
  })

  it('refuses other fields and unknown connections', async () => {
    const field = await call('PATCH', ONE, { connection_config: {} })
    expect([field.status, pick(field.json, 'error', 'errors', 0, 'code')]).toEqual([400, 'unrecognized_keys'])
    const unknown = await call('PATCH', '/connections/nope?provider_config_key=n8n', { tags: {} })
    expect([unknown.status, pick(unknown.json, 'error', 'code')]).toEqual([404, 'not_found'])
  })
})

describe('metadata', () => {
  const body = (metadata: object, connection_id: unknown = 'filled-000000') => ({ connection_id, provider_config_key: 'n8n', metadata })
  const metadata = async () => pick((await call('GET', ONE)).json, 'metadata')

  it('is replaced by POST with 201 and merged one level deep by PATCH with 200, which echoes what was sent', async () => {
    const posted = await call('POST', '/connections/metadata', body({ a: 1, b: { c: 2 } }))
    expect([posted.status, posted.json]).toEqual([201, body({ a: 1, b: { c: 2 } })])
    const patched = await call('PATCH', '/connections/metadata', body({ b: { d: 3 } }))
    expect([patched.status, patched.json]).toEqual([200, body({ b: { d: 3 } })])
    expect(await metadata()).toEqual({ a: 1, b: { d: 3 } })
    await call('POST', '/connections/metadata', body({ z: 1 }))
    expect(await metadata()).toEqual({ z: 1 })
  })

  it('is written to several connections, or to none when one is unknown', async () => {
    await call('POST', '/connections/metadata', body({ both: true }, ['filled-000000', 'filled-000001']))
    expect(await metadata()).toEqual({ both: true })
    const refused = await call('POST', '/connections/metadata', body({ lost: true }, ['filled-000000', 'nope']))
    expect([refused.status, pick(refused.json, 'error', 'code')]).toEqual([404, 'unknown_connection'])
    expect(await metadata()).toEqual({ both: true })
  })
})

describe('deleting a connection', () => {
  it('answers 200 once, then 400 unknown_connection, while a read says 404', async () => {
    expect((await call('DELETE', ONE)).json).toEqual({ success: true })
    const again = await call('DELETE', ONE)
    expect([again.status, again.json]).toEqual([400, { error: { code: 'unknown_connection' } }])
    expect((await call('GET', ONE)).status).toBe(404)
  })
})

describe('importing a connection', () => {
  const input = (more: object = {}) => ({ provider_config_key: 'n8n', credentials: { type: 'API_KEY', apiKey: 'k' }, ...more })

  it('answers 201 with the whole connection and times in Z', async () => {
    const answer = await call('POST', '/connections', input({ connection_id: 'mine', metadata: { a: 1 }, tags: { T: 'v' } }))
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      connection_id: 'mine',
      metadata: { a: 1 },
      tags: { t: 'v' },
      created_at: new Date(clock.now()).toISOString(),
      credentials: { type: 'API_KEY', apiKey: 'k' },
    })
  })

  it('resets tags, metadata and configuration of a connection there is, keeps its end user and does not show it', async () => {
    await call('POST', '/connections', input({ connection_id: 'mine', metadata: { a: 1 }, end_user: { id: 'eu-1' } }))
    const again = await call('POST', '/connections', input({ connection_id: 'mine' }))
    expect(again.json).toMatchObject({ end_user: null, tags: {}, metadata: {}, connection_config: {} })
    const read = await call('GET', '/connections/mine?provider_config_key=n8n')
    expect(read.json).toMatchObject({ id: pick(again.json, 'id'), end_user: { id: 'eu-1' } })
  })

  it.each([
    [
      'the wrong kind of credentials',
      { credentials: { type: 'BASIC', username: 'a', password: 'b' } },
      'Provider API_KEY does not support BASIC auth',
    ],
    ['an unknown integration', { provider_config_key: 'zzz' }, 'Integration does not exist'],
  ])('refuses %s', async (_case, more, message) => {
    expect(pick((await call('POST', '/connections', input(more))).json, 'error', 'message')).toBe(message)
  })

  it('tests credentials where the provider has a verification', async () => {
    const answer = await call('POST', '/connections', input({ provider_config_key: 'openai' }))
    expect([answer.status, pick(answer.json, 'error', 'code')]).toEqual([400, 'connection_test_failed'])
  })

  it('takes ids that can then be neither read nor deleted, and fails at 256 characters', async () => {
    expect((await call('POST', '/connections', input({ connection_id: 'ünï' }))).status).toBe(201)
    for (const method of ['GET', 'DELETE']) {
      const answer = await call(method, `/connections/${encodeURIComponent('ünï')}?provider_config_key=n8n`)
      expect([answer.status, pick(answer.json, 'error', 'code')]).toEqual([400, 'invalid_uri_params'])
    }
    expect((await call('POST', '/connections', input({ connection_id: 'x'.repeat(256) }))).status).toBe(500)
  })
})
