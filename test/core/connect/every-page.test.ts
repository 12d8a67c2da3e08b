import { getProviders } from '@nangohq/providers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StandInProvider } from '#core/sandbox/nango-stand-in'
import { PAGE_MODES, type PageMode } from '#shared/auth-ways'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { environmentOf } from '#test/helpers/nango-world'
import { walkSignIn } from '#test/helpers/walk-sign-in'

const real = getProviders() as unknown as Readonly<Record<string, StandInProvider>>
const DEMO = { authorization_url: '/demo-provider/authorize', token_url: '/demo-provider/token' }
const CLIENT = { client_id: 'client-1', client_secret: 'client-secret-1' }
const APP = { app_id: '7', app_link: 'https://github.com/apps/patchbay-test', private_key: 'key' }

interface Page {
  readonly mode: PageMode
  readonly connectorId: string
  readonly provider?: StandInProvider
  readonly integration?: Readonly<Record<string, unknown>>
  readonly fields?: Readonly<Record<string, string>>
  /** What the page that Nango leads to begins with. */
  readonly leadsTo: RegExp
  /** The way back to Nango from there; null where a person signs in at the demo provider. */
  readonly back: ((state: string, page: URL | null) => string) | null
  readonly credentials: string
}

const PAGES: readonly Page[] = [
  { mode: 'OAUTH2', connectorId: 'github', leadsTo: /demo-provider\/authorize/, back: null, credentials: 'OAUTH2' },
  {
    mode: 'OAUTH1',
    connectorId: 'trello',
    provider: { display_name: 'Trello', auth_mode: 'OAUTH1', authorization_url: 'https://trello.com/1/OAuthAuthorizeToken' },
    integration: { credentials: { type: 'OAUTH1', ...CLIENT } },
    leadsTo: /^https:\/\/trello\.com\/1\/OAuthAuthorizeToken\?oauth_token=/,
    back: (state, page) => `/oauth/callback?state=${state}&oauth_token=${page?.searchParams.get('oauth_token')}&oauth_verifier=v-1`,
    credentials: 'OAUTH1',
  },
  {
    mode: 'APP',
    connectorId: 'github-app',
    integration: { credentials: { type: 'APP', ...APP } },
    leadsTo: /^https:\/\/github\.com\/apps\/patchbay-test\/installations\/new\?state=/,
    back: (state) => `/app-auth/connect?installation_id=42&setup_action=install&state=${state}`,
    credentials: 'APP',
  },
  {
    mode: 'CUSTOM',
    connectorId: 'github-app-oauth',
    provider: {
      display_name: 'GitHub App (OAuth)',
      auth_mode: 'CUSTOM',
      authorization_url: '${connectionConfig.appPublicLink}/installations/new',
    },
    integration: { credentials: { type: 'CUSTOM', ...CLIENT, ...APP } },
    leadsTo: /^https:\/\/github\.com\/apps\/patchbay-test\/installations\/new\?state=/,
    back: (state) => `/oauth/callback?installation_id=42&setup_action=install&code=c-1&state=${state}`,
    credentials: 'CUSTOM',
  },
  {
    mode: 'MCP_OAUTH2',
    connectorId: 'linear-mcp',
    provider: { display_name: 'Linear (MCP)', auth_mode: 'MCP_OAUTH2', ...DEMO },
    integration: {},
    leadsTo: /demo-provider\/authorize\?.*code_challenge_method=S256/,
    back: null,
    credentials: 'OAUTH2',
  },
  {
    mode: 'MCP_OAUTH2_GENERIC',
    connectorId: 'mcp-generic',
    integration: {},
    fields: { mcp_server_url: 'https://mcp.example.test/mcp' },
    leadsTo: /demo-provider\/authorize/,
    back: null,
    credentials: 'OAUTH2',
  },
  {
    mode: 'INSTALL_PLUGIN',
    connectorId: 'crisp-plugin-install',
    integration: {},
    leadsTo: /\?payload=/,
    back: (state) => `/oauth/callback?payload=${state}&website_id=w-1`,
    credentials: 'BASIC',
  },
]

describe('every way of a page', () => {
  let nango: FakeNango
  let core: TestCore
  beforeAll(async () => {
    const providers = Object.fromEntries(
      PAGES.flatMap(({ connectorId, provider = real[connectorId] }) =>
        connectorId === 'github' || provider === undefined ? [] : [[connectorId, provider] as const],
      ),
    )
    nango = await startFakeNango({ rateLimitPerMinute: 100_000, providers })
    core = await makeCore({ environment: environmentOf(nango) })
    for (const { connectorId, integration } of PAGES) {
      if (integration === undefined) continue
      const response = await fetch(`${nango.url}/integrations`, {
        method: 'POST',
        headers: { ...nango.authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ unique_key: connectorId, provider: connectorId, ...integration }),
      })
      if (response.status !== 200) throw new Error(`${connectorId}: ${await response.text()}`)
    }
  })
  afterAll(async () => {
    await core.stop()
    await nango.stop()
  })

  test('every way to sign in on a page is tried here', () => {
    expect(PAGES.map(({ mode }) => mode)).toEqual(PAGE_MODES)
  })

  test.each(PAGES.map((page) => [page.mode, page] as const))('%s leads to its page, and what comes back is noticed', async (mode, page) => {
    const { connectorId, fields, leadsTo, back, credentials } = page
    const flow = await core.cli.connect.start({ connectorId, label: 'Work', open: false, ...(fields && { fields }) })
    expect(flow, JSON.stringify(flow.error)).toMatchObject({ state: 'waiting', via: 'browser' })
    const answer = await fetch(flow.authorizationUrl ?? '', { redirect: 'manual' })
    const location = answer.headers.get('location') ?? ''
    expect(location, await answer.text()).toMatch(leadsTo)
    if (back === null) await walkSignIn(flow.authorizationUrl ?? '', {})
    else {
      const state = /(?:state|payload)=([^&]+)/.exec(decodeURIComponent(location))?.[1] ?? ''
      const shown = URL.canParse(location) ? new URL(location) : null
      expect((await fetch(`${nango.url}${back(state, shown)}`)).status).toBe(200)
    }
    const done = await eventually(async () => {
      const now = await core.cli.connect.get({ flowId: flow.flowId })
      return now.state === 'connected' && now
    })
    const connection = await core.ui.connections.get({ connectionId: done.connectionId })
    expect(connection).toMatchObject({ status: 'connected', authMode: mode, label: 'Work' })
    const there = await fetch(`${nango.url}/connections/${connection.nangoConnectionId}?provider_config_key=${connectorId}`, {
      headers: nango.authorization,
    })
    expect(await there.json()).toMatchObject({ credentials: { type: credentials } })
  })
})
