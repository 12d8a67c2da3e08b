import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SILENT_LOG } from '#core/log'
import { createNangoClient, type NangoClient } from '#core/nango/nango-client'
import { credentialFaults, IMPORTABLE_TYPES } from '#core/nango/nango-import'
import { startNangoStandIn, type NangoStandIn } from '#core/sandbox/nango-stand-in'
import { Secret } from '#core/vault/secret'
import { json } from './local-servers.ts'
import { startScriptedNango } from './scripted-nango.ts'

let server: NangoStandIn
let client: NangoClient
beforeAll(async () => {
  server = await startNangoStandIn()
  client = createNangoClient({
    host: server.url,
    secretKey: new Secret(server.secretKey),
    environment: {},
    log: SILENT_LOG,
    now: Date.now,
  })
})
afterAll(async () => {
  client.close()
  await server.stop()
})

const sealed = (credentials: unknown): Secret => new Secret(JSON.stringify(credentials))
const KEY_IN_FULL = { providerConfigKey: 'n8n', connectionId: 'in-full' }
const API_KEY = { type: 'API_KEY', apiKey: 'demo-import' }

describe('importing credentials', () => {
  test('makes a connection with all that was given, and answers with it in full', async () => {
    const made = await client.importConnection({
      ...KEY_IN_FULL,
      credentials: sealed(API_KEY),
      tags: { Owner: 'Ann' },
      metadata: { plan: 'pro' },
      connectionConfig: { baseUrl: 'https://n8n.example' },
      endUser: { id: 'u-1', displayName: 'Ann' },
    })
    expect(made).toMatchObject({
      ...KEY_IN_FULL,
      tags: { owner: 'Ann', end_user_id: 'u-1', end_user_display_name: 'Ann' },
      metadata: { plan: 'pro' },
      connectionConfig: { baseUrl: 'https://n8n.example' },
      createdAt: expect.stringMatching(/Z$/) as string,
    })
    expect(JSON.parse(made.credentials?.reveal() ?? '')).toEqual(API_KEY)
  })

  test('replaces the whole of a connection that has this id: what is not given becomes empty', async () => {
    const before = await client.importConnection({ ...KEY_IN_FULL, credentials: sealed(API_KEY), tags: { a: 'b' }, metadata: { c: 1 } })
    const after = await client.importConnection({ ...KEY_IN_FULL, credentials: sealed({ ...API_KEY, apiKey: 'demo-other' }) })
    expect(after).toMatchObject({ id: before.id, tags: {}, metadata: {}, connectionConfig: {} })
    expect(await client.getConnection(KEY_IN_FULL)).toMatchObject({ id: before.id, tags: {}, metadata: {}, endUser: { id: 'u-1' } })
  })

  test('puts back what was read with its refresh token, and leaves out the raw answer, which Nango refuses', async () => {
    const key = { providerConfigKey: 'github', connectionId: 'put-back' }
    const oauth = { type: 'OAUTH2', access_token: 'demo-at', refresh_token: 'demo-rt', expires_at: '2099-01-01T00:00:00.000Z' }
    await client.importConnection({ ...key, credentials: sealed(oauth) })
    expect((await client.getConnection(key)).credentials?.reveal()).not.toContain('demo-rt')
    const whole = await client.getConnection({ ...key, withRefreshToken: true })
    await client.importConnection({ ...key, credentials: sealed({ ...oauth, access_token: 'demo-other' }) })
    await client.importConnection({ ...key, credentials: whole.credentials ?? sealed({}) })
    const again = await client.getConnection({ ...key, withRefreshToken: true })
    expect(JSON.parse(again.credentials?.reveal() ?? '')).toMatchObject(oauth)
  })

  test.each([
    ['an unknown integration', { providerConfigKey: 'none', credentials: sealed(API_KEY) }, 'nango.not_found'],
    [
      'credentials of another type',
      { providerConfigKey: 'n8n', credentials: sealed({ type: 'BASIC', username: 'u', password: '' }) },
      'nango.rejected',
    ],
  ])('refuses %s in the words of Nango', async (_name, input, code) => {
    await expect(client.importConnection(input)).rejects.toMatchObject({ code })
  })

  test.each(['a?b', 'ünï', '', '.', '..', 'x'.repeat(256)])('sends nothing for the id %j, which could not be read back', async (id) => {
    const sentBefore = server.requests.length
    const call = client.importConnection({ providerConfigKey: 'n8n', connectionId: id, credentials: sealed(API_KEY) })
    await expect(call).rejects.toMatchObject({
      code: 'connection.not_importable',
      data: { faults: [{ field: 'connection_id', reason: 'invalid' }] },
    })
    expect(server.requests).toHaveLength(sentBefore)
  })

  test('names what is wrong with credentials, never what is in them', async () => {
    const call = client.importConnection({
      providerConfigKey: 'n8n',
      credentials: sealed({ type: 'API_KEY', apiKey: 'canary'.repeat(200) }),
    })
    const error: unknown = await call.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'connection.not_importable',
      data: { type: 'API_KEY', faults: [{ field: 'apiKey', reason: 'too_long' }] },
    })
    expect(JSON.stringify(error)).not.toContain('canary')
  })

  test('blots the credentials out of what the server says about them', async () => {
    const nango = await startScriptedNango(json(400, { error: { code: 'invalid_body', message: 'bad key canary-value' } }))
    const call = nango.client.importConnection({
      providerConfigKey: 'n8n',
      credentials: sealed({ type: 'API_KEY', apiKey: 'canary-value' }),
    })
    await expect(call).rejects.toMatchObject({ code: 'nango.rejected', data: { words: 'bad key [redacted]' } })
    await nango.close()
  })
})

describe('every type that Nango takes from outside', () => {
  const given = [
    {
      mode: 'OAUTH2_CC',
      values: { token: 'canary-t', client_id: 'c', client_secret: 'canary-s', expires_at: '2099-01-01T00:00:00.000Z' },
      connectionConfig: {},
    },
    { mode: 'OAUTH1', values: { oauth_token: 'canary-t', oauth_token_secret: 'canary-s' }, connectionConfig: {} },
    { mode: 'TBA', values: { token_id: 'canary-t', token_secret: 'canary-s' }, connectionConfig: { accountId: '12' } },
    { mode: 'APP', values: { app_id: '1', installation_id: '2' }, connectionConfig: {} },
    { mode: 'CUSTOM', values: { app_id: '1', installation_id: '2' }, connectionConfig: {} },
    { mode: 'NONE', values: {}, connectionConfig: {} },
  ]
  let other: NangoStandIn
  let caller: NangoClient
  beforeAll(async () => {
    other = await startNangoStandIn({
      providers: Object.fromEntries(given.map(({ mode }) => [mode.toLowerCase(), { display_name: mode, auth_mode: mode }])),
      integrations: given.map(({ mode }) => ({ uniqueKey: mode, provider: mode.toLowerCase() })),
    })
    caller = createNangoClient({ host: other.url, secretKey: new Secret(other.secretKey), environment: {}, log: SILENT_LOG, now: Date.now })
  })
  afterAll(async () => {
    caller.close()
    await other.stop()
  })

  test.each(given)('is sent as the schema of the server has it: $mode', async ({ mode, values, connectionConfig }) => {
    const credentials = sealed({ type: mode, ...values })
    const made = await caller.importConnection({ providerConfigKey: mode, connectionId: `a-${mode}`, credentials, connectionConfig })
    expect(made).toMatchObject({ providerConfigKey: mode, connectionConfig })
    if (mode === 'OAUTH2_CC' || mode === 'OAUTH1' || mode === 'TBA')
      expect(JSON.parse(made.credentials?.reveal() ?? '')).toMatchObject({ type: mode, ...values })
    // What was read goes back in as it is, where it can: an app's token is made anew from its installation.
    const read = await caller.getConnection({ providerConfigKey: mode, connectionId: `a-${mode}`, withRefreshToken: true })
    const back = caller.importConnection({
      providerConfigKey: mode,
      connectionId: `a-${mode}`,
      credentials: read.credentials ?? sealed({ type: mode }),
      connectionConfig,
    })
    if (mode === 'APP' || mode === 'CUSTOM') await expect(back).rejects.toMatchObject({ code: 'connection.not_importable' })
    else expect(await back).toMatchObject({ id: made.id })
  })

  test('names what only one type needs in the words of Nango', async () => {
    const credentials = sealed({ type: 'TBA', token_id: 'canary-t', token_secret: 'canary-s' })
    await expect(caller.importConnection({ providerConfigKey: 'TBA', credentials })).rejects.toMatchObject({
      code: 'nango.rejected',
      data: { words: expect.stringContaining('Missing accountId') as string },
    })
  })
})

describe('credentials that Nango takes', () => {
  test.each([
    [{ type: 'OAUTH2', access_token: 'a', refresh_token: '', expires_at: null, raw: { anything: 1 }, config_override: {} }, []],
    [{ type: 'OAUTH2', access_token: 'a', expires_at: 'tomorrow' }, [{ field: 'expires_at', reason: 'invalid' }]],
    [{ type: 'OAUTH2' }, [{ field: 'access_token', reason: 'missing' }]],
    [{ type: 'OAUTH1', oauth_token: 'a' }, [{ field: 'oauth_token_secret', reason: 'missing' }]],
    [{ type: 'BASIC', username: '', password: '' }, []],
    [{ type: 'OAUTH2_CC', token: 't', client_id: 'c', client_secret: 's' }, []],
    [{ type: 'APP', app_id: '1' }, [{ field: 'installation_id', reason: 'missing' }]],
    [{ type: 'JWT', token: 't' }, [{ field: 'type', reason: 'invalid' }]],
    [{}, [{ field: 'type', reason: 'missing' }]],
  ])('are told from the others before anything is sent: %j', (credentials, faults) => {
    expect(credentialFaults(credentials)).toEqual(faults)
  })

  test('are of nine types', () => {
    expect(IMPORTABLE_TYPES).toEqual(['API_KEY', 'BASIC', 'OAUTH2', 'OAUTH2_CC', 'OAUTH1', 'TBA', 'APP', 'CUSTOM', 'NONE'])
  })
})
