import { beforeEach, describe, expect } from 'vitest'
import { callStandIn, pick } from '../core/sandbox/call-stand-in.ts'
import { codeOf, IS_FOREIGN, statement, useConformanceServer } from './conformance-server.ts'

const READ_ONLY = '7b4a8c1e-2f5d-4f0a-9c3e-5d6a7b8c9d0e'

const server = useConformanceServer(() => ({
  scopedKeys: { [READ_ONLY]: ['environment:connections:list', 'environment:connections:read'] },
}))

beforeEach(async () => {
  for (const number of [0, 1])
    await server.call('POST', '/connections', {
      provider_config_key: server.keys.apiKey,
      connection_id: `filled-00000${number}`,
      credentials: { type: 'API_KEY', apiKey: `key-${number}` },
      tags: { project: `p${number}` },
      connection_config: { baseUrl: 'https://n8n.example.test' },
    })
})

const one = (): string => `/connections/filled-000000?provider_config_key=${server.keys.apiKey}`

describe('reading one connection', () => {
  statement('says created_at with +00:00 and shows credentials and configuration', async () => {
    const answer = await server.call('GET', one())
    const at = expect.stringMatching(/^[\d-]{10}T[\d:.]{12}\+00:00$/) as string
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      id: expect.any(Number),
      connection_id: 'filled-000000',
      provider_config_key: server.keys.apiKey,
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

  statement('notes the read but shows the read before', 'clock', async () => {
    await server.call('GET', one())
    const readAt = server.clock.now()
    server.clock.advance(1000)
    const second = await server.call('GET', one())
    expect(pick(second.json, 'last_fetched_at')).toBe(new Date(readAt).toISOString().replace('Z', '+00:00'))
  })

  statement('has no credentials and no side effects for a key that may not see them', 'scopedKey', async () => {
    const headers = { authorization: `Bearer ${READ_ONLY}` }
    server.clock.advance(1000)
    const first = await callStandIn(server.standIn.url, 'GET', one(), { headers })
    expect([first.status, pick(first.json, 'credentials')]).toEqual([200, {}])
    server.clock.advance(1000)
    const second = await callStandIn(server.standIn.url, 'GET', one(), { headers })
    expect(second.json).toEqual(first.json)
    for (const option of ['force_refresh', 'refresh_token']) {
      const refused = await callStandIn(server.standIn.url, 'GET', `${one()}&${option}=true`, { headers })
      expect(refused.status).toBe(403)
      expect(refused.json).toEqual({
        error: {
          code: 'forbidden',
          message: 'Credential and refresh options require the environment:connections:read_credentials scope',
        },
      })
    }
  })

  statement('silently does nothing on force_refresh of an API key', async () => {
    const answer = await server.call('GET', `${one()}&force_refresh=true`)
    expect([answer.status, pick(answer.json, 'credentials')]).toEqual([200, { type: 'API_KEY', apiKey: 'key-0' }])
  })

  statement('tells a missing key parameter, an unknown integration and an unknown connection apart', async () => {
    const noKey = await server.call('GET', '/connections/filled-000000')
    expect([noKey.status, codeOf(noKey)]).toEqual([400, 'invalid_query_params'])
    const noIntegration = await server.call('GET', '/connections/filled-000000?provider_config_key=zzz')
    expect([noIntegration.status, noIntegration.json]).toEqual([
      400,
      { error: { code: 'unknown_provider_config', message: 'Provider does not exists' } },
    ])
    const missing = { error: { code: 'not_found', message: 'Failed to find connection' } }
    const noConnection = await server.call('GET', `/connections/nope?provider_config_key=${server.keys.apiKey}`)
    expect([noConnection.status, noConnection.json]).toEqual([404, missing])
    const elsewhere = await server.call('GET', `/connections/filled-000000?provider_config_key=${server.keys.verifiedApiKey}`)
    expect([elsewhere.status, elsewhere.json]).toEqual([404, missing])
  })

  statement('needs a slash in an id to be encoded', async () => {
    await server.call('POST', '/connections', {
      provider_config_key: server.keys.apiKey,
      connection_id: 'a/b',
      credentials: { type: 'API_KEY', apiKey: 'k' },
    })
    expect((await server.call('GET', `/connections/a%2Fb?provider_config_key=${server.keys.apiKey}`)).status).toBe(200)
    expect((await server.call('GET', `/connections/a/b?provider_config_key=${server.keys.apiKey}`)).status).toBe(500)
  })

  statement('answers under the old path /connection too', async () => {
    expect((await server.call('GET', `/connection/filled-000000?provider_config_key=${server.keys.apiKey}`)).status).toBe(200)
    expect((await server.call('GET', '/connection')).status).toBe(200)
  })
})

describe('changing a connection', () => {
  statement('replaces all tags, clears them with {}, and does not bump updated_at', async () => {
    if (!IS_FOREIGN) server.clock.advance(5000)
    const before = pick((await server.call('GET', one())).json, 'updated_at')
    expect((await server.call('PATCH', one(), { tags: { New: 'x' } })).json).toEqual({ success: true })
    expect((await server.call('GET', one())).json).toMatchObject({ tags: { new: 'x' }, updated_at: before })
    await server.call('PATCH', one(), { tags: {} })
    expect(pick((await server.call('GET', one())).json, 'tags')).toEqual({})
    expect((await server.call('PATCH', one(), {})).json).toEqual({ success: true })
  })

  statement('replaces all tags by those of a new end user', async () => {
    await server.call('PATCH', one(), { end_user: { id: 'eu-9', email: 'nine@example.test' } })
    expect((await server.call('GET', one())).json).toMatchObject({
      tags: { end_user_id: 'eu-9', end_user_email: 'nine@example.test' },
      end_user: { id: 'eu-9', display_name: null, email: 'nine@example.test', tags: null, organization: null },
    })
  })

  statement('takes another webhook address and shows it, but none that leads back to the server', async () => {
    const changed = await server.call('PATCH', one(), { webhook_url_override: 'https://hooks.example.com/nango' })
    expect([changed.status, changed.json]).toEqual([200, { success: true }])
    expect(pick((await server.call('GET', one())).json, 'webhook_url_override')).toBe('https://hooks.example.com/nango')
    const refused = await server.call('PATCH', one(), { webhook_url_override: 'http://127.0.0.1:9/hook' })
    expect([refused.status, codeOf(refused)]).toEqual([400, 'invalid_body'])
  })

  statement('refuses other fields and unknown connections', async () => {
    const field = await server.call('PATCH', one(), { connection_config: {} })
    expect([field.status, pick(field.json, 'error', 'errors', 0, 'code')]).toEqual([400, 'unrecognized_keys'])
    const unknown = await server.call('PATCH', `/connections/nope?provider_config_key=${server.keys.apiKey}`, { tags: {} })
    expect([unknown.status, pick(unknown.json, 'error', 'code')]).toEqual([404, 'not_found'])
  })
})

describe('metadata', () => {
  const body = (metadata: object, connection_id: unknown = 'filled-000000') => ({
    connection_id,
    provider_config_key: server.keys.apiKey,
    metadata,
  })
  const metadata = async () => pick((await server.call('GET', one())).json, 'metadata')

  statement('is replaced by POST with 201 and merged one level deep by PATCH with 200, which echoes what was sent', async () => {
    const posted = await server.call('POST', '/connections/metadata', body({ a: 1, b: { c: 2 } }))
    expect([posted.status, posted.json]).toEqual([201, body({ a: 1, b: { c: 2 } })])
    const patched = await server.call('PATCH', '/connections/metadata', body({ b: { d: 3 } }))
    expect([patched.status, patched.json]).toEqual([200, body({ b: { d: 3 } })])
    expect(await metadata()).toEqual({ a: 1, b: { d: 3 } })
    await server.call('POST', '/connections/metadata', body({ z: 1 }))
    expect(await metadata()).toEqual({ z: 1 })
  })

  statement('is written to several connections, or to none when one is unknown', async () => {
    await server.call('POST', '/connections/metadata', body({ both: true }, ['filled-000000', 'filled-000001']))
    expect(await metadata()).toEqual({ both: true })
    const refused = await server.call('POST', '/connections/metadata', body({ lost: true }, ['filled-000000', 'nope']))
    expect([refused.status, pick(refused.json, 'error', 'code')]).toEqual([404, 'unknown_connection'])
    expect(await metadata()).toEqual({ both: true })
  })
})

describe('deleting a connection', () => {
  statement('answers 200 once, then 400 unknown_connection, while a read says 404', async () => {
    expect((await server.call('DELETE', one())).json).toEqual({ success: true })
    const again = await server.call('DELETE', one())
    expect([again.status, again.json]).toEqual([400, { error: { code: 'unknown_connection' } }])
    expect((await server.call('GET', one())).status).toBe(404)
  })
})
