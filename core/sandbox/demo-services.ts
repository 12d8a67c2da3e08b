import { type DemoAccount, accountOfToken } from './demo-provider.ts'
import type { StandInContext } from './stand-in-context.ts'
import { givenFor } from './stand-in-provider.ts'
import type { StoredCredentials } from './stand-in-records.ts'
import { type Reply, answer } from './stand-in-reply.ts'

/** A call that has come through the sandbox's proxy to the service behind a connection. */
export interface DemoCall {
  readonly method: string
  /** Percent-encoded, with its query. */
  readonly path: string
  readonly provider: string
  readonly credentials: StoredCredentials
  readonly params: Readonly<Record<string, unknown>>
}

const OUTAGE: Reply = { status: 503, html: '<!doctype html><title>503</title><h1>The demo service is down</h1>' }
const WEB_PAGE: Reply = { status: 200, html: '<!doctype html><title>Welcome</title><h1>It works</h1>' }

/** What a service answers while a person's switch says so, null for the truth. */
const standingAnswer = (context: StandInContext, method: string): Reply | null => {
  const { isProviderDown, serviceAnswers } = context.state.misbehaviour.faults
  if (isProviderDown) return OUTAGE
  switch (serviceAnswers) {
    case 'off':
      return null
    case 'server_error':
      return answer(500, { error: 'internal_error', message: 'The demo service failed' })
    case 'web_page':
      return WEB_PAGE
    case 'error_in_200':
      return answer(200, { ok: false, error: 'invalid_auth' })
    case 'unauthorized':
      return answer(401, { error: 'invalid_token' })
    case 'forbidden':
      return answer(403, { error: 'insufficient_scope' })
    case 'rate_limited':
      return { ...answer(429, { error: 'rate_limited' }), headers: { 'retry-after': '30' } }
    case 'unreachable':
      // Nango's own words for a service that it cannot reach (nango-api.md section 8).
      return answer(500, { message: 'connect ECONNREFUSED 192.0.2.1:443', code: 'ECONNREFUSED', method: method.toLowerCase() })
  }
}

const KEYED: DemoAccount = { id: 'demo-team', name: 'Demo Team', email: 'team@demo.example' }

/** Whose credential it is; null for one that the service does not accept. */
const accountOf = (call: DemoCall, context: StandInContext): DemoAccount | null => {
  const { credentials, provider, params } = call
  if (credentials.type === 'OAUTH2') return accountOfToken(context, credentials.access_token)
  return context.verifyCredentials(provider, givenFor(credentials), params) ? KEYED : null
}

const firstName = (account: DemoAccount): string => account.id.replace(/^demo-/, '')

/** The profile calls of services, each in the words of the real one. */
const PROFILES: readonly (readonly [string, RegExp, (account: DemoAccount) => unknown])[] = [
  ['github', /^\/user$/, (at) => ({ login: firstName(at), id: at.id.length, node_id: at.id, name: at.name, email: at.email })],
  [
    'slack',
    /^\/(?:api\/)?auth\.test$/,
    (at) => ({ ok: true, url: 'https://demo.slack.com/', team: 'Demo', user: firstName(at), team_id: 'T0DEMO', user_id: at.id }),
  ],
  ['notion', /^\/v1\/users\/me$/, (at) => ({ object: 'user', id: at.id, type: 'person', name: at.name, person: { email: at.email } })],
  ['google-mail', /^\/gmail\/v1\/users\/me\/profile$/, (at) => ({ emailAddress: at.email, messagesTotal: 3, historyId: '1' })],
  ['linear', /^\/graphql$/, (at) => ({ data: { viewer: { id: at.id, name: at.name, email: at.email } } })],
  ['openai', /^\/v1\/models$/, () => ({ object: 'list', data: [{ id: 'demo-model', object: 'model' }] })],
  ['anthropic', /^\/v1\/models$/, () => ({ data: [{ type: 'model', id: 'demo-model' }], has_more: false })],
  ['n8n', /^\/(?:api\/)?v1\/(?:workflows|users|projects)$/, () => ({ data: [], nextCursor: null })],
  ['jira-basic', /^\/rest\/api\/[23]\/myself$/, (at) => ({ accountId: at.id, displayName: at.name, emailAddress: at.email, active: true })],
  ['jira-data-center-basic', /^\/rest\/api\/2\/myself$/, (at) => ({ name: firstName(at), key: at.id, displayName: at.name })],
  ['ashby', /^\/apiKey\.info$/, (at) => ({ success: true, results: { title: at.name, scopes: [] } })],
]

const USERINFO = /^\/(?:userinfo|oauth2\/v[123]\/userinfo|v1\/userinfo)$/

/** What a demo service answers; never anything of the real service. */
export const callDemoService = (call: DemoCall, context: StandInContext): Reply => {
  const standing = standingAnswer(context, call.method)
  if (standing !== null) return standing
  const account = accountOf(call, context)
  if (account === null)
    return { ...answer(401, { error: 'invalid_token' }), headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }
  const path = call.path.replace(/\?.*$/, '').replace(/(?<=.)\/$/, '')
  if (USERINFO.test(path)) return answer(200, { sub: account.id, name: account.name, email: account.email })
  const found = PROFILES.find(([provider, pattern]) => provider === call.provider && pattern.test(path))
  return found === undefined
    ? answer(404, { error: 'not_found', message: 'The demo service has no such page' })
    : answer(200, found[2](account))
}
