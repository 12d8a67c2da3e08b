import { spawnSync } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { isPutOff } from '#core/nango/nango-errors'
import { Secret } from '#core/vault/secret'
import { PatchbayError, toWire } from '#shared/errors'
import { json } from './local-servers.ts'
import { KEY, startScriptedNango, type ScriptedNango } from './scripted-nango.ts'

const opened: ScriptedNango[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

const nango = async (handler: RequestListener): Promise<ScriptedNango> => {
  const server = await startScriptedNango(handler)
  opened.push(server)
  return server
}

const errorOf = async (call: Promise<unknown>): Promise<PatchbayError> => {
  const outcome = await call.then(
    (value) => value,
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(PatchbayError)
  return outcome as PatchbayError
}

const refuse = (status: number, code: string, message: string): RequestListener => json(status, { error: { code, message } })

const page: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><title>App</title>')
}
const text =
  (status: number, type: string, body: string): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': type }).end(body)

const ANSWERS: readonly (readonly [string, RequestListener, string, Record<string, unknown>?])[] = [
  ['no key', refuse(401, 'missing_auth_header', 'missing'), 'nango.key_refused'],
  ['a key of the wrong format', refuse(401, 'invalid_secret_key_format', 'not a UUID'), 'nango.key_refused'],
  ['an unknown key', refuse(401, 'unknown_account', 'no'), 'nango.key_refused', { nangoCode: 'unknown_account', status: 401 }],
  ['a public key', refuse(401, 'deprecated_authentication', 'no'), 'nango.public_key'],
  [
    'a missing scope',
    refuse(403, 'forbidden', 'Insufficient scope. Required: environment:connections:delete'),
    'nango.scope_missing',
    { scope: 'environment:connections:delete' },
  ],
  [
    'one of two scopes',
    refuse(
      403,
      'forbidden',
      'Insufficient scope. Required one of: environment:integrations:list or environment:integrations:list_credentials',
    ),
    'nango.scope_missing',
    { scopes: ['environment:integrations:list', 'environment:integrations:list_credentials'] },
  ],
  ['another refusal', refuse(403, 'forbidden', 'You are not allowed to override the docs connect url'), 'nango.rejected'],
  ['an unknown thing', refuse(404, 'not_found', 'Failed to find connection'), 'nango.not_found'],
  ['an unknown integration', refuse(400, 'unknown_provider_config', 'Provider does not exists'), 'nango.not_found'],
  ['a failed refresh', refuse(400, 'invalid_credentials', 'The external API returned an error'), 'connection.refresh_failed'],
  [
    'a refresh held back',
    refuse(424, 'invalid_credentials', 'A recent refresh attempt failed. Backing off before retrying.'),
    'connection.refresh_backoff',
  ],
  [
    'no refresh left',
    refuse(424, 'invalid_credentials', 'The refresh limit has been reached for this connection.'),
    'connection.refresh_failed',
  ],
  ['a crash', json(500, { error: { code: 'generic_error_support', message: 'An error occurred.', payload: 'x' } }), 'nango.server_error'],
  ['an upstream that is down', json(500, { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', method: 'get' }), 'nango.server_error'],
  ['a web page', page, 'nango.not_nango'],
  ['a web page as a 404', text(404, 'text/html', '<h1>404</h1>'), 'nango.not_nango'],
  ['a redirect', text(302, 'text/plain', ''), 'nango.not_nango'],
  ['half a JSON', text(200, 'application/json', '{"connections":[{"id":1,'), 'nango.protocol', { reason: 'invalid_json' }],
  ['JSON nested 100,000 levels', text(200, 'application/json', '['.repeat(100_000)), 'nango.protocol'],
  ['another shape', json(200, { items: [] }), 'nango.protocol', { reason: 'unexpected_shape' }],
  ["somebody else's 404", json(404, { message: 'nope' }), 'nango.protocol'],
  ['a proxy that wants a password', text(407, 'text/html', ''), 'nango.unreachable', { reason: 'proxy_authentication_required' }],
]

describe('an answer of Nango', () => {
  for (const [name, answer, code, data] of ANSWERS) {
    test(`${name} is ${code}`, async () => {
      const { client } = await nango(answer)
      const error = await errorOf(client.listConnections({}))
      expect(error.code).toBe(code)
      if (data !== undefined) expect(error.data).toMatchObject(data)
    })
  }

  test('that is a health check of something else is not Nango', async () => {
    const { client } = await nango(json(200, { status: 'up' }))
    expect((await errorOf(client.health())).code).toBe('nango.not_nango')
  })
})

describe('a 429', () => {
  test('names the time of the next try and holds every call back until then', async () => {
    const { client, seen } = await nango(json(429, { error: { code: 'too_many_request' } }, { 'retry-after': '30' }))
    const before = Date.now()
    const error = await errorOf(client.listConnections({}))
    expect(error.code).toBe('nango.rate_limited')
    expect(Date.parse(String(error.data['retryAt']))).toBeGreaterThanOrEqual(before + 30_000)
    expect((await errorOf(client.listIntegrations())).code).toBe('nango.rate_limited')
    expect(seen).toHaveLength(1)
  })
})

describe('repeating', () => {
  const failing = (times: number, status: number): RequestListener => {
    let left = times
    return (request, response) => (left-- > 0 ? json(status, {}) : json(200, { connections: [] }))(request, response)
  }

  test('helps a reading call over two failures of the way', async () => {
    const { client, seen } = await nango(failing(2, 503))
    expect(await client.listConnections({})).toEqual([])
    expect(seen).toHaveLength(3)
  })

  test('ends after the second time', async () => {
    const { client, seen } = await nango(failing(9, 502))
    expect((await errorOf(client.listConnections({}))).code).toBe('nango.server_error')
    expect(seen).toHaveLength(3)
  })

  test('never happens to calls that change something, nor to a forced refresh', async () => {
    const { client, seen } = await nango(failing(9, 503))
    await errorOf(client.deleteConnection({ connectionId: 'c', providerConfigKey: 'k' }))
    await errorOf(client.createConnectSession({ tags: {}, allowedIntegrations: [] }))
    await errorOf(client.getConnection({ connectionId: 'c', providerConfigKey: 'k', forceRefresh: true }))
    expect(seen).toHaveLength(3)
  })

  test('stops when the caller gives up', async () => {
    const controller = new AbortController()
    const { client, seen } = await nango((request, response) => {
      json(503, {})(request, response)
      controller.abort()
    })
    const error = await errorOf(client.listConnections({}, { signal: controller.signal }))
    expect(error.code).toBe('request.cancelled')
    expect(seen).toHaveLength(1)
  })
})

describe('an error', () => {
  // A hostile or clumsy server repeats what it was sent, in every place it can.
  const echo: RequestListener = (request, response) => {
    const heard = `${request.headers.authorization ?? ''} ${request.url ?? ''}`
    json(
      400,
      { error: { code: heard, message: heard, errors: [{ code: heard, message: heard, path: [heard] }] } },
      { 'x-echo': 'a' },
    )(request, response)
  }

  const spell = (error: unknown): string =>
    [
      JSON.stringify(error),
      inspect(error, { depth: 10, showHidden: true }),
      JSON.stringify(toWire(error)),
      String((error as Error).stack),
    ].join('\n')

  test('never holds the key, whatever the server answers', async () => {
    const answers: RequestListener[] = [
      echo,
      page,
      refuse(401, 'unknown_account', KEY),
      json(500, { error: { message: KEY } }),
      (request) => request.socket.destroy(),
      json(200, { connections: [{ id: KEY }] }),
    ]
    for (const answer of answers) {
      const { client } = await nango(answer)
      for (const call of [client.createConnectSession({ tags: {}, allowedIntegrations: [] }), client.listConnections({ search: 'x' })]) {
        expect(spell(await errorOf(call))).not.toContain(KEY)
      }
    }
  })

  test('never holds a session token or credentials', async () => {
    const { client } = await nango(echo)
    const error = await errorOf(
      client.submitCredentials({
        mode: 'API_KEY',
        integrationId: 'n8n',
        token: new Secret('nango_connect_session_abcdef0123'),
        params: {},
        credentials: { apiKey: 'canary-api-key' },
      }),
    )
    expect(spell(error)).not.toMatch(/abcdef0123|canary-api-key/)
  })

  test('shows the words of the server in one short line without control characters', async () => {
    const { client } = await nango(refuse(400, 'invalid_body', `bad\u0007\n\u202e${'x'.repeat(5_000)}`))
    const words = String((await errorOf(client.listConnections({}))).data['words'])
    expect(words.length).toBeLessThanOrEqual(500)
    expect(words).toMatch(/^bad x+$/)
  })
})

test('a call is put off where the limit was met, or where it was held back here: not where Nango was asked and failed', () => {
  expect(isPutOff(new PatchbayError('nango.rate_limited'))).toBe(true)
  expect(isPutOff(new PatchbayError('nango.server_error', { data: { isHeldBack: true, retryInMs: 1_000 } }))).toBe(true)
  expect(isPutOff(new PatchbayError('nango.server_error', { data: { retryInMs: 1_000 } }))).toBe(false)
  expect(isPutOff(new PatchbayError('connection.refresh_backoff'))).toBe(false)
  expect(isPutOff(new TypeError('nango.rate_limited'))).toBe(false)
})

test('the SDK is loaded at the first call, not with the client', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ resolve: (name, context, next) => { loaded.push(name); return next(name, context) } })
    const { createNangoClient } = await import('#core/nango/nango-client')
    const { Secret } = await import('#core/vault/secret')
    const options = { environment: {}, log: { debug() {}, warn() {} }, now: Date.now }
    const client = createNangoClient({ host: 'http://127.0.0.1:1', secretKey: new Secret('x'.repeat(36)), ...options })
    const before = loaded.some((name) => name === '@nangohq/node' || name === 'ws')
    await client.deleteConnection({ connectionId: 'a', providerConfigKey: 'b' }).catch(() => {})
    process.stdout.write(JSON.stringify([before, loaded.includes('@nangohq/node')]))`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect([child.stderr, child.stdout]).toEqual(['', '[false,true]'])
})
