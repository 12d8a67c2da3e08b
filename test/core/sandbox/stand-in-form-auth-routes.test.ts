import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StandInProvider } from '#core/sandbox/nango-stand-in'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { callStandIn, createCaller, pickText } from './call-stand-in.ts'

const MODES = ['OAUTH2_CC', 'TWO_STEP', 'JWT', 'SIGNATURE', 'TBA', 'BILL', 'AWS_SIGV4', 'NONE'] as const
const provider = (mode: string): StandInProvider => ({
  display_name: mode,
  auth_mode: mode,
  ...(mode === 'OAUTH2_CC' ? { token_url: 'https://${connectionConfig.site}.example.test/token' } : {}),
})

let nango: FakeNango
let call: ReturnType<typeof createCaller>
let token: string

beforeAll(async () => {
  nango = await startFakeNango({ rateLimitPerMinute: 1000, providers: Object.fromEntries(MODES.map((mode) => [mode, provider(mode)])) })
  call = createCaller(nango)
  for (const mode of MODES) {
    const credentials = mode === 'TBA' ? { credentials: { type: mode, client_id: 'c', client_secret: 's' } } : {}
    const made = await call('POST', '/integrations', { unique_key: mode, provider: mode, ...credentials })
    if (made.status !== 200) throw new Error(`${mode}: ${made.text}`)
  }
  token = await nango.openSession({ tags: { project: 'one' } })
})
afterAll(() => nango.stop())

const post = (path: string, body: unknown, query = '') =>
  callStandIn(nango.url, 'POST', `${path}?connect_session_token=${token}${query}`, body === undefined ? {} : { body })
const codeOf = ({ json }: { readonly json: unknown }): unknown => (json as { readonly error?: { readonly code?: string } }).error?.code

const KEY = 'demo-0123456789'
const ROLE = 'arn:aws:iam::123456789012:role/R'

describe('the forms besides key and password', () => {
  it.each([
    ['OAUTH2_CC', '/oauth2/auth', { client_id: 'c', client_secret: KEY }, '&params[site]=acme'],
    ['TWO_STEP', '/auth/two-step', { type: 'TWO_STEP', anything: KEY, assertionOption: { more: 'x' } }, ''],
    ['JWT', '/auth/jwt', { type: 'JWT', privateKey: KEY }, ''],
    ['SIGNATURE', '/auth/signature', { type: 'SIGNATURE', username: 'u', password: 'p' }, ''],
    ['TBA', '/auth/tba', { token_id: 't', token_secret: 's' }, ''],
    ['BILL', '/auth/bill', { username: 'u', password: KEY, organization_id: 'o', dev_key: 'd' }, ''],
    ['AWS_SIGV4', '/auth/aws-sigv4', { role_arn: ROLE }, '&params[external_id]=6f1e0c3a-9d2b-4c57-8a41-2f60c1d7b9e5'],
    ['NONE', '/auth/unauthenticated', undefined, ''],
  ] as const)('%s is made at %s', async (mode, path, body, query) => {
    const answer = await post(`${path}/${mode}`, body, query)
    expect(answer.json).toEqual({ connectionId: expect.stringMatching(/^[0-9a-f-]{36}$/), providerConfigKey: mode })
    const made = await call('GET', `/connections/${pickText(answer.json, 'connectionId')}?provider_config_key=${mode}`)
    expect(made.json).toMatchObject({ tags: { project: 'one' }, credentials: { type: mode } })
    const wrong = await post(`${path}/n8n`, body, query)
    expect([wrong.status, codeOf(wrong)], 'another way to sign in').toEqual([400, 'invalid_auth_mode'])
    const unknown = await post(`${path}/zzz`, body, query)
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'unknown_provider_config'])
    const chosen = await post(`${path}/${mode}`, body, `${query}&connection_id=mine`)
    expect(codeOf(chosen)).toBe('invalid_query_params')
  })

  it.each([
    ['/auth/signature/SIGNATURE', { username: 'u', password: 'p' }],
    ['/auth/signature/SIGNATURE', { type: 'SIGNATURE', username: 'u', password: 'p', more: 'x' }],
    ['/auth/tba/TBA', { token_id: 't' }],
    ['/auth/tba/TBA', { token_id: 't', token_secret: 's', type: 'TBA' }],
    ['/auth/bill/BILL', { username: 'u', password: KEY, organization_id: 'o' }],
    ['/auth/aws-sigv4/AWS_SIGV4', { role_arn: ROLE, external_id: 'x' }],
    ['/auth/aws-sigv4/AWS_SIGV4', { role_arn: ROLE, region: 'EU West' }],
    ['/auth/unauthenticated/NONE', { apiKey: 'k' }],
  ])('%s refuses a body that is not exactly its own: %j', async (path, body) => {
    const answer = await post(path, body)
    expect([answer.status, codeOf(answer)]).toEqual([400, 'invalid_body'])
  })

  it('says in its own words what the service did not take', async () => {
    const client = await post('/oauth2/auth/OAUTH2_CC', { client_id: 'c', client_secret: 'wrong' }, '&params[site]=acme')
    expect([client.status, codeOf(client)]).toEqual([400, 'client_credentials_fetch_error'])
    const twoStep = await post('/auth/two-step/TWO_STEP', { type: 'TWO_STEP', password: 'wrong' })
    expect([twoStep.status, codeOf(twoStep)]).toEqual([400, 'two_step_credentials_fetch_error'])
    const noClient = await post('/oauth2/auth/OAUTH2_CC', { client_secret: KEY })
    expect([noClient.status, codeOf(noClient)]).toEqual([400, 'missing_client_id'])
    const noSite = await post('/oauth2/auth/OAUTH2_CC', { client_id: 'c', client_secret: KEY })
    expect(noSite.status).toBe(500)
    const key = await post('/auth/jwt/JWT', { type: 'JWT', privateKey: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----' })
    expect([key.status, codeOf(key)]).toEqual([500, 'failed_to_generate'])
  })

  it('lets a session make only what it allows', async () => {
    const narrow = await nango.openSession({ tags: {}, allowed_integrations: ['n8n'] })
    const barred = await callStandIn(nango.url, 'POST', `/auth/unauthenticated/NONE?connect_session_token=${narrow}`)
    expect([barred.status, codeOf(barred)]).toEqual([400, 'integration_not_allowed'])
    const nobody = await callStandIn(nango.url, 'POST', '/auth/unauthenticated/NONE')
    expect([nobody.status, codeOf(nobody)]).toEqual([401, 'missing_public_key'])
  })
})
