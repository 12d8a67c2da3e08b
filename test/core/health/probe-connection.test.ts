import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SandboxFaults } from '#shared/contract/sandbox'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { environmentOf } from '#test/helpers/nango-world'

let nango: FakeNango
let core: TestCore
/** How many requests there were before the test. */
let before: number

// One core for all: each test has connections of its own, and leaves none.
beforeAll(async () => {
  nango = await startFakeNango({
    rateLimitPerMinute: 100_000,
    providers: { dropbox: { display_name: 'Dropbox', auth_mode: 'OAUTH2', authorization_url: '/a', token_url: '/t' } },
  })
  core = await makeCore({ environment: environmentOf(nango) })
})
beforeEach(() => {
  before = nango.requests.length
  core.events.length = 0
})
afterEach(async () => {
  nango.calm()
  nango.faults.clear()
  for (const { connectionId } of (await core.cli.connections.list({})).connections) await core.cli.connections.remove({ connectionId })
})
afterAll(async () => {
  await core.stop()
  await nango.stop()
})

const seed = async (apiKey = 'demo-key-12345'): Promise<void> => {
  nango.seedConnections([{ connectionId: 'o-1', integrationKey: 'openai', credentials: { type: 'API_KEY', apiKey } }])
  await core.cli.sync.run({})
}
const verify = () => core.cli.connections.verify({ connectionId: 'openai' })
const get = () => core.cli.connections.get({ connectionId: 'openai' })
const later = (): void => core.platform.advance(61_000)
const proxied = (): number => nango.requests.slice(before).filter(({ path }) => path.startsWith('/proxy/')).length
const break_ = (serviceAnswers: SandboxFaults['serviceAnswers']): void => nango.changeFaults({ serviceAnswers })

describe('a connection that works', () => {
  test('is unknown until it is tried, and verified at a time then; its place by the last change stays', async () => {
    await seed()
    const { updatedAt } = await get()
    expect(await core.cli.connections.health({ connectionId: 'openai' })).toMatchObject({
      state: 'unknown',
      verifiedAt: null,
      cause: 'not_checked',
      next: { action: 'verify' },
    })
    expect(proxied()).toBe(0)
    const health = await verify()
    expect(health).toMatchObject({ state: 'verified', cause: 'well', next: { action: 'none' } })
    expect(health.evidence[0]).toMatchObject({ kind: 'probe', outcome: 'good', httpStatus: 200 })
    expect(await get()).toMatchObject({ status: 'connected', lastVerifiedAt: health.verifiedAt, updatedAt })
  })

  test('is asked about once for callers that come together, and its definition is read once', async () => {
    await seed()
    await Promise.all([verify(), verify(), verify()])
    await verify()
    expect(proxied()).toBe(2)
    expect(nango.requests.filter(({ path }) => path === '/providers/openai')).toHaveLength(1)
  })
})

describe('one failed look proves nothing, two with a pause between them do', () => {
  test.each([
    ['unauthorized', 'refused_once', 'refused', 'attention', 'connection.refused', 'reconnect'],
    ['forbidden', 'refused_once', 'refused', 'attention', 'connection.refused', 'reconnect'],
    ['server_error', 'down_once', 'provider_down', 'error', 'provider.failing', 'wait'],
    ['web_page', 'down_once', 'provider_down', 'error', 'provider.failing', 'wait'],
    ['unreachable', 'down_once', 'provider_down', 'error', 'provider.failing', 'wait'],
  ] as const)('%s: %s, then %s', async (fault, once, twice, status, code, action) => {
    await seed()
    await verify()
    break_(fault)
    expect(await verify()).toMatchObject({ state: 'last_known', cause: once, next: { action: 'verify_again' } })
    expect(await verify()).toMatchObject({ cause: once })
    expect((await get()).status).toBe('connected')
    later()
    expect(await verify()).toMatchObject({ state: 'last_known', cause: twice, next: { action } })
    expect(await get()).toMatchObject({ status, lastError: { code } })
    await core.cli.sync.run({})
    expect((await get()).status).toBe(status)
    expect((await core.cli.system.diagnose({ reference: 'openai', asksNango: false })).cause).toBe(
      status === 'attention' ? 'credentials_refused' : 'temporary',
    )
    nango.calm()
    expect(await verify()).toMatchObject({ state: 'verified', cause: 'well' })
    expect(await get()).toMatchObject({ status: 'connected', lastError: null })
    expect(core.events.map(({ type }) => type)).toContain('connection.recovered')
  })

  test.each([
    ['error_in_200', 'refused_once'],
    ['rate_limited', 'asked_for_pause'],
  ] as const)('%s is not taken for a good answer: %s', async (fault, cause) => {
    await seed()
    break_(fault)
    expect(await verify()).toMatchObject({ state: 'unknown', cause })
  })

  test('a right that it never had is no reason to connect it again', async () => {
    await seed()
    break_('forbidden')
    await verify()
    later()
    expect(await verify()).toMatchObject({ state: 'unknown', cause: 'not_understood' })
    expect((await get()).status).toBe('connected')
  })
})

describe('what is not about the connection', () => {
  test('a call that takes no body is sent without one, for a look and for the end of access alike', async () => {
    const headers = { ...nango.authorization, 'content-type': 'application/json' }
    const credentials = { type: 'OAUTH2', client_id: 'app', client_secret: 'app-secret' }
    const body = JSON.stringify({ provider: 'dropbox', unique_key: 'dropbox', credentials })
    expect((await fetch(`${nango.url}/integrations`, { method: 'POST', headers, body })).status).toBe(200)
    nango.seedConnections([{ connectionId: 'd-1', integrationKey: 'dropbox', credentials: { type: 'OAUTH2', access_token: 'a', raw: {} } }])
    await core.cli.sync.run({})
    // The token is nobody's: what counts is that Nango passes the calls on.
    const seen = await core.cli.connections.verify({ connectionId: 'dropbox' })
    expect(seen.evidence[0]).toMatchObject({ outcome: 'unauthorized', httpStatus: 401 })
    expect(await core.cli.connections.revoke({ connectionId: 'dropbox' })).toMatchObject({ outcome: 'unknown' })
    expect(proxied()).toBe(2)
  })

  test('an unreachable Nango is said to be, and nothing is concluded', async () => {
    await seed()
    await verify()
    nango.faults.answerNext({ path: /^\/proxy/, reset: true })
    await expect(verify()).rejects.toMatchObject({ code: 'nango.unreachable' })
    expect(await core.cli.connections.health({ connectionId: 'openai' })).toMatchObject({ cause: 'well' })
  })

  test('one that is gone at Nango is told so, without a change of its status', async () => {
    await seed()
    await verify()
    await fetch(`${nango.url}/connections/o-1?provider_config_key=openai`, { method: 'DELETE', headers: nango.authorization })
    expect(await verify()).toMatchObject({ state: 'last_known', cause: 'gone_at_nango', next: { action: 'look_again' } })
  })

  test('a service without a call that would tell has none made', async () => {
    nango.seedConnections([
      {
        connectionId: 'n-1',
        integrationKey: 'n8n',
        credentials: { type: 'API_KEY', apiKey: 'k' },
        connectionConfig: { baseUrl: 'https://n8n.example' },
      },
    ])
    await core.cli.sync.run({})
    expect(await core.cli.connections.verify({ connectionId: 'n8n' })).toMatchObject({ state: 'unknown', cause: 'no_probe' })
    expect(proxied()).toBe(0)
  })

  test('a token that is due is renewed by a look only where that is meant, and its new end is learned', async () => {
    nango.seedConnections([
      {
        connectionId: 'g-2',
        integrationKey: 'github',
        credentials: {
          type: 'OAUTH2',
          access_token: 'a',
          expires_at: new Date(Date.now() + 3_600_000).toISOString(),
          raw: { scope: 'repo gist' },
        },
      },
    ])
    await core.cli.sync.run({})
    const calls = nango.requests.length
    expect(await core.cli.connections.verify({ connectionId: 'github', mayRenew: false })).toMatchObject({
      cause: 'token_due',
      next: { action: 'refresh' },
    })
    expect(nango.requests).toHaveLength(calls)
    nango.faults.answerNext({ path: '/proxy/user', headers: { 'x-ratelimit-limit': '200' }, body: { login: 'ada' } })
    expect(await core.cli.connections.verify({ connectionId: 'github' })).toMatchObject({ state: 'verified', cause: 'well' })
    const known = await core.cli.connections.get({ connectionId: 'github' })
    expect(known).toMatchObject({ scopes: { granted: ['repo', 'gist'] } })
    expect(known.expiresAt).not.toBeNull()
    const path = `/connections/g-2`
    expect(nango.requests.filter((request) => request.path === path)).toHaveLength(1)
    await core.cli.connections.verify({ connectionId: 'github', mayRenew: false })
    expect(nango.requests.filter((request) => request.path === path)).toHaveLength(1)
  })

  test('after a refresh that failed no call is made that would make Nango refuse it for 30 seconds', async () => {
    nango.seedConnections([
      {
        connectionId: 'g-1',
        integrationKey: 'github',
        credentials: {
          type: 'OAUTH2',
          access_token: 'a',
          refresh_token: 'r',
          expires_at: new Date(Date.now() - 1_000).toISOString(),
          raw: {},
        },
      },
    ])
    await core.cli.sync.run({})
    nango.faults.failRefresh = true
    const refused = core.cli.connections.refresh({ connectionId: 'github' })
    await expect(refused).rejects.toMatchObject({ code: 'connection.refresh_failed' })
    const calls = nango.requests.length
    expect(await core.cli.connections.verify({ connectionId: 'github' })).toMatchObject({
      state: 'unknown',
      cause: 'not_renewed',
      next: { action: 'reconnect' },
    })
    expect(nango.requests).toHaveLength(calls)
  })
})
