import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { json } from './local-servers.ts'
import { KEY, startScriptedNango, type ScriptedNango } from './scripted-nango.ts'

const running: ScriptedNango[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})
const start = async (handler: RequestListener): Promise<ScriptedNango> => {
  const server = await startScriptedNango(handler)
  running.push(server)
  return server
}

const key = { connectionId: 'c/1', providerConfigKey: 'git hub' }
const LIMITS = {
  'x-ratelimit-limit': '200',
  'x-ratelimit-remaining': '199',
  'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 30),
}
const error = (code: string, more: object = {}) => ({ error: { code, ...more } })

describe('what goes out', () => {
  test('is the path below /proxy/ with the names of the connection; headers for the service carry the prefix, ours do not leave', async () => {
    const server = await start(json(200, { login: 'ada' }))
    const reply = await server.client.proxy({
      key,
      method: 'POST',
      path: '/user/repos?per_page=1&q=a%2Fb',
      headers: { Accept: 'application/json', Authorization: 'Bearer mine', Retries: '9', 'Nango-Is-Script': 'true', Bad: 'a\r\nb' },
      body: '{"a":1}',
    })
    expect([reply.status, reply.body.toString()]).toEqual([200, '{"login":"ada"}'])
    const [seen] = server.seen
    expect(seen).toMatchObject({ method: 'POST', url: '/proxy/user/repos?per_page=1&q=a%2Fb', body: '{"a":1}' })
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'provider-config-key': 'git hub',
      'connection-id': 'c/1',
      'nango-proxy-accept': 'application/json',
      'content-type': 'application/json',
    })
    expect(Object.keys(seen?.headers ?? {}).filter((name) => /retries|script|base-url|proxy-bad|proxy-auth/.test(name))).toEqual([])
  })

  test.each(['../connections', '/..%2f', '%2e%2e/connections', 'a/../../../integrations', '/\\..\\..\\connections', './../x'])(
    'never leaves the proxy, whatever the path: %s',
    async (path) => {
      const server = await start(json(200, {}))
      const outcome = await server.client.proxy({ key, method: 'GET', path }).then(
        () => 'sent',
        (thrown: { code: string }) => thrown.code,
      )
      if (outcome === 'sent') expect(server.seen[0]?.url).toMatch(/^\/proxy\//)
      else expect([outcome, server.seen]).toEqual(['request.invalid', []])
    },
  )
})

describe('what the service says', () => {
  test.each<[string, number, string, Record<string, string>]>([
    ['a web page', 200, '<html></html>', { 'content-type': 'text/html' }],
    ['404 in its own words', 404, '{"error":{"code":"not_found"}}', { 'content-type': 'application/json' }],
    ['401', 401, '{"error":{"code":"unknown_account","message":"ours"}}', { 'content-type': 'application/json' }],
    ['its own 429', 429, '{"error":{"code":"too_many_request"}}', { 'content-type': 'application/json', 'retry-after': '60' }],
    ['503', 503, 'upstream down', { 'content-type': 'text/plain', 'retry-after': '60' }],
    ['a 500 of an API that has codes', 500, '{"message":"no","code":"oops"}', { 'content-type': 'application/json' }],
  ])('%s is handed on as it is, and tells nothing about Nango', async (_name, status, body, headers) => {
    const server = await start((request, response) => {
      if (request.url === '/health') return json(200, { result: 'ok' })(request, response)
      response.writeHead(status, { ...LIMITS, 'x-ratelimit-remaining': '0', ...headers })
      response.end(body)
    })
    for (let turn = 0; turn < 7; turn++) {
      const reply = await server.client.proxy({ key, method: 'GET', path: 'x' })
      expect([reply.status, reply.body.toString(), reply.headers['content-type']]).toEqual([status, body, headers['content-type']])
    }
    await server.client.health()
    expect([server.seen.length, server.client.rateLimit]).toEqual([8, null])
  })
})

describe("what is Nango's own", () => {
  test.each<[string, number, unknown, string]>([
    ['the rate limit', 429, error('too_many_request', { method: 'GET', path: '/proxy/x' }), 'nango.rate_limited'],
    [
      'the back-off',
      424,
      error('connection_refresh_backoff', { message: 'A recent refresh attempt failed.' }),
      'connection.refresh_backoff',
    ],
    ['an unknown connection', 400, error('server_error', { message: 'Failed to get connection' }), 'nango.not_found'],
    ['an unknown integration', 404, error('unknown_provider_config'), 'nango.not_found'],
    ['missing headers', 400, error('invalid_headers'), 'nango.rejected'],
    ['a refused host', 400, error('base_url_override_not_allowed', { message: 'not allowed' }), 'nango.rejected'],
    ['a refused key', 401, error('unknown_account', { message: 'no', payload: {} }), 'nango.key_refused'],
    ['a narrow key', 403, error('forbidden', { message: 'Insufficient scope. Required: environment:proxy' }), 'nango.scope_missing'],
    [
      'an unreachable service',
      500,
      { message: 'connect ECONNREFUSED 10.0.0.1:1', code: 'ECONNREFUSED', method: 'get' },
      'provider.unreachable',
    ],
    ['a crash', 500, error('generic_error_support', { message: 'An error occurred.', payload: 'id' }), 'nango.server_error'],
  ])('%s is thrown, without an address or the key', async (_name, status, body, code) => {
    const server = await start(json(status, body, LIMITS))
    const thrown: unknown = await server.client.proxy({ key, method: 'GET', path: 'x' }).catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({ code })
    expect(JSON.stringify([thrown, String(thrown)])).not.toMatch(new RegExp(`${KEY}|10\\.0\\.0\\.1`))
    expect(server.seen).toHaveLength(1)
  })

  test('its 429 holds up the next call, a 503 of a gateway in front of it counts as an outage', async () => {
    let answer = json(200, { result: [] }, LIMITS)
    const server = await start((request, response) => answer(request, response))
    await server.client.listIntegrations().catch(() => {})
    expect(server.client.rateLimit).toMatchObject({ limit: 200 })
    answer = (_request, response) => {
      response.writeHead(503, { 'content-type': 'text/html' })
      response.end('<h1>gateway</h1>')
    }
    for (let turn = 0; turn < 5; turn++)
      await expect(server.client.proxy({ key, method: 'GET', path: 'x' })).rejects.toMatchObject({ code: 'nango.server_error' })
    const sent = server.seen.length
    await expect(server.client.proxy({ key, method: 'GET', path: 'x' }, { priority: 'background' })).rejects.toMatchObject({
      data: { isHeldBack: true },
    })
    expect(server.seen).toHaveLength(sent)
  })

  test('a service that does not answer in time is no outage of Nango', async () => {
    const server = await start((request, response) => {
      if (request.url?.startsWith('/proxy/') !== true) json(200, { configs: [], data: [] })(request, response)
    })
    const slow = () => server.client.proxy({ key, method: 'GET', path: 'x', timeoutMs: 20 }, { priority: 'background' })
    for (let turn = 0; turn < 6; turn++) await expect(slow()).rejects.toMatchObject({ code: 'nango.timeout' })
    await server.client.listIntegrations({ priority: 'background' })
    expect(server.seen).toHaveLength(7)
  })

  test('background calls keep to a quarter of the budget', async () => {
    const server = await start(json(200, {}))
    const call = () => server.client.proxy({ key, method: 'GET', path: 'x' }, { priority: 'background' })
    const outcomes = await Promise.all(
      Array.from({ length: 55 }, () =>
        call().then(
          () => 'sent',
          (reason: { code: string }) => reason.code,
        ),
      ),
    )
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(50)
    expect(outcomes.filter((outcome) => outcome === 'nango.rate_limited')).toHaveLength(5)
  })
})
