import { readFileSync } from 'node:fs'
import { getProviders } from '@nangohq/providers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ATLASSIAN_CONNECTORS, GOOGLE_CONNECTORS, MICROSOFT_CONNECTORS, ZOHO_CONNECTORS } from '#core/connections/connector-families'
import {
  ACCOUNT_PAGES,
  connectedAppsPage,
  REVOCATION_ENDPOINTS,
  revocationOf,
  type TokenKind,
} from '#core/connections/revocation-endpoints'
import { planRevocation, revocationRequest, revocationUrl } from '#core/connections/revoke-connection'
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
    expect(await core.cli.connections.revocation({ connectionId: 'slack' })).toMatchObject({ ends: 'tokens', readsCredentials: false })
    expect(await core.cli.connections.remove({ connectionId: 'slack', revoke: true })).toMatchObject({
      provider: 'revoked',
      nango: 'deleted',
      undo: 'none',
      revocation: { outcome: 'revoked', tokens: [{ token: 'access_token', outcome: 'revoked' }] },
    })
  })

  test('through the proxy too, what the limit of Nango holds back is no answer of the provider: it waits, and nothing is noted', async () => {
    await connect('slack')
    await core.ui.sandbox.update({ rateLimitRequests: 1, rateLimitSeconds: 60 })
    await core.cli.sync.run({}).catch(() => {})
    await expect(core.cli.connections.revoke({ connectionId: 'slack' })).rejects.toMatchObject({ code: 'nango.rate_limited' })
    expect((await core.cli.connections.get({ connectionId: 'slack' })).status).toBe('connected')
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

  test('asked twice at once it is ended once, and a refresh, on its way or later, does not bring it back', async () => {
    const connectionId = await connect('github')
    const refreshing = core.cli.connections.refresh({ connectionId })
    const reports = await Promise.all([core.cli.connections.revoke({ connectionId }), core.cli.connections.revoke({ connectionId })])
    expect(reports.map(({ outcome }) => outcome)).toEqual(['revoked', 'revoked'])
    await refreshing.catch(() => null)
    expect(core.events.filter(({ type }) => type === 'connection.revoked')).toHaveLength(1)
    expect((await core.cli.connections.get({ connectionId })).status).toBe('revoked')
    await core.cli.connections.refresh({ connectionId }).catch(() => null)
    expect((await core.cli.connections.get({ connectionId })).status).toBe('revoked')
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

  test('where it is not known whether it was done nothing is deleted, one or many, until that is asked for without it', async () => {
    const connectionId = await connect('slack')
    await core.ui.sandbox.update({ serviceAnswers: 'unauthorized' })
    await expect(core.cli.connections.remove({ connectionId, revoke: true })).rejects.toMatchObject({
      code: 'connection.revoke_unknown',
      data: { connectionId, tokens: [{ token: 'access_token', outcome: 'unknown' }] },
    })
    const { bulk } = await core.cli.bulk.start({ action: 'remove', revoke: true, connectionIds: [connectionId] })
    const bulkId = bulk?.bulkId ?? ''
    const done = await eventually(async () => {
      const now = await core.cli.bulk.get({ bulkId })
      return now.endedAt !== null && now
    })
    expect(done.counts).toMatchObject({ done: 0, failed: 1 })
    expect((await core.cli.bulk.results({ bulkId })).rows[0]?.error?.code).toBe('connection.revoke_unknown')
    expect((await core.cli.connections.get({ connectionId })).status).toBe('connected')
    expect(await core.cli.connections.remove({ connectionId })).toMatchObject({ provider: 'not_asked', nango: 'deleted' })
  })
})

/** The domains that a provider's definition at Nango names for signing in and for its API, and those that are known to be its own beside. */
const domainsOf = (connectorId: string): readonly string[] => {
  const definition = getProviders()?.[connectorId]
  const named = JSON.stringify([definition, definition?.proxy?.base_url])
  const hosts = [...named.matchAll(/https:\/\/([a-z0-9.-]+(?:\$\{connectionConfig\.extension\})?)/g)].map(([, host]) => host ?? '')
  const domains = [...hosts.map(domainOf), ...(OTHER_DOMAINS[connectorId] ?? [])]
  return domains.includes('microsoftonline.com') ? [...domains, 'microsoft.com'] : domains
}

const domainOf = (host: string): string =>
  host
    .replace(/\$\{.*?\}/g, 'com')
    .split('.')
    .slice(-2)
    .join('.')

const OTHER_DOMAINS: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['claude.com'],
  'one-drive-personal': ['live.com'],
  'stitch-mcp': ['google.com'],
  twitter: ['x.com'],
}

const hostOf = (url: string): string => /^https:\/\/([^/]+)\//.exec(url)?.[1] ?? ''

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
    expect(revocationUrl(template, null, { extension: 'com.au' })).toBe('https://accounts.zoho.com.au/oauth/v2/token/revoke')
    const elsewhere = ['evil.example', 'evil', 'localhost', 'com.evil.example', 'com:8443', 'com@127.0.0.1', 'constructor']
    for (const extension of ['eu/x?', 'evil.example/', '', '../x', 7, undefined, ...elsewhere])
      expect(revocationUrl(template, null, { extension })).toBeNull()
    expect(revocationUrl('https://a.example/${clientId}/grant', 'a/b', {})).toBe('https://a.example/a%2Fb/grant')
    expect([revocationOf('no-such'), connectedAppsPage('outlook')]).toEqual([null, 'https://myapplications.microsoft.com/'])
  })

  test('has a source for every entry, and every address belongs to the provider of each of its connectors', () => {
    const entries = [
      ...REVOCATION_ENDPOINTS.map(({ connectors, way, source }) => ({ connectors, source, url: way.via === 'endpoint' ? way.url : null })),
      ...ACCOUNT_PAGES,
    ]
    expect(entries.filter(({ source }) => !/^https:\/\/[a-z0-9.-]+\/\S+$/.test(source)).map(({ source }) => source)).toEqual([])
    const strangers = entries.flatMap(({ connectors, url }) =>
      url === null
        ? []
        : connectors
            .filter((connectorId) => !domainsOf(connectorId).includes(domainOf(hostOf(url))))
            .map((connectorId) => `${connectorId}: ${url}`),
    )
    expect(strangers).toEqual([])
    const pages = ACCOUNT_PAGES.flatMap(({ connectors }) => connectors)
    expect(new Set(pages).size).toBe(pages.length)
  })

  test('a family is every connector whose person signs in there, and no other', () => {
    const signingInAt = (host: RegExp): string[] =>
      Object.entries(getProviders() ?? {})
        .filter(([, definition]) => definition.auth_mode === 'OAUTH2' && host.test(JSON.stringify(definition.authorization_url ?? '')))
        .map(([name]) => name)
        .toSorted()
    expect(signingInAt(/accounts\.google\.com/)).toEqual(GOOGLE_CONNECTORS.toSorted())
    expect(signingInAt(/login\.microsoftonline\.com/)).toEqual(MICROSOFT_CONNECTORS.toSorted())
    expect(signingInAt(/auth\.atlassian\.com/)).toEqual(ATLASSIAN_CONNECTORS.toSorted())
    expect(signingInAt(/accounts\.zoho\./)).toEqual(ZOHO_CONNECTORS.toSorted())
  })

  test('sends one token where that ends the sign-in, else each that is taken, and says which stays good', () => {
    const plan = (connectorId: string, present: readonly TokenKind[]) => {
      const known = revocationOf(connectorId)
      if (known === null) throw new Error(connectorId)
      const { asked, left, isGrant } = planRevocation(known, present)
      return [asked, left.map(({ token, outcome }) => `${token} ${outcome}`), isGrant]
    }
    const both = ['refresh_token', 'access_token'] as const
    expect(plan('discord', both)).toEqual([['refresh_token'], [], true])
    expect(plan('reddit', both)).toEqual([['refresh_token'], [], true])
    expect(plan('reddit', ['access_token'])).toEqual([['access_token'], [], false])
    expect(plan('gitlab', both)).toEqual([['refresh_token', 'access_token'], [], false])
    expect(plan('github', both)).toEqual([['access_token'], [], true])
    expect(plan('zoom', both)).toEqual([['access_token'], ['refresh_token not_supported'], false])
    expect(plan('asana', ['access_token'])).toEqual([[], ['access_token not_supported'], false])
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

  test('sends the header that a service asks for beside', () => {
    const way = revocationOf('notion')?.way
    if (way?.via !== 'endpoint') throw new Error('an endpoint')
    const { headers, body } = revocationRequest(way, way.url, 'access_token', new Secret('t'), 'id', new Secret('s'))
    expect([headers, body]).toEqual([expect.objectContaining({ 'notion-version': '2022-06-28' }), '{"token":"t"}'])
  })
})
