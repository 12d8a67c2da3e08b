import type { RequestListener } from 'node:http'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AutomationCaller, Caller, Reach } from '#core/caller'
import { insertConnection, updateConnection } from '#core/connections/connection-store'
import { setDefault } from '#core/connections/default-connections'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { BodyStreams } from '#core/use/body-streams'
import { CREDENTIAL_KEPT_MS, CredentialCache } from '#core/use/credential-cache'
import { createNangoBackend } from '#core/use/nango-backend'
import { createUseApi } from '#core/use/connection-use-api'
import { PatchbayError } from '#shared/errors'
import { sampleConnection } from '#test/helpers/sample-connection'
import { startScriptedNango, type ScriptedNango } from '../nango/scripted-nango.ts'

const CLI: Caller = { kind: 'cli', isTrusted: true, terminal: null }
const ALL: Reach = [{ profileId: 'p1', kind: 'all' }]
const program = (more: Partial<AutomationCaller> = {}): Caller => ({
  kind: 'automation',
  clientId: 'c1',
  via: 'socket',
  reach: ALL,
  ...more,
})

let open: OpenDatabase
let server: ScriptedNango
let answer: RequestListener
let renewed: string[]

const store = (connectionId: string, more: Partial<Parameters<typeof sampleConnection>[0]> = {}): void =>
  void insertConnection(open.db, sampleConnection({ connectionId, nangoConnectionId: `n-${connectionId}`, ...more }))

const makeApi = (cache = new CredentialCache()) => {
  const { db } = open
  const clock = { now: Date.now, monotonicNow: () => performance.now(), timeAt: () => Date.now() }
  const backend = createNangoBackend({
    cache,
    db,
    ...clock,
    clientFor: async () => server.client,
    renewals: {
      renew: async (connectionId, work) => {
        renewed.push(connectionId)
        return work()
      },
    },
    refresh: async (connectionId) => {
      await server.client.getConnection({ connectionId: `n-${connectionId}`, providerConfigKey: 'github', forceRefresh: true })
      return 'refreshed'
    },
  })
  return createUseApi({
    db,
    streams: new BodyStreams(),
    backends: { nango: backend, direct: null },
    references: () => ({ activeProfileId: 'p1', slugOf: (name) => name }),
    ...clock,
  })
}

const send = (value: unknown, headers: Readonly<Record<string, string>> = {}): RequestListener => {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(value))
  }
}

beforeEach(async () => {
  open = openMemoryDatabase()
  renewed = []
  server = await startScriptedNango((request, response) => answer(request, response))
})
afterEach(async () => {
  await server.close()
  open.close()
})

const codeOf = (run: () => unknown): string => {
  try {
    run()
    return 'none'
  } catch (error) {
    return error instanceof PatchbayError ? error.code : String(error)
  }
}

describe('what a reference means, and why', () => {
  const because = (reference: string, caller: Caller = CLI): string => {
    const found = makeApi().resolve({ reference }, caller) as { connectionId: string; because: string }
    return `${found.connectionId} ${found.because}`
  }

  test('an id, a handle, the only one, the default', () => {
    store('a', { label: 'Work' })
    expect(['a', 'github/work', 'GitHub/Work', 'github'].map((reference) => because(reference))).toEqual([
      'a id',
      'a handle',
      'a handle',
      'a only_one',
    ])
    store('b', { label: 'Home' })
    expect(codeOf(() => because('github'))).toBe('connection.ambiguous')
    const bus = createEventBus(() => {})
    setDefault({ db: open.db, journal: createJournal(open.db, bus, Date.now) }, 'b', true)
    expect(because('github')).toBe('b default')
    expect(because('github', program())).toBe('b default')
    open.db.run("INSERT INTO client_defaults (client_id, connection_id) VALUES ('c1', 'a')")
    expect([because('github', program()), because('github', program({ clientId: 'c2' })), because('github')]).toEqual([
      'a client_default',
      'b default',
      'b default',
    ])
  })

  test('a default that a program has in another profile does not choose among those of the profile in use', () => {
    store('z', { label: 'Other', profileId: 'p2' })
    store('y', { label: 'Another', profileId: 'p2' })
    open.db.run("INSERT INTO client_defaults (client_id, connection_id) VALUES ('c1', 'z')")
    const both = program({ reach: ['p1', 'p2'].map((profileId) => ({ profileId, kind: 'all' })) })
    expect(because('github', both)).toBe('z client_default')
    store('a', { label: 'Work' })
    expect(because('github', both)).toBe('a only_one')
    store('b', { label: 'Home' })
    expect(codeOf(() => because('github', both))).toBe('connection.ambiguous')
    open.db.run("INSERT INTO client_defaults (client_id, connection_id) VALUES ('c1', 'b')")
    expect(because('github', both)).toBe('b client_default')
  })

  test('out of reach and not there are the same to a program, and what is out of reach makes nothing ambiguous', () => {
    store('a', { label: 'Work' })
    store('b', { label: 'Home' })
    store('z', { label: 'Work', profileId: 'p2' })
    const reach: Reach = [{ profileId: 'p1', kind: 'some', connectionIds: ['b'] }]
    expect(because('github', program({ reach }))).toBe('b only_one')
    for (const reference of ['a', 'github/work', 'z', 'nothing', 'slack', 'x/y'])
      expect(codeOf(() => because(reference, program({ reach })))).toBe('automation.denied')
    expect(codeOf(() => because('github', program({ reach: [] })))).toBe('automation.denied')
    expect(because('github/work', program({ reach: [{ profileId: 'p2', kind: 'all' }] }))).toBe('z handle')
    // A default that is out of reach does not count.
    open.db.run("INSERT INTO client_defaults (client_id, connection_id) VALUES ('c1', 'a')")
    store('d', { label: 'Third' })
    const two: Reach = [{ profileId: 'p1', kind: 'some', connectionIds: ['b', 'd'] }]
    expect(codeOf(() => because('github', program({ reach: two })))).toBe('connection.ambiguous')
    expect(codeOf(() => because('nothing'))).toBe('connection.not_found')
  })
})

describe('further pages, for a program', () => {
  const request = (caller: Caller) =>
    makeApi().request(
      { connectionId: 'a', method: 'GET', path: '/repos', bodyAs: 'auto', retries: 0, maxPages: 5, timeoutSeconds: 5, stream: false },
      caller,
    )
  const link = (next: string): void => {
    answer = (message, response) => {
      const isProvider = message.url?.startsWith('/providers/') === true
      if (isProvider) return send({ data: { proxy: { base_url: 'https://api.example.test/v1' } } })(message, response)
      return send([message.url], message.url === '/proxy/repos' ? { link: `<${next}>; rel=next` } : {})(message, response)
    }
  }
  const pages = () => server.seen.map(({ url }) => url).filter((url) => url.startsWith('/proxy/'))

  test('are read where they have the path that was allowed, or its grant admits theirs', async () => {
    store('a')
    link('https://api.example.test/v1/repos?page=2')
    expect(await request(program())).toMatchObject({ pages: 2, hasMore: false, body: ['/proxy/repos', '/proxy/repos?page=2'] })
    link('https://api.example.test/v1/repositories/7?page=2')
    await expect(request(program())).rejects.toMatchObject({ code: 'automation.denied' })
    expect(pages()).toHaveLength(3)
    const asked: string[] = []
    await request(program({ admit: (method, path) => void asked.push(`${method} ${path}`) }))
    expect([asked, pages().length]).toEqual([['GET /repositories/7'], 5])
    const refuse = (): void => {
      throw new PatchbayError('automation.rate_limited')
    }
    await expect(request(program({ admit: refuse }))).rejects.toMatchObject({ code: 'automation.rate_limited' })
    expect(pages()).toHaveLength(6)
  })

  test('do not give back the credential that a service takes in its address, nor send it anew', async () => {
    store('a')
    const proxy = { base_url: 'https://api.example.test', query: { api_key: '${apiKey}', lang: 'en' } }
    answer = (message, response) => {
      if (message.url?.startsWith('/providers/') === true) return send({ data: { proxy } })(message, response)
      const next = '<https://api.example.test/repos?api_key=PLANTED&page=2>; rel=next'
      return send([`/repos?x=1&api_key=PLANTED`], message.url === '/proxy/repos' ? { link: next } : {})(message, response)
    }
    const given = await request(CLI)
    expect(given).toMatchObject({ pages: 2, body: ['/repos?x=1&api_key=', '/repos?x=1&api_key='] })
    expect(JSON.stringify([given, pages()])).not.toContain('PLANTED')
  })

  test('by a mark in the answer, as the definition of the service says', async () => {
    store('a')
    answer = (message, response) => {
      const { pathname, searchParams } = new URL(message.url ?? '', server.url)
      const paginate = {
        type: 'cursor',
        cursor_path_in_response: 'meta.next',
        cursor_name_in_request: 'after',
        response_path: 'data.items',
      }
      if (pathname.startsWith('/providers/')) return send({ data: { proxy: { base_url: 'https://x.test', paginate } } })(message, response)
      const mark = Number(searchParams.get('after') ?? '0')
      return send({ data: { items: [mark], other: [] }, meta: { next: mark < 2 ? String(mark + 1) : null } })(message, response)
    }
    expect(await request(CLI)).toMatchObject({ pages: 3, hasMore: false, body: { data: { items: [0, 1, 2] } } })
    expect(pages()).toEqual(['/proxy/repos', '/proxy/repos?after=1', '/proxy/repos?after=2'])
  })

  test('that no address could name are not there for it; what was read is given', async () => {
    store('a')
    answer = (message, response) => {
      const paginate = { type: 'cursor', cursor_path_in_response: 'next', cursor_name_in_request: 'after' }
      if (message.url?.startsWith('/providers/') === true) return send({ data: { proxy: { paginate } } })(message, response)
      return send({ items: [1], next: 'x'.repeat(20_000) })(message, response)
    }
    expect(await request(CLI)).toMatchObject({ pages: 1, hasMore: true, body: { items: [1] } })
  })
})

describe('an answer in pieces', () => {
  test('is refused by a code of its own where its text may hold the credential: the service has been called by then', async () => {
    store('a')
    const proxy = { base_url: 'https://api.example.test', query: { api_key: '${apiKey}' } }
    let type = 'application/json'
    answer = (message, response) => {
      if (message.url?.startsWith('/providers/') === true) return send({ data: { proxy } })(message, response)
      response.writeHead(201, { 'content-type': type })
      return response.end('/repos?api_key=PLANTED')
    }
    const api = makeApi()
    const call = { connectionId: 'a', method: 'POST', path: '/repos', bodyAs: 'auto', retries: 0, maxPages: 1, timeoutSeconds: 5 } as const
    const make = async () => api.request({ ...call, stream: true }, CLI)
    await expect(make()).rejects.toMatchObject({ code: 'stream.whole_only', data: { status: 201 } })
    expect(server.seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
    type = 'application/zip'
    expect(await make()).toMatchObject({ status: 201, bodyIs: 'stream' })
  })
})

describe('a credential', () => {
  const HOUR = 3_600_000
  const connection = (credentials: object) => ({
    id: 1,
    connection_id: 'n-a',
    provider_config_key: 'github',
    provider: 'github',
    errors: [],
    end_user: null,
    tags: {},
    metadata: null,
    connection_config: {},
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    last_fetched_at: null,
    credentials,
  })
  const oauth = (token: string, validMs: number | null) => ({
    type: 'OAUTH2',
    access_token: token,
    raw: {},
    ...(validMs === null ? {} : { expires_at: new Date(Date.now() + validMs).toISOString() }),
  })
  const get = async (minValidSeconds = 60, caller: Caller = CLI) => makeApi().getCredentials({ connectionId: 'a', minValidSeconds }, caller)
  const tokens = (before: number | null, after: number | null): void => {
    let isRenewed = false
    answer = (message, response) => {
      if (message.url?.includes('force_refresh') === true) isRenewed = true
      return send(connection(isRenewed ? oauth('new', after) : oauth('old', before)))(message, response)
    }
  }
  const forced = (): number => server.seen.filter(({ url }) => url.includes('force_refresh')).length

  test('that is good for long enough comes as it is; one that is not is renewed before', async () => {
    store('a')
    tokens(HOUR, HOUR)
    expect(await get(300)).toMatchObject({ handle: 'github/1', authMode: 'OAUTH2', token: 'old', fields: { access_token: 'old' } })
    expect(forced()).toBe(0)
    await expect(get(3700)).rejects.toMatchObject({ code: 'connection.validity_too_short' })
    tokens(HOUR / 2, 2 * HOUR)
    expect(await get(3700)).toMatchObject({ token: 'new' })
    expect(forced()).toBe(2)
    tokens(null, null)
    expect(await get(86_400)).toMatchObject({ token: 'old', expiresAt: null })
  })

  test('that the service never makes good for so long is an error that says how long it is good', async () => {
    store('a')
    tokens(HOUR / 2, HOUR)
    await expect(get(7200)).rejects.toMatchObject({
      code: 'connection.validity_too_short',
      data: { minValidSeconds: 7200, validSeconds: expect.closeTo(3600, -1) as number },
    })
  })

  test('is handed out again for half a minute, unless it is about to end, its connection changed, or all are forgotten', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    store('a')
    tokens(HOUR, HOUR)
    const cache = new CredentialCache()
    const api = makeApi(cache)
    const asked = async (minValidSeconds = 60): Promise<number> => {
      await api.getCredentials({ connectionId: 'a', minValidSeconds }, CLI)
      return server.seen.length
    }
    expect([await asked(), await asked(), await asked()]).toEqual([1, 1, 1])
    updateConnection(open.db, 'a', { label: 'Other' }, new Date(Date.now() + 1000).toISOString())
    expect([await asked(), await asked()]).toEqual([2, 2])
    cache.clear()
    expect(await asked()).toBe(3)
    vi.advanceTimersByTime(CREDENTIAL_KEPT_MS + 1)
    expect(await asked()).toBe(4)
    cache.clear()
    tokens(HOUR / 6, HOUR / 6)
    // Ten minutes left: the next read is what renews it.
    expect([await asked(), await asked()]).toEqual([5, 6])
  })

  test('is read once for all who ask at the same time, and apart from a sign-in anew where it is due', async () => {
    store('a')
    tokens(HOUR, HOUR)
    const api = makeApi()
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => api.getCredentials({ connectionId: 'a', minValidSeconds: 0 }, CLI)),
    )
    expect([new Set(all.map(({ token }) => token)).size, server.seen.length, renewed]).toEqual([1, 1, []])
    tokens(HOUR / 6, HOUR)
    await get(60)
    expect(renewed).toEqual([])
    await get(60)
    expect(renewed).toEqual(['a'])
  })

  test('is not handed out over the socket for MCP, nor where there is none, nor where the key may not read it', async () => {
    store('a')
    tokens(HOUR, HOUR)
    await expect(get(60, program({ via: 'mcp' }))).rejects.toMatchObject({ code: 'automation.denied' })
    expect(server.seen).toEqual([])
    answer = send(connection({}))
    await expect(get()).rejects.toMatchObject({ code: 'nango.scope_missing' })
    store('n', { authMode: 'NONE', connectorId: 'open' })
    await expect(makeApi().getCredentials({ connectionId: 'n', minValidSeconds: 0 }, CLI)).rejects.toMatchObject({
      code: 'connection.no_credential',
    })
  })

  test.each(['pending', 'revoked', 'paused'] as const)('of a connection that is %s is not handed out, nor is it used', async (status) => {
    store('a', { status })
    await expect(get()).rejects.toMatchObject({ code: 'connection.not_usable', data: { status } })
    expect(server.seen).toEqual([])
  })

  test('is waited for no longer than its program is there, or its grant', async () => {
    store('a')
    const reads: (() => void)[] = []
    answer = (message, response) => {
      reads.push(() => send(connection(oauth('old', HOUR)))(message, response))
    }
    const end = new AbortController()
    const api = makeApi()
    const first = api.getCredentials({ connectionId: 'a', minValidSeconds: 0 }, program({ signal: end.signal }))
    const second = api.getCredentials({ connectionId: 'a', minValidSeconds: 0 }, CLI)
    end.abort()
    await expect(first).rejects.toMatchObject({ code: 'request.cancelled' })
    await expect.poll(() => reads.length).toBe(1)
    for (const read of reads) read()
    expect(await second).toMatchObject({ token: 'old' })
  })
})
