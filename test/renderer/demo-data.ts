import type { Connection, ConnectionStatus } from '#shared/contract/connections'
import type { Connector } from '#shared/contract/catalogue'

const NAMES: Readonly<Record<string, string>> = {
  'google-mail': 'Google Mail',
  'google-calendar': 'Google Calendar',
  'google-drive': 'Google Drive',
  'google-ads': 'Google Ads',
  github: 'GitHub',
  hubspot: 'HubSpot',
  pagerduty: 'PagerDuty',
  openai: 'OpenAI',
  linkedin: 'LinkedIn',
  posthog: 'PostHog',
}
const nameOf = (connectorId: string): string => NAMES[connectorId] ?? connectorId.charAt(0).toUpperCase() + connectorId.slice(1)

type Line = readonly [
  connectorId: string,
  label: string | null,
  account: string | null,
  status: ConnectionStatus,
  authMode: string,
  expiresInMin: number | null,
  usedMinAgo: number | null,
]

const MARA = 'mara@harborline.example'
const LINES: readonly Line[] = [
  ['google-mail', 'Work', MARA, 'attention', 'OAUTH2', -125, 121],
  ['jira', 'Harborline', MARA, 'attention', 'OAUTH2', 41, 250],
  ['notion', 'Product wiki', 'Mara Lindqvist', 'expired', 'OAUTH2', -4400, 4400],
  ['pagerduty', 'On-call EU', 'mara.lindqvist', 'attention', 'API_KEY', null, 365],
  [
    'salesforce',
    'Harborline Logistics Europe and Middle East',
    'integration-user-emea@harborline-logistics.example',
    'error',
    'OAUTH2',
    12,
    1.2,
  ],
  ['slack', 'Harborline HQ', null, 'pending', 'OAUTH2', null, null],
  ['zendesk', 'Support', MARA, 'unknown', 'OAUTH2', null, 4400],
  ['airtable', 'Content calendar', MARA, 'connected', 'OAUTH2', 52, 65],
  ['asana', 'Launches', 'Mara Lindqvist', 'connected', 'OAUTH2', 38, 305],
  ['cloudflare', 'DNS', null, 'connected', 'API_KEY', null, 17400],
  ['datadog', 'Metrics EU', null, 'connected', 'API_KEY', null, 4.5],
  ['github', 'Personal', 'mlindq', 'connected', 'OAUTH2', null, 37500],
  ['github', 'Work', 'mara-lindqvist', 'connected', 'OAUTH2', null, 0.2],
  ['google-calendar', 'Work', MARA, 'connected', 'OAUTH2', 8700, 9.3],
  ['google-drive', 'Work', MARA, 'connected', 'OAUTH2', 31, 9.6],
  ['hubspot', 'Sales EU', MARA, 'connected', 'OAUTH2', 22, 7.4],
  ['intercom', null, MARA, 'connected', 'OAUTH2', 44, 80],
  ['linear', 'Harborline', MARA, 'connected', 'OAUTH2', 120, 33],
  ['mailchimp', '\u05e9\u05d9\u05d5\u05d5\u05e7', MARA, 'connected', 'API_KEY', null, 800],
  ['miro', 'Workshops', 'Mara Lindqvist', 'connected', 'OAUTH2', 55, 2000],
  ['openai', 'Research', null, 'connected', 'API_KEY', null, 3],
  ['pipedrive', 'Sales EU', MARA, 'connected', 'OAUTH2', 50, 410],
  ['posthog', 'Web', null, 'connected', 'API_KEY', null, 60],
  ['quickbooks', 'Harborline AB', MARA, 'connected', 'OAUTH2', 25, 900],
  ['sentry', 'Backend', 'mara', 'connected', 'OAUTH2', 300, 12],
  ['shopify', 'Store', 'harborline.myshopify.example', 'connected', 'OAUTH2', null, 77],
  ['stripe', 'Live', null, 'connected', 'API_KEY', null, 5],
  ['stripe', 'Test', null, 'connected', 'API_KEY', null, 5000],
  ['twilio', 'SMS', 'AC1048', 'connected', 'BASIC', null, 50],
  ['typeform', 'Surveys', MARA, 'connected', 'OAUTH2', 48, 300],
  ['vercel', 'Site', 'harborline', 'connected', 'OAUTH2', null, 44],
  ['webflow', 'Campaigns', MARA, 'connected', 'OAUTH2', 36, 1500],
  ['zapier', null, MARA, 'paused', 'OAUTH2', 30, 9000],
  ['gitlab', 'Old', 'mara', 'revoked', 'OAUTH2', null, 29000],
  ['zoom', 'Webinars', MARA, 'revoked', 'OAUTH2', null, 29500],
]

const ERRORS: Readonly<Record<string, { readonly code: string; readonly message: string }>> = {
  'google-mail': { code: 'connection.refresh_failed', message: 'Nango could not renew the sign-in.' },
  notion: { code: 'connection.refresh_failed', message: 'Nango could not renew the sign-in.' },
  pagerduty: { code: 'connect.test_failed', message: 'PagerDuty answered 401 to this key.' },
  salesforce: { code: 'nango.server_error', message: 'Salesforce answered 503 twice.' },
}

const SCOPES: Readonly<Record<string, string[]>> = {
  'google-mail': ['gmail.readonly', 'gmail.send', 'userinfo.email'],
  slack: ['channels:read', 'chat:write', 'users:read'],
  github: ['repo', 'read:org', 'user:email'],
}

/** Connections as in the pictures; `more` adds that many healthy ones. */
export const demoConnections = (now: number, more = 0): Connection[] => {
  const at = (minutesAgo: number): string => new Date(now - minutesAgo * 60_000).toISOString()
  const one = ([connectorId, label, account, status, authMode, expiresInMin, usedMinAgo]: Line, index: number): Connection => {
    const error = ERRORS[connectorId]
    return {
      connectionId: `c${index + 1}`,
      handle: `${connectorId}/${(label ?? String(index)).toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
      profileId: 'p1',
      connectorId,
      providerConfigKey: connectorId,
      nangoConnectionId: status === 'pending' ? null : `6a0c1f7e-5b1d-4f7e-9c40-${String(index).padStart(12, '0')}`,
      oauthMethod: 'nango',
      authMode,
      status,
      label,
      identity:
        account === null
          ? null
          : {
              accountId: '104877319927731',
              displayName: account.includes('@') || account.includes(' ') ? 'Mara Lindqvist' : null,
              username: account.includes('@') ? null : account,
              email: account.includes('@') ? account : null,
              avatarUrl: null,
              workspace: account === MARA ? 'Harborline' : null,
            },
      scopes:
        connectorId === 'jira'
          ? {
              requested: ['read:jira-work', 'read:jira-user', 'offline_access', 'write:jira-work', 'manage:jira-webhook'],
              granted: ['read:jira-work', 'read:jira-user', 'offline_access'],
            }
          : authMode === 'OAUTH2'
            ? { requested: SCOPES[connectorId] ?? null, granted: status === 'pending' ? null : (SCOPES[connectorId] ?? null) }
            : { requested: null, granted: null },
      expiresAt: expiresInMin === null ? null : at(-expiresInMin),
      expiresIn: expiresInMin === null ? null : Math.round(expiresInMin * 60),
      createdAt: at(60_000),
      updatedAt: at(60),
      lastSyncedAt: status === 'unknown' ? at(3 * 1440) : at(0.2),
      lastVerifiedAt: null,
      lastRefreshedAt: authMode === 'OAUTH2' ? at(14) : null,
      lastUsedAt: usedMinAgo === null ? null : at(usedMinAgo),
      lastError: error === undefined ? null : { ...error, at: at(125) },
      tags: {},
      notes: connectorId === 'google-mail' ? 'Used by the nightly report.' : null,
      isOurs: index % 2 === 0,
    }
  }
  const extra = Array.from({ length: more }, (_, index): Line => [
    'datadog',
    `Host ${String(index + 1).padStart(5, '0')}`,
    MARA,
    'connected',
    'OAUTH2',
    40,
    index,
  ])
  return [...LINES, ...extra].map(one)
}

/** The catalogue's entries behind the demo connections. */
export const demoConnectors = (): Connector[] =>
  [...new Set(LINES.map(([connectorId]) => connectorId))].map((connectorId) => ({
    connectorId,
    name: nameOf(connectorId),
    categories: ['productivity'],
    authMode: LINES.find(([id]) => id === connectorId)?.[4] ?? 'OAUTH2',
    nango: { enabled: true, providerKey: connectorId, integrationId: connectorId, configured: true },
    direct: { supported: false },
    readiness: 'ready',
    readinessReason: null,
    fields: [],
    scopes: [],
    docsUrl: null,
  }))
