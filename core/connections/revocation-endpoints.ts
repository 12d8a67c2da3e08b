/** How a provider is told that access has ended. */
export type RevocationWay =
  /** A call through Nango's proxy that needs nothing but the access token, which Nango adds. */
  | {
      readonly via: 'proxy'
      readonly method: 'POST' | 'DELETE'
      readonly path: string
      readonly body?: string
      /** The field that a good answer has as `true`, where the status alone does not tell. */
      readonly goodField?: string
    }
  /** The provider's revocation endpoint. Nango's proxy would send the form as JSON (nango-api.md section 8), so it is asked from here. */
  | {
      readonly via: 'endpoint'
      /** https; may hold `${clientId}` and `${connectionConfig.x}`. */
      readonly url: string
      readonly method: 'POST' | 'DELETE'
      /** How the token travels: RFC 7009's form, or JSON under a name. */
      readonly format: 'form' | 'json'
      readonly tokenField: string
      /** How the app says who it is. */
      readonly client: 'none' | 'basic' | 'post'
    }

export interface RevocationEndpoint {
  readonly connectors: readonly string[]
  /** What is sent: the first that there is, or each. */
  readonly sends: readonly ('refresh_token' | 'access_token')[]
  /** One of them ends the whole sign-in. */
  readonly endsGrant: boolean
  readonly way: RevocationWay
}

const GOOGLE = [
  'google',
  'google-ads',
  'google-analytics',
  'google-calendar',
  'google-chat',
  'google-contacts',
  'google-docs',
  'google-drive',
  'google-forms',
  'google-mail',
  'google-meet',
  'google-sheet',
  'google-slides',
  'google-tasks',
  'google-workspace-admin',
  'youtube',
]
const ZOHO = [
  'zoho',
  'zoho-bigin',
  'zoho-books',
  'zoho-crm',
  'zoho-desk',
  'zoho-inventory',
  'zoho-invoice',
  'zoho-mail',
  'zoho-people',
  'zoho-recruit',
]
const MICROSOFT = [
  'microsoft',
  'microsoft-teams',
  'one-drive',
  'one-note',
  'outlook',
  'sharepoint-online',
  'microsoft-excel',
  'azure-devops',
]
const ATLASSIAN = ['atlassian', 'confluence', 'jira']

const endpoint = (url: string, client: 'none' | 'basic' | 'post', more: { readonly json?: true } = {}): RevocationWay => ({
  via: 'endpoint',
  url,
  method: 'POST',
  format: more.json === true ? 'json' : 'form',
  tokenField: 'token',
  client,
})

const whole = (connectors: readonly string[], way: RevocationWay): RevocationEndpoint => ({
  connectors,
  sends: ['refresh_token', 'access_token'],
  endsGrant: true,
  way,
})
const each = (connectors: readonly string[], way: RevocationWay): RevocationEndpoint => ({ ...whole(connectors, way), endsGrant: false })
const byAccessToken = (connectors: readonly string[], way: RevocationWay): RevocationEndpoint => ({
  ...whole(connectors, way),
  sends: ['access_token'],
})

/** The revocation endpoints that are documented: RFC 7009 and the odd ones. What is not here is not guessed. */
export const REVOCATION_ENDPOINTS: readonly RevocationEndpoint[] = [
  byAccessToken(['slack'], { via: 'proxy', method: 'POST', path: '/auth.revoke', goodField: 'revoked' }),
  byAccessToken(['dropbox'], { via: 'proxy', method: 'POST', path: '/2/auth/token/revoke', body: 'null' }),
  byAccessToken(['linear'], { via: 'proxy', method: 'POST', path: '/oauth/revoke' }),
  byAccessToken(['facebook'], { via: 'proxy', method: 'DELETE', path: '/me/permissions', goodField: 'success' }),
  byAccessToken(['github'], {
    via: 'endpoint',
    url: 'https://api.github.com/applications/${clientId}/grant',
    method: 'DELETE',
    format: 'json',
    tokenField: 'access_token',
    client: 'basic',
  }),
  whole(GOOGLE, endpoint('https://oauth2.googleapis.com/revoke', 'none')),
  whole(ZOHO, endpoint('https://accounts.zoho.${connectionConfig.extension}/oauth/v2/token/revoke', 'none')),
  each(['gitlab'], endpoint('https://gitlab.com/oauth/revoke', 'post')),
  each(['discord'], endpoint('https://discord.com/api/oauth2/token/revoke', 'basic')),
  each(['zoom'], endpoint('https://zoom.us/oauth/revoke', 'basic')),
  whole(['salesforce'], endpoint('https://login.salesforce.com/services/oauth2/revoke', 'none')),
  whole(['notion'], { ...endpoint('https://api.notion.com/v1/oauth/revoke', 'basic', { json: true }) }),
  whole(['box'], endpoint('https://api.box.com/oauth2/revoke', 'post')),
  whole(['xero'], endpoint('https://identity.xero.com/connect/revocation', 'basic')),
  whole(['quickbooks'], endpoint('https://developer.api.intuit.com/v2/oauth2/tokens/revoke', 'basic', { json: true })),
  each(['twitter-v2'], endpoint('https://api.x.com/2/oauth2/revoke', 'basic')),
  whole(['reddit'], endpoint('https://www.reddit.com/api/v1/revoke_token', 'basic')),
  whole(['asana'], endpoint('https://app.asana.com/-/oauth_revoke', 'post')),
  whole(['pipedrive'], endpoint('https://oauth.pipedrive.com/oauth/revoke', 'basic')),
  each(['calendly'], endpoint('https://auth.calendly.com/oauth/revoke', 'post')),
]

/** Pages on which a person sees and ends what has access to the account. */
const PAGES: readonly (readonly [readonly string[], string])[] = [
  [GOOGLE, 'https://myaccount.google.com/connections'],
  [MICROSOFT, 'https://myapplications.microsoft.com/'],
  [ATLASSIAN, 'https://id.atlassian.com/manage-profile/apps'],
  [ZOHO, 'https://accounts.zoho.com/home#sessions/connectedapps'],
  [['github'], 'https://github.com/settings/applications'],
  [['gitlab'], 'https://gitlab.com/-/user_settings/applications'],
  [['slack'], 'https://slack.com/apps/manage'],
  [['dropbox'], 'https://www.dropbox.com/account/connected_apps'],
  [['linear'], 'https://linear.app/settings/account/security'],
  [['zoom'], 'https://marketplace.zoom.us/user/installed'],
  [['spotify'], 'https://www.spotify.com/account/apps/'],
  [['linkedin'], 'https://www.linkedin.com/mypreferences/d/data-sharing-for-permitted-services'],
  [['twitter-v2', 'twitter'], 'https://x.com/settings/connected_apps'],
  [['reddit'], 'https://www.reddit.com/prefs/apps'],
  [['facebook'], 'https://www.facebook.com/settings?tab=business_tools'],
  [['openai'], 'https://platform.openai.com/api-keys'],
  [['anthropic'], 'https://console.anthropic.com/settings/keys'],
]

/** How access of a connector is ended; null where no way is known. */
export const revocationOf = (connectorId: string): RevocationEndpoint | null =>
  REVOCATION_ENDPOINTS.find(({ connectors }) => connectors.includes(connectorId)) ?? null

/** The page of the provider for it; null where none is known. */
export const connectedAppsPage = (connectorId: string): string | null =>
  PAGES.find(([connectors]) => connectors.includes(connectorId))?.[1] ?? null
