import { afterEach, describe, expect, test } from 'vitest'
import { readNangoList } from '#core/sync/read-nango-list'
import { json } from '#test/core/nango/local-servers'
import { startScriptedNango, type ScriptedNango } from '#test/core/nango/scripted-nango'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close()
})

const row = (id: number) => ({
  id,
  connection_id: `c${id}`,
  provider_config_key: 'k',
  provider: 'p',
  created: '2026-01-01T00:00:00Z',
  errors: [],
  end_user: null,
  tags: {},
  metadata: null,
})

/** A Nango whose pages this makes. */
const nango = async (pageOf: (page: number, limit: number) => number[]): Promise<ScriptedNango> => {
  const started = await startScriptedNango((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://nango.test')
    const ids = pageOf(Number(searchParams.get('page') ?? 0), Number(searchParams.get('limit')))
    json(200, { connections: ids.map(row) })(request, response)
  })
  opened.push(started, started.client)
  return started
}

const read = async ({ client }: ScriptedNango, pageSize: number): Promise<{ seen: number; pages: number; taken: number[] }> => {
  const taken: number[] = []
  const result = await readNangoList(client, (rows) => void taken.push(...rows.map(({ id }) => id)), { priority: 'person', pageSize })
  return { seen: result.seen.size, pages: result.pages, taken }
}

describe("Nango's list", () => {
  test('that gives the same page again and again is refused at the second one', async () => {
    const server = await nango(() => [2, 1])
    await expect(read(server, 2)).rejects.toMatchObject({ code: 'nango.protocol', data: { reason: 'repeated_page' } })
    expect(server.seen.length).toBeLessThanOrEqual(3)
  })

  test('that has no end is refused after 1,000 pages', { timeout: 30_000 }, async () => {
    const server = await nango((page) => [page + 1])
    await expect(read(server, 1)).rejects.toMatchObject({ code: 'nango.protocol', data: { reason: 'too_many_pages' } })
    expect(server.seen).toHaveLength(1_000)
  })

  test('of a server that knows no pages is taken as it comes', async () => {
    const server = await nango(() => [3, 2, 1])
    expect(await read(server, 2)).toEqual({ seen: 3, pages: 1, taken: [3, 2, 1] })
  })

  test('with a row twice is taken with one', async () => {
    const server = await nango((page) => [[5, 5, 4], [4, 3, 2], [1]][page] ?? [])
    expect((await read(server, 3)).taken).toEqual([5, 4, 3, 2, 1])
  })
})
