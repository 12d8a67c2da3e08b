import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxFaults } from '#shared/contract/sandbox'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { type TestClock, callStandIn, createCaller, createClock, pick, pickText, rowsOf } from './call-stand-in.ts'

let nango: FakeNango
let clock: TestClock
let call: ReturnType<typeof createCaller>

const begin = async (storage?: { load(): unknown; save(state: unknown): void }): Promise<void> => {
  clock = createClock()
  nango = await startFakeNango({ now: clock.now, ...(storage === undefined ? {} : { storage }) })
  call = createCaller(nango)
}
beforeEach(() => begin())
afterEach(() => nango.stop())

const signIn = async () => walkSignIn(`${nango.url}/oauth/connect/local-oauth?connect_session_token=${await nango.openSession()}`)
const errorsOf = async (index = 0): Promise<unknown> => pick(rowsOf(await call('GET', '/connections'))[index], 'errors')
const nameOf = async (index = 0) => ({
  integrationKey: 'local-oauth',
  connectionId: pickText(rowsOf(await call('GET', '/connections'))[index], 'connection_id'),
})
const read = async (more = '') => {
  const { connectionId } = await nameOf()
  return call('GET', `/connections/${connectionId}?provider_config_key=local-oauth${more}`)
}

describe('a sandbox told to refuse consent', () => {
  it('refuses the next sign-in without asking, and asks again at the one after', async () => {
    nango.changeFaults({ deniedConsent: 'next' })
    const denied = await signIn()
    expect(denied.status).toBe(400)
    expect(denied.body).toContain('access_denied')
    expect(nango.misbehaviour.faults.deniedConsent).toBe('off')
    expect((await signIn()).status).toBe(200)
    expect(rowsOf(await call('GET', '/connections'))).toHaveLength(1)
  })

  it('refuses every sign-in while it is told so', async () => {
    nango.changeFaults({ deniedConsent: 'always' })
    expect([(await signIn()).status, (await signIn()).status]).toEqual([400, 400])
  })
})

it('opens sessions that last as long as it is told, and refuses a session that has run out as Nango does', async () => {
  nango.changeFaults({ sessionSeconds: 20 })
  const opened = await call('POST', '/connect/sessions', { tags: {} })
  expect(pick(opened.json, 'data', 'expires_at')).toBe(new Date(clock.now() + 20_000).toISOString())
  clock.advance(20_000)
  const late = await callStandIn(
    nango.url,
    'GET',
    `/oauth/connect/local-oauth?connect_session_token=${pickText(opened.json, 'data', 'token')}`,
  )
  expect([late.status, pick(late.json, 'error', 'code')]).toEqual([401, 'unknown_connect_session_token'])
})

describe('a renewal that is told to fail', () => {
  it('fails for one connection as the provider had refused it, and leaves the others alone', async () => {
    await signIn()
    clock.advance(1000)
    await signIn()
    nango.setFailing(await nameOf(0), true)
    await nango.checkRenewals()
    expect(await errorsOf(0)).toMatchObject([{ type: 'auth' }])
    expect(await errorsOf(1)).toEqual([])
    const refused = await read('&force_refresh=true')
    expect([refused.status, pick(refused.json, 'error', 'code')]).toEqual([400, 'invalid_credentials'])
    nango.setFailing(await nameOf(0), false)
    expect((await read('&force_refresh=true')).status).toBe(200)
    expect(await errorsOf(0)).toEqual([])
  })

  it('fails for all, and a token that was ended is not renewed by a plain read', async () => {
    await signIn()
    nango.changeFaults({ refreshFailure: 'all' })
    expect(nango.expireToken(await nameOf())).toBe(true)
    expect((await read()).status).toBe(400)
    expect((await read()).status).toBe(424)
    clock.advance(30_000)
    nango.calm()
    const renewed = await read()
    expect(renewed.status).toBe(200)
    expect(pick(renewed.json, 'credentials', 'expires_at')).toBe(new Date(clock.now() + 3_600_000).toISOString())
  })
})

it('says 429 with Retry-After past the limit that was set, and again after the window', async () => {
  nango.changeFaults({ rateLimitRequests: 2, rateLimitSeconds: 5 })
  expect((await call('GET', '/integrations')).headers['x-ratelimit-limit']).toBe('2')
  await call('GET', '/integrations')
  clock.advance(1_000)
  const refused = await call('GET', '/integrations')
  expect(refused.status).toBe(429)
  expect(refused.json).toEqual({ error: { code: 'too_many_request', method: 'GET', path: '/integrations' } })
  expect(refused.headers['retry-after']).toBe('4')
  expect(refused.headers['x-ratelimit-reset']).toBe(String(Math.floor((clock.now() + 4_000) / 1000)))
  clock.advance(4_000)
  expect((await call('GET', '/integrations')).status).toBe(200)
  nango.calm()
  expect((await call('GET', '/integrations')).headers['x-ratelimit-limit']).toBe('200')
})

describe('broken answers', () => {
  const answer = async (brokenAnswers: SandboxFaults['brokenAnswers']) => {
    nango.changeFaults({ brokenAnswers })
    return call('GET', '/connections')
  }

  it('come in every kind, and the truth comes back', async () => {
    expect(await answer('server_error')).toMatchObject({ status: 500, json: { error: { code: 'generic_error_support' } } })
    expect(await answer('web_page')).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } })
    expect(await answer('wrong_shape')).toMatchObject({ status: 200, json: { result: [{ unexpected: true }] } })
    await expect(answer('cut_short')).rejects.toThrow('aborted')
    await expect(answer('no_answer')).rejects.toThrow('socket hang up')
    expect(await answer('off')).toMatchObject({ status: 200, json: { connections: [] } })
  })

  it('leave the pages of a sign-in alone', async () => {
    const token = await nango.openSession()
    nango.changeFaults({ brokenAnswers: 'no_answer' })
    expect((await walkSignIn(`${nango.url}/oauth/connect/local-oauth?connect_session_token=${token}`)).status).toBe(200)
  })
})

it('takes its time when it is told to be slow', async () => {
  nango.changeFaults({ slowMs: 80 })
  const startedAt = performance.now()
  expect((await call('GET', '/integrations')).status).toBe(200)
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79)
})

it('has no sign-in page, renews nothing and accepts no key while its services are down', async () => {
  await signIn()
  nango.changeFaults({ isProviderDown: true })
  const page = await signIn()
  expect([page.status, page.body.includes('The demo service is down')]).toEqual([503, true])
  expect((await read('&force_refresh=true')).status).toBe(400)
  const session = await nango.openSession()
  const refused = await callStandIn(nango.url, 'POST', `/api-auth/api-key/openai?connect_session_token=${session}`, {
    body: { apiKey: 'demo-key-of-enough-length' },
  })
  expect(pick(refused.json, 'error', 'code')).toBe('connection_test_failed')
})

describe('faults and a restart', () => {
  const inMemory = () => {
    let saved: unknown = null
    return { load: () => structuredClone(saved), save: (state: unknown) => void (saved = structuredClone(state)) }
  }
  const restart = async (change: Partial<SandboxFaults>): Promise<void> => {
    const storage = inMemory()
    await nango.stop()
    await begin(storage)
    await signIn()
    nango.changeFaults(change)
    nango.setFailing(await nameOf(), true)
    nango.setWebhookUrl('http://127.0.0.1:9/')
    await nango.stop()
    await begin(storage)
  }

  it('faults end with the host that switched them on; where webhooks go is kept', async () => {
    await restart({ slowMs: 5, deniedConsent: 'always' })
    expect([nango.misbehaviour.count, nango.webhooks.url]).toEqual([0, 'http://127.0.0.1:9/'])
  })

  it('pinned ones go on', async () => {
    await restart({ slowMs: 5, isPinned: true })
    expect([nango.misbehaviour.faults.slowMs, nango.misbehaviour.count]).toEqual([5, 2])
    nango.calm()
    expect(nango.misbehaviour.faults.isPinned).toBe(false)
  })
})

it('is empty and behaves after a reset, with its services as new', async () => {
  await signIn()
  nango.changeFaults({ slowMs: 5 })
  nango.setFailing(await nameOf(), true)
  expect(nango.reset()).toBe(1)
  expect(nango.misbehaviour.count).toBe(0)
  expect(rowsOf(await call('GET', '/connections'))).toEqual([])
  expect((await signIn()).status).toBe(200)
})

it('forgets that a connection was to fail once the connection is gone', async () => {
  await signIn()
  const name = await nameOf()
  nango.setFailing(name, true)
  await call('DELETE', `/connections/${name.connectionId}?provider_config_key=local-oauth`)
  expect(nango.misbehaviour.count).toBe(0)
})
