import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { type SignInResult, walkSignIn } from './walk-sign-in.ts'

export interface OidcUpstreamOptions {
  /** Seconds an access token lives; 3600 when absent. Nango refreshes below 15 minutes. */
  readonly accessTokenSeconds?: number
}

/** What the token endpoint does instead of its work. */
export type TokenFault = 'server-error' | 'html' | 'reset' | null

export interface OidcUpstream {
  readonly issuer: string
  readonly authorizationUrl: string
  readonly tokenUrl: string
  readonly userinfoUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Successful token calls by grant type. */
  readonly granted: { authorization_code: number; refresh_token: number }
  /** How the token endpoint answers from now on. */
  tokenFault: TokenFault
  /** Holds the next token call until it is released. */
  holdToken(): { readonly arrived: Promise<void>; release(): void }
  /** Makes every refresh token issued so far invalid, as when a person takes back consent. */
  revokeRefreshTokens(): Promise<void>
  /** Signs in and consents, or cancels, as a browser without scripts would; ends at the last answer. */
  approve(authorizationUrl: string, choice?: { readonly deny?: boolean; readonly login?: string }): Promise<SignInResult>
  stop(): Promise<void>
}

const CLIENT_ID = 'patchbay-test'

/**
 * Starts a real OpenID provider on 127.0.0.1. Its one client may return to `/oauth/callback` on any loopback port (RFC 8252 section
 * 7.3), must use PKCE, and gets refresh tokens that are rotated on every use.
 */
export const startOidcUpstream = async (options: OidcUpstreamOptions = {}): Promise<OidcUpstream> => {
  let listener: ReturnType<Provider['callback']> | null = null
  let tokenFault: TokenFault = null
  let hold: { readonly arrive: () => void; readonly released: Promise<void> } | null = null
  const server = createServer((request, response) => {
    if (hold !== null && request.url?.startsWith('/token')) {
      const { arrive, released } = hold
      hold = null
      arrive()
      void released.then(() => listener?.(request, response))
      return
    }
    if (tokenFault !== null && request.url?.startsWith('/token')) {
      request.resume()
      if (tokenFault === 'reset') request.socket.destroy()
      else if (tokenFault === 'html') response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>We are down for maintenance</h1>')
      else response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"server_error"}')
      return
    }
    void listener?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the OpenID provider has no port')
  const issuer = `http://127.0.0.1:${address.port}`
  const clientSecret = randomBytes(24).toString('hex')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: clientSecret,
        application_type: 'native',
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: ['http://127.0.0.1/oauth/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id, email: `${id}@example.test`, email_verified: true }),
    }),
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: true } },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: options.accessTokenSeconds ?? 3600,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
  })
  const granted = { authorization_code: 0, refresh_token: 0 }
  provider.on('grant.success', (context) => {
    const type = context.oidc.params?.['grant_type']
    if (type === 'authorization_code' || type === 'refresh_token') granted[type]++
  })
  const refreshTokens = new Set<{ destroy(): Promise<void> }>()
  provider.on('refresh_token.saved', (token) => refreshTokens.add(token))
  listener = provider.callback()
  return {
    issuer,
    authorizationUrl: `${issuer}/auth`,
    tokenUrl: `${issuer}/token`,
    userinfoUrl: `${issuer}/me`,
    clientId: CLIENT_ID,
    clientSecret,
    granted,
    get tokenFault() {
      return tokenFault
    },
    set tokenFault(fault) {
      tokenFault = fault
    },
    holdToken: () => {
      const arrival = Promise.withResolvers<void>()
      const release = Promise.withResolvers<void>()
      hold = { arrive: arrival.resolve, released: release.promise }
      return { arrived: arrival.promise, release: release.resolve }
    },
    revokeRefreshTokens: async () => {
      for (const token of refreshTokens) await token.destroy()
      refreshTokens.clear()
    },
    approve: (authorizationUrl, choice) => walkSignIn(authorizationUrl, choice),
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
