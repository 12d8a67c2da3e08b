import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createConnectorCatalogue, EMPTY_VIEW } from '#core/catalogue/connector-catalogue'
import { capabilitiesOf } from '#core/catalogue/known-capabilities'
import { scopePresetsOf } from '#core/catalogue/scope-presets'
import { identitySourceOf } from '#core/connections/identity-sources'
import { identityFromAnswer } from '#core/connections/read-identity'
import { connectedAppsPage, revocationOf } from '#core/connections/revocation-endpoints'
import { knownCall } from '#core/health/probe-calls'
import { takesUserScopes } from '#renderer/features/connect/connect-draft.ts'
import { stepsOf } from '#renderer/features/catalogue/connector-steps.ts'
import { consoleOf } from '#renderer/features/integrations/provider-consoles.ts'

const catalogue = createConnectorCatalogue({
  catalogueFile: fileURLToPath(new URL('../../../resources/catalogue.json', import.meta.url)),
  environment: {},
})

const GOOGLE_PROFILE = { sub: '110', name: 'Ada', email: 'ada@example.test', picture: 'https://example.test/ada.png', hd: 'example.test' }

interface FirstClass {
  readonly connectorId: string
  readonly capabilities: readonly string[]
  readonly usual: readonly string[]
  readonly userScopes: readonly string[]
  /** An answer of the service to who the account is, and what is read from it. */
  readonly answer: unknown
  readonly who: Readonly<Record<string, string>>
  readonly probe: string
  readonly revocation: RegExp
  /** Where the person sees and ends access; null where the service has no address for it. */
  readonly page: RegExp | null
}

const FIRST_CLASS: readonly FirstClass[] = [
  {
    connectorId: 'github',
    capabilities: ['profile', 'repositories'],
    usual: ['read:user', 'user:email', 'repo'],
    userScopes: [],
    answer: { id: 7, login: 'ada', name: 'Ada', email: 'ada@example.test' },
    who: { accountId: '7', username: 'ada', displayName: 'Ada', email: 'ada@example.test' },
    probe: '/user',
    revocation: /^https:\/\/api\.github\.com\/applications\/.+\/grant$/,
    page: /^https:\/\/github\.com\/settings\/applications$/,
  },
  ...(
    [
      ['google', ['profile', 'drive', 'calendar'], GOOGLE_PROFILE, { accountId: '110', workspace: 'example.test' }, '/oauth2/v3/userinfo'],
      [
        'google-drive',
        ['profile', 'drive'],
        { user: { permissionId: '110', displayName: 'Ada', emailAddress: 'ada@example.test' } },
        { accountId: '110', email: 'ada@example.test' },
        '/drive/v3/about?fields=user',
      ],
      [
        'google-calendar',
        ['profile', 'calendar'],
        { kind: 'calendar#calendar', id: 'ada@example.test' },
        { email: 'ada@example.test' },
        '/calendar/v3/users/me/calendarList?maxResults=1',
      ],
    ] as const
  ).map(([connectorId, capabilities, answer, who, probe]) => ({
    connectorId,
    capabilities,
    usual: [
      'openid',
      'email',
      'profile',
      ...capabilities.filter((name) => name !== 'profile').map((name) => `https://www.googleapis.com/auth/${name}.readonly`),
    ],
    userScopes: [],
    answer,
    who,
    probe,
    revocation: /^https:\/\/oauth2\.googleapis\.com\/revoke$/,
    page: /^https:\/\/myaccount\.google\.com\/connections$/,
  })),
  {
    connectorId: 'slack',
    capabilities: ['workspace', 'messages', 'search', 'profile'],
    usual: ['team:read', 'users:read', 'channels:read', 'chat:write'],
    userScopes: ['search:read', 'users.profile:read'],
    answer: { ok: true, team: 'Example', user: 'ada', team_id: 'T1', user_id: 'U1' },
    who: { accountId: 'U1', username: 'ada', workspace: 'Example' },
    probe: '/auth.test',
    revocation: /^\/auth\.revoke$/,
    page: /^https:\/\/slack\.com\/apps\/manage$/,
  },
  {
    connectorId: 'notion',
    capabilities: ['databases', 'pages'],
    usual: [],
    userScopes: [],
    answer: {
      object: 'user',
      id: 'b1',
      bot: { owner: { user: { id: 'u1', name: 'Ada', person: { email: 'ada@example.test' } } }, workspace_name: 'Example' },
    },
    who: { accountId: 'u1', displayName: 'Ada', email: 'ada@example.test', workspace: 'Example' },
    probe: '/v1/users/me',
    revocation: /^https:\/\/api\.notion\.com\/v1\/oauth\/revoke$/,
    page: null,
  },
]

describe.each(FIRST_CLASS)('$connectorId', ({ connectorId, capabilities, usual, userScopes, answer, who, probe, revocation, page }) => {
  const resolved = catalogue.resolve(connectorId, EMPTY_VIEW)
  const { connector } = resolved

  test('says what it is for, with the scopes that it takes, all of them known to the provider, and offers them as the usual ones', () => {
    const known = capabilitiesOf(connectorId)
    expect(known.map(({ capability }) => capability)).toEqual(capabilities)
    const all = known.flatMap((one) => [...one.scopes, ...one.userScopes])
    expect(all.filter((scope) => !connector.scopes.includes(scope))).toEqual([])
    expect(known.flatMap((one) => one.userScopes)).toEqual(userScopes)
    expect(takesUserScopes(connector)).toBe(userScopes.length > 0)
    expect(scopePresetsOf(resolved).find(({ preset }) => preset === 'default')?.scopes ?? []).toEqual(usual)
    // Nothing is asked for by itself that nobody chose.
    expect(resolved.defaultScopes).toEqual([])
  })

  test('tells who the account is, is looked at without a change, and has its access ended at the provider', () => {
    const source = identitySourceOf(connectorId)
    if (source === null) return expect.fail('no call says who the account is')
    const body = Buffer.from(JSON.stringify(answer))
    expect(identityFromAnswer(source, { status: 200, headers: { 'content-type': 'application/json' }, body })).toMatchObject(who)
    expect(knownCall(connectorId)).toMatchObject({ method: 'GET', path: probe })
    const way = revocationOf(connectorId)?.way
    expect(way?.via === 'proxy' ? way.path : way?.url).toMatch(revocation)
    expect(connectedAppsPage(connectorId) ?? '-').toMatch(page ?? /^-$/)
  })

  test('has a page with its steps, its documentation and the console where its app is registered', () => {
    expect(stepsOf({ ...connector, readiness: 'needs_integration' }).length).toBeGreaterThan(2)
    expect([connector.docsUrl, consoleOf(connector.nango.providerKey)]).toEqual([
      expect.stringMatching(/^https:/),
      expect.stringMatching(/^https:/),
    ])
  })
})

test('a connector of which nobody wrote down what it is for has none', () => {
  expect([capabilitiesOf('stripe'), capabilitiesOf('constructor')]).toEqual([[], []])
})
