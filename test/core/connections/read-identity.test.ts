import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { identitySourceOf, identitySources } from '#core/connections/identity-sources'
import { readIdentity } from '#core/connections/read-identity'
import type { RawIdentity } from '#core/nango/nango-identity'
import { CATALOGUE_FILE } from '#test/helpers/make-core'
import { type ScriptedNango, startScriptedNango } from '../nango/scripted-nango.ts'

const NOBODY: RawIdentity = { accountId: null, displayName: null, username: null, email: null, avatarUrl: null, workspace: null }
const key = { connectionId: 'c-1', providerConfigKey: 'k-1' }

/** What the service answers next, through Nango's proxy. */
let answer: { status: number; type: string; body: string | Buffer }
let nango: ScriptedNango

beforeAll(async () => {
  nango = await startScriptedNango((_request, response) => {
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body)
  })
})
afterAll(() => nango.close())
beforeEach(() => {
  nango.seen.length = 0
})

const answers = (body: unknown, status = 200): void => {
  answer = { status, type: 'application/json; charset=utf-8', body: typeof body === 'string' ? body : JSON.stringify(body) }
}
const ask = (connectorId: string, told: RawIdentity | null = null, connectionConfig: Record<string, unknown> = {}) =>
  readIdentity(nango.client, { connectorId, key, told, connectionConfig })

/** The answers of the services' documentation, cut to what is read and a little around it. */
const SERVICES: readonly (readonly [connector: string, request: string, answer: unknown, told: Partial<RawIdentity>, config?: object])[] = [
  [
    'github',
    'GET /proxy/user',
    {
      login: 'octocat',
      id: 583_231,
      avatar_url: 'https://avatars.githubusercontent.com/u/583231?v=4',
      name: 'The Octocat',
      email: null,
      plan: {},
    },
    {
      accountId: '583231',
      username: 'octocat',
      displayName: 'The Octocat',
      avatarUrl: 'https://avatars.githubusercontent.com/u/583231?v=4',
    },
  ],
  [
    'google',
    'GET /proxy/oauth2/v3/userinfo',
    {
      sub: '110248495921238986420',
      name: 'Ada L',
      picture: 'https://lh3.googleusercontent.com/a',
      email: 'ada@work.example',
      hd: 'work.example',
    },
    {
      accountId: '110248495921238986420',
      displayName: 'Ada L',
      email: 'ada@work.example',
      avatarUrl: 'https://lh3.googleusercontent.com/a',
      workspace: 'work.example',
    },
  ],
  [
    'google-mail',
    'GET /proxy/gmail/v1/users/me/profile',
    { emailAddress: 'ada@work.example', historyId: '1' },
    { email: 'ada@work.example' },
  ],
  [
    'outlook',
    'GET /proxy/v1.0/me?$select=id,displayName,userPrincipalName,mail',
    { id: '48d31887-5fad', displayName: 'Adele Vance', userPrincipalName: 'AdeleV@contoso.example', mail: 'adele@contoso.example' },
    { accountId: '48d31887-5fad', displayName: 'Adele Vance', username: 'AdeleV@contoso.example', email: 'adele@contoso.example' },
  ],
  [
    'slack',
    'GET /proxy/auth.test',
    { ok: true, url: 'https://w.slack.com/', team: 'Workspace', user: 'ada', team_id: 'T123', user_id: 'W123' },
    { accountId: 'W123', username: 'ada', workspace: 'Workspace' },
  ],
  [
    'notion',
    'GET /proxy/v1/users/me',
    {
      object: 'user',
      id: 'bot-1',
      type: 'bot',
      name: 'Patchbay',
      bot: {
        owner: { type: 'user', user: { id: 'u-1', name: 'Ada', person: { email: 'ada@x.example' } } },
        workspace_name: "Ada's Notion",
      },
    },
    { accountId: 'u-1', displayName: 'Ada', email: 'ada@x.example', workspace: "Ada's Notion" },
  ],
  [
    'linear',
    'POST /proxy/graphql',
    { data: { viewer: { id: 'l-1', name: 'Ada', displayName: 'ada', email: 'ada@x.example', organization: { name: 'Acme' } } } },
    { accountId: 'l-1', displayName: 'Ada', username: 'ada', email: 'ada@x.example', workspace: 'Acme' },
  ],
  [
    'hubspot',
    'GET /proxy/account-info/v3/details',
    { portalId: 1_234, uiDomain: 'app.hubspot.com' },
    { accountId: '1234', workspace: 'app.hubspot.com' },
  ],
  [
    'salesforce',
    'GET /proxy/services/oauth2/userinfo',
    {
      sub: 'https://login.salesforce.com/id/00D/005',
      user_id: '005x',
      organization_id: '00Dx',
      preferred_username: 'ada@org',
      name: 'Ada',
      email: 'ada@x.example',
    },
    { accountId: '005x', workspace: '00Dx', username: 'ada@org', displayName: 'Ada', email: 'ada@x.example' },
  ],
  [
    'jira',
    'GET /proxy/ex/jira/11223344-a1b2/rest/api/3/myself',
    { accountId: '5b10', displayName: 'Mia', emailAddress: 'mia@x.example', avatarUrls: { '48x48': 'https://avatar.example/48' } },
    { accountId: '5b10', displayName: 'Mia', email: 'mia@x.example', avatarUrl: 'https://avatar.example/48' },
    { cloudId: '11223344-a1b2' },
  ],
  [
    'gitlab',
    'GET /proxy/api/v4/user',
    { id: 1, username: 'john', name: 'John', email: 'john@x.example' },
    { accountId: '1', username: 'john', displayName: 'John', email: 'john@x.example' },
  ],
  [
    'dropbox',
    'POST /proxy/2/users/get_current_account',
    { account_id: 'dbid:AAH4', name: { display_name: 'Franz' }, email: 'franz@x.example', team: { name: 'Acme' } },
    { accountId: 'dbid:AAH4', displayName: 'Franz', email: 'franz@x.example', workspace: 'Acme' },
  ],
  [
    'discord',
    'GET /proxy/api/v10/users/@me',
    { id: '80351110224678912', username: 'nelly', global_name: 'Nelly' },
    { accountId: '80351110224678912', username: 'nelly', displayName: 'Nelly' },
  ],
  [
    'zoom',
    'GET /proxy/users/me',
    { id: 'z8y', display_name: 'Jill', email: 'jill@x.example', account_id: 'Abc' },
    { accountId: 'z8y', displayName: 'Jill', email: 'jill@x.example', workspace: 'Abc' },
  ],
  [
    'airtable',
    'GET /proxy/v0/meta/whoami',
    { id: 'usrL2', email: 'foo@x.example', scopes: [] },
    { accountId: 'usrL2', email: 'foo@x.example' },
  ],
  [
    'stripe-api-key',
    'GET /proxy/v1/account',
    { id: 'acct_1', object: 'account', email: 'shop@x.example', business_profile: { name: 'Shop' } },
    { accountId: 'acct_1', displayName: 'Shop', email: 'shop@x.example' },
  ],
]

describe('who an account is', () => {
  const services = SERVICES.map(([connector, request, body, told, config = {}]) => ({ connector, request, body, told, config }))
  test.each(services)('$connector tells it by one call that only reads: $request', async ({ connector, request, body, told, config }) => {
    answers(body)
    expect(await ask(connector, null, { ...config })).toEqual({
      ...NOBODY,
      ...told,
      ...(told.accountId === undefined ? {} : { accountIdFrom: 'profile' }),
    })
    expect(nango.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([request])
  })

  test('every connector of the table is in the catalogue, and asks in a way that changes nothing', () => {
    const slugs = new Set(
      (JSON.parse(readFileSync(CATALOGUE_FILE, 'utf8')) as { connectorId: string }[]).map(({ connectorId }) => connectorId),
    )
    const unknown = identitySources().filter(([connectorId]) => !slugs.has(connectorId))
    expect(unknown.map(([connectorId]) => connectorId)).toEqual([])
    expect(identitySources().filter(([, { source }]) => !/^https:\/\/[a-z0-9.-]+\/\S+$/.test(source))).toEqual([])
    const posts = identitySources().filter(([, { method }]) => method === 'POST')
    expect(posts.map(([connectorId, { path, body }]) => `${connectorId} ${path} ${body?.slice(0, 12) ?? 'nothing'}`).toSorted()).toEqual([
      'dropbox /2/users/get_current_account nothing',
      'linear /graphql {"query":"{ ',
    ])
    expect(identitySourceOf('constructor')).toBeNull()
    // Nango refuses JSON that is neither an object nor a list.
    for (const [, { body }] of posts) expect(body ?? '{').toMatch(/^[[{]/)
  })

  test('the token answer is enough where it tells an id and a name: nobody is asked', async () => {
    answers({ id: 1, login: 'somebody-else' })
    const told = { ...NOBODY, accountId: 'sub-1', email: 'ada@x.example' }
    expect(await ask('github', told)).toEqual(told)
    expect(await ask('n8n', null)).toBeNull()
    expect(nango.seen).toEqual([])
  })

  test('where the token answer tells only an id, that one stays, and the service adds the names', async () => {
    answers({ id: 1, login: 'ada', name: 'Ada' })
    expect(await ask('github', { ...NOBODY, accountId: 'sub-1' })).toEqual({
      ...NOBODY,
      accountId: 'sub-1',
      username: 'ada',
      displayName: 'Ada',
    })
  })

  test('a value of the configuration that would lead elsewhere is not put into the address', async () => {
    answers({ accountId: 'x' })
    for (const cloudId of ['../../user', '..', 'a/b', 'a?b', '', 7, undefined]) expect(await ask('jira', null, { cloudId })).toBeNull()
    expect(nango.seen).toEqual([])
  })

  test.each([
    ['a web page', 200, 'text/html', '<h1>Welcome</h1>'],
    ['a web page that calls itself JSON', 200, 'application/json', '<h1>Welcome</h1>'],
    ['a list', 200, 'application/json', '[1,2]'],
    ['nothing', 200, 'application/json', ''],
    ['null', 200, 'application/json', 'null'],
    ['more than a profile can be', 200, 'application/json', JSON.stringify({ id: 1, login: 'ada', pad: 'x'.repeat(300_000) })],
    ['a refusal', 401, 'application/json', '{"message":"Bad credentials","id":1}'],
    [
      'facts that are none',
      200,
      'application/json',
      JSON.stringify({ id: { a: 1 }, login: 'a\u0000b', name: 'x'.repeat(400), email: true }),
    ],
    ['a picture that is a script', 200, 'application/json', JSON.stringify({ avatar_url: 'javascript:alert(1)' })],
    ['a picture over http', 200, 'application/json', JSON.stringify({ avatar_url: 'http://tracker.example/a.png' })],
  ])('%s tells nothing, and is no error', async (_name, status, type, body) => {
    answer = { status, type, body }
    expect(await ask('github')).toBeNull()
  })

  test('a refusal said with 200 tells nothing', async () => {
    answers({ ok: false, error: 'invalid_auth', user_id: 'W1', user: 'ada' })
    expect(await ask('slack')).toBeNull()
  })

  test.each([500, 503, 429])('that the service fails with %i is thrown: nobody was asked', async (status) => {
    answers({ message: 'no' }, status)
    await expect(ask('github')).rejects.toMatchObject({ code: expect.stringMatching(/^(provider\.unreachable|nango\.\w+)$/) })
  })
})
