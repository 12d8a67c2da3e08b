import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createConnectorCatalogue, EMPTY_VIEW, type ProfileView } from '#core/catalogue/connector-catalogue'
import type { KnownIntegration } from '#core/catalogue/integration-store'
import { normalizeProvider } from '#core/catalogue/normalize-provider'
import { integrationVariable } from '#core/catalogue/resolve-integration'
import { contract } from '#shared/contract/contract'

const catalogueFile = fileURLToPath(new URL('../../../resources/catalogue.json', import.meta.url))
const catalogue = createConnectorCatalogue({ catalogueFile, environment: {} })
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
const resolve = (name: string, ...integrations: KnownIntegration[]) => catalogue.resolve(name, view(...integrations)).connector

describe('find', () => {
  it('knows slugs and legacy names, whatever their case and hyphens', () => {
    for (const [name, connectorId] of [
      ['github', 'github'],
      ['GitHub', 'github'],
      ['gmail', 'google-mail'],
      ['google_mail', 'google-mail'],
      ['google_calendar', 'google-calendar'],
      ['outlook', 'outlook'],
      ['Outlook_Calendar', 'outlook'],
      ['salesforce', 'salesforce'],
      ['teams', 'microsoft-teams'],
      ['google', 'google'],
    ]) {
      expect(catalogue.find(name ?? '')?.connectorId, name).toBe(connectorId)
    }
  })

  it('knows no other names', () => {
    for (const name of ['', 'nope-nope', '__proto__', 'constructor', '../github']) expect(catalogue.find(name), name).toBeNull()
    expect(() => resolve('nope-nope')).toThrow(expect.objectContaining({ code: 'connector.not_found' }))
  })
})

describe('readiness', () => {
  it('is ready once Nango has an integration', () => {
    expect(resolve('github', integration('github'))).toMatchObject({
      readiness: 'ready',
      readinessReason: null,
      nango: { enabled: true, providerKey: 'github', integrationId: 'github', configured: true },
    })
  })

  it('says what a missing integration needs', () => {
    expect(resolve('github')).toMatchObject({
      readiness: 'needs_integration',
      readinessReason: expect.stringContaining('client id and the client secret'),
      nango: { integrationId: null, configured: false },
    })
    expect(resolve('datadog').readinessReason).toBe('Nango has no integration for Datadog yet. Set it up: it needs nothing but a name.')
    expect(resolve('jira-basic').readiness).toBe('needs_integration')
  })

  it('is refused with a named reason where Nango has no way from outside, and for no other connector', () => {
    const refused = catalogue.list({}, view()).filter((connector) => connector.readiness === 'not_from_here')
    expect(refused.map(({ connectorId }) => connectorId)).toEqual(['sentry-oauth'])
    expect(refused[0]?.readinessReason).toBe(
      'It is installed from its own side, and Nango hears of it only afterwards. Connect it in the Nango dashboard; it appears here then.',
    )
    expect(resolve('trello', integration('trello'))).toMatchObject({ readiness: 'ready', nango: { configured: true } })
  })

  it('names what an app needs, and what only the dashboard takes', () => {
    expect(resolve('github-app').readinessReason).toContain('the id, the link and the private key of an app at GitHub')
    expect(resolve('twitter').readinessReason).toContain('the client id and the client secret')
    expect(resolve('crisp-plugin-install').readinessReason).toContain('in its dashboard only')
  })

  it('tells a profile that is missing from a Nango that has not answered', () => {
    expect(catalogue.resolve('github', EMPTY_VIEW).connector.readinessReason).toBe('No profile is in use. Add one first.')
    const silent = { ...view(), isKnown: false }
    expect(catalogue.resolve('github', silent).connector.readinessReason).toContain('not answered yet')
  })
})

describe('the integration of a connector', () => {
  it('is the one whose key is the slug, before others of the provider', () => {
    const found = catalogue.resolve('github', view(integration('a-github', 'github', 'A'), integration('github', 'github', 'Z')))
    expect(found.connector.nango.integrationId).toBe('github')
    expect(found.otherIntegrations.map((one) => one.integrationId)).toEqual(['a-github'])
  })

  it('is else the first by name of its provider', () => {
    const found = catalogue.resolve('github', view(integration('gh-1', 'github', 'Work'), integration('gh-2', 'github', 'Home')))
    expect(found.connector.nango.integrationId).toBe('gh-2')
    expect(found.otherIntegrations.map((one) => one.integrationId)).toEqual(['gh-1'])
  })

  it('is the one the environment names, under the slug or a legacy name', () => {
    const chosen = (environment: Record<string, string>, name: string, ...integrations: KnownIntegration[]) =>
      createConnectorCatalogue({ catalogueFile, environment }).resolve(name, view(...integrations)).connector
    const both = [integration('github', 'github'), integration('github-prod', 'github')]
    expect(chosen({ GITHUB_INTEGRATION_KEY: 'github-prod' }, 'github', ...both).nango.integrationId).toBe('github-prod')
    expect(chosen({ GOOGLE_MAIL_INTEGRATION_KEY: 'mail' }, 'gmail', integration('mail', 'google-mail')).nango.integrationId).toBe('mail')
    expect(chosen({ GMAIL_INTEGRATION_KEY: 'mail' }, 'google-mail', integration('mail', 'google-mail')).nango.integrationId).toBe('mail')
    expect(chosen({ GITHUB_INTEGRATION_KEY: '  ' }, 'github', ...both).nango.integrationId).toBe('github')
  })

  it('is none when the environment names one that is not there', () => {
    const mistaken = createConnectorCatalogue({ catalogueFile, environment: { GITHUB_INTEGRATION_KEY: 'github-prd' } })
    expect(mistaken.resolve('github', view(integration('github'))).connector).toMatchObject({
      readiness: 'needs_integration',
      readinessReason: 'GITHUB_INTEGRATION_KEY names the integration github-prd, which Nango does not have.',
      nango: { configured: false },
    })
  })

  it('brings its own form when it is of a sibling provider', () => {
    const sibling = resolve('github', integration('github', 'github-pat'))
    expect(sibling).toMatchObject({ connectorId: 'github', authMode: 'API_KEY', nango: { providerKey: 'github-pat' }, readiness: 'ready' })
    expect(sibling.fields.map((field) => field.name)).toContain('apiKey')
  })

  it('has a variable of upper case letters, digits and underscores', () => {
    expect(integrationVariable('google-mail')).toBe('GOOGLE_MAIL_INTEGRATION_KEY')
    expect(integrationVariable('next.cloud')).toBe('NEXT_CLOUD_INTEGRATION_KEY')
  })
})

describe('a provider that the snapshot lacks', () => {
  const mine = integration('mine', 'my-service', 'My service')

  it('appears under its own name, and is not from here', () => {
    expect(resolve('my-service', mine)).toMatchObject({
      name: 'My service',
      authMode: 'UNKNOWN',
      readiness: 'not_from_here',
      nango: { configured: true },
    })
    expect(catalogue.list({}, view(mine))[0]?.connectorId).toBe('my-service')
    expect(catalogue.list({ search: 'my serv' }, view(mine))[0]?.connectorId).toBe('my-service')
  })

  it('is connectable once Nango has described it', () => {
    const definition = normalizeProvider('my-service', { display_name: 'My service', auth_mode: 'API_KEY' })
    const described = { ...view(mine), definitions: new Map([['my-service', definition]]) }
    expect(catalogue.resolve('my-service', described).connector).toMatchObject({ readiness: 'ready', authMode: 'API_KEY' })
  })
})

describe('list', () => {
  it('puts configured connectors first, then goes by name', () => {
    const listed = catalogue.list({}, view(integration('zoom'), integration('datadog')))
    expect(listed.slice(0, 2).map((connector) => connector.connectorId)).toEqual(['datadog', 'zoom'])
    expect(listed.length).toBeGreaterThan(1_000)
    expect(contract.catalogue.list.result.safeParse({ connectors: listed, total: listed.length }).success).toBe(true)
  })

  it('filters by category, way to sign in and readiness together', () => {
    const some = catalogue.list(
      { category: 'crm', authMode: 'oauth2', readiness: 'ready' },
      view(integration('hubspot'), integration('github')),
    )
    expect(some.map((connector) => connector.connectorId)).toEqual(['hubspot'])
    expect(catalogue.list({ category: 'no-such' }, view())).toEqual([])
  })

  it('counts every connector of a category and a way to sign in', () => {
    const { categories, authModes } = catalogue.counts()
    expect(authModes.reduce((sum, [, count]) => sum + count, 0)).toBe(catalogue.list({}, view()).length)
    expect(authModes[0]?.[0]).toBe('OAUTH2')
    for (const [category, count] of categories) expect(catalogue.list({ category }, view()).length, category).toBe(count)
  })
})
