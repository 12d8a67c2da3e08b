import { describe, expect } from 'vitest'
import { pick, rowsOf } from '../core/sandbox/call-stand-in.ts'
import { statement, useConformanceServer } from './conformance-server.ts'

const server = useConformanceServer()

const own = (): string => `?integrationId=${Object.values(server.keys).join(',')}`

/** The ids of a page of the connections of this file. */
const page = (query: string): Promise<unknown[]> => pageOf(`${own()}${query.replace('?', '&')}`)

const pageOf = async (query: string): Promise<unknown[]> =>
  rowsOf(await server.call('GET', `/connections${query}`)).map((row) => pick(row, 'connection_id'))

const importOne = (connectionId: string, more: object = {}) =>
  server.call('POST', '/connections', {
    provider_config_key: server.keys.apiKey,
    connection_id: connectionId,
    credentials: { type: 'API_KEY', apiKey: 'k' },
    ...more,
  })

/** One under another integration. */
const importOther = (connectionId: string) =>
  importOne(connectionId, { provider_config_key: server.keys.basic, credentials: { type: 'BASIC', username: 'u', password: '' } })

/** Some connections, the last one the newest. */
const fill = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await importOne(`filled-${String(index).padStart(6, '0')}`)
}

describe('the list of connections', () => {
  statement('shows exactly ten fields, `created` among them and no updated_at', async () => {
    await importOne('one', { tags: { a: 'b' } })
    const answer = await server.call('GET', `/connections${own()}`)
    expect(answer.json).toEqual({
      connections: [
        {
          id: expect.any(Number),
          connection_id: 'one',
          provider_config_key: server.keys.apiKey,
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

  statement('is newest first', async () => {
    await fill(3)
    expect(await page('')).toEqual(['filled-000002', 'filled-000001', 'filled-000000'])
  })

  statement('is by id among those made in the same millisecond', 'clock', async () => {
    const at = Date.UTC(2026, 0, 1)
    const row = (connectionId: string, id: number, createdAt: number) => ({
      connectionId,
      id,
      createdAt,
      integrationKey: server.keys.apiKey,
      credentials: { type: 'API_KEY' as const, apiKey: 'k' },
    })
    server.standIn.seedConnections([row('c', 903, at), row('late', 901, at + 1), row('b', 902, at), row('early', 904, at - 1)])
    expect(await page('')).toEqual(['late', 'c', 'b', 'early'])
  })

  statement('ends with a short page; a page past the end is empty', async () => {
    await fill(5)
    expect(await page('?limit=2&page=2')).toHaveLength(1)
    expect(await page('?limit=2&page=3')).toEqual([])
    const all = [...(await page('?limit=2')), ...(await page('?limit=2&page=1')), ...(await page('?limit=2&page=2'))]
    expect(new Set(all).size).toBe(5)
  })

  statement('gives at most 10,000 without a limit, silently', 'many', async () => {
    server.standIn.fillConnections(10_143)
    expect(await page('')).toHaveLength(10_000)
  })

  statement('refuses limits outside 1 to 2000, negative pages and unknown parameters', async () => {
    for (const query of ['?limit=2001', '?limit=0', '?limit=x', '?page=-1', '?cursor=a', '?tags=x', '?env=dev'])
      expect((await server.call('GET', `/connections${query}`)).status, query).toBe(400)
    const answer = await server.call('GET', '/connections?limit=2001')
    expect(answer.json).toEqual({
      error: {
        code: 'invalid_query_params',
        errors: [{ code: 'too_big', message: 'Too big: expected number to be <=2000', path: ['limit'] }],
      },
    })
  })

  statement('filters by integration, id, tags and end user, all of which must hold', async () => {
    await importOne('one', {
      tags: { project: 'A', stage: 'x' },
      end_user: { id: 'eu-1', email: 'ada@example.test', display_name: 'Ada L' },
    })
    await importOne('two', { tags: { project: 'A' } })
    await importOther('one')
    expect(await pageOf(`?integrationId=${server.keys.apiKey},zzz`)).toEqual(['two', 'one'])
    expect(await page('?connectionId=one')).toEqual(['one', 'one'])
    expect(await page('?tags[project]=A&tags[stage]=x')).toEqual(['one'])
    expect(await page('?tags[project]=a')).toEqual([])
    expect(await page('?endUserId=eu-1')).toEqual(['one'])
    expect(await page('?search=ADA')).toEqual(['one'])
    expect(await pageOf(`?search=wo&integrationId=${server.keys.apiKey}`)).toEqual(['two'])
    expect(await page('?search=stage')).toEqual([])
  })

  statement('keeps the same id under two integrations apart', async () => {
    await importOne('same')
    await importOther('same')
    expect(await page('')).toEqual(['same', 'same'])
    await server.call('DELETE', `/connections/same?provider_config_key=${server.keys.apiKey}`)
    expect((await server.listed()).map((row) => pick(row, 'provider_config_key'))).toEqual([server.keys.basic])
  })
})

describe('paging while things change', () => {
  statement('repeats a row when one is inserted', async () => {
    await fill(6)
    const first = await page('?limit=3')
    await importOne('new')
    const second = await page('?limit=3&page=1')
    expect(second[0]).toBe(first[2])
  })

  statement('skips a row when one is deleted', async () => {
    await fill(6)
    const first = await page('?limit=3')
    await server.call('DELETE', `/connections/${String(first[0])}?provider_config_key=${server.keys.apiKey}`)
    const second = await page('?limit=3&page=1')
    const seen = new Set([...first, ...second])
    expect(seen.size).toBe(5)
    expect(seen.has('filled-000002')).toBe(false)
  })
})

describe('the ETag', () => {
  statement('is weak, gives 304 with nothing, and still costs a point', async () => {
    await fill(3)
    const first = await server.call('GET', `/connections${own()}&limit=2`)
    const tag = String(first.headers['etag'])
    expect(tag).toMatch(/^W\/"[0-9a-f]+-[A-Za-z0-9+/]{27}"$/)
    const again = await server.call('GET', `/connections${own()}&limit=2`, undefined, { 'if-none-match': tag })
    expect([again.status, again.text]).toEqual([304, ''])
    expect(Number(again.headers['x-ratelimit-remaining'])).toBeLessThan(Number(first.headers['x-ratelimit-remaining']))
  })

  statement('is ignored when the request forbids caches, as Node’s fetch does', async () => {
    const path = `/connections${own()}`
    const tag = String((await server.call('GET', path)).headers['etag'])
    const answer = await server.call('GET', path, undefined, { 'if-none-match': tag, 'cache-control': 'no-cache' })
    expect(answer.status).toBe(200)
    const byFetch = (cache: Record<string, string>) =>
      fetch(`${server.url}${path}`, { headers: { authorization: server.authorization, 'if-none-match': tag, ...cache } })
    expect((await byFetch({})).status).toBe(200)
    expect((await byFetch({ 'cache-control': 'max-age=0' })).status).toBe(304)
  })

  statement('changes with tags, metadata and deletion', async () => {
    await importOne('one')
    const tags = new Set<unknown>()
    const note = async () => tags.add((await server.call('GET', `/connections${own()}`)).headers['etag'])
    await note()
    await server.call('PATCH', `/connections/one?provider_config_key=${server.keys.apiKey}`, { tags: { a: 'b' } })
    await note()
    await server.call('POST', '/connections/metadata', {
      connection_id: 'one',
      provider_config_key: server.keys.apiKey,
      metadata: { a: 1 },
    })
    await note()
    await server.call('DELETE', `/connections/one?provider_config_key=${server.keys.apiKey}`)
    await note()
    expect(tags.size).toBe(4)
  })
})

describe('ten thousand connections', () => {
  statement('are put in for a second of work and listed 2,000 a page for 60 ms each', 'many', async () => {
    // Processor time, not the clock: what else this machine does meanwhile is not counted.
    const spentMs = (since: NodeJS.CpuUsage): number => {
      const { user, system } = process.cpuUsage(since)
      return (user + system) / 1000
    }
    const started = process.cpuUsage()
    server.standIn.fillConnections(10_000)
    expect(spentMs(started)).toBeLessThan(1000)
    await page('?limit=2000')
    const paging = process.cpuUsage()
    for (let index = 0; index < 6; index++) await page(`?limit=2000&page=${index}`)
    expect(spentMs(paging) / 6).toBeLessThan(60)
  })
})
