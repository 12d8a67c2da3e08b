import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, test } from 'vitest'
import { FAKE_INTEGRATIONS, type FakeNango, type FakeNangoOptions, startFakeNango } from '#test/helpers/fake-nango'
import { type Answer, callStandIn, createClock, pick, pickText, rowsOf, type TestClock } from '../core/sandbox/call-stand-in.ts'

// What was measured about Nango, one statement a test. It runs against the stand-in, and with PATCHBAY_CONFORMANCE_HOST and
// PATCHBAY_CONFORMANCE_KEY against any Nango server, where it makes integrations of its own and removes them again.

const HOST = (process.env['PATCHBAY_CONFORMANCE_HOST'] ?? '').replace(/\/+$/, '')
const KEY = process.env['PATCHBAY_CONFORMANCE_KEY'] ?? ''

/** Whether the statements are held against a server that is not the stand-in. */
export const IS_FOREIGN = HOST !== ''

if (IS_FOREIGN && KEY === '')
  throw new Error('PATCHBAY_CONFORMANCE_KEY is the secret key of the server that PATCHBAY_CONFORMANCE_HOST names.')

/** What a statement may need that only the stand-in has, and why it is then left out elsewhere. */
const NEEDS = {
  clock: 'needs a clock that can be moved',
  provider: 'needs a provider behind OAuth that answers as told',
  service: 'needs a service that takes the credentials of the test',
  many: 'needs thousands of connections',
  scopedKey: 'needs a key with narrower rights',
  rates: 'needs the requests of a window to itself',
} as const

/** A statement that is held against every server, or, with a need, only where that is met; elsewhere it is skipped by name. */
export const statement = (name: string, ...rest: [keyof typeof NEEDS, () => Promise<void>] | [() => Promise<void>]): void => {
  const [need, check] = rest.length === 2 ? rest : [null, rest[0]]
  const isSkipped = need !== null && IS_FOREIGN
  const reason = isSkipped ? ` (skipped: ${NEEDS[need]})` : ''
  test.skipIf(isSkipped)(`${name}${reason}`, { timeout: IS_FOREIGN ? 180_000 : 20_000 }, check)
}

/** The server that statements are held against. */
export interface ConformanceServer {
  readonly url: string
  /** The integrations of this file: unique keys, by what they are for. */
  readonly keys: Readonly<Record<keyof typeof FAKE_INTEGRATIONS, string>>
  /** The header of the full-access key. */
  readonly authorization: string
  /** Calls with the full-access key. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Calls with the token of a session. */
  withToken(token: string, method: string, path: string): Promise<Answer>
  /** Calls with no key at all. */
  bare(method: string, path: string, body?: unknown): Promise<Answer>
  /** The token of a new session. */
  openSession(body?: object): Promise<string>
  /** The connections of this file, newest first. */
  listed(more?: string): Promise<readonly unknown[]>
  /** The stand-in with its switches; only for statements that need them. */
  readonly standIn: FakeNango
  readonly clock: TestClock
}

const run = randomBytes(4).toString('hex')

/** Providers of the catalogue that the integrations are of; the OAuth ones are never asked. */
const PROVIDERS: Readonly<Record<keyof typeof FAKE_INTEGRATIONS, string>> = {
  oauth: 'github',
  github: 'linear',
  apiKey: 'n8n',
  verifiedApiKey: 'openai',
  basic: 'jira-data-center-basic',
  verifiedBasic: 'jira-basic',
}

const foreignKeys = Object.fromEntries(
  Object.keys(PROVIDERS).map((name) => [name, `patchbay-conformance-${run}-${name}`]),
) as ConformanceServer['keys']

const waitMsOf = (answer: Answer): number => (Number(answer.headers['retry-after']) || 5) * 1_000

/** The server, fresh for every statement: a new stand-in, or the connections of the one before taken away. */
export const useConformanceServer = (options: () => FakeNangoOptions = () => ({})): ConformanceServer => {
  let standIn: FakeNango | null = null
  let clock = createClock()
  const url = (): string => (IS_FOREIGN ? HOST : (standIn?.url ?? ''))
  const key = (): string => (IS_FOREIGN ? KEY : (standIn?.secretKey ?? ''))
  const keys = IS_FOREIGN ? foreignKeys : FAKE_INTEGRATIONS

  const call: ConformanceServer['call'] = async (method, path, body, headers = {}) => {
    for (;;) {
      const answer = await callStandIn(url(), method, path, { headers: { authorization: `Bearer ${key()}`, ...headers }, body })
      if (answer.status !== 429 || !IS_FOREIGN) return answer
      await new Promise((resolve) => setTimeout(resolve, waitMsOf(answer)))
    }
  }
  const listed: ConformanceServer['listed'] = async (more = '') =>
    rowsOf(await call('GET', `/connections?integrationId=${Object.values(keys).join(',')}${more}`))

  if (IS_FOREIGN) {
    beforeAll(async () => {
      for (const [name, provider] of Object.entries(PROVIDERS)) {
        const isOauth = name === 'oauth' || name === 'github'
        const credentials = { type: 'OAUTH2', client_id: 'conformance', client_secret: 'conformance', scopes: 'read_user' }
        const integration = { provider, unique_key: keys[name as keyof typeof keys], ...(isOauth ? { credentials } : {}) }
        const made = await call('POST', '/integrations', integration)
        if (made.status !== 200) throw new Error(`no integration for ${provider}: ${made.status} ${made.text.slice(0, 200)}`)
      }
    }, 120_000)
    afterEach(async () => {
      for (const row of await listed()) {
        const path = `/connections/${encodeURIComponent(pickText(row, 'connection_id'))}`
        await call('DELETE', `${path}?provider_config_key=${pickText(row, 'provider_config_key')}`)
      }
    }, 120_000)
    // Also what could not be deleted by its id goes with its integration.
    afterAll(async () => {
      for (const name of Object.values(keys)) await call('DELETE', `/integrations/${name}`)
    }, 120_000)
  } else {
    beforeEach(async () => {
      clock = createClock()
      standIn = await startFakeNango({ now: clock.now, rateLimitPerMinute: 100_000, ...options() })
    })
    afterEach(() => standIn?.stop())
  }

  return {
    get url() {
      return url()
    },
    keys,
    get authorization() {
      return `Bearer ${key()}`
    },
    call,
    withToken: (token, method, path) => callStandIn(url(), method, path, { headers: { authorization: `Bearer ${token}` } }),
    bare: (method, path, body) => callStandIn(url(), method, path, { body }),
    openSession: async (body = { tags: {} }) => {
      const answer = await call('POST', '/connect/sessions', body)
      if (answer.status !== 201) throw new Error(`no session: ${answer.status} ${answer.text.slice(0, 300)}`)
      return pickText(answer.json, 'data', 'token')
    },
    listed,
    get standIn() {
      if (standIn === null) throw new Error('This statement says that it needs the stand-in.')
      return standIn
    },
    get clock() {
      return clock
    },
  }
}

/** The code of an error. */
export const codeOf = (answer: Answer): unknown => pick(answer.json, 'error', 'code')
