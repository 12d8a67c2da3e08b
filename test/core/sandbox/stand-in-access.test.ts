import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { type TestClock, callStandIn, createCaller, createClock, pick } from './call-stand-in.ts'

const READ_ONLY = '7b4a8c1e-2f5d-4f0a-9c3e-5d6a7b8c9d0e'
const UNKNOWN = '11111111-2222-4333-8444-555555555555'

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
})
afterEach(() => nango.stop())

const plain = (method: string, path: string, headers: Record<string, string> = {}, rawBody?: string) =>
  callStandIn(nango.url, method, path, { headers, ...(rawBody === undefined ? {} : { rawBody }) })

describe('who may call', () => {
  it('answers 401 missing_auth_header without an Authorization header, with an empty payload', async () => {
    const answer = await plain('GET', '/connections')
    expect(answer.status).toBe(401)
    expect(answer.json).toEqual({
      error: {
        message: 'Authentication failed. The request is missing the Authorization header.',
        code: 'missing_auth_header',
        payload: {},
      },
    })
  })

  it('tells a key that is not a UUID v4 from one that is unknown', async () => {
    const malformed = await plain('GET', '/connections', { authorization: 'Bearer nope' })
    expect(malformed.status).toBe(401)
    expect(malformed.json).toMatchObject({
      error: { code: 'invalid_secret_key_format', message: 'Authentication failed. The provided secret key is not a UUID v4.' },
    })
    const unknown = await plain('GET', '/connections', { authorization: `Bearer ${UNKNOWN}` })
    expect(unknown.status).toBe(401)
    expect(unknown.json).toMatchObject({
      error: {
        code: 'unknown_account',
        message: 'Authentication failed. The provided authorization header does not match any account.',
      },
    })
  })

  it('takes the bare key without the word Bearer', async () => {
    expect((await plain('GET', '/connections', { authorization: nango.secretKey })).status).toBe(200)
  })

  it('answers 401 for session tokens that are malformed, unknown or expired, the last two alike', async () => {
    const malformed = await plain('GET', '/connect/session', { authorization: 'Bearer nango_connect_session_zz' })
    expect(pick(malformed.json, 'error', 'code')).toBe('invalid_connect_session_token_format')
    const unknown = await plain('GET', '/connect/session', { authorization: `Bearer nango_connect_session_${'0'.repeat(64)}` })
    expect(pick(unknown.json, 'error', 'code')).toBe('unknown_connect_session_token')
    const token = await nango.openSession()
    clock.advance(30 * 60_000)
    const expired = await plain('GET', '/connect/session', { authorization: `Bearer ${token}` })
    expect(expired.status).toBe(401)
    expect(expired.json).toEqual(unknown.json)
  })

  it('wants a session token on /oauth/connect and /api-auth, and has retired public keys', async () => {
    for (const [method, path] of [
      ['GET', '/oauth/connect/local-oauth'],
      ['POST', '/api-auth/api-key/n8n'],
    ] as const) {
      const none = await plain(method, path)
      expect([none.status, pick(none.json, 'error', 'code')]).toEqual([401, 'missing_public_key'])
      const retired = await plain(method, `${path}?public_key=${UNKNOWN}`)
      expect([retired.status, pick(retired.json, 'error', 'code')]).toEqual([401, 'deprecated_authentication'])
    }
  })

  it('refuses a key that lacks the scope with 403 and names the scope', async () => {
    const headers = { authorization: `Bearer ${READ_ONLY}` }
    expect((await plain('GET', '/connections', headers)).status).toBe(200)
    const removal = await plain('DELETE', '/connections/x?provider_config_key=n8n', headers)
    expect(removal.status).toBe(403)
    expect(removal.json).toEqual({ error: { code: 'forbidden', message: 'Insufficient scope. Required: environment:connections:delete' } })
    const integrations = await plain('GET', '/integrations', headers)
    expect(integrations.json).toEqual({
      error: {
        code: 'forbidden',
        message: 'Insufficient scope. Required one of: environment:integrations:list or environment:integrations:list_credentials',
      },
    })
  })
})

describe('what is refused before authentication', () => {
  it('answers 400 invalid_json for broken JSON', async () => {
    const answer = await plain('POST', '/connect/sessions', { 'content-type': 'application/json' }, '{"tags":')
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ error: { code: 'invalid_json', message: 'Unexpected end of JSON input' } })
  })

  it('answers 415 for another content type', async () => {
    const answer = await plain('POST', '/connections', { 'content-type': 'text/plain' }, 'x')
    expect(answer.status).toBe(415)
    expect(answer.json).toEqual({
      error: { code: 'invalid_content_type', message: 'Content-Type header must be application/json' },
    })
  })

  it('answers unknown routes with 500 generic_error_support, or with a page when it has a dashboard', async () => {
    const answer = await plain('GET', '/nope')
    const id = pick(answer.json, 'error', 'payload')
    expect(answer.status).toBe(500)
    expect(answer.json).toEqual({
      error: {
        message: `An error occurred. Please contact support with this unique id: "${String(id)}"`,
        code: 'generic_error_support',
        payload: id,
      },
    })
    const withDashboard = await startFakeNango({ hasDashboard: true })
    const page = await callStandIn(withDashboard.url, 'GET', '/nope')
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=UTF-8'])
    expect((await callStandIn(withDashboard.url, 'POST', '/nope')).status).toBe(500)
    await withDashboard.stop()
  })

  it('answers /health to anybody, never compressed', async () => {
    const answer = await plain('GET', '/health', { 'accept-encoding': 'gzip' })
    expect([answer.status, answer.text, answer.headers['content-encoding']]).toEqual([200, '{"result":"ok"}', undefined])
    expect((await plain('GET', '/ready')).status).toBe(200)
  })
})

describe('the rate limit', () => {
  it('counts every answer but 401 and tells limit, remaining and reset in seconds', async () => {
    const first = await call('GET', '/connections')
    expect(first.headers['x-ratelimit-limit']).toBe('200')
    expect(first.headers['x-ratelimit-remaining']).toBe('199')
    expect(first.headers['x-ratelimit-reset']).toBe(String(clock.now() / 1000 + 60))
    const denied = await plain('GET', '/connections', { authorization: `Bearer ${UNKNOWN}` })
    expect(denied.headers['x-ratelimit-limit']).toBeUndefined()
    const invalid = await call('GET', '/connections?bogus=1')
    expect([invalid.status, invalid.headers['x-ratelimit-remaining']]).toEqual([400, '198'])
    const missing = await call('GET', '/connections/x?provider_config_key=n8n')
    expect([missing.status, missing.headers['x-ratelimit-remaining']]).toEqual([404, '197'])
  })

  it('refuses request 201 of a window with 429 and its own body, for every key of the account', async () => {
    for (let count = 0; count < 200; count++) await call('GET', '/integrations')
    clock.advance(10_500)
    const refused = await call('GET', '/connections')
    expect(refused.status).toBe(429)
    expect(refused.json).toEqual({ error: { code: 'too_many_request', method: 'GET', path: '/connections' } })
    expect(refused.headers['retry-after']).toBe('49')
    expect(refused.headers['x-ratelimit-remaining']).toBe('0')
    expect((await plain('GET', '/connections', { authorization: `Bearer ${READ_ONLY}` })).status).toBe(429)
    expect((await plain('GET', '/health')).status).toBe(200)
  })

  it('starts a window at its first request and resets it at once after 60 s; the block costs nothing', async () => {
    for (let count = 0; count < 205; count++) await call('GET', '/integrations')
    clock.advance(59_999)
    const late = await call('GET', '/integrations')
    expect([late.status, late.headers['retry-after']]).toEqual([429, '0'])
    clock.advance(1)
    const fresh = await call('GET', '/integrations')
    expect([fresh.status, fresh.headers['x-ratelimit-remaining']]).toEqual([200, '199'])
  })

  it('keeps a second bucket for session tokens', async () => {
    const token = await nango.openSession()
    for (let count = 0; count < 199; count++) await call('GET', '/integrations')
    expect((await call('GET', '/integrations')).status).toBe(429)
    const session = await plain('GET', '/connect/session', { authorization: `Bearer ${token}` })
    expect([session.status, session.headers['x-ratelimit-remaining']]).toEqual([200, '199'])
  })
})
