import { type NangoStandIn, type StandInOptions, type StandInProvider, startNangoStandIn } from '#core/sandbox/nango-stand-in'
import type { OidcUpstream } from './oidc-upstream.ts'

export interface FakeNangoOptions extends Omit<StandInOptions, 'integrations'> {
  /** The provider behind the OAuth integration `local-oauth`; without it that integration uses the demo provider. */
  readonly upstream?: OidcUpstream
}

export interface FakeNango extends NangoStandIn {
  /** `authorization: Bearer ...` of the full-access key. */
  readonly authorization: { readonly authorization: string }
  /** Adds API-key connections, the last one the newest, one second apart; gives their ids in that order. */
  fillConnections(count: number): string[]
  /** A session token for these tags, straight from the API. */
  openSession(body?: object): Promise<string>
}

/** The integrations of every fake Nango; the keys are the providers' own names, so that connectors find them. */
export const FAKE_INTEGRATIONS = {
  oauth: 'local-oauth',
  github: 'github',
  apiKey: 'n8n',
  verifiedApiKey: 'openai',
  basic: 'jira-data-center-basic',
  verifiedBasic: 'jira-basic',
} as const

/** Asks for refresh tokens, as the real provider behind it gives them only then. */
const oauthProvider = (upstream: OidcUpstream): StandInProvider => ({
  display_name: 'Local OAuth',
  auth_mode: 'OAUTH2',
  categories: ['dev-tools'],
  authorization_url: upstream.authorizationUrl,
  token_url: upstream.tokenUrl,
  authorization_params: { prompt: 'consent' },
})

const DEMO_OAUTH: StandInProvider = {
  display_name: 'Local OAuth',
  auth_mode: 'OAUTH2',
  authorization_url: '/demo-provider/authorize',
  token_url: '/demo-provider/token',
}

/** Starts a stand-in with one integration of each kind; the OAuth ones go to `upstream` when it is given. */
export const startFakeNango = async ({ upstream, ...options }: FakeNangoOptions = {}): Promise<FakeNango> => {
  const oauth = upstream ? oauthProvider(upstream) : DEMO_OAUTH
  const clientOf = (key: string) => ({
    clientId: upstream?.clientId ?? `demo-${key}`,
    clientSecret: upstream?.clientSecret ?? `demo-${key}-client`,
    scopes: 'openid,profile,email,offline_access',
  })
  const nango = await startNangoStandIn({
    ...options,
    providers: {
      'local-oauth': oauth,
      ...(upstream ? { github: { ...oauth, display_name: 'GitHub (User OAuth)' } } : {}),
      ...options.providers,
    },
    integrations: [
      { uniqueKey: FAKE_INTEGRATIONS.oauth, provider: 'local-oauth', displayName: 'Local OAuth', ...clientOf('local') },
      { uniqueKey: FAKE_INTEGRATIONS.github, provider: 'github', displayName: 'GitHub', ...clientOf('github') },
      ...[FAKE_INTEGRATIONS.apiKey, FAKE_INTEGRATIONS.verifiedApiKey, FAKE_INTEGRATIONS.basic, FAKE_INTEGRATIONS.verifiedBasic].map(
        (key) => ({ uniqueKey: key, provider: key }),
      ),
    ],
  })
  const authorization = { authorization: `Bearer ${nango.secretKey}` }
  const fillConnections = (count: number): string[] => {
    const end = (options.now ?? Date.now)() - 1000
    const ids = Array.from({ length: count }, (_, index) => `filled-${String(index).padStart(6, '0')}`)
    nango.seedConnections(
      ids.map((connectionId, index) => {
        const at = end - (count - index) * 1000
        return {
          connectionId,
          integrationKey: FAKE_INTEGRATIONS.apiKey,
          credentials: { type: 'API_KEY' as const, apiKey: `key-${index}` },
          tags: { project: `p${index % 10}` },
          connectionConfig: { baseUrl: 'https://n8n.example.test' },
          createdAt: at,
          updatedAt: at,
          lastFetchedAt: at,
        }
      }),
    )
    return ids
  }
  const openSession = async (body: object = { tags: {} }): Promise<string> => {
    const response = await fetch(`${nango.url}/connect/sessions`, {
      method: 'POST',
      headers: { ...authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer: unknown = await response.json()
    const token = /nango_connect_session_[0-9a-f]{64}/.exec(JSON.stringify(answer))?.[0]
    if (response.status !== 201 || token === undefined) throw new Error(`no session: ${response.status} ${JSON.stringify(answer)}`)
    return token
  }
  return Object.assign(nango, { authorization, fillConnections, openSession })
}
