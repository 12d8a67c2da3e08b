import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { numbered, seedAccounts, startBulkWorld } from '#test/core/bulk/bulk-world'
import { useCliHost } from '#test/helpers/cli-host'

const host = useCliHost((folder) => startBulkWorld({ platformIn: folder }))
const { patchbay } = host
beforeEach(() => seedAccounts(host.world, [...numbered('a', 6), 'bad-000']))

const total = async (): Promise<number | null> => (await host.core.cli.connections.list({})).total

describe('patchbay bulk', () => {
  test('tells beforehand what would happen, then does it, shows what failed and why, and ends with 1', async () => {
    const told = await patchbay('bulk refresh --connector-id github --dry-run')
    expect([told.code, told.err]).toEqual([0, ''])
    expect(told.out).toMatch(/^7 connections: 7 to refresh\.\n {2}Up to 14 requests to Nango\.\n$/)
    expect(host.world.renewals.size).toBe(0)
    const ran = await patchbay('bulk refresh --connector-id github', { answers: [] })
    expect(ran.code).toBe(1)
    expect(ran.err).toMatch(/\r.*of 7/)
    expect(ran.out).toMatch(/github\/bad-000 +failed +The provider did not give a fresh token/)
    expect(ran.out).toContain('7 connections: 6 refreshed, 1 failed.')
    const { bulks } = await host.core.cli.bulk.list({})
    const again = await patchbay(`bulk retry ${bulks[0]?.bulkId} --json`)
    expect([again.code, again.err]).toEqual([1, ''])
    expect(again.json).toMatchObject({ total: 1, counts: { refused: 1 }, retryOf: bulks[0]?.bulkId })
    expect((await patchbay('bulk list')).out).toMatch(/RUN +ACTION +STATE/)
  })

  test('verifies 500 of which ten fail: the ten are listed with their reason, and it ends with 1', { timeout: 60_000 }, async () => {
    host.world.nango.seedConnections(
      [...numbered('good', 490), ...numbered('wrong', 10)].map((name) => ({
        connectionId: name,
        integrationKey: 'openai',
        tags: { end_user_display_name: name },
        credentials: { type: 'API_KEY' as const, apiKey: name.startsWith('wrong-') ? name : `demo-${name}` },
      })),
    )
    await host.core.cli.sync.run({})
    host.world.nango.changeFaults({ rateLimitRequests: 1_000, rateLimitSeconds: 1 })
    const ran = await patchbay('bulk verify --connector-id openai', { answers: [] })
    expect([ran.code, ran.err.includes('of 500')]).toEqual([1, true])
    expect(ran.out.match(/openai\/wrong-\d{3} +failed +The service refused it/g)).toHaveLength(10)
    expect(ran.out).toContain('500 connections: 490 work, 10 failed.')
    expect(host.world.tooMany()).toBe(0)
  })

  test('asks before what cannot be undone, and refuses where nobody can answer', async () => {
    expect((await patchbay('bulk remove --all')).code).toBe(2)
    const no = await patchbay('bulk remove github/a-000 github/a-001', { answers: ['n'] })
    expect([no.code, no.questions[0]?.question]).toEqual([130, expect.stringContaining('Delete 2 connections at Nango')])
    expect((await patchbay('bulk start --action remove --all')).code).toBe(2)
    expect(await total()).toBe(7)
    expect((await patchbay('bulk remove github/a-000 github/a-001 --yes --json')).json).toMatchObject({
      state: 'done',
      counts: { done: 2 },
    })
    expect(await total()).toBe(5)
    expect((await patchbay('bulk remove --yes')).err).toContain('not said which connections are meant')
  })

  test('tags, undoes it, and takes a label away', async () => {
    expect((await patchbay('bulk tag --all --tags Plan=pro --tags Team=ops')).out).toContain('7 connections: 7 tagged.')
    const [last] = (await host.core.cli.bulk.list({})).bulks
    expect((await patchbay(`bulk undo ${last?.bulkId}`)).out).toContain('7 tagged')
    expect((await host.core.cli.connections.get({ connectionId: 'github/a-000' })).tags).not.toHaveProperty('plan')
    expect((await patchbay('bulk label --search a-00 --no-label')).out).toContain('6 connections: 6 labelled.')
    expect((await host.core.cli.connections.get({ connectionId: 'github/a-000' })).label).toBeNull()
    expect((await patchbay('bulk tag --all --tag-mode remove')).code).toBe(2)
  })

  test('writes an export to stdout or to a new file that is yours alone, and again from its run', async () => {
    const csv = await patchbay('bulk export --all')
    expect(csv.out.split('\r\n')).toHaveLength(9)
    const file = join(host.home, 'out.json')
    const written = await patchbay(`bulk export --all --format json --out ${file}`)
    expect([written.code, written.out]).toEqual([0, ''])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(7)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    const before = readFileSync(file, 'utf8')
    expect((await patchbay(`bulk export --all --out ${file}`)).code).toBe(2)
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(before)
    const [last] = (await host.core.cli.bulk.list({})).bulks
    expect((await patchbay(`bulk export ${last?.bulkId}`)).out).toBe(csv.out)
  })
})

describe('patchbay connections', () => {
  test('get-metadata and set-metadata merge, and ask before they replace', async () => {
    expect((await patchbay('connections set-metadata github/a-000 --data {"a":1} --json')).json).toMatchObject({ metadata: { a: 1 } })
    expect((await patchbay('connections set-metadata github/a-000 --data - --json', { input: '{"b":2}' })).json).toMatchObject({
      metadata: { a: 1, b: 2 },
    })
    expect((await patchbay('connections set-metadata github/a-000 --replace --data {}')).code).toBe(2)
    expect((await patchbay('connections set-metadata github/a-000 --replace --data {} --yes --json')).json).toMatchObject({ metadata: {} })
    expect((await patchbay('connections get-metadata github/a-000 --json')).json).toMatchObject({ metadata: {} })
    expect((await patchbay('connections set-metadata github/a-000 --data [1]')).code).toBe(2)
  })

  test('replace asks where the old one is to go, and a default answers to the name of its connector', async () => {
    expect((await patchbay('connections get github')).code).toBe(2)
    expect((await patchbay('connections setDefault github/a-001 --json')).json).toMatchObject({ isDefault: true })
    expect((await patchbay('connections get github --json')).json).toMatchObject({ handle: 'github/a-001' })
    expect((await patchbay('connections replace github/a-001 github/a-002 --old remove')).code).toBe(2)
    const replaced = await patchbay('connections replace github/a-001 github/a-002 --old remove --yes --json')
    expect(replaced.json).toMatchObject({ handle: 'github/a-001', old: 'removed', moved: ['handle', 'label', 'default'] })
    expect((await patchbay('connections get github --json')).json).toMatchObject({ nangoConnectionId: 'a-002' })
  })
})
