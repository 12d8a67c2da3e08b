import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { environmentOf } from '#test/helpers/nango-world'
import { temporaryFolder } from '#test/transports/socket-peer'
import { parseImportFile } from '#shared/import-file'
import { runPatchbay, type Typed } from './terminal-stand-in.ts'

let nango: FakeNango
let core: TestCore
let server: SocketServer
let home: ReturnType<typeof temporaryFolder>
let folder: string
let runs = 0

beforeAll(async () => {
  nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
  home = temporaryFolder()
  const platform = createFakePlatform({ folder: home.path, environment: environmentOf(nango) })
  core = await makeCore({ platform })
  server = new SocketServer({ core: core.core, platform, isTrusted: true })
  await server.start()
  folder = join(home.path, 'files')
  mkdirSync(folder)
})
afterEach(() => {
  process.exitCode = undefined
})
afterAll(async () => {
  await server.stop()
  await core.stop()
  await nango.stop()
  home.remove()
})

const patchbay = (args: readonly string[], typed?: Typed) => {
  process.exitCode = undefined
  return runPatchbay(home.path, ['connections', ...args], typed)
}

const fileOf = (text: string, extension = 'csv'): string => {
  const file = join(folder, `accounts-${(runs += 1)}.${extension}`)
  writeFileSync(file, text)
  return file
}
const outcomesOf = (json: unknown): string[] => (json as { rows: { outcome: string }[] }).rows.map(({ outcome }) => outcome)

/** Two hundred accounts, of which five cannot be right. */
const twoHundred = (prefix: string): string => {
  const rows = Array.from(
    { length: 200 },
    (_, index) => `n8n,canary-${prefix}-${index},Account ${prefix} ${index},https://n8n.example/${index}`,
  )
  rows[10] = 'n8n,,No key,https://n8n.example'
  rows[20] = 'no-such-service,canary-a,Unknown,https://n8n.example'
  rows[30] = 'n8n,canary-b,Bad address,ftp//nowhere'
  rows[40] = 'n8n,canary-c,Many cells,https://n8n.example,more'
  rows[50] = rows[49] ?? ''
  return `service,api_key,name,config.baseUrl\r\n${rows.join('\r\n')}\r\n`
}

describe('patchbay connections import', () => {
  test('shows with --preview what columns mean and what would happen, and does nothing', async () => {
    const file = fileOf(twoHundred('p'))
    const shown = await patchbay(['import', file, '--preview'])
    expect(shown.code).toBe(0)
    expect(shown.out).toMatch(/api_key +apiKey/)
    expect(shown.out).toContain('200 rows: 195 to make, 5 refused.')
    expect(shown.out).toContain('line 12: The row has no credentials, and no id of a connection that is at Nango already.')
    expect(shown.out).not.toContain('canary')
    expect((await core.cli.connections.list({})).total).toBe(0)
  })

  test('puts two hundred in but for five, which come back as a file with reasons, and does it once', async () => {
    const file = fileOf(twoHundred('r'))
    const done = await patchbay(['import', file, '--yes', '--json'])
    expect([done.code, done.err]).toEqual([1, ''])
    const json = done.json as { counts: object; rejectedFile: string }
    expect(json.counts).toMatchObject({ create: 195, refused: 5, not_tried: 0 })
    expect((await core.cli.connections.list({ limit: 1 })).total).toBe(195)
    expect(json.rejectedFile).toBe(file.replace('.csv', '.rejected.csv'))
    expect(statSync(json.rejectedFile).mode & 0o777).toBe(0o600)
    const text = readFileSync(json.rejectedFile, 'utf8')
    expect(text).not.toContain('canary')
    expect(
      parseImportFile(text).rows.map(({ values }) => [
        values['service'],
        values['name'],
        values['patchbay_line'],
        values['patchbay_reason'],
      ]),
    ).toEqual([
      ['n8n', 'No key', '12', 'The row has no credentials, and no id of a connection that is at Nango already.'],
      ['no-such-service', 'Unknown', '22', 'There is no such connector.'],
      ['n8n', 'Bad address', '32', expect.stringContaining('connection_config.baseUrl')],
      ['n8n', 'Many cells', '42', 'The row has more cells than there are columns.'],
      ['n8n', 'Account r 49', '52', 'An earlier row is about the same connection.'],
    ])
    const again = await patchbay(['import', file, '--yes', '--with-secrets', '--json'])
    expect((again.json as { counts: object }).counts).toMatchObject({ create: 0, done_before: 195, refused: 5 })
    const second = (again.json as { rejectedFile: string }).rejectedFile
    expect(second).toBe(file.replace('.csv', '.rejected-2.csv'))
    expect(readFileSync(second, 'utf8')).toContain('canary-b')
    expect((await core.cli.connections.list({ limit: 1 })).total).toBe(195)
  })

  test('reads stdin, takes columns as it is told, asks before it does anything, and waits as long as Nango asks', async () => {
    const input =
      '[{"what":"n8n","k":"canary-s-1","baseUrl":"https://a.example"},{"what":"n8n","k":"canary-s-2","baseUrl":"https://b.example"}]'
    const args = ['import', '-', '--map', 'what=connector', '--map', 'k=apiKey', '--map', 'baseUrl=connection_config.baseUrl']
    const unsure = await patchbay(args, { input })
    expect([unsure.code, unsure.err.includes('Import 2 of 2 rows into Nango?')]).toEqual([2, true])
    nango.faults.answerNext({ path: '/connections', method: 'POST', status: 429, headers: { 'retry-after': '1' }, body: {} })
    const sure = await patchbay([...args, '--yes', '--json'], { input })
    expect([sure.code, outcomesOf(sure.json)]).toEqual([0, ['create', 'create']])
    expect(readdirSync(folder).filter((name) => name.startsWith('-'))).toEqual([])
  })

  test('replaces what is there only when told to, and stops with what is done where Nango goes away', async () => {
    const file = fileOf(
      '{"integration":"n8n","connection_id":"mine","apiKey":"canary-j","connection_config":{"baseUrl":"https://j.example"}}',
      'json',
    )
    expect(outcomesOf((await patchbay(['import', file, '--yes', '--json'])).json)).toEqual(['create'])
    writeFileSync(file, readFileSync(file, 'utf8').replace('canary-j', 'canary-k'))
    const refused = await patchbay(['import', file, '--yes', '--json'])
    expect([refused.code, outcomesOf(refused.json)]).toEqual([1, ['refused']])
    const asked = await patchbay(['import', file, '--replace'], { answers: ['y'] })
    expect([asked.code, asked.questions[0]?.question]).toEqual([0, expect.stringContaining('What is replaced, 1 of them, loses its tags')])
    writeFileSync(file, readFileSync(file, 'utf8').replace('canary-k', 'canary-l'))
    nango.faults.answerNext({ path: '/connections', method: 'POST', reset: true })
    const cut = await patchbay(['import', file, '--replace', '--yes', '--rejected', join(folder, 'left.json')])
    expect(cut.code).toBe(7)
    expect(cut.out).toContain('1 row: 1 not tried.')
    expect(readFileSync(join(folder, 'left.json'), 'utf8')).toContain('"connection_id": "mine"')
    expect(outcomesOf((await patchbay(['import', file, '--yes', '--json'])).json)).toEqual(['update'])
  })

  test('says what is wrong with a file as a whole, and gives nothing of it away', async () => {
    for (const [text, words] of [
      ['', 'The file is empty.'],
      ['canary,canary\n1,2', 'Two columns of the file have the same name. It is column 2.'],
      ['canary-secret;other\n1;2', 'No column of the file is one that is known.'],
      ['[{"canary', 'The file begins like JSON and is none.'],
    ] as const) {
      const ran = await patchbay(['import', fileOf(text), '--yes'])
      expect([ran.code, ran.err.includes(words), ran.err.includes('canary')]).toEqual([2, true, false])
    }
    expect((await patchbay(['import', join(folder, 'none.csv')])).code).toBe(2)
  })
})

describe('patchbay connections adopt', () => {
  test('adopts by handle, several at once', async () => {
    nango.fillConnections(2)
    await core.cli.sync.run({})
    const foreign = (await core.cli.connections.list({ limit: 500 })).connections.filter(({ isOurs }) => !isOurs)
    expect(foreign).toHaveLength(2)
    const ran = await patchbay(['adopt', foreign.map(({ handle }) => handle).join(','), '--json'])
    expect(ran.code).toBe(0)
    expect((ran.json as { results: { outcome: string }[] }).results.map(({ outcome }) => outcome)).toEqual(['adopt', 'adopt'])
  })
})
