import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { AuditEntry, AuditUse } from '#shared/contract/audit'
import { type Script, type ScriptedHost, startScriptedHost } from './scripted-host.ts'

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString()
const HOSTILE = '\u001b[2J\u202e"\n42  now  the window\u009b'

const entryWith = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  sequence: 42,
  at: ago(120),
  caller: 'automation',
  via: 'socket',
  clientId: 'clt_1',
  clientName: 'Release notes',
  grantId: 'grn_1',
  program: '/home/me/bin/notes.py',
  pid: 4242,
  method: 'connections.request',
  profileId: 'prf_1',
  connectionId: 'con_1',
  handle: 'github/work',
  target: 'GET /user',
  outcome: 'done',
  code: '200',
  durationMs: 80,
  count: 1,
  ...over,
})

const use: AuditUse = {
  clientId: 'clt_1',
  clientName: 'Release notes',
  caller: 'automation',
  connectionId: 'con_1',
  handle: 'github/work',
  calls: 7,
  denied: 1,
  firstAt: ago(7200),
  lastAt: ago(60),
  heldCredential: true,
}

let host: ScriptedHost
afterEach(() => host.stop())
const start = async (script: Script) => {
  host = await startScriptedHost(script)
}
const called = (method: string) => host.calls.filter(([name]) => name === method).map(([, params]) => params)

describe('patchbay audit list', () => {
  test('is a table, newest first as it comes, with programs by their words in quotes', async () => {
    const entries = [
      entryWith(),
      entryWith({
        sequence: 41,
        caller: 'ui',
        via: 'window',
        clientName: null,
        method: 'connections.list',
        handle: null,
        target: null,
        code: null,
      }),
      entryWith({ sequence: 40, via: 'mcp', outcome: 'denied', code: 'automation.denied', count: 12, target: null }),
    ]
    await start(() => ({ result: { entries, nextCursor: 'c1' } }))
    const { out } = await host.patchbay('audit list')
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['NO', 'WHEN', 'WHO', 'METHOD', 'CONNECTION', 'CALL', 'RESULT'],
      ['42', '2 min ago', '"Release notes"', 'connections.request', 'github/work', 'GET /user', 'done 200'],
      ['41', '2 min ago', 'the window', 'connections.list', '-', '-', 'done'],
      ['40', '2 min ago', '"Release notes" (MCP)', 'connections.request', 'github/work', '-', 'denied automation.denied, 12 times'],
      ['There are more: --limit 500, or --cursor c1'],
      [''],
    ])
    expect((await host.patchbay('audit list --json')).json).toEqual({ entries, nextCursor: 'c1' })
  })

  test('filters by program, by its name too, by connection, outcome, method and time', async () => {
    await start((method) => ({ result: method === 'audit.usage' ? { uses: [use], keptSince: null } : { entries: [], nextCursor: null } }))
    const filter = 'audit list --connection github/work --outcome denied --method connections. --since 2h --until 2026-11-01 --limit 5'
    const ran = await host.patchbay([...filter.split(' '), '--client', 'release notes'])
    expect(ran.out).toBe('The audit holds no such call.\n')
    const params = called('audit.list').at(-1) as { readonly since: string; readonly until: string }
    expect(params).toMatchObject({
      clientId: 'clt_1',
      connectionId: 'github/work',
      outcome: 'denied',
      method: 'connections.',
      limit: 5,
      // To the end of that day where this computer is.
      until: new Date(new Date(2026, 10, 2).getTime() - 1).toISOString(),
    })
    const since = Date.now() - Date.parse(params.since)
    expect(since).toBeGreaterThanOrEqual(7_200_000)
    expect(since).toBeLessThan(7_230_000)
  })

  test.each(['--since yesterday', '--since 2026-02-30', '--until 12', '--limit all', '--client-id a --client-id b'])(
    '%s is refused',
    async (flags) => {
      await start(() => ({ result: {} }))
      expect((await host.patchbay(`audit list ${flags}`)).code).toBe(2)
      expect(host.calls).toEqual([])
    },
  )

  test('no text of a program steers the terminal or looks like a line of ours', async () => {
    const entry = entryWith({ clientName: HOSTILE, target: HOSTILE, code: HOSTILE, handle: HOSTILE, method: HOSTILE })
    await start((method) =>
      method === 'audit.usage'
        ? { result: { uses: [{ ...use, clientName: HOSTILE, handle: HOSTILE }], keptSince: ago(0) } }
        : { result: { entries: [entry], nextCursor: HOSTILE } },
    )
    for (const command of ['audit list', 'audit usage']) {
      const { out } = await host.patchbay(command)
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
      expect(out.split('\n')).toHaveLength(4)
    }
  })
})

describe('patchbay audit usage and verify', () => {
  test('tell who used a connection, and whether a credential was handed out', async () => {
    await start(() => ({ result: { uses: [use], keptSince: '2026-10-01T00:00:00.000Z' } }))
    const { out } = await host.patchbay('audit usage github/work')
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['WHO', 'CONNECTION', 'CALLS', 'DENIED', 'CREDENTIAL', 'FIRST', 'LAST'],
      ['"Release notes"', 'github/work', '7', '1', 'was handed out', '2 h ago', '1 min ago'],
      ['The audit reaches back to 2026-10-01.'],
      [''],
    ])
    expect(called('audit.usage')).toEqual([{ connectionId: 'github/work' }])
  })

  test('say in words what does not fit, and end with 1', async () => {
    let isIntact = true
    await start(() => ({
      result: {
        isIntact,
        checked: 90,
        firstSequence: 11,
        lastSequence: 100,
        faults: isIntact
          ? []
          : [
              { sequence: 50, kind: 'changed' },
              { sequence: 60, kind: 'missing' },
            ],
      },
    }))
    const well = await host.patchbay('audit verify')
    expect([well.code, well.out]).toEqual([0, 'The audit is intact: 90 lines checked, 11 to 100. Older ones were let go in their time.\n'])
    isIntact = false
    const ill = await host.patchbay('audit verify')
    expect([ill.code, ill.out]).toEqual([1, expect.stringContaining('\n  Line 50 was changed.\n  Line 60 is missing.\n')])
  })
})

describe('patchbay audit export', () => {
  const parts: Script = (_method, { cursor }) =>
    cursor === undefined ? { result: { text: 'one\n', nextCursor: 'c1' } } : { result: { text: 'two\n', nextCursor: null } }

  test('writes part after part into a file for this user alone, whole or not at all, and over none without --force', async () => {
    let fails = false
    await start((method, params) => (fails && params['cursor'] !== undefined ? { error: 'cursor.invalid' } : parts(method, params)))
    const file = join(host.home, 'audit.csv')
    const written = await host.patchbay(['audit', 'export', '--file', file, '--outcome', 'denied'])
    expect([written.code, written.err]).toEqual([0, `Written to ${file}, for your eyes only.\n`])
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n')
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(called('audit.export')).toEqual([
      { outcome: 'denied', format: 'csv' },
      { outcome: 'denied', format: 'csv', cursor: 'c1' },
    ])
    writeFileSync(file, 'mine')
    expect((await host.patchbay(['audit', 'export', '--file', file])).code).toBe(2)
    expect(readFileSync(file, 'utf8')).toBe('mine')
    fails = true
    expect((await host.patchbay(['audit', 'export', '--file', file, '--force'])).code).not.toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('mine')
    fails = false
    expect((await host.patchbay(['audit', 'export', '--file', file, '--force', '--json'])).json).toEqual({
      path: file,
      format: 'csv',
      sizeBytes: 8,
    })
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n')
    expect(readdirSync(host.home).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('leaves alone what came while it wrote', async () => {
    await start((method, params) => {
      if (params['cursor'] !== undefined) writeFileSync(join(host.home, 'audit.ndjson'), 'theirs')
      return parts(method, params)
    })
    const there = join(host.home, 'audit.ndjson')
    expect((await host.patchbay(['audit', 'export', '--file', there])).code).toBe(2)
    expect(readFileSync(there, 'utf8')).toBe('theirs')
  })

  test('goes to stdout without a file, all parts as one document with --json', async () => {
    await start(parts)
    expect((await host.patchbay('audit export --format csv')).out).toBe('one\ntwo\n')
    expect((await host.patchbay('audit export --json')).json).toEqual({ text: 'one\ntwo\n', nextCursor: null })
    expect((await host.patchbay('audit export --format xml')).code).toBe(2)
    expect((await host.patchbay('audit export --force')).code).toBe(2)
    expect((await host.patchbay(['audit', 'export', '--file', join(host.home, 'no', 'folder.csv')])).code).toBe(1)
  })
})
