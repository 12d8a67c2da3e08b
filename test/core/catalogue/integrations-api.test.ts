import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StandInProvider } from '#core/sandbox/nango-stand-in'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { FAKE_INTEGRATIONS, type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'

const SECRET = 'PLANTED-client-secret-93b1f0'
const KEY = '-----BEGIN RSA PRIVATE KEY-----\nPLANTED-pem-77aa\n-----END RSA PRIVATE KEY-----\n'

/** Providers of further ways to sign in, under names that the catalogue has with the same way. */
const PROVIDERS: Record<string, StandInProvider> = {
  'github-app': { display_name: 'GitHub (App)', auth_mode: 'APP' },
  'github-app-oauth': { display_name: 'GitHub (App OAuth)', auth_mode: 'CUSTOM' },
  'zoho-desk': {
    display_name: 'Zoho Desk',
    auth_mode: 'OAUTH2',
    authorization_url: '/demo-provider/authorize',
    token_url: '/demo-provider/token',
  },
}

/** A key that may do everything but read credentials. */
const NARROW_KEY = '0d4a1b39-1111-4222-8333-444455556666'
const NARROW = ['list', 'read', 'update'].map((verb) => `environment:integrations:${verb}`).concat('environment:connections:list')

let nango: FakeNango
let host: TestCore

beforeEach(async () => {
  nango = await startFakeNango({ providers: PROVIDERS, scopedKeys: { [NARROW_KEY]: NARROW } })
  host = await makeCore({
    platform: createFakePlatform({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } }),
  })
})
afterEach(async () => {
  await host.stop()
  host.platform.dispose()
  await nango.stop()
})

/** What Nango has for an integration, secrets included. */
const atNango = async (integrationId: string): Promise<Record<string, unknown>> => {
  const reply = await fetch(`${nango.url}/integrations/${integrationId}?include=credentials`, { headers: nango.authorization })
  return ((await reply.json()) as { data: Record<string, unknown> }).data
}

const zoho = (more: object = {}) =>
  host.ui.integrations.create({ connectorId: 'zoho-desk', clientId: 'cid', clientSecret: SECRET, scopes: ['a.read', 'b.write'], ...more })

describe('setting an integration up', () => {
  it('tells the fields of each way to sign in, the callback address and a free id', async () => {
    const oauth = await host.ui.integrations.describe({ connectorId: 'zoho-desk' })
    expect(oauth).toMatchObject({
      providerKey: 'zoho-desk',
      authMode: 'OAUTH2',
      callbackUrl: `${nango.url}/oauth/callback`,
      isCallbackCertain: false,
      suggestedId: 'zoho-desk',
      current: null,
    })
    expect(oauth.fields.map(({ name, isOptional }) => [name, isOptional])).toEqual([
      ['clientId', false],
      ['clientSecret', false],
      ['scopes', true],
    ])
    const app = await host.ui.integrations.describe({ connectorId: 'github-app' })
    expect(app.fields.map(({ name }) => name)).toEqual(['appId', 'appLink', 'privateKey'])
    expect(app.callbackUrl).toBe(`${nango.url}/app-auth/connect`)
    const key = await host.ui.integrations.describe({ connectorId: FAKE_INTEGRATIONS.apiKey })
    expect([key.fields, key.callbackUrl, key.suggestedId]).toEqual([[], null, 'n8n-2'])
  })

  it('creates it at Nango, and the connector is ready at once', async () => {
    expect((await host.ui.catalogue.get({ connectorId: 'zoho-desk' })).readiness).toBe('needs_integration')
    expect(await zoho({ displayName: 'Our desk' })).toMatchObject({
      integrationId: 'zoho-desk',
      providerKey: 'zoho-desk',
      displayName: 'Our desk',
    })
    expect(await atNango('zoho-desk')).toMatchObject({
      credentials: { client_id: 'cid', client_secret: SECRET, scopes: 'a.read,b.write' },
    })
    expect(await host.ui.catalogue.get({ connectorId: 'zoho-desk' })).toMatchObject({
      readiness: 'ready',
      nango: { integrationId: 'zoho-desk', configured: true },
    })
    const flow = await host.ui.connect.start({ connectorId: 'zoho-desk', open: false })
    expect(flow.state).toBe('waiting')
  })

  it('sends an app its id, link and key, and both kinds where the way to sign in has both', async () => {
    const app = { appId: '77', appLink: 'https://github.com/apps/ours', privateKey: KEY }
    await host.ui.integrations.create({ connectorId: 'github-app', ...app })
    await host.ui.integrations.create({ connectorId: 'github-app-oauth', ...app, clientId: 'cid', clientSecret: SECRET })
    const sent = nango.requests.filter((one) => one.method === 'POST' && one.path === '/integrations')
    expect(sent).toHaveLength(2)
    expect((await host.ui.integrations.list({})).integrations.map(({ integrationId }) => integrationId)).toEqual(
      expect.arrayContaining(['github-app', 'github-app-oauth']),
    )
  })

  it('lists how many connections hang on each integration, as they are known here', async () => {
    nango.fillConnections(3)
    await host.ui.sync.run({})
    const { integrations } = await host.ui.integrations.list({})
    expect(integrations.filter(({ connectionCount }) => connectionCount > 0)).toMatchObject([
      { integrationId: FAKE_INTEGRATIONS.apiKey, connectionCount: 3 },
    ])
    expect(integrations.length).toBeGreaterThan(3)
  })

  it('needs no field for an API key, and gives a second one a free id', async () => {
    expect(await host.ui.integrations.create({ connectorId: 'n8n' })).toMatchObject({ integrationId: 'n8n-2' })
  })

  it('names the field that is missing, that does not belong there, or that Nango refuses, and sends nothing it need not', async () => {
    const before = nango.requests.length
    await expect(host.ui.integrations.create({ connectorId: 'zoho-desk', clientId: 'cid' })).rejects.toMatchObject({
      code: 'integration.field_required',
      data: { field: 'clientSecret' },
    })
    await expect(host.ui.integrations.create({ connectorId: 'n8n', clientSecret: SECRET })).rejects.toMatchObject({
      code: 'integration.field_unknown',
      data: { field: 'clientSecret' },
    })
    expect(nango.requests.slice(before).filter(({ method }) => method === 'POST')).toEqual([])
    await expect(zoho({ integrationId: 'github' })).rejects.toMatchObject({ code: 'integration.exists', data: { field: 'integrationId' } })
    await expect(zoho({ scopes: ['läuft'] })).rejects.toMatchObject({ code: 'integration.refused', data: { field: 'scopes' } })
  })

  it('says what Nango says where it does not know the provider', async () => {
    await expect(host.ui.integrations.create({ connectorId: 'gitlab', clientId: 'cid', clientSecret: SECRET })).rejects.toMatchObject({
      code: 'integration.refused',
      data: { words: 'Invalid provider' },
    })
  })

  it('leaves no secret in results, errors or events', async () => {
    const seen: unknown[] = [await zoho(), await host.ui.integrations.describe({ integrationId: 'zoho-desk' })]
    seen.push(await zoho({ integrationId: 'github' }).catch((error: unknown) => JSON.stringify(error)))
    seen.push(host.changes, host.events)
    expect(JSON.stringify(seen)).not.toContain('PLANTED')
  })
})

describe('changing an integration', () => {
  it('changes the scopes alone and keeps the secret that Nango has', async () => {
    await zoho()
    await host.ui.integrations.update({ integrationId: 'zoho-desk', scopes: ['c.read'], displayName: 'Desk' })
    expect(await atNango('zoho-desk')).toMatchObject({
      display_name: 'Desk',
      credentials: { client_id: 'cid', client_secret: SECRET, scopes: 'c.read' },
    })
    expect((await host.ui.integrations.describe({ integrationId: 'zoho-desk' })).current).toMatchObject({
      displayName: 'Desk',
      clientId: 'cid',
      scopes: ['c.read'],
      isReadable: true,
      connectionCount: 0,
    })
  })

  it('asks for the secret where the key may not read it', async () => {
    await zoho()
    await host.ui.profiles.create({ name: 'Narrow', kind: 'nango', nangoHost: nango.url, secretKey: NARROW_KEY })
    await expect(host.ui.integrations.update({ integrationId: 'zoho-desk', scopes: ['c.read'] })).rejects.toMatchObject({
      code: 'integration.field_required',
      data: { field: 'clientId' },
    })
    expect((await host.ui.integrations.update({ integrationId: 'zoho-desk', displayName: 'Renamed' })).displayName).toBe('Renamed')
  })

  it('takes another id only while no connection hangs on it', async () => {
    await host.ui.integrations.create({ connectorId: 'n8n' })
    expect((await host.ui.integrations.update({ integrationId: 'n8n-2', newIntegrationId: 'n8n eu' })).integrationId).toBe('n8n eu')
    nango.fillConnections(1)
    await expect(host.ui.integrations.update({ integrationId: 'n8n', newIntegrationId: 'other' })).rejects.toMatchObject({
      code: 'integration.in_use',
      data: { field: 'integrationId' },
    })
  })
})

describe('removing an integration', () => {
  it('is refused while more connections hang on it than the caller knows of, and takes them along when it is not', async () => {
    nango.fillConnections(3)
    await host.ui.sync.run({})
    await expect(host.ui.integrations.remove({ integrationId: 'n8n', connectionCount: 2 })).rejects.toMatchObject({
      code: 'integration.in_use',
      data: { connectionCount: 3, known: 2 },
    })
    expect((await host.ui.connections.list({})).total).toBe(3)
    expect(await host.ui.integrations.remove({ integrationId: 'n8n', connectionCount: 3 })).toEqual({ connectionsRemoved: 3 })
    expect((await host.ui.connections.list({})).total).toBe(0)
    expect((await host.ui.catalogue.get({ connectorId: 'n8n' })).readiness).toBe('needs_integration')
  })

  it('says so when there is none', async () => {
    await expect(host.ui.integrations.remove({ integrationId: 'nobody' })).rejects.toMatchObject({ code: 'nango.not_found' })
  })

  it('is for the person alone: an automation does not see it', async () => {
    const automation = host.as({ kind: 'automation', clientId: 'c1', via: 'socket' })
    await expect(automation.integrations.remove({ integrationId: 'n8n' })).rejects.toMatchObject({
      code: expect.stringMatching(/denied|unknown_method|unproven/),
    })
  })
})
