import { z } from 'zod'

/** A call that tells whether a connection works, and changes nothing. */
export interface ProbeCall {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const Verification = z.object({
  method: z.string().default('GET'),
  endpoints: z.array(z.string().min(1).max(2_000)).min(1),
  headers: z.record(z.string(), z.string()).optional().catch(undefined),
  data: z.unknown().optional(),
  base_url_override: z.string().optional(),
})

const Definition = z.object({
  proxy: z
    .object({ verification: Verification.optional().catch(undefined) })
    .optional()
    .catch(undefined),
})

/** POST calls of Nango's definitions that only read. The others run a model, write a page or cost credits, and are never sent. */
const READING_POSTS: ReadonlySet<string> = new Set([
  'ashby apiKey.info',
  'canny /boards/list',
  'mandrill /1.3/users/ping',
  'prospeo /account-information',
  'provenexpert v1/rating/summary/get',
])

/**
 * The read-only call of a provider's own definition (`proxy.verification`, as GET /providers/{name} gives it); null where it has none,
 * where it might change or cost something, and where it needs values of the connection in its address, which are secret here.
 */
export const callFromDefinition = (connectorId: string, definition: unknown): ProbeCall | null => {
  const parsed = Definition.safeParse(definition)
  const verification = parsed.success ? parsed.data.proxy?.verification : undefined
  const [path] = verification?.endpoints ?? []
  if (verification === undefined || path === undefined) return null
  if (verification.base_url_override !== undefined || path.includes('${') || path.includes('://')) return null
  const headers = Object.entries(verification.headers ?? {}).filter(([, value]) => !value.includes('${'))
  const common = { path, ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }) }
  if (verification.method.toUpperCase() === 'GET') return { ...common, method: 'GET' }
  if (verification.method.toUpperCase() !== 'POST' || !READING_POSTS.has(`${connectorId} ${path}`)) return null
  return { ...common, method: 'POST', body: JSON.stringify(verification.data ?? {}) }
}

const get = (path: string, headers?: Readonly<Record<string, string>>): ProbeCall => ({
  method: 'GET',
  path,
  ...(headers === undefined ? {} : { headers }),
})

/**
 * Calls that ask who the account is, or for as little, of connectors whose definition has no verification. Below the base address that
 * the definition gives them.
 */
const KNOWN_CALLS: Readonly<Record<string, ProbeCall>> = {
  airtable: get('/v0/meta/whoami'),
  asana: get('/api/1.0/users/me'),
  box: get('/2.0/users/me'),
  calendly: get('/users/me'),
  bitbucket: get('/2.0/user'),
  clickup: get('/api/v2/user'),
  confluence: get('/oauth/token/accessible-resources'),
  discord: get('/api/v10/users/@me'),
  dropbox: { method: 'POST', path: '/2/users/get_current_account' },
  figma: get('/v1/me'),
  github: get('/user', { accept: 'application/vnd.github+json' }),
  gitlab: get('/api/v4/user'),
  google: get('/oauth2/v3/userinfo'),
  'google-calendar': get('/calendar/v3/users/me/calendarList?maxResults=1'),
  'google-drive': get('/drive/v3/about?fields=user'),
  'google-mail': get('/gmail/v1/users/me/profile'),
  hubspot: get('/account-info/v3/details'),
  intercom: get('/me'),
  jira: get('/oauth/token/accessible-resources'),
  linear: { method: 'POST', path: '/graphql', body: JSON.stringify({ query: '{ viewer { id } }' }) },
  linkedin: get('/v2/userinfo'),
  microsoft: get('/v1.0/me'),
  'microsoft-teams': get('/v1.0/me'),
  'one-drive': get('/v1.0/me'),
  outlook: get('/v1.0/me'),
  notion: get('/v1/users/me', { 'notion-version': '2022-06-28' }),
  pipedrive: get('/v1/users/me'),
  reddit: get('/api/v1/me'),
  salesforce: get('/services/oauth2/userinfo'),
  slack: get('/auth.test'),
  spotify: get('/v1/me'),
  stripe: get('/v1/account'),
  'twitter-v2': get('/2/users/me'),
  xero: get('/connections'),
  zoom: get('/users/me'),
}

/** The call that is known for a connector; null for none. */
export const knownCall = (connectorId: string): ProbeCall | null =>
  Object.hasOwn(KNOWN_CALLS, connectorId) ? (KNOWN_CALLS[connectorId] ?? null) : null

/** The calls of providers, each definition read once a day from the server that the profile has. */
export class ProbeCatalogue {
  readonly #readAt = new Map<string, { readonly at: number; readonly call: ProbeCall | null }>()
  readonly #monotonicNow: () => number

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
  }

  /** The call for a connector, by the definition that `read` gives where it is not known; null where there is none. Throws what `read` throws. */
  async callFor(profileId: string, connectorId: string, read: () => Promise<unknown>): Promise<ProbeCall | null> {
    const key = `${profileId} ${connectorId}`
    const known = this.#readAt.get(key)
    if (known !== undefined && this.#monotonicNow() - known.at < DAY_MS) return known.call
    const call = callFromDefinition(connectorId, await read()) ?? knownCall(connectorId)
    if (this.#readAt.size >= MOST_KEPT) this.#readAt.clear()
    this.#readAt.set(key, { at: this.#monotonicNow(), call })
    return call
  }
}

const DAY_MS = 86_400_000
const MOST_KEPT = 5_000
