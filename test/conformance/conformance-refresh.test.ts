import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'
import { pick, pickText, rowsOf } from '../core/sandbox/call-stand-in.ts'
import { IS_FOREIGN, statement, useConformanceServer } from './conformance-server.ts'

const REFRESH_ERROR = 'The external API returned an error when trying to refresh the access token. Please try again later.'
const BACK_OFF = 'A recent refresh attempt failed. Backing off before retrying.'
const DAY_MS = 86_400_000

let upstream: OidcUpstream
let path: string

beforeAll(async () => {
  upstream = await startOidcUpstream({ accessTokenSeconds: 3600 })
})
afterAll(() => upstream.stop())

const server = useConformanceServer(() => ({ upstream }))

beforeEach(async () => {
  if (IS_FOREIGN) return
  upstream.tokenFault = null
  upstream.granted.refresh_token = 0
  const token = await server.openSession()
  await upstream.approve(`${server.url}/oauth/connect/${server.keys.oauth}?connect_session_token=${token}`)
  const [row] = rowsOf(await server.call('GET', '/connections'))
  path = `/connections/${pickText(row, 'connection_id')}?provider_config_key=${server.keys.oauth}`
})

const accessToken = async (more = ''): Promise<string> =>
  pickText((await server.call('GET', `${path}${more}`)).json, 'credentials', 'access_token')
const errors = async (): Promise<unknown> => pick(rowsOf(await server.call('GET', '/connections'))[0], 'errors')

describe('a token that is fine', () => {
  statement('is shown without its refresh token unless that is asked for, in raw too', 'provider', async () => {
    const plain = await server.call('GET', path)
    expect(plain.json).toMatchObject({
      credentials: { type: 'OAUTH2', expires_at: new Date(server.clock.now() + 3_600_000).toISOString(), raw: { token_type: 'Bearer' } },
    })
    expect(plain.text).not.toContain('refresh_token')
    const asked = await server.call('GET', `${path}&refresh_token=true`)
    const refreshToken = pickText(asked.json, 'credentials', 'refresh_token')
    expect(pick(asked.json, 'credentials', 'raw', 'refresh_token')).toBe(refreshToken)
  })

  statement('is refreshed by a plain read only within 15 minutes of its end', 'provider', async () => {
    const first = await accessToken()
    server.clock.advance(2700_000)
    expect(await accessToken()).toBe(first)
    server.clock.advance(1)
    const second = await accessToken()
    expect(second).not.toBe(first)
    expect(upstream.granted.refresh_token).toBe(1)
  })

  statement('is refreshed once by six forced reads at the same time, which all see the new one', 'provider', async () => {
    const before = await accessToken()
    const held = upstream.holdToken()
    const first = accessToken('&force_refresh=true')
    await held.arrived
    const doors = Array.from({ length: 5 }, () => server.standIn.faults.holdNext(path.split('?')[0] ?? '', 'GET'))
    const others = doors.map(() => accessToken('&force_refresh=true'))
    await Promise.all(doors.map(({ arrived }) => arrived))
    for (const door of doors) door.release()
    // A whole round trip later the five wait for the one call that is under way.
    await server.call('GET', '/integrations')
    held.release()
    const seen = await Promise.all([first, ...others])
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).not.toBe(before)
    expect(upstream.granted.refresh_token).toBe(1)
  })

  statement('bumps updated_at when refreshed and uses the rotated refresh token the next time', 'provider', async () => {
    const before = pick((await server.call('GET', path)).json, 'updated_at')
    server.clock.advance(1000)
    for (let count = 0; count < 3; count++) expect((await server.call('GET', `${path}&force_refresh=true`)).status).toBe(200)
    expect(pick((await server.call('GET', path)).json, 'updated_at')).not.toBe(before)
    expect(upstream.granted.refresh_token).toBe(3)
  })

  statement('stays as it is on force_refresh without a refresh token', async () => {
    await server.call('POST', '/connections', {
      provider_config_key: server.keys.oauth,
      connection_id: 'bare',
      credentials: {
        type: 'OAUTH2',
        access_token: 'at',
        expires_at: new Date((IS_FOREIGN ? Date.now() : server.clock.now()) + 60_000).toISOString(),
      },
    })
    const answer = await server.call('GET', `/connections/bare?provider_config_key=${server.keys.oauth}&force_refresh=true`)
    expect([answer.status, pick(answer.json, 'credentials', 'access_token')]).toEqual([200, 'at'])
  })
})

describe('a refresh that fails', () => {
  const revoke = () => upstream.revokeRefreshTokens()
  const pause = (fault: 'server-error' | 'html') => async () => {
    upstream.tokenFault = fault
  }

  const ways = [
    ['a revoked grant', revoke],
    ['HTTP 500', pause('server-error')],
    ['an HTML page', pause('html')],
  ] as const
  for (const [what, breakIt] of ways) {
    statement(`looks the same for ${what}: 400 with the connection and no credentials`, 'provider', async () => {
      await breakIt()
      const answer = await server.call('GET', `${path}&force_refresh=true`)
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
      expect(await errors()).toEqual([{ type: 'auth', log_id: expect.any(String) as string }])
    })
  }

  statement(
    'makes plain reads answer 424 for 30 s though the old token is still valid, then 200 while errors stay',
    'provider',
    async () => {
      const before = await accessToken()
      server.standIn.faults.failRefresh = true
      expect((await server.call('GET', `${path}&force_refresh=true`)).status).toBe(400)
      server.clock.advance(29_999)
      const backingOff = await server.call('GET', path)
      expect(backingOff.status).toBe(424)
      expect(pick(backingOff.json, 'error')).toMatchObject({ code: 'invalid_credentials', message: BACK_OFF })
      server.clock.advance(1)
      expect(await accessToken()).toBe(before)
      expect(await errors()).toHaveLength(1)
    },
  )

  statement('is mended by a forced refresh inside the 30 s, which clears the errors', 'provider', async () => {
    server.standIn.faults.failRefresh = true
    await server.call('GET', `${path}&force_refresh=true`)
    server.standIn.faults.failRefresh = false
    expect((await server.call('GET', `${path}&force_refresh=true`)).status).toBe(200)
    expect(await errors()).toEqual([])
    expect((await server.call('GET', path)).status).toBe(200)
  })

  statement('is given up after failures on four days, until a forced refresh works', 'provider', async () => {
    server.standIn.faults.failRefresh = true
    for (let day = 0; day < 4; day++) {
      await server.call('GET', `${path}&force_refresh=true`)
      await server.call('GET', `${path}&force_refresh=true`)
      server.clock.advance(DAY_MS)
    }
    const exhausted = await server.call('GET', path)
    expect(exhausted.status).toBe(424)
    expect(pick(exhausted.json, 'error', 'message')).toBe('The refresh limit has been reached for this connection.')
    server.standIn.faults.failRefresh = false
    expect((await server.call('GET', `${path}&force_refresh=true`)).status).toBe(200)
    expect((await server.call('GET', path)).status).toBe(200)
  })

  statement('is what a plain read of an expired token ends in, with 400', 'provider', async () => {
    await upstream.revokeRefreshTokens()
    server.clock.advance(3_600_000)
    const answer = await server.call('GET', path)
    expect([answer.status, pick(answer.json, 'error', 'message')]).toEqual([400, REFRESH_ERROR])
  })
})
