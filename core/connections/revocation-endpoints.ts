import { ATLASSIAN_CONNECTORS, GOOGLE_CONNECTORS, MICROSOFT_CONNECTORS, ZOHO_CONNECTORS } from './connector-families.ts'

export type TokenKind = 'refresh_token' | 'access_token'

/** How a provider is told that access has ended. */
export type RevocationWay =
  /** A call through Nango's proxy that needs nothing but the access token, which Nango adds. */
  | {
      readonly via: 'proxy'
      readonly method: 'POST' | 'DELETE'
      readonly path: string
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
      readonly headers?: Readonly<Record<string, string>>
    }

/**
 * What a connection may put into an address, by the name in its configuration: that comes from outside, and whatever else it held, such
 * as `evil.example`, would lead the tokens to a host of somebody else's.
 */
export const HOST_PARTS: Readonly<Record<string, ReadonlySet<string>>> = {
  // https://www.zoho.com/accounts/protocol/oauth/multi-dc.html
  extension: new Set(['com', 'eu', 'in', 'com.au', 'com.cn', 'jp', 'sa', 'uk']),
}

export interface RevocationEndpoint {
  readonly connectors: readonly string[]
  /** The tokens it takes, in the order in which they are sent. */
  readonly sends: readonly TokenKind[]
  /** Each of these ends the whole sign-in by itself, by what its source says. What no source says is not assumed: then each is sent. */
  readonly grantBy: readonly TokenKind[]
  readonly way: RevocationWay
  /** Where it is documented. */
  readonly source: string
}

const endpoint = (
  url: string,
  client: 'none' | 'basic' | 'post',
  more: { readonly json?: true; readonly headers?: Readonly<Record<string, string>> } = {},
): RevocationWay => ({
  via: 'endpoint',
  url,
  method: 'POST',
  format: more.json === true ? 'json' : 'form',
  tokenField: 'token',
  client,
  ...(more.headers === undefined ? {} : { headers: more.headers }),
})

type Row = (connectors: readonly string[], way: RevocationWay, source: string) => RevocationEndpoint

const row =
  (sends: readonly TokenKind[], grantBy: readonly TokenKind[]): Row =>
  (connectors, way, source) => ({ connectors, sends, grantBy, way, source })

const BOTH = ['refresh_token', 'access_token'] as const

/** One of the two is enough, whichever. */
const byEither = row(BOTH, BOTH)
/** The refresh token ends what was made with it; an access token ends itself alone. */
const byRefresh = row(BOTH, ['refresh_token'])
/** No source says that one ends the other. */
const each = row(BOTH, [])
/** Nothing but the access token is sent, and it ends the sign-in. */
const byAccess = row(['access_token'], ['access_token'])

/** The revocation endpoints that are documented: RFC 7009 and the odd ones. What is not here is not guessed. */
export const REVOCATION_ENDPOINTS: readonly RevocationEndpoint[] = [
  row(['access_token'], [])(
    ['slack'],
    { via: 'proxy', method: 'POST', path: '/auth.revoke', goodField: 'revoked' },
    'https://docs.slack.dev/reference/methods/auth.revoke',
  ),
  byAccess(
    ['dropbox'],
    { via: 'proxy', method: 'POST', path: '/2/auth/token/revoke' },
    'https://www.dropbox.com/developers/documentation/http/documentation#auth-token-revoke',
  ),
  byAccess(
    ['linear'],
    { via: 'proxy', method: 'POST', path: '/oauth/revoke' },
    'https://linear.app/developers/oauth-2-0-authentication#revoke-an-access-token',
  ),
  byAccess(
    ['facebook'],
    { via: 'proxy', method: 'DELETE', path: '/me/permissions', goodField: 'success' },
    'https://developers.facebook.com/docs/facebook-login/guides/permissions/request-revoke',
  ),
  byAccess(
    ['github'],
    {
      via: 'endpoint',
      url: 'https://api.github.com/applications/${clientId}/grant',
      method: 'DELETE',
      format: 'json',
      tokenField: 'access_token',
      client: 'basic',
    },
    'https://docs.github.com/rest/apps/oauth-applications#delete-an-app-authorization',
  ),
  byEither(
    GOOGLE_CONNECTORS,
    endpoint('https://oauth2.googleapis.com/revoke', 'none'),
    'https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke',
  ),
  byRefresh(
    ZOHO_CONNECTORS,
    endpoint('https://accounts.zoho.${connectionConfig.extension}/oauth/v2/token/revoke', 'none'),
    'https://www.zoho.com/accounts/protocol/oauth/revoke-refresh-token.html',
  ),
  each(['gitlab'], endpoint('https://gitlab.com/oauth/revoke', 'post'), 'https://docs.gitlab.com/api/oauth2/#revoke-a-token'),
  byEither(
    ['discord'],
    endpoint('https://discord.com/api/oauth2/token/revoke', 'basic'),
    'https://discord.com/developers/docs/topics/oauth2#authorization-code-grant-token-revocation-example',
  ),
  row(['access_token'], [])(
    ['zoom'],
    endpoint('https://zoom.us/oauth/revoke', 'basic'),
    'https://developers.zoom.us/docs/integrations/oauth/#revoke-an-access-token',
  ),
  byRefresh(
    ['salesforce'],
    endpoint('https://login.salesforce.com/services/oauth2/revoke', 'none'),
    'https://developer.salesforce.com/blogs/2011/11/revoking-oauth-2-0-access-tokens-and-refresh-tokens',
  ),
  each(
    ['notion'],
    endpoint('https://api.notion.com/v1/oauth/revoke', 'basic', { json: true, headers: { 'notion-version': '2022-06-28' } }),
    'https://developers.notion.com/reference/revoke-token',
  ),
  byRefresh(
    ['box'],
    endpoint('https://api.box.com/oauth2/revoke', 'post'),
    'https://developer.box.com/guides/authentication/tokens/revoke/',
  ),
  row(['refresh_token'], ['refresh_token'])(
    ['xero'],
    endpoint('https://identity.xero.com/connect/revocation', 'basic'),
    'https://github.com/XeroAPI/xero-node/releases/tag/4.10.1',
  ),
  each(
    ['quickbooks', 'quickbooks-sandbox'],
    endpoint('https://developer.api.intuit.com/v2/oauth2/tokens/revoke', 'basic', { json: true }),
    'https://github.com/intuit/oauth-jsclient/blob/master/src/OAuthClient.js',
  ),
  each(
    ['twitter-v2'],
    endpoint('https://api.x.com/2/oauth2/revoke', 'basic'),
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token',
  ),
  byRefresh(
    ['reddit'],
    endpoint('https://www.reddit.com/api/v1/revoke_token', 'basic'),
    'https://github.com/reddit-archive/reddit/wiki/OAuth2#manually-revoking-a-token',
  ),
  row(['refresh_token'], ['refresh_token'])(
    ['asana'],
    endpoint('https://app.asana.com/-/oauth_revoke', 'post'),
    'https://developers.asana.com/docs/oauth#token-deauthorization-endpoint',
  ),
  byRefresh(
    ['pipedrive'],
    endpoint('https://oauth.pipedrive.com/oauth/revoke', 'basic'),
    'https://pipedrive.readme.io/docs/app-uninstallation#token-revocation',
  ),
  each(
    ['calendly'],
    endpoint('https://auth.calendly.com/oauth/revoke', 'post'),
    'https://calendly.com/.well-known/oauth-authorization-server',
  ),
]

/** A page on which a person sees and ends what has access to the account. */
export interface AccountPage {
  readonly connectors: readonly string[]
  readonly url: string
  /** Who names that page: the provider, or where none does, a program that sends people there. */
  readonly source: string
}

const page = (connectors: readonly string[], url: string, source: string): AccountPage => ({ connectors, url, source })

export const ACCOUNT_PAGES: readonly AccountPage[] = [
  page(GOOGLE_CONNECTORS, 'https://myaccount.google.com/connections', 'https://support.google.com/accounts/answer/13533235'),
  page(
    ['one-drive-personal'],
    'https://account.live.com/consent/Manage',
    'https://learn.microsoft.com/onedrive/developer/rest-api/getting-started/msa-oauth',
  ),
  page(
    MICROSOFT_CONNECTORS.filter((connectorId) => connectorId !== 'one-drive-personal'),
    'https://myapplications.microsoft.com/',
    'https://support.microsoft.com/account-billing/edit-or-revoke-application-permissions-in-the-my-apps-portal-169be2b4-ee26-4338-aea8-d19bb2f329ee',
  ),
  page(
    ATLASSIAN_CONNECTORS,
    'https://id.atlassian.com/manage-profile/apps',
    'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/',
  ),
  page(
    ZOHO_CONNECTORS,
    'https://accounts.zoho.com/home#sessions/connectedapps',
    'https://www.zoho.com/accounts/protocol/oauth/revoke-refresh-token.html',
  ),
  page(
    ['github'],
    'https://github.com/settings/applications',
    'https://docs.github.com/rest/apps/oauth-applications#delete-an-app-authorization',
  ),
  page(['gitlab'], 'https://gitlab.com/-/user_settings/applications', 'https://docs.gitlab.com/integration/oauth_provider/'),
  page(['slack'], 'https://slack.com/apps/manage', 'https://slack.com/help/articles/360003125231'),
  page(['dropbox'], 'https://www.dropbox.com/account/connected_apps', 'https://help.dropbox.com/integrations/third-party-apps'),
  page(['linear'], 'https://linear.app/settings/account/security', 'https://linear.app/docs/security-and-access'),
  page(['zoom'], 'https://marketplace.zoom.us/user/installed', 'https://developers.zoom.us/docs/integrations/end-user-auth/'),
  page(
    ['spotify'],
    'https://www.spotify.com/account/apps/',
    'https://www.howtogeek.com/325675/how-to-revoke-third-party-app-permissions-from-spotify/',
  ),
  page(
    ['linkedin'],
    'https://www.linkedin.com/mypreferences/d/data-sharing-for-permitted-services',
    'https://privacy.linkedin.com/settings',
  ),
  page(
    ['twitter-v2', 'twitter'],
    'https://x.com/settings/connected_apps',
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token',
  ),
  page(['reddit'], 'https://www.reddit.com/prefs/apps', 'https://github.com/reddit-archive/reddit/wiki/OAuth2'),
  page(['facebook'], 'https://www.facebook.com/settings?tab=business_tools', 'https://www.facebook.com/help/405094243235242'),
  page(['openai'], 'https://platform.openai.com/api-keys', 'https://help.openai.com/articles/4936850-where-do-i-find-my-openai-api-key'),
  page(['anthropic'], 'https://platform.claude.com/settings/keys', 'https://platform.claude.com/docs/en/api/overview'),
]

/** How access of a connector is ended; null where no way is known. */
export const revocationOf = (connectorId: string): RevocationEndpoint | null =>
  REVOCATION_ENDPOINTS.find(({ connectors }) => connectors.includes(connectorId)) ?? null

/** The page of the provider for it; null where none is known. */
export const connectedAppsPage = (connectorId: string): string | null =>
  ACCOUNT_PAGES.find(({ connectors }) => connectors.includes(connectorId))?.url ?? null
