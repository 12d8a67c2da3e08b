import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'
import { type TestClock, createCaller, createClock, pick, pickText, rowsOf } from './call-stand-in.ts'

const REFRESH_ERROR = 'The external API returned an error when trying to refresh the access token. Please try again later.'
const BACK_OFF = 'A recent refresh attempt failed. Backing off before retrying.'
const DAY_MS = 86_400_000

let upstream: OidcUpstream
let nango: FakeNango
let clock: TestClock
let call: ReturnType<typeof createCaller>
let path: string

beforeAll(async () => {
  upstream = await startOidcUpstream({ accessTokenSeconds: 3600 })
})
afterAll(() => upstream.stop())
beforeEach(async () => {
  upstream.tokenFault = null
  upstream.granted.refresh_token = 0
  clock = createClock()
  nango = await startFakeNango({ upstream, now: clock.now })
  call = createCaller(nango)
  const token = await nango.openSession()
  await upstream.approve(`${nango.url}/oauth/connect/local-oauth?connect_session_token=${token}`)
  const [row] = rowsOf(await call('GET', '/connections'))
  path = `/connections/${pickText(row, 'connection_id')}?provider_config_key=local-oauth`
})
afterEach(() => nango.stop())

const accessToken = async (more = ''): Promise<string> =>
  pickText((await call('GET', `${path}${more}`)).json, 'credentials', 'access_token')
const errors = async (): Promise<unknown> => pick(rowsOf(await call('GET', '/connections'))[0], 'errors')

describe('a token that is fine', () => {
  it('is shown without its refresh token unless that is asked for, in raw too', async () => {
    const plain = await call('GET', path)
    expect(plain.json).toMatchObject({
      credentials: { type: 'OAUTH2', expires_at: new Date(clock.now() + 3_600_000).toISOString(), raw: { token_type: 'Bearer' } },
    })
    expect(plain.text).not.toContain('refresh_token')
    const asked = await call('GET', `${path}&refresh_token=true`)
    const refreshToken = pickText(asked.json, 'credentials', 'refresh_token')
    expect(pick(asked.json, 'credentials', 'raw', 'refresh_token')).toBe(refreshToken)
  })

  it('is refreshed by a plain read only within 15 minutes of its end', async () => {
    const first = await accessToken()
    clock.advance(2700_000)
    expect(await accessToken()).toBe(first)
    clock.advance(1)
    const second = await accessToken()
    expect(second).not.toBe(first)
    expect(upstream.granted.refresh_token).toBe(1)
  })

  it('is refreshed once by six forced reads at the same time, which all see the new one', async () => {
    const before = await accessToken()
    const held = upstream.holdToken()
    const first = accessToken('&force_refresh=true')
    await held.arrived
    const doors = Array.from({ length: 5 }, () => nango.faults.holdNext(path.split('?')[0] ?? '', 'GET'))
    const others = doors.map(() => accessToken('&force_refresh=true'))
    await Promise.all(doors.map(({ arrived }) => arrived))
    for (const door of doors) door.release()
    // A whole round trip later the five wait for the one call that is under way.
    await call('GET', '/integrations')
    held.release()
    const seen = await Promise.all([first, ...others])
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).not.toBe(before)
    expect(upstream.granted.refresh_token).toBe(1)
  })

  it('bumps updated_at when refreshed and uses the rotated refresh token the next time', async () => {
    const before = pick((await call('GET', path)).json, 'updated_at')
    clock.advance(1000)
    for (let count = 0; count < 3; count++) expect((await call('GET', `${path}&force_refresh=true`)).status).toBe(200)
    expect(pick((await call('GET', path)).json, 'updated_at')).not.toBe(before)
    expect(upstream.granted.refresh_token).toBe(3)
  })

  it('stays as it is on force_refresh without a refresh token', async () => {
    await call('POST', '/connections', {
      provider_config_key: 'local-oauth',
      connection_id: 'bare',
      credentials: { type: 'OAUTH2', access_token: 'at', expires_at: new Date(clock.now() + 60_000).toISOString() },
    })
    const answer = await call('GET', '/connections/bare?provider_config_key=local-oauth&force_refresh=true')
    expect([answer.status, pick(answer.json, 'credentials', 'access_token')]).toEqual([200, 'at'])
  })
})

describe('a refresh that fails', () => {
  const revoke = () => upstream.revokeRefreshTokens()
  const pause = (fault: 'server-error' | 'html') => async () => {
    upstream.tokenFault = fault
  }

  it.each([
    ['a revoked grant', revoke],
    ['HTTP 500', pause('server-error')],
    ['an HTML page', pause('html')],
  ])('looks the same for %s: 400 with the connection and no credentials', async (_case, breakIt) => {
    await breakIt()
    const answer = await call('GET', `${path}&force_refresh=true`)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      error: {
        code: 'invalid_credentials',
        message: REFRESH_ERROR,
        payload: {
          connection: expect.objectContaining({
            credentials: {},
            errors: [{ type: 'auth', log_id: expect.stringMatching(/^\d{13}_[\w-]{8}$/) }],
          }),
        },
      },
    })
    expect(await errors()).toEqual([{ type: 'auth', log_id: expect.any(String) }])
  })

  it('makes plain reads answer 424 for 30 s though the old token is still valid, then 200 while errors stay', async () => {
    const before = await accessToken()
    nango.faults.failRefresh = true
    expect((await call('GET', `${path}&force_refresh=true`)).status).toBe(400)
    clock.advance(29_999)
    const backingOff = await call('GET', path)
    expect(backingOff.status).toBe(424)
    expect(pick(backingOff.json, 'error')).toMatchObject({ code: 'invalid_credentials', message: BACK_OFF })
    clock.advance(1)
    expect(await accessToken()).toBe(before)
    expect(await errors()).toHaveLength(1)
  })

  it('is mended by a forced refresh inside the 30 s, which clears the errors', async () => {
    nango.faults.failRefresh = true
    await call('GET', `${path}&force_refresh=true`)
    nango.faults.failRefresh = false
    expect((await call('GET', `${path}&force_refresh=true`)).status).toBe(200)
    expect(await errors()).toEqual([])
    expect((await call('GET', path)).status).toBe(200)
  })

  it('is given up after failures on four days, until a forced refresh works', async () => {
    nango.faults.failRefresh = true
    for (let day = 0; day < 4; day++) {
      await call('GET', `${path}&force_refresh=true`)
      await call('GET', `${path}&force_refresh=true`)
      clock.advance(DAY_MS)
    }
    const exhausted = await call('GET', path)
    expect(exhausted.status).toBe(424)
    expect(pick(exhausted.json, 'error', 'message')).toBe('The refresh limit has been reached for this connection.')
    nango.faults.failRefresh = false
    expect((await call('GET', `${path}&force_refresh=true`)).status).toBe(200)
    expect((await call('GET', path)).status).toBe(200)
  })

  it('is what a plain read of an expired token ends in, with 400', async () => {
    await upstream.revokeRefreshTokens()
    clock.advance(3_600_000)
    const answer = await call('GET', path)
    expect([answer.status, pick(answer.json, 'error', 'message')]).toEqual([400, REFRESH_ERROR])
  })
})
