import { createHash } from 'node:crypto'
import { getProviders } from '@nangohq/providers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEMO_INTEGRATIONS, DEMO_PROVIDERS } from '#core/sandbox/demo-catalogue'
import { type NangoStandIn, startNangoStandIn } from '#core/sandbox/nango-stand-in'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { type TestClock, callStandIn, createCaller, createClock, pick, pickText, rowsOf } from './call-stand-in.ts'

let nango: NangoStandIn
let clock: TestClock
let call: ReturnType<typeof createCaller>

beforeEach(async () => {
  clock = createClock()
  nango = await startNangoStandIn({ now: clock.now })
  call = createCaller(nango)
})
afterEach(() => nango.stop())

const openSession = async (tags: object = {}): Promise<string> =>
  pickText((await call('POST', '/connect/sessions', { tags })).json, 'data', 'token')

const connectUrl = async (integration: string): Promise<string> =>
  `${nango.url}/oauth/connect/${integration}?connect_session_token=${await openSession()}`

const form = (fields: Record<string, string>) =>
  callStandIn(nango.url, 'POST', '/demo-provider/token', {
    rawBody: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

const VERIFIER = 'a'.repeat(48)
const CLIENT = { client_id: 'demo-github', client_secret: 'demo-github-client' }

const getCode = async (): Promise<string> => {
  const url = new URL(`${nango.url}/demo-provider/authorize`)
  const challenge = createHash('sha256').update(VERIFIER).digest('base64url')
  for (const [key, value] of Object.entries({
    response_type: 'code',
    client_id: CLIENT.client_id,
    redirect_uri: `${nango.url}/oauth/callback`,
    state: 's',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }))
    url.searchParams.set(key, value)
  const end = await walkSignIn(url.href)
  return new URL(end.finalUrl).searchParams.get('code') ?? ''
}

const exchange = async (code: string, more: Record<string, string> = {}) =>
  form({
    grant_type: 'authorization_code',
    code,
    redirect_uri: `${nango.url}/oauth/callback`,
    code_verifier: VERIFIER,
    ...CLIENT,
    ...more,
  })

describe('the demo catalogue', () => {
  const real = getProviders() ?? {}

  it.each(Object.keys(DEMO_PROVIDERS))('knows %s as Nango does: name, auth mode, form fields and whether keys are tested', (slug) => {
    const demo = DEMO_PROVIDERS[slug]
    const theirs = real[slug]
    expect(theirs).toBeDefined()
    expect([demo?.display_name, demo?.auth_mode]).toEqual([theirs?.display_name, theirs?.auth_mode])
    expect(demo?.categories).toEqual(theirs?.categories)
    if (demo?.auth_mode === 'OAUTH2') return
    expect(demo?.connection_config).toEqual(pick(theirs, 'connection_config'))
    const names = (fields: unknown) => Object.keys(typeof fields === 'object' && fields !== null ? fields : {})
    expect(names(demo?.credentials)).toEqual(names(pick(theirs, 'credentials')))
    expect(demo?.proxy?.verification === undefined).toBe(pick(theirs, 'proxy', 'verification') === undefined)
  })

  it.each(DEMO_INTEGRATIONS.map(({ uniqueKey }) => uniqueKey))('has an integration %s whose provider it defines', (uniqueKey) => {
    const integration = DEMO_INTEGRATIONS.find((one) => one.uniqueKey === uniqueKey)
    expect(Object.keys(DEMO_PROVIDERS)).toContain(integration?.provider)
  })

  it('lets a demo key pass every pattern a form checks', () => {
    const refusing = DEMO_INTEGRATIONS.filter(({ provider }) => {
      const fields = pick(real[provider], 'credentials')
      return Object.values(typeof fields === 'object' && fields !== null ? fields : {}).some((field) => {
        const pattern = pick(field, 'pattern')
        return typeof pattern === 'string' && !new RegExp(pattern).test('demo-1234567890')
      })
    })
    expect(refusing).toEqual([])
  })
})

describe('signing in at the demo provider', () => {
  it.each(['github', 'slack', 'notion', 'google-mail', 'linear'])('connects %s when the person allows it', async (integration) => {
    const page = await walkSignIn(await connectUrl(integration))
    expect([page.status, page.body.includes('Successful connection')]).toEqual([200, true])
    const [row] = rowsOf(await call('GET', '/connections'))
    expect(pick(row, 'provider_config_key')).toBe(integration)
  })

  it('comes back with access_denied when the person denies it', async () => {
    const page = await walkSignIn(await connectUrl('github'), { deny: true })
    expect(page.status).toBe(400)
    expect(page.body).toContain('access_denied')
    expect(page.body).toContain('The person said no')
    expect(rowsOf(await call('GET', '/connections'))).toEqual([])
  })

  it('shows a page that says it is a demo, with labelled accounts, and loads nothing from elsewhere', async () => {
    const begun = await callStandIn(nango.url, 'GET', (await connectUrl('github')).slice(nango.url.length))
    const page = await callStandIn(nango.url, 'GET', String(begun.headers['location']).slice(nango.url.length))
    expect(page.status).toBe(200)
    expect(page.text).toContain('<html lang="en">')
    expect(page.text).toContain('<strong>This is a demo.</strong>')
    expect(page.text).toContain('<legend>Choose a demo account</legend>')
    expect(page.text.match(/<label><input type="radio" name="account"/g)).toHaveLength(2)
    expect(page.text).not.toMatch(/(?:src|href)=|https?:\/\/(?!127\.0\.0\.1)/)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  })

  it('never sends anybody to an address it does not trust', async () => {
    const url = `/demo-provider/authorize?response_type=code&client_id=demo-github&redirect_uri=${encodeURIComponent('https://evil.test/')}`
    const page = await callStandIn(nango.url, 'GET', url)
    expect([page.status, page.headers['location']]).toEqual([400, undefined])
    expect((await callStandIn(nango.url, 'GET', '/demo-provider/authorize?client_id=x')).status).toBe(400)
  })

  it('escapes what the request carries', async () => {
    const state = encodeURIComponent('"><script>alert(1)</script>')
    const redirect = encodeURIComponent(`${nango.url}/oauth/callback`)
    const query = `response_type=code&client_id=demo-github&redirect_uri=${redirect}&state=${state}&scope=${state}`
    expect((await callStandIn(nango.url, 'GET', `/demo-provider/authorize?${query}`)).text).not.toContain('<script')
  })
})

describe('the demo token endpoint', () => {
  it('trades a code once, for its client, address and verifier', async () => {
    const refusals = [{ code_verifier: 'b'.repeat(48) }, { redirect_uri: 'http://127.0.0.1/other' }]
    for (const wrong of refusals) {
      const answer = await exchange(await getCode(), wrong)
      expect([answer.status, pick(answer.json, 'error')]).toEqual([400, 'invalid_grant'])
    }
    const badSecret = await exchange(await getCode(), { client_secret: 'nope' })
    expect([badSecret.status, pick(badSecret.json, 'error')]).toEqual([401, 'invalid_client'])
    const code = await getCode()
    const first = await exchange(code)
    expect(first.json).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect((await exchange(code)).status).toBe(400)
  })

  it('rotates refresh tokens and refuses a used one', async () => {
    const first = await exchange(await getCode())
    const refresh = (token: string) => form({ grant_type: 'refresh_token', refresh_token: token, ...CLIENT })
    const used = pickText(first.json, 'refresh_token')
    const second = await refresh(used)
    expect(second.status).toBe(200)
    expect(pick(second.json, 'refresh_token')).not.toBe(used)
    expect(pick((await refresh(used)).json, 'error')).toBe('invalid_grant')
  })

  it('says whose a token is, until it expires', async () => {
    const token = pickText((await exchange(await getCode())).json, 'access_token')
    const who = () => callStandIn(nango.url, 'GET', '/demo-provider/userinfo', { headers: { authorization: `Bearer ${token}` } })
    expect((await who()).json).toEqual({ sub: 'demo-ada', name: 'Ada Demo', email: 'ada@demo.example' })
    clock.advance(3_600_000)
    expect((await who()).status).toBe(401)
  })

  it('keeps demo connections fresh: a read near the end refreshes them', async () => {
    await walkSignIn(await connectUrl('github'))
    const [row] = rowsOf(await call('GET', '/connections'))
    const path = `/connections/${pickText(row, 'connection_id')}?provider_config_key=github`
    const first = pick((await call('GET', path)).json, 'credentials', 'access_token')
    clock.advance(3_000_000)
    const second = await call('GET', path)
    expect(second.status).toBe(200)
    expect(pick(second.json, 'credentials', 'access_token')).not.toBe(first)
  })
})
