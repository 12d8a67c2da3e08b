import { afterEach, beforeEach, describe, expect } from 'vitest'
import { callStandIn, pick } from '../core/sandbox/call-stand-in.ts'
import { type LocalServer, startServer } from '../core/nango/local-servers.ts'
import { codeOf, statement, useConformanceServer } from './conformance-server.ts'

const server = useConformanceServer()

const names = (integration: string, connectionId: string): Record<string, string> => ({
  'provider-config-key': integration,
  'connection-id': connectionId,
})
const importOne = (connectionId: string, more: object = {}) =>
  server.call('POST', '/connections', {
    provider_config_key: server.keys.apiKey,
    connection_id: connectionId,
    credentials: { type: 'API_KEY', apiKey: 'demo-key-123' },
    ...more,
  })

describe('the proxy', () => {
  statement('wants to be told the integration and the connection', async () => {
    for (const headers of [{}, { 'connection-id': 'x' }, { 'provider-config-key': server.keys.apiKey }]) {
      const answer = await server.call('GET', '/proxy/user', undefined, headers)
      expect([answer.status, codeOf(answer)]).toEqual([400, 'invalid_headers'])
    }
  })

  statement('knows no integration of another name', async () => {
    const answer = await server.call('GET', '/proxy/user', undefined, names('no-such-integration', 'x'))
    expect([answer.status, codeOf(answer)]).toEqual([404, 'unknown_provider_config'])
  })

  statement('says of an unknown connection that the server failed', async () => {
    const answer = await server.call('GET', '/proxy/user', undefined, names(server.keys.apiKey, 'no-such-connection'))
    expect([answer.status, answer.json]).toEqual([400, { error: { code: 'server_error', message: 'Failed to get connection' } }])
  })

  statement('holds a connection back after a failed refresh', 'provider', async () => {
    const credentials = {
      type: 'OAUTH2',
      access_token: 'at',
      refresh_token: 'rt',
      expires_at: new Date(server.clock.now() + 3_600_000).toISOString(),
    }
    await importOne('held', { provider_config_key: server.keys.github, credentials })
    server.standIn.faults.failRefresh = true
    await server.call('GET', `/connections/held?provider_config_key=${server.keys.github}&force_refresh=true`)
    const answer = await server.call('GET', '/proxy/user', undefined, names(server.keys.github, 'held'))
    expect([answer.status, answer.json]).toEqual([
      424,
      { error: { code: 'connection_refresh_backoff', message: 'A recent refresh attempt failed. Backing off before retrying.' } },
    ])
  })
})

describe('a call through the proxy', () => {
  let service: LocalServer
  let status = 200
  const seen: { method: string | undefined; url: string | undefined; headers: Record<string, unknown>; body: string }[] = []

  beforeEach(async () => {
    seen.length = 0
    status = 200
    service = await startServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () => {
        seen.push({ method: request.method, url: request.url, headers: { ...request.headers }, body })
        response.writeHead(status, status === 204 ? {} : { 'content-type': 'text/html', 'x-own': 'yes', 'retry-after': '7' })
        response.end(status === 204 ? undefined : '<b>as it is</b>')
      })
    })
    await importOne('local', { connection_config: { baseUrl: service.url } })
  })
  afterEach(() => service.close())

  const through = (method: string, path: string, more: Record<string, string> = {}, body?: unknown) =>
    server.call(method, `/proxy${path}`, body, { ...names(server.keys.apiKey, 'local'), ...more })

  statement('goes to the service with the credential, its query and the headers that are to be handed on', 'service', async () => {
    await through('GET', '/v1/things?a=1&b=c%20d', { 'nango-proxy-accept': 'text/plain', 'nango-proxy-x-mine': 'yes' })
    expect(seen).toMatchObject([
      {
        method: 'GET',
        url: '/api/v1/things?a=1&b=c%20d',
        headers: { accept: 'text/plain', 'x-mine': 'yes', authorization: 'Bearer demo-key-123' },
      },
    ])
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('connection-id')
  })

  for (const answered of [200, 204, 401, 404, 429, 500])
    statement(`brings back ${answered} with its headers and body as they are`, 'service', async () => {
      status = answered
      const answer = await through('GET', '/v1/things')
      expect(answer.status).toBe(answered)
      if (answered !== 204)
        expect([answer.text, answer.headers['x-own'], answer.headers['retry-after']]).toEqual(['<b>as it is</b>', 'yes', '7'])
      expect(answer.headers['x-ratelimit-limit']).toBeDefined()
      expect(seen).toHaveLength(1)
    })

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    statement(`sends ${method} with its body`, 'service', async () => {
      expect((await through(method, '/v1/things', {}, { b: 2 })).status).toBe(200)
      expect(seen).toMatchObject([{ method, body: '{"b":2}', headers: { 'content-type': 'application/json' } }])
    })

  statement('sends the fields of a form on as JSON', 'service', async () => {
    const headers = {
      authorization: server.authorization,
      ...names(server.keys.apiKey, 'local'),
      'content-type': 'application/x-www-form-urlencoded',
    }
    const answer = await callStandIn(server.url, 'POST', '/proxy/v1/things', { headers, rawBody: 'a=1&b=two' })
    expect(answer.status).toBe(200)
    expect(seen).toMatchObject([{ body: '{"a":"1","b":"two"}', headers: { 'content-type': 'application/json' } }])
  })

  statement('says what went wrong on the way where the service cannot be reached', 'service', async () => {
    await service.close()
    const answer = await through('GET', '/v1/things')
    expect([answer.status, pick(answer.json, 'code'), pick(answer.json, 'method')]).toEqual([500, 'ECONNREFUSED', 'get'])
  })
})
