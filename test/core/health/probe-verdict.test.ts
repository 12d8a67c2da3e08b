import { describe, expect, test } from 'vitest'
import { callFromDefinition, knownCall } from '#core/health/probe-calls'
import { evidenceOf, sightOfError, sightOfReply } from '#core/health/probe-verdict'
import { PatchbayError } from '#shared/errors'

const reply = (status: number, body: unknown, type = 'application/json') => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})

describe('what an answer shows', () => {
  test.each([
    [200, { login: 'ada' }, 'good'],
    [200, [], 'good'],
    [200, { ok: true, error: null }, 'good'],
    [200, { data: { viewer: { id: '1' } }, errors: [{ message: 'a part of it' }] }, 'good'],
    [200, { ok: false, error: 'invalid_auth' }, 'unauthorized'],
    [200, { ok: false, error: 'ratelimited' }, 'error_in_200'],
    [200, { success: false }, 'error_in_200'],
    [200, { data: null, errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }, 'unauthorized'],
    [200, { error: { code: 'token_expired' } }, 'unauthorized'],
    [400, { error: 'invalid_token' }, 'unauthorized'],
    [400, { error: 'bad_request' }, 'other_answer'],
    [401, 'no', 'unauthorized'],
    [403, { message: 'Forbidden' }, 'forbidden'],
    [404, { message: 'Not Found' }, 'other_answer'],
    [302, '', 'other_answer'],
    [429, {}, 'rate_limited'],
    [500, {}, 'server_error'],
    [503, '<html>', 'server_error'],
  ])('%i %j is %s', (status, body, outcome) => {
    expect(sightOfReply(reply(status, body))).toEqual({ outcome, httpStatus: status })
  })

  test.each([
    [200, 'text/html; charset=utf-8', '<!doctype html><h1>Sign in</h1>'],
    [200, 'application/json', '  <!DOCTYPE html><h1>It works</h1>'],
    [403, 'text/html', '<html>blocked</html>'],
  ])('a web page is none, whatever else it says: %i %s', (status, type, body) => {
    expect(sightOfReply(reply(status, body, type)).outcome).toBe('web_page')
  })

  test.each([
    ['no calls are left', { 'x-ratelimit-remaining': '0' }, { message: 'API rate limit exceeded for user ID 1.' }],
    ['it says when to come again', { 'retry-after': '60' }, { message: 'You have exceeded a secondary rate limit.' }],
    ['its code says so', {}, { error: { code: 403, status: 'PERMISSION_DENIED', errors: [{ reason: 'userRateLimitExceeded' }] } }],
    ['a quota is used up', {}, { error: { code: 403, errors: [{ reason: 'dailyLimitExceeded' }] } }],
    ['it has words for it', {}, { message: 'Too many requests' }],
  ])('a 403 is a pause that is asked for where %s', (_why, headers, body) => {
    const answer = reply(403, body)
    expect(sightOfReply({ ...answer, headers: { ...answer.headers, ...headers } }).outcome).toBe('rate_limited')
  })

  test('204 and data that is no JSON are good', () => {
    expect([reply(204, ''), reply(200, '<jobs/>', 'application/xml')].map((one) => sightOfReply(one).outcome)).toEqual(['good', 'good'])
  })

  test("Nango's own troubles are nobody's fault here", () => {
    expect(sightOfError(new PatchbayError('nango.unreachable'))).toBeNull()
    expect(sightOfError(new PatchbayError('nango.rate_limited'))).toBeNull()
    expect(sightOfError(new Error('x'))).toBeNull()
    expect(sightOfError(new PatchbayError('nango.timeout', { data: { isHeldBack: true } }))).toBeNull()
    expect(sightOfError(new PatchbayError('provider.unreachable'))?.outcome).toBe('unreachable')
    expect(sightOfError(new PatchbayError('connection.refresh_backoff', { data: { status: 424 } }))).toEqual({
      outcome: 'backing_off',
      httpStatus: 424,
    })
  })

  test('only refusals and outages are evidence, and a missing right only of what had it', () => {
    expect(evidenceOf('unauthorized', false)).toBe('refused')
    expect([evidenceOf('forbidden', false), evidenceOf('forbidden', true)]).toEqual([null, 'refused'])
    expect((['server_error', 'web_page', 'unreachable'] as const).map((one) => evidenceOf(one, true))).toEqual(Array(3).fill('down'))
    // No answer in time may be the fault of the way to Nango.
    const nothing = ['error_in_200', 'rate_limited', 'other_answer', 'backing_off', 'gone', 'timeout'] as const
    expect(nothing.map((one) => evidenceOf(one, true))).toEqual(Array(6).fill(null))
  })
})

describe('the call of a definition', () => {
  const verification = (given: object) => ({ proxy: { base_url: 'https://a.example', verification: given } })

  test('is its read-only call with its plain headers', () => {
    expect(callFromDefinition('x', verification({ endpoints: ['/me', '/you'], headers: { accept: 'a/b', key: '${apiKey}' } }))).toEqual({
      method: 'GET',
      path: '/me',
      headers: { accept: 'a/b' },
    })
  })

  test.each([
    ['runs a model', { method: 'POST', endpoints: ['/fal-ai/fast-sdxl'] }],
    ['needs a credential in its address', { method: 'GET', endpoints: ['/1/keys/${credentials.apiKey}'] }],
    ['goes to another host', { method: 'GET', endpoints: ['/auth'], base_url_override: 'https://b.example' }],
    ['is a whole address', { method: 'GET', endpoints: ['https://b.example/me'] }],
    ['is none', {}],
  ])('is not made where it %s', (_why, given) => {
    expect(callFromDefinition('falai', verification(given))).toBeNull()
  })

  test('may be a POST that only reads, and data where the definition has none', () => {
    expect(callFromDefinition('ashby', verification({ method: 'POST', endpoints: ['apiKey.info'] }))).toEqual({
      method: 'POST',
      path: 'apiKey.info',
      body: '{}',
    })
    expect([callFromDefinition('github', {}), knownCall('github')?.path, knownCall('toString')]).toEqual([null, '/user', null])
  })
})
