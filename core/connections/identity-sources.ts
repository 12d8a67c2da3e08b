import type { Identity } from './connection-row.ts'

/** One read-only call of a service that says whose account it is. */
export interface IdentitySource {
  readonly method: 'GET' | 'POST'
  /** Below the base address that Nango's definition gives the connector; `{name}` stands for a value of the connection's configuration. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Another base address than the connector's own. */
  readonly baseUrl?: string
  /** The place that must be `true`, for services that say a refusal with 200. */
  readonly okAt?: string
  /** Where each fact may stand in the answer, the first that is there counts; names joined by dots, numbers count in lists. */
  readonly at: { readonly [fact in keyof Identity]?: readonly string[] }
  /** Where the call and its answer are documented. */
  readonly source: string
}

const get = (path: string, source: string, at: IdentitySource['at'], more: Partial<IdentitySource> = {}): IdentitySource => ({
  method: 'GET',
  path,
  source,
  at,
  ...more,
})

const GITHUB = get(
  '/user',
  'https://docs.github.com/rest/users/users#get-the-authenticated-user',
  { accountId: ['id'], username: ['login'], displayName: ['name'], email: ['email'], avatarUrl: ['avatar_url'] },
  { headers: { accept: 'application/vnd.github+json' } },
)

/** OpenID Connect Core section 5.3.2. */
const CLAIMS: IdentitySource['at'] = {
  accountId: ['sub'],
  displayName: ['name'],
  username: ['preferred_username'],
  email: ['email'],
  avatarUrl: ['picture'],
}

const GOOGLE = get(
  '/oauth2/v3/userinfo',
  'https://developers.google.com/identity/openid-connect/openid-connect#obtaininguserprofileinformation',
  { ...CLAIMS, workspace: ['hd'] },
  { baseUrl: 'https://www.googleapis.com' },
)

const MICROSOFT = get('/v1.0/me?$select=id,displayName,userPrincipalName,mail', 'https://learn.microsoft.com/graph/api/user-get', {
  accountId: ['id'],
  displayName: ['displayName'],
  username: ['userPrincipalName'],
  email: ['mail'],
})

const NOTION = get(
  '/v1/users/me',
  'https://developers.notion.com/reference/get-self',
  {
    accountId: ['bot.owner.user.id', 'id'],
    displayName: ['bot.owner.user.name', 'name'],
    email: ['bot.owner.user.person.email', 'person.email'],
    avatarUrl: ['bot.owner.user.avatar_url', 'avatar_url'],
    workspace: ['bot.workspace_name'],
  },
  { headers: { 'notion-version': '2022-06-28' } },
)

const LINEAR: IdentitySource = {
  method: 'POST',
  path: '/graphql',
  body: JSON.stringify({ query: '{ viewer { id name displayName email avatarUrl organization { name } } }' }),
  source: 'https://linear.app/developers/graphql',
  at: {
    accountId: ['data.viewer.id'],
    displayName: ['data.viewer.name'],
    username: ['data.viewer.displayName'],
    email: ['data.viewer.email'],
    avatarUrl: ['data.viewer.avatarUrl'],
    workspace: ['data.viewer.organization.name'],
  },
}

const SALESFORCE = get(
  '/services/oauth2/userinfo',
  'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm',
  {
    accountId: ['user_id', 'sub'],
    displayName: ['name'],
    username: ['preferred_username'],
    email: ['email'],
    avatarUrl: ['picture'],
    workspace: ['organization_id'],
  },
)

const ATLASSIAN: IdentitySource['at'] = {
  accountId: ['accountId', 'account_id'],
  displayName: ['displayName', 'publicName', 'name'],
  email: ['emailAddress', 'email'],
  avatarUrl: ['avatarUrls.48x48', 'picture'],
}

const JIRA_SERVER = get('/rest/api/2/myself', 'https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/#api/2/myself', {
  accountId: ['key'],
  displayName: ['displayName'],
  username: ['name'],
  email: ['emailAddress'],
})

const GITLAB = get('/api/v4/user', 'https://docs.gitlab.com/api/users/#retrieve-the-current-user', {
  accountId: ['id'],
  username: ['username'],
  displayName: ['name'],
  email: ['email'],
  avatarUrl: ['avatar_url'],
})

const AIRTABLE = get('/v0/meta/whoami', 'https://airtable.com/developers/web/api/get-user-id-scopes', {
  accountId: ['id'],
  email: ['email'],
})

const STRIPE = get('/v1/account', 'https://docs.stripe.com/api/accounts/retrieve', {
  accountId: ['id'],
  displayName: ['settings.dashboard.display_name', 'business_profile.name'],
  email: ['email'],
})

const JIRA_MYSELF = 'https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/'
const CONFLUENCE_USER = 'https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-users/#api-wiki-rest-api-user-current-get'

/** The connectors whose service says whose account it is, by our slug. Data: the code that asks knows no connector. */
const SOURCES: Readonly<Record<string, IdentitySource>> = {
  airtable: AIRTABLE,
  'airtable-pat': AIRTABLE,
  asana: get('/api/1.0/users/me', 'https://developers.asana.com/reference/getuser', {
    accountId: ['data.gid'],
    displayName: ['data.name'],
    email: ['data.email'],
  }),
  atlassian: get('/me', 'https://developer.atlassian.com/cloud/confluence/user-identity-api/', ATLASSIAN),
  bitbucket: get('/2.0/user', 'https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/#api-user-get', {
    accountId: ['uuid', 'account_id'],
    username: ['username'],
    displayName: ['display_name'],
  }),
  box: get('/2.0/users/me', 'https://developer.box.com/reference/get-users-me/', {
    accountId: ['id'],
    displayName: ['name'],
    email: ['login'],
  }),
  calendly: get('/users/me', 'https://developer.calendly.com/api-docs/calendly-api/users/get-user', {
    accountId: ['resource.uri'],
    displayName: ['resource.name'],
    email: ['resource.email'],
    avatarUrl: ['resource.avatar_url'],
  }),
  clickup: get('/api/v2/user', 'https://developer.clickup.com/reference/getauthorizeduser', {
    accountId: ['user.id'],
    username: ['user.username'],
    email: ['user.email'],
  }),
  confluence: get('/ex/confluence/{cloudId}/wiki/rest/api/user/current', CONFLUENCE_USER, ATLASSIAN),
  'confluence-basic': get('/wiki/rest/api/user/current', CONFLUENCE_USER, ATLASSIAN),
  discord: get('/api/v10/users/@me', 'https://discord.com/developers/docs/resources/user#get-current-user', {
    accountId: ['id'],
    username: ['username'],
    displayName: ['global_name'],
    email: ['email'],
  }),
  dropbox: {
    method: 'POST',
    path: '/2/users/get_current_account',
    source: 'https://www.dropbox.com/developers/documentation/http/documentation#users-get_current_account',
    at: {
      accountId: ['account_id'],
      displayName: ['name.display_name'],
      email: ['email'],
      avatarUrl: ['profile_photo_url'],
      workspace: ['team.name'],
    },
  },
  figma: get('/v1/me', 'https://developers.figma.com/docs/rest-api/users-types', {
    accountId: ['id'],
    username: ['handle'],
    email: ['email'],
    avatarUrl: ['img_url'],
  }),
  github: GITHUB,
  'github-app-oauth': GITHUB,
  'github-pat': GITHUB,
  gitlab: GITLAB,
  'gitlab-group-token': GITLAB,
  'gitlab-pat': GITLAB,
  google: GOOGLE,
  'google-calendar': get(
    '/calendar/v3/calendars/primary',
    'https://developers.google.com/workspace/calendar/api/v3/reference/calendars/get',
    { email: ['id'] },
  ),
  'google-drive': get(
    '/drive/v3/about?fields=user(permissionId,displayName,emailAddress,photoLink)',
    'https://developers.google.com/workspace/drive/api/reference/rest/v3/about/get',
    {
      accountId: ['user.permissionId'],
      displayName: ['user.displayName'],
      email: ['user.emailAddress'],
      avatarUrl: ['user.photoLink'],
    },
  ),
  'google-mail': get('/gmail/v1/users/me/profile', 'https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile', {
    email: ['emailAddress'],
  }),
  hubspot: get(
    '/account-info/v3/details',
    'https://developers.hubspot.com/docs/api-reference/legacy/account/account-information/get-account-details',
    {
      accountId: ['portalId'],
      workspace: ['uiDomain'],
    },
  ),
  jira: get('/ex/jira/{cloudId}/rest/api/3/myself', JIRA_MYSELF, ATLASSIAN),
  'jira-basic': get('/rest/api/3/myself', JIRA_MYSELF, ATLASSIAN),
  'jira-data-center-api-key': JIRA_SERVER,
  'jira-data-center-basic': JIRA_SERVER,
  linear: LINEAR,
  notion: NOTION,
  salesforce: SALESFORCE,
  'salesforce-experience-cloud': SALESFORCE,
  'salesforce-sandbox': SALESFORCE,
  slack: get(
    '/auth.test',
    'https://docs.slack.dev/reference/methods/auth.test',
    { accountId: ['user_id'], username: ['user'], workspace: ['team'] },
    { okAt: 'ok' },
  ),
  spotify: get('/v1/me', 'https://developer.spotify.com/documentation/web-api/reference/get-current-users-profile', {
    accountId: ['id'],
    displayName: ['display_name'],
    email: ['email'],
  }),
  youtube: get('/youtube/v3/channels?part=snippet&mine=true', 'https://developers.google.com/youtube/v3/docs/channels/list', {
    accountId: ['items.0.id'],
    displayName: ['items.0.snippet.title'],
    username: ['items.0.snippet.customUrl'],
  }),
  zoom: get('/users/me', 'https://developers.zoom.us/docs/api/users/', {
    accountId: ['id'],
    displayName: ['display_name'],
    email: ['email'],
    avatarUrl: ['pic_url'],
    workspace: ['account_id'],
  }),
}

/** Connectors that share one service, and with it the call. */
const FAMILIES: readonly (readonly [source: IdentitySource, connectors: readonly string[]])[] = [
  [STRIPE, ['stripe', 'stripe-api-key', 'stripe-app', 'stripe-app-sandbox', 'stripe-express']],
  [
    GOOGLE,
    ['ads', 'analytics', 'bigquery', 'chat', 'contacts', 'docs', 'forms', 'meet', 'search-console', 'sheet', 'slides', 'tasks'].map(
      (name) => `google-${name}`,
    ),
  ],
  [
    MICROSOFT,
    [
      'microsoft',
      'microsoft-entra-id',
      'microsoft-excel',
      'microsoft-people',
      'microsoft-planner',
      'microsoft-powerpoint',
      'microsoft-teams',
      'microsoft-tenant-specific',
      'microsoft-word',
      'one-drive',
      'outlook',
      'sharepoint-online',
    ],
  ],
]

const ALL: ReadonlyMap<string, IdentitySource> = new Map([
  ...Object.entries(SOURCES),
  ...FAMILIES.flatMap(([source, connectors]) => connectors.map((connectorId): [string, IdentitySource] => [connectorId, source])),
])

/** The call for a connector; null where none is known. */
export const identitySourceOf = (connectorId: string): IdentitySource | null => ALL.get(connectorId) ?? null

/** Every connector that has one, and its call. */
export const identitySources = (): readonly (readonly [connectorId: string, source: IdentitySource])[] => [...ALL]
