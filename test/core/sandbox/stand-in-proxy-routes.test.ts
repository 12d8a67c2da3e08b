import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type NangoStandIn, startNangoStandIn } from '#core/sandbox/nango-stand-in'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { callStandIn, createCaller, pick, pickText, rowsOf } from './call-stand-in.ts'

let nango: NangoStandIn
let call: ReturnType<typeof createCaller>

beforeEach(async () => {
  nango = await startNangoStandIn()
  call = createCaller(nango)
})
afterEach(() => nango.stop())

const signIn = async (integration: string): Promise<string> => {
  const token = pickText((await call('POST', '/connect/sessions', { tags: {} })).json, 'data', 'token')
  await walkSignIn(`${nango.url}/oauth/connect/${integration}?connect_session_token=${token}`)
  return pickText(rowsOf(await call('GET', '/connections'))[0], 'connection_id')
}
const seedKey = (integrationKey: string, apiKey: string): string => {
  nango.seedConnections([{ integrationKey, connectionId: `${integrationKey}-1`, credentials: { type: 'API_KEY', apiKey } }])
  return `${integrationKey}-1`
}
const through = (method: string, path: string, integration: string, connectionId: string, more: Record<string, string> = {}) =>
  call(method, `/proxy${path}`, undefined, { 'provider-config-key': integration, 'connection-id': connectionId, ...more })

describe('the proxy (nango-api.md section 8)', () => {
  it('gives the account behind a connection in the words of its service, and keeps to the rate limit', async () => {
    const reply = await through('GET', '/user?x=1', 'github', await signIn('github'))
    expect([reply.status, reply.json]).toEqual([200, expect.objectContaining({ login: 'ada', email: 'ada@demo.example' })])
    expect(Number(reply.headers['x-ratelimit-limit'])).toBe(200)
    expect(await through('GET', '/v1/models', 'openai', seedKey('openai', 'demo-key-123'))).toMatchObject({ status: 200 })
    expect(await through('GET', '/v1/models', 'anthropic', seedKey('anthropic', 'wrong'))).toMatchObject({ status: 401 })
    expect(await through('GET', '/nowhere', 'openai', 'openai-1')).toMatchObject({ status: 404 })
  })

  it.each([
    ['server_error', 500],
    ['web_page', 200],
    ['error_in_200', 200],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['rate_limited', 429],
    ['unreachable', 500],
  ] as const)('shows a service that answers %s', async (serviceAnswers, status) => {
    const connectionId = seedKey('openai', 'demo-key-123')
    nango.changeFaults({ serviceAnswers })
    expect((await through('GET', '/v1/models', 'openai', connectionId)).status).toBe(status)
    nango.calm()
    expect((await through('GET', '/v1/models', 'openai', connectionId)).status).toBe(200)
  })

  it('ends a whole sign-in when one of its tokens is revoked, at the endpoint or through the proxy', async () => {
    const slack = await signIn('slack')
    expect(await through('POST', '/auth.revoke', 'slack', slack)).toMatchObject({ status: 200, json: { ok: true } })
    expect((await through('GET', '/auth.test', 'slack', slack)).status).toBe(401)
    const github = await signIn('github')
    const read = await call('GET', `/connections/${github}?provider_config_key=github&refresh_token=true`)
    const revoke = (fields: Record<string, string>) =>
      callStandIn(nango.url, 'POST', '/demo-provider/revoke', {
        rawBody: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    const client = { client_id: 'demo-github', client_secret: 'demo-github-client' }
    const token = String(pick(read.json, 'credentials', 'refresh_token'))
    expect((await revoke({ token, client_id: 'demo-github', client_secret: 'wrong' })).status).toBe(401)
    expect((await through('GET', '/user', 'github', github)).status).toBe(200)
    expect((await revoke({ token, ...client })).status).toBe(200)
    expect((await through('GET', '/user', 'github', github)).status).toBe(401)
    expect((await revoke({ token: 'never-given', ...client })).status).toBe(200)
  })
})
