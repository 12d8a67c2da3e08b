import type { Capability } from '#shared/contract/catalogue'

const GOOGLE = 'https://www.googleapis.com/auth/'
const PROFILE: Capability = { capability: 'profile', scopes: ['openid', 'email', 'profile'], userScopes: [] }
const DRIVE: Capability = { capability: 'drive', scopes: [`${GOOGLE}drive.readonly`], userScopes: [] }
const CALENDAR: Capability = { capability: 'calendar', scopes: [`${GOOGLE}calendar.readonly`], userScopes: [] }

/**
 * What an account of a connector is mostly for, and the least scopes that each of it takes. Their names are the providers':
 * https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps,
 * https://developers.google.com/identity/protocols/oauth2/scopes, https://docs.slack.dev/reference/scopes.
 * Notion has none: what an app may do is set with the app, and the person chooses pages and databases as they sign in.
 */
const CAPABILITIES: Readonly<Record<string, readonly Capability[]>> = {
  github: [
    { capability: 'profile', scopes: ['read:user', 'user:email'], userScopes: [] },
    { capability: 'repositories', scopes: ['repo'], userScopes: [] },
  ],
  google: [PROFILE, DRIVE, CALENDAR],
  'google-drive': [PROFILE, DRIVE],
  'google-calendar': [PROFILE, CALENDAR],
  slack: [
    { capability: 'workspace', scopes: ['team:read', 'users:read', 'channels:read'], userScopes: [] },
    { capability: 'messages', scopes: ['chat:write'], userScopes: [] },
    { capability: 'search', scopes: [], userScopes: ['search:read'] },
    { capability: 'profile', scopes: [], userScopes: ['users.profile:read'] },
  ],
  notion: [
    { capability: 'databases', scopes: [], userScopes: [] },
    { capability: 'pages', scopes: [], userScopes: [] },
  ],
}

/** The capabilities of a connector; none where they are not known. */
export const capabilitiesOf = (connectorId: string): readonly Capability[] =>
  Object.hasOwn(CAPABILITIES, connectorId) ? (CAPABILITIES[connectorId] ?? []) : []

/** The scopes of the app that its capabilities take, each once. */
export const usualScopesOf = (connectorId: string): readonly string[] => [
  ...new Set(capabilitiesOf(connectorId).flatMap(({ scopes }) => scopes)),
]
