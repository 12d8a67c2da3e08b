import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createConnectorCatalogue, EMPTY_VIEW, type ConnectorCatalogue, type ProfileView } from '#core/catalogue/connector-catalogue'
import type { KnownIntegration } from '#core/catalogue/integration-store'
import { normalizeProvider } from '#core/catalogue/normalize-provider'
import { contract } from '#shared/contract/contract'
import { CATALOGUE_FILE as catalogueFile } from '#test/helpers/make-core'

let overridesFolder: string
let now: number

beforeEach(() => {
  overridesFolder = mkdtempSync(join(tmpdir(), 'overrides-'))
  now = 0
})
afterEach(() => rmSync(overridesFolder, { recursive: true, force: true }))

const put = (file: string, manifest: unknown): void => writeFileSync(join(overridesFolder, file), JSON.stringify(manifest))
const open = (environment: Record<string, string> = {}): ConnectorCatalogue =>
  createConnectorCatalogue({ catalogueFile, environment, overridesFolder, monotonicNow: () => (now += 1_000) })
const integration = (integrationId: string, providerKey = integrationId, displayName = integrationId): KnownIntegration => ({
  integrationId,
  providerKey,
  displayName,
})
const view = (...integrations: KnownIntegration[]): ProfileView => ({
  usesNango: true,
  isKnown: true,
  integrations,
  definitions: new Map(),
})
const nangoOf = (name: string, ...integrations: KnownIntegration[]) => open().resolve(name, view(...integrations)).connector.nango
const plain = createConnectorCatalogue({ catalogueFile, environment: {} })

describe('a manifest of a connector in the catalogue', () => {
  it('changes what it names and leaves the rest', () => {
    put('gmail.json', {
      name: 'Work mail',
      slug: 'gmail',
      nango: { enabled: true, provider_key: 'gmail' },
      oauth: {
        authorization_url: 'https://api.nango.dev/oauth/gmail',
        token_url: 'https://api.nango.dev/oauth/gmail/token',
        default_scopes: [],
      },
    })
    const catalogue = open()
    const before = plain.resolve('google-mail', view(integration('google-mail')))
    const after = catalogue.resolve('google-mail', view(integration('google-mail')))
    expect(after).toEqual({ ...before, connector: { ...before.connector, name: 'Work mail' } })
    expect(catalogue.resolve('gmail', view()).connector.connectorId).toBe('google-mail')
    expect(catalogue.list({ search: 'work mail' }, view())[0]?.connectorId).toBe('google-mail')
    expect(catalogue.list({}, view())).toHaveLength(plain.list({}, view()).length)
    expect(catalogue.manifestProblems()).toEqual([])
  })

  it('may name an integration by its unique key', () => {
    put('github.json', { slug: 'GitHub', nango: { provider_key: 'github-prod' } })
    const both = [integration('github'), integration('github-prod', 'github')]
    expect(nangoOf('github', ...both)).toMatchObject({ integrationId: 'github-prod', providerKey: 'github', configured: true })
  })

  it('may name a provider, whose form and way to sign in then count, with or without an integration', () => {
    put('github.json', { slug: 'github', nango: { provider_key: 'github-pat' } })
    const catalogue = open()
    expect(catalogue.resolve('github', view(integration('github'), integration('tokens', 'github-pat'))).connector).toMatchObject({
      connectorId: 'github',
      name: 'GitHub (User OAuth)',
      authMode: 'API_KEY',
      nango: { providerKey: 'github-pat', integrationId: 'tokens' },
      readiness: 'ready',
    })
    expect(catalogue.resolve('github', view(integration('github'))).connector).toMatchObject({
      authMode: 'API_KEY',
      nango: { providerKey: 'github-pat', integrationId: null, configured: false },
      readiness: 'needs_integration',
      readinessReason: expect.stringContaining('it needs nothing but a name'),
    })
    expect(catalogue.resolve('github', view(integration('github'))).connector.fields.map(({ name }) => name)).toContain('apiKey')
  })

  it('is asked after the environment and before the slug', () => {
    put('github.json', { slug: 'github', nango: { provider_key: 'github-prod' } })
    const all = view(integration('github'), integration('github-prod', 'github'), integration('github-test', 'github'))
    expect(open({ GITHUB_INTEGRATION_KEY: 'github-test' }).resolve('github', all).connector.nango.integrationId).toBe('github-test')
    expect(open().resolve('github', all).connector.nango.integrationId).toBe('github-prod')
    expect(plain.resolve('github', all).connector.nango.integrationId).toBe('github')
  })

  it('changes nothing when its key is only another name of the connector', () => {
    put('gmail.json', { slug: 'gmail', nango: { provider_key: 'gmail' } })
    expect(nangoOf('gmail', integration('google-mail'))).toMatchObject({ integrationId: 'google-mail' })
    expect(nangoOf('gmail', integration('mail', 'google-mail'))).toMatchObject({ integrationId: 'mail' })
    expect(nangoOf('gmail', integration('google-mail'), integration('gmail', 'google-mail'))).toMatchObject({ integrationId: 'gmail' })
    expect(nangoOf('gmail')).toMatchObject({ integrationId: null })
  })

  it('chooses no other integration when the one it names is not there', () => {
    put('github.json', { slug: 'github', nango: { provider_key: 'github-prd' } })
    expect(open().resolve('github', view(integration('github'))).connector).toMatchObject({
      readiness: 'needs_integration',
      readinessReason: 'github.json names the integration github-prd, which Nango does not have.',
      nango: { integrationId: null, configured: false },
    })
  })

  it('puts its scopes first and makes them the ones to ask for', () => {
    put('github.json', { slug: 'github', oauth: { default_scopes: ['read:org', 'repo', 'my:own'] } })
    const { connector, defaultScopes } = open().resolve('github', view())
    const usual = plain.resolve('github', view())
    expect(defaultScopes).toEqual(['read:org', 'repo', 'my:own'])
    expect(usual.defaultScopes).toEqual([])
    expect(connector.scopes.slice(0, 3)).toEqual(['read:org', 'repo', 'my:own'])
    expect(connector.scopes.toSorted()).toEqual([...new Set([...usual.connector.scopes, 'read:org', 'repo', 'my:own'])].toSorted())
  })
})

describe('the order Nango first, then this computer', () => {
  it('is changed for one connector by nango.enabled false', () => {
    put('github.json', { slug: 'github', nango: { enabled: false } })
    const all = view(integration('github'), integration('slack'))
    const { connector, nangoDisabledBy } = open().resolve('github', all)
    expect(nangoDisabledBy).toBe('github.json')
    expect(connector).toMatchObject({
      readiness: 'not_from_here',
      readinessReason: 'github.json takes it out of Nango, and connecting without Nango is not possible yet.',
      nango: { enabled: false, providerKey: 'github', integrationId: null, configured: false },
      direct: { supported: false },
    })
    expect(open({ GITHUB_INTEGRATION_KEY: 'github' }).resolve('github', all).connector.readiness).toBe('not_from_here')
    expect(open().resolve('slack', all)).toMatchObject({
      nangoDisabledBy: null,
      connector: { readiness: 'ready', nango: { enabled: true } },
    })
  })

  it('is as before once the manifest is gone', () => {
    put('github.json', { slug: 'github', nango: { enabled: false } })
    const catalogue = open()
    expect(catalogue.resolve('github', view(integration('github'))).connector.readiness).toBe('not_from_here')
    rmSync(join(overridesFolder, 'github.json'))
    expect(catalogue.resolve('github', view(integration('github'))).connector.readiness).toBe('ready')
  })
})

describe('a manifest with a slug of its own', () => {
  it('adds a connector with the form of its provider', () => {
    put('billing.json', { slug: 'Team_Billing', name: 'Team billing', nango: { provider_key: 'stripe-api-key' } })
    const catalogue = open()
    const own = catalogue.resolve('team-billing', view(integration('stripe-team', 'stripe-api-key'))).connector
    const stripe = plain.resolve('stripe-api-key', view()).connector
    expect(own).toMatchObject({
      connectorId: 'team-billing',
      name: 'Team billing',
      categories: stripe.categories,
      authMode: stripe.authMode,
      fields: stripe.fields,
      nango: { providerKey: 'stripe-api-key', integrationId: 'stripe-team', configured: true },
      readiness: 'ready',
    })
    expect(catalogue.find('TEAM_BILLING')?.connectorId).toBe('team-billing')
    const listed = catalogue.list({}, view())
    expect(listed).toHaveLength(plain.list({}, view()).length + 1)
    expect(contract.catalogue.list.result.safeParse({ connectors: listed, total: listed.length }).success).toBe(true)
    expect(catalogue.list({ search: 'team bill' }, view())[0]?.connectorId).toBe('team-billing')
    const { authModes } = catalogue.counts()
    expect(authModes.reduce((sum, [, count]) => sum + count, 0)).toBe(listed.length)
  })

  it('finds its integration by the key alone, and signs in as that integration does', () => {
    put('own.json', { slug: 'own', nango: { provider_key: 'gh-robot' } })
    const catalogue = open()
    expect(catalogue.resolve('own', view(integration('gh-robot', 'github'))).connector).toMatchObject({
      connectorId: 'own',
      name: 'own',
      authMode: 'OAUTH2',
      nango: { providerKey: 'github', integrationId: 'gh-robot' },
      readiness: 'ready',
    })
    expect(catalogue.resolve('own', view()).connector).toMatchObject({
      readiness: 'needs_integration',
      readinessReason: 'own.json names the integration gh-robot, which Nango does not have.',
    })
    expect(catalogue.resolve('own', EMPTY_VIEW).connector.readinessReason).toBe('No profile is in use. Add one first.')
  })

  it('takes the definition of a provider that only Nango knows', () => {
    put('mine.json', { slug: 'my-service', name: 'Ours', nango: { provider_key: 'my-service' } })
    const definition = normalizeProvider('my-service', { display_name: 'My service', auth_mode: 'BASIC' })
    const described = { ...view(integration('my-service')), definitions: new Map([['my-service', definition]]) }
    const catalogue = open()
    expect(catalogue.resolve('my-service', described).connector).toMatchObject({ name: 'Ours', authMode: 'BASIC', readiness: 'ready' })
    expect(catalogue.list({ search: 'my-service' }, described).filter(({ connectorId }) => connectorId === 'my-service')).toHaveLength(1)
    expect(catalogue.describes('my-service')).toBe(false)
    expect(catalogue.describes('github')).toBe(true)
  })

  it('is a problem without a provider key', () => {
    put('own.json', { slug: 'own', name: 'Own' })
    const catalogue = open()
    expect(catalogue.find('own')).toBeNull()
    expect(catalogue.manifestProblems()).toEqual([
      { file: 'own.json', summary: 'own is not in the catalogue; a connector of your own needs nango.provider_key.' },
    ])
  })
})

it('of two manifests for one connector the first by file name speaks and the other is named', () => {
  put('a.json', { slug: 'gmail', name: 'First' })
  put('b.json', { slug: 'google-mail', name: 'Second' })
  const catalogue = open()
  expect(catalogue.find('gmail')?.name).toBe('First')
  expect(catalogue.manifestProblems()).toEqual([
    { file: 'b.json', summary: 'a.json already speaks for google-mail; this one is not used.' },
  ])
})

it('a broken manifest takes nothing from the catalogue and nothing from the others', () => {
  put('slack.json', { slug: 'slack', name: 'Chat' })
  writeFileSync(join(overridesFolder, 'github.json'), '{')
  const catalogue = open()
  expect(catalogue.find('slack')?.name).toBe('Chat')
  expect(catalogue.resolve('github', view(integration('github')))).toEqual(plain.resolve('github', view(integration('github'))))
  expect(catalogue.manifestProblems()).toEqual([{ file: 'github.json', summary: 'It is not JSON.' }])
  put('github.json', { slug: 'github', name: 'Code' })
  expect(catalogue.find('github')?.name).toBe('Code')
  expect(catalogue.manifestProblems()).toEqual([])
})

it('five hundred manifests for one provider are five hundred connectors', () => {
  for (let at = 0; at < 500; at += 1) put(`own-${at}.json`, { slug: `own-${at}`, nango: { provider_key: 'github' } })
  const catalogue = open()
  expect(catalogue.list({}, view()).filter(({ nango }) => nango.providerKey === 'github')).toHaveLength(501)
})
