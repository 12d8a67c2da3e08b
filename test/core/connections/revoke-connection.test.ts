import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectedAppsPage, REVOCATION_ENDPOINTS, revocationOf } from '#core/connections/revocation-endpoints'
import { revocationRequest, revocationUrl } from '#core/connections/revoke-connection'
import { Secret } from '#core/vault/secret'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'

describe('ending access in the sandbox', () => {
  let core: TestCore
  beforeEach(async () => {
    core = await makeCore()
    await core.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
  })
  afterEach(() => core.stop())

  const connect = async (connectorId: string): Promise<string> => {
    const { flowId, authorizationUrl } = await core.cli.connect.start({ connectorId, open: false })
    await walkSignIn(authorizationUrl ?? '')
    return eventually(async () => {
      const flow = await core.cli.connect.get({ flowId })
      return flow.state === 'connected' && flow.steps.find(({ id }) => id === 'account')?.state === 'done' && flow.connectionId
    })
  }

  test('a sign-in is over at the provider, and the connection stays as revoked, also for the list of Nango', async () => {
    const connectionId = await connect('github')
    expect(await core.cli.connections.verify({ connectionId })).toMatchObject({ state: 'verified' })
    expect(await core.cli.connections.revocation({ connectionId })).toMatchObject({ ends: 'sign_in', why: null, readsCredentials: true })
    const report = await core.cli.connections.revoke({ connectionId: 'github' })
    expect(report).toMatchObject({
      connectionId,
      outcome: 'revoked',
      tokens: [{ token: 'grant', outcome: 'revoked', reason: null }],
      pageUrl: 'https://github.com/settings/applications',
    })
    expect(JSON.stringify(report)).not.toMatch(/demo_(?:access|refresh)|demo-github-client/)
    await core.cli.sync.run({})
    expect((await core.cli.connections.get({ connectionId })).status).toBe('revoked')
    expect(await core.cli.connections.health({ connectionId })).toMatchObject({ cause: 'revoked', next: { action: 'none' } })
    expect(core.events.map(({ type }) => type)).toContain('connection.revoked')
    expect(await core.cli.connections.remove({ connectionId, revoke: true })).toMatchObject({ provider: 'revoked', nango: 'deleted' })
  })

  test('through the proxy it takes nothing but the access token; removed with it, the report says both', async () => {
    await connect('slack')
    expect(await core.cli.connections.revocation({ connectionId: 'slack' })).toMatchObject({ ends: 'sign_in', readsCredentials: false })
    expect(await core.cli.connections.remove({ connectionId: 'slack', revoke: true })).toMatchObject({
      provider: 'revoked',
      nango: 'deleted',
      undo: 'none',
      revocation: { outcome: 'revoked', tokens: [{ token: 'grant', outcome: 'revoked' }] },
    })
  })

  test('where no way is known the person is told the page, and a removal goes on', async () => {
    await connect('notion')
    await core.ui.connect.start({ connectorId: 'openai', credentials: { apiKey: 'demo-key-12345' } })
    expect(await core.cli.connections.revocation({ connectionId: 'openai' })).toMatchObject({
      ends: 'nothing',
      why: 'key',
      pageUrl: 'https://platform.openai.com/api-keys',
    })
    expect(await core.cli.connections.revoke({ connectionId: 'openai' })).toMatchObject({
      outcome: 'not_supported',
      tokens: [{ token: 'key', outcome: 'not_supported' }],
      pageUrl: 'https://platform.openai.com/api-keys',
    })
    expect((await core.cli.connections.get({ connectionId: 'openai' })).status).toBe('connected')
    expect(await core.cli.connections.remove({ connectionId: 'openai', revoke: true })).toMatchObject({
      provider: 'unsupported',
      nango: 'deleted',
    })
  })

  test('a provider that does not do it keeps the connection, with its tokens, for another try', async () => {
    const connectionId = await connect('github')
    await core.ui.sandbox.update({ isProviderDown: true })
    await expect(core.cli.connections.remove({ connectionId, revoke: true })).rejects.toMatchObject({
      code: 'connection.revoke_failed',
      data: { pageUrl: 'https://github.com/settings/applications', tokens: [{ token: 'grant', outcome: 'failed' }] },
    })
    expect((await core.cli.connections.get({ connectionId })).status).toBe('connected')
    await core.ui.sandbox.calm({})
    expect(await core.cli.connections.remove({ connectionId, revoke: true })).toMatchObject({ provider: 'revoked', nango: 'deleted' })
  })
})

describe('the table of revocation endpoints', () => {
  test('names each connector once, over https, and takes no part of an address that leads elsewhere', () => {
    const names = REVOCATION_ENDPOINTS.flatMap(({ connectors }) => connectors)
    expect(new Set(names).size).toBe(names.length)
    const known = readFileSync('resources/catalogue.json', 'utf8')
    expect(names.filter((name) => !known.includes(`"connectorId":"${name}"`))).toEqual([])
    for (const { way } of REVOCATION_ENDPOINTS) if (way.via === 'endpoint') expect(way.url).toMatch(/^https:\/\/[a-z0-9.-]+[a-z$]/)
    const zoho = revocationOf('zoho-crm')?.way
    const template = zoho?.via === 'endpoint' ? zoho.url : ''
    expect(revocationUrl(template, null, { extension: 'eu' })).toBe('https://accounts.zoho.eu/oauth/v2/token/revoke')
    for (const extension of ['eu/x?', 'evil.example/', '', '../x', 7, undefined])
      expect(revocationUrl(template, null, { extension })).toBeNull()
    expect(revocationUrl('https://a.example/${clientId}/grant', 'a/b', {})).toBe('https://a.example/a%2Fb/grant')
    expect([revocationOf('no-such'), connectedAppsPage('outlook')]).toEqual([null, 'https://myapplications.microsoft.com/'])
  })

  test('makes the form of RFC 7009, or the JSON of the odd ones, and never an address with a token', () => {
    const way = revocationOf('gitlab')?.way
    const github = revocationOf('github')?.way
    if (way?.via !== 'endpoint' || github?.via !== 'endpoint') throw new Error('both are endpoints')
    const form = revocationRequest(way, way.url, 'refresh_token', new Secret('tok en'), 'id', new Secret('s&c'))
    expect(form).toMatchObject({ method: 'POST', url: 'https://gitlab.com/oauth/revoke' })
    expect(Object.fromEntries(new URLSearchParams(form.body))).toEqual({
      token: 'tok en',
      token_type_hint: 'refresh_token',
      client_id: 'id',
      client_secret: 's&c',
    })
    const json = revocationRequest(
      github,
      'https://api.github.com/applications/id/grant',
      'access_token',
      new Secret('t'),
      'id',
      new Secret('s'),
    )
    expect([json.method, json.body, json.headers.authorization]).toEqual([
      'DELETE',
      '{"access_token":"t"}',
      `Basic ${Buffer.from('id:s').toString('base64')}`,
    ])
  })
})
