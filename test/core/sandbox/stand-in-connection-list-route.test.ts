import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { createCaller, pick, rowsOf } from './call-stand-in.ts'

let nango: FakeNango
let call: ReturnType<typeof createCaller>

beforeEach(async () => {
  nango = await startFakeNango({ rateLimitPerMinute: 10_000 })
  call = createCaller(nango)
})
afterEach(() => nango.stop())

const page = async (query: string): Promise<unknown[]> =>
  rowsOf(await call('GET', `/connections${query}`)).map((row) => pick(row, 'connection_id'))

const importOne = (connectionId: string, more: object = {}) =>
  call('POST', '/connections', {
    provider_config_key: 'n8n',
    connection_id: connectionId,
    credentials: { type: 'API_KEY', apiKey: 'k' },
    ...more,
  })

describe('the list of connections', () => {
  it('shows exactly ten fields, `created` among them and no updated_at', async () => {
    await importOne('one', { tags: { a: 'b' } })
    const answer = await call('GET', '/connections')
    expect(answer.json).toEqual({
      connections: [
        {
          id: expect.any(Number),
          connection_id: 'one',
          provider_config_key: 'n8n',
          provider: 'n8n',
          errors: [],
          end_user: null,
          tags: { a: 'b' },
          metadata: {},
          created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/),
        },
      ],
    })
  })

  it('is newest first, and by id among those made in the same millisecond', async () => {
    const at = Date.UTC(2026, 0, 1)
    const row = (connectionId: string, id: number, createdAt: number) => ({
      connectionId,
      id,
      createdAt,
      integrationKey: 'n8n',
      credentials: { type: 'API_KEY' as const, apiKey: 'k' },
    })
    nango.seedConnections([row('c', 903, at), row('late', 901, at + 1), row('b', 902, at), row('early', 904, at - 1)])
    expect(await page('')).toEqual(['late', 'c', 'b', 'early'])
  })

  it('ends with a short page; a page past the end is empty', async () => {
    nango.fillConnections(250)
    expect(await page('?limit=100&page=2')).toHaveLength(50)
    expect(await page('?limit=100&page=3')).toEqual([])
    const all = [...(await page('?limit=100')), ...(await page('?limit=100&page=1')), ...(await page('?limit=100&page=2'))]
    expect(new Set(all).size).toBe(250)
  })

  it('gives at most 10,000 without a limit, silently', async () => {
    nango.fillConnections(10_143)
    expect(await page('')).toHaveLength(10_000)
  })

  it('refuses limits outside 1 to 2000, negative pages and unknown parameters', async () => {
    for (const query of ['?limit=2001', '?limit=0', '?limit=x', '?page=-1', '?cursor=a', '?tags=x', '?env=dev'])
      expect((await call('GET', `/connections${query}`)).status, query).toBe(400)
    const answer = await call('GET', '/connections?limit=2001')
    expect(answer.json).toEqual({
      error: {
        code: 'invalid_query_params',
        errors: [{ code: 'too_big', message: 'Too big: expected number to be <=2000', path: ['limit'] }],
      },
    })
  })

  it('filters by integration, id, tags and end user, all of which must hold', async () => {
    await importOne('one', {
      tags: { project: 'A', stage: 'x' },
      end_user: { id: 'eu-1', email: 'ada@example.test', display_name: 'Ada L' },
    })
    await importOne('two', { tags: { project: 'A' } })
    await call('POST', '/connections', {
      provider_config_key: 'openai',
      connection_id: 'one',
      credentials: { type: 'API_KEY', apiKey: 'demo-123456789' },
    })
    expect(await page('?integrationId=n8n,zzz')).toEqual(['two', 'one'])
    expect(await page('?connectionId=one')).toEqual(['one', 'one'])
    expect(await page('?tags[project]=A&tags[stage]=x')).toEqual(['one'])
    expect(await page('?tags[project]=a')).toEqual([])
    expect(await page('?endUserId=eu-1')).toEqual(['one'])
    expect(await page('?search=ADA')).toEqual(['one'])
    expect(await page('?search=wo&integrationId=n8n')).toEqual(['two'])
    expect(await page('?search=stage')).toEqual([])
  })

  it('keeps the same id under two integrations apart', async () => {
    await importOne('same')
    await call('POST', '/connections', {
      provider_config_key: 'openai',
      connection_id: 'same',
      credentials: { type: 'API_KEY', apiKey: 'demo-123456789' },
    })
    expect(await page('')).toEqual(['same', 'same'])
    await call('DELETE', '/connections/same?provider_config_key=n8n')
    expect(rowsOf(await call('GET', '/connections')).map((row) => pick(row, 'provider_config_key'))).toEqual(['openai'])
  })
})

describe('paging while things change', () => {
  it('repeats a row when one is inserted', async () => {
    nango.fillConnections(20)
    const first = await page('?limit=10')
    await importOne('new')
    const second = await page('?limit=10&page=1')
    expect(second[0]).toBe(first[9])
  })

  it('skips a row when one is deleted', async () => {
    nango.fillConnections(20)
    const first = await page('?limit=10')
    await call('DELETE', `/connections/${String(first[0])}?provider_config_key=n8n`)
    const second = await page('?limit=10&page=1')
    const seen = new Set([...first, ...second])
    expect(seen.size).toBe(19)
    expect(seen.has('filled-000009')).toBe(false)
  })
})

describe('the ETag', () => {
  it('is weak, gives 304 with nothing, and still costs a point', async () => {
    nango.fillConnections(3)
    const first = await call('GET', '/connections?limit=2')
    const tag = String(first.headers['etag'])
    expect(tag).toMatch(/^W\/"[0-9a-f]+-[A-Za-z0-9+/]{27}"$/)
    const again = await call('GET', '/connections?limit=2', undefined, { 'if-none-match': tag })
    expect([again.status, again.text]).toEqual([304, ''])
    expect(Number(again.headers['x-ratelimit-remaining'])).toBe(Number(first.headers['x-ratelimit-remaining']) - 1)
  })

  it('is ignored when the request forbids caches, as Node’s fetch does', async () => {
    const tag = String((await call('GET', '/connections')).headers['etag'])
    const answer = await call('GET', '/connections', undefined, { 'if-none-match': tag, 'cache-control': 'no-cache' })
    expect(answer.status).toBe(200)
    const byFetch = (cache: Record<string, string>) =>
      fetch(`${nango.url}/connections`, { headers: { ...nango.authorization, 'if-none-match': tag, ...cache } })
    expect((await byFetch({})).status).toBe(200)
    expect((await byFetch({ 'cache-control': 'max-age=0' })).status).toBe(304)
  })

  it('changes with tags, metadata and deletion', async () => {
    await importOne('one')
    const tags = new Set<unknown>()
    const note = async () => tags.add((await call('GET', '/connections')).headers['etag'])
    await note()
    await call('PATCH', '/connections/one?provider_config_key=n8n', { tags: { a: 'b' } })
    await note()
    await call('POST', '/connections/metadata', { connection_id: 'one', provider_config_key: 'n8n', metadata: { a: 1 } })
    await note()
    await call('DELETE', '/connections/one?provider_config_key=n8n')
    await note()
    expect(tags.size).toBe(4)
  })
})

describe('ten thousand connections', () => {
  it('are put in for a second of work and listed 2,000 a page for 60 ms each', async () => {
    // Processor time, not the clock: what else this machine does meanwhile is not counted.
    const spentMs = (since: NodeJS.CpuUsage): number => {
      const { user, system } = process.cpuUsage(since)
      return (user + system) / 1000
    }
    const started = process.cpuUsage()
    nango.fillConnections(10_000)
    expect(spentMs(started)).toBeLessThan(1000)
    await page('?limit=2000')
    const paging = process.cpuUsage()
    for (let index = 0; index < 6; index++) await page(`?limit=2000&page=${index}`)
    expect(spentMs(paging) / 6).toBeLessThan(60)
  })
})
