import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { demoErrorPage, demoSignInPage } from './demo-sign-in-page.ts'
import type { Call, Handler, StandInContext } from './stand-in-context.ts'
import type { StoredCredentials, StoredGrant } from './stand-in-records.ts'
import { Refusal, type Reply, answer } from './stand-in-reply.ts'
import { parseForm } from './stand-in-request.ts'

/** The people one can sign in as at the demo provider. */
const DEMO_ACCOUNTS = [
  { id: 'demo-ada', name: 'Ada Demo', email: 'ada@demo.example' },
  { id: 'demo-grace', name: 'Grace Demo', email: 'grace@demo.example' },
] as const

/** A person or team at the demo services. */
export interface DemoAccount {
  readonly id: string
  readonly name: string
  readonly email: string
}

const CODE_LIFETIME_MS = 10 * 60_000
const ACCESS_LIFETIME_SECONDS = 3600
const REFRESH_LIFETIME_MS = 365 * 24 * 3_600_000

const AuthorizeRequest = z.object({
  response_type: z.literal('code'),
  client_id: z.string().min(1),
  redirect_uri: z.string().min(1),
  state: z.string().default(''),
  scope: z.string().default(''),
  code_challenge: z.string().default(''),
  code_challenge_method: z.literal('S256').optional(),
})
type AuthorizeRequest = z.output<typeof AuthorizeRequest>

const hash = (value: string): string => createHash('sha256').update(value).digest('hex')

const same = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(hash(a)), Buffer.from(hash(b)))

const clientOf = (context: StandInContext, clientId: string) =>
  [...context.state.integrations.values()].find((integration) => integration.clientId === clientId)

const refusePage = (message: string): Refusal => new Refusal(demoErrorPage(message))

/** The request of a sign-in page; a wrong client or address is answered here and never sent on (RFC 6749 section 4.1.2.1). */
const readRequest = (given: unknown, context: StandInContext): { readonly request: AuthorizeRequest; readonly appName: string } => {
  const parsed = AuthorizeRequest.safeParse(given)
  if (!parsed.success) throw refusePage('The request to sign in is not complete.')
  const integration = clientOf(context, parsed.data.client_id)
  if (!integration) throw refusePage('The demo provider does not know this app.')
  if (parsed.data.redirect_uri !== `${context.url}/oauth/callback`) throw refusePage('The address to return to is not registered.')
  const name = integration.displayName ?? context.providers.get(integration.provider)?.display_name ?? integration.provider
  return { request: parsed.data, appName: name }
}

const issue = (context: StandInContext, grant: StoredGrant): string => {
  const value = `demo_${grant.kind}_${randomBytes(24).toString('base64url')}`
  context.state.demoGrants.set(hash(value), grant)
  context.state.changed()
  return value
}

/** Takes a code or token that may be used once. */
const redeem = (context: StandInContext, kind: StoredGrant['kind'], value: string): StoredGrant | null => {
  const key = hash(value)
  const grant = context.state.demoGrants.get(key)
  if (!grant || grant.kind !== kind) return null
  context.state.demoGrants.delete(key)
  context.state.changed()
  return grant.expiresAt > context.now() ? grant : null
}

const tokenError = (status: number, error: string, description: string): Refusal =>
  new Refusal({ ...answer(status, { error, error_description: description }), headers: { 'cache-control': 'no-store' } })

/** RFC 6749 section 4.1.2.1: back to the app with a refusal. */
const refuseConsent = (request: AuthorizeRequest, words: string): Reply => {
  const target = new URL(request.redirect_uri)
  target.searchParams.set('error', 'access_denied')
  target.searchParams.set('error_description', words)
  target.searchParams.set('state', request.state)
  return { status: 303, headers: { location: target.href } }
}

/** While the switch for it is on, no demo service answers. */
const refuseWhileDown = (context: StandInContext, reply: () => Refusal): void => {
  if (context.state.misbehaviour.faults.isProviderDown) throw reply()
}
const downPage = (): Refusal => new Refusal(demoErrorPage('The demo service is down, as you told the sandbox.', 503))

/** GET /demo-provider/authorize: a sign-in page that says it is a demo. */
export const showDemoSignIn: Handler = (call, context) => {
  refuseWhileDown(context, downPage)
  const { request, appName } = readRequest(call.query, context)
  if (context.state.misbehaviour.takeDenial()) return refuseConsent(request, 'The sandbox was told to refuse')
  return demoSignInPage({ appName, scopes: request.scope.split(/[\s,]+/).filter(Boolean), accounts: DEMO_ACCOUNTS, fields: request })
}

/** POST /demo-provider/authorize: Allow or Deny. */
export const decideDemoSignIn: Handler = (call, context): Reply => {
  refuseWhileDown(context, downPage)
  const form = parseForm(call.rawBody)
  const { request } = readRequest(Object.fromEntries(form), context)
  if (form.get('decision') !== 'allow') return refuseConsent(request, 'The person said no')
  const account = DEMO_ACCOUNTS.find(({ id }) => id === form.get('account'))
  if (!account) throw refusePage('Choose one of the demo accounts.')
  const code = issue(context, {
    kind: 'code',
    clientId: request.client_id,
    account: account.id,
    scope: request.scope,
    expiresAt: context.now() + CODE_LIFETIME_MS,
    redirectUri: request.redirect_uri,
    challenge: request.code_challenge,
  })
  const target = new URL(request.redirect_uri)
  target.searchParams.set('code', code)
  target.searchParams.set('state', request.state)
  return { status: 303, headers: { location: target.href } }
}

const readClient = (call: Call, form: URLSearchParams, context: StandInContext): string => {
  const header = call.headers['authorization']
  const basic = typeof header === 'string' && header.startsWith('Basic ') ? Buffer.from(header.slice(6), 'base64').toString('utf8') : null
  const split = basic?.indexOf(':') ?? -1
  const clientId = basic === null ? form.get('client_id') : basic.slice(0, split)
  const secret = basic === null ? form.get('client_secret') : basic.slice(split + 1)
  const known = clientId === null ? undefined : clientOf(context, clientId)
  if (!known || known.clientSecret === null || secret === null || clientId === null || !same(known.clientSecret, secret))
    throw tokenError(401, 'invalid_client', 'The app and its secret do not match.')
  return clientId
}

const tokens = (context: StandInContext, grant: StoredGrant): Reply => {
  const common = { clientId: grant.clientId, account: grant.account, scope: grant.scope, family: grant.family ?? randomUUID() }
  const access = issue(context, { ...common, kind: 'access', expiresAt: context.now() + ACCESS_LIFETIME_SECONDS * 1000 })
  const refresh = issue(context, { ...common, kind: 'refresh', expiresAt: context.now() + REFRESH_LIFETIME_MS })
  const account = DEMO_ACCOUNTS.find(({ id }) => id === grant.account)
  return {
    ...answer(200, {
      access_token: access,
      token_type: 'Bearer',
      expires_in: ACCESS_LIFETIME_SECONDS,
      refresh_token: refresh,
      scope: grant.scope,
      // As many providers do, the answer says whose it is.
      ...(account === undefined ? {} : { account_id: account.id, display_name: account.name, email: account.email }),
    }),
    headers: { 'cache-control': 'no-store' },
  }
}

/** POST /demo-provider/token: codes with PKCE (RFC 7636 section 4.6) and refresh tokens, each of which works once. */
export const giveDemoToken: Handler = (call, context) => {
  refuseWhileDown(context, () => tokenError(503, 'temporarily_unavailable', 'The demo service is down.'))
  const form = parseForm(call.rawBody)
  const clientId = readClient(call, form, context)
  const type = form.get('grant_type')
  if (type === 'authorization_code') {
    const grant = redeem(context, 'code', form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!grant || grant.clientId !== clientId || grant.redirectUri !== form.get('redirect_uri'))
      throw tokenError(400, 'invalid_grant', 'The code is not valid.')
    if (grant.challenge && grant.challenge !== challenge) throw tokenError(400, 'invalid_grant', 'The code verifier does not match.')
    return tokens(context, grant)
  }
  if (type === 'refresh_token') {
    const grant = redeem(context, 'refresh', form.get('refresh_token') ?? '')
    if (!grant || grant.clientId !== clientId) throw tokenError(400, 'invalid_grant', 'The refresh token is not valid.')
    return tokens(context, grant)
  }
  throw tokenError(400, 'unsupported_grant_type', 'Only authorization_code and refresh_token are known.')
}

/** Forgets a token and what came of the same sign-in; false where it was none. */
const forgetToken = (context: StandInContext, token: string): boolean => {
  const { demoGrants } = context.state
  const key = hash(token)
  const grant = demoGrants.get(key)
  if (!grant || grant.kind === 'code') return false
  for (const [other, { family }] of demoGrants)
    if (other === key || (family !== undefined && family === grant.family)) demoGrants.delete(other)
  context.state.changed()
  return true
}

/** POST /demo-provider/revoke (RFC 7009 section 2): an unknown token is 200 too; the whole sign-in ends with one of its tokens. */
export const revokeDemoToken: Handler = (call, context) => {
  refuseWhileDown(context, () => tokenError(503, 'temporarily_unavailable', 'The demo service is down.'))
  const form = parseForm(call.rawBody)
  const clientId = readClient(call, form, context)
  const token = form.get('token')
  if (token === null || token === '') throw tokenError(400, 'invalid_request', 'There is no token.')
  const grant = context.state.demoGrants.get(hash(token))
  if (grant !== undefined && grant.clientId !== clientId) throw tokenError(400, 'invalid_grant', 'The token belongs to another app.')
  forgetToken(context, token)
  return { status: 200, headers: { 'cache-control': 'no-store' } }
}

const REVOKING_PATH = /\/(?:auth\.revoke|auth\/token\/revoke|oauth\/revoke|revoke)$/

/** A revocation that needs nothing but the access token, as Slack's and Dropbox's; null for a call that is none. */
export const revokeThroughProxy = (
  call: { readonly method: string; readonly path: string; readonly credentials: StoredCredentials },
  context: StandInContext,
): Reply | null => {
  if (call.method !== 'POST' || call.credentials.type !== 'OAUTH2' || !REVOKING_PATH.test(call.path.replace(/\?.*$/, ''))) return null
  const { isProviderDown, serviceAnswers } = context.state.misbehaviour.faults
  if (isProviderDown || serviceAnswers !== 'off') return null
  return forgetToken(context, call.credentials.access_token) ? answer(200, { ok: true, revoked: true }) : null
}

/** Whose access token it is; null for none that is good now. */
export const accountOfToken = (context: StandInContext, token: string): DemoAccount | null => {
  const grant = context.state.demoGrants.get(hash(token))
  if (grant?.kind !== 'access' || grant.expiresAt <= context.now()) return null
  return DEMO_ACCOUNTS.find(({ id }) => id === grant.account) ?? null
}

/** GET /demo-provider/userinfo: who a demo access token belongs to. */
export const showDemoUser: Handler = (call, context) => {
  refuseWhileDown(context, () => tokenError(503, 'temporarily_unavailable', 'The demo service is down.'))
  const header = call.headers['authorization']
  const token = typeof header === 'string' ? header.replace(/^Bearer /, '') : ''
  const account = accountOfToken(context, token)
  if (account === null)
    return { ...answer(401, { error: 'invalid_token' }), headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }
  return answer(200, { sub: account.id, name: account.name, email: account.email })
}
