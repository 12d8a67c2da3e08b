import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodePlatform } from '#cli/serve/platform-node'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { type SpawnedHost, spawnHost } from '#test/helpers/spawn-host'
import { count } from '../reliability/seeded-random.ts'
import { type Planted, searchBytes, searchFiles, searchTables } from './secret-search.ts'

// The built program as a person runs it; `npm test` builds it first.
const PROGRAM = fileURLToPath(new URL('../../out/cli/patchbay.cjs', import.meta.url))

/** Says who it is and what it has, then waits for its input to end. */
const CHILD = `
const { createHash } = require('node:crypto')
const has = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, createHash('sha256').update(value).digest('hex')]))
process.on('SIGTERM', () => process.exit(9))
console.log(JSON.stringify({ pid: process.pid, has }))
process.stdin.resume().on('end', () => process.exit(7))
`

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Argument list and environment of every process, as far as they may be read. */
const processes = (): { readonly pid: string; readonly text: Buffer }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid, text: Buffer.concat([readFileSync(`/proc/${pid}/cmdline`), readFileSync(`/proc/${pid}/environ`)]) }]
      } catch {
        return []
      }
    })

describe.skipIf(!existsSync('/proc/self/environ'))('a credential handed to a program', () => {
  const secret = `planted-child-key-${randomBytes(16).toString('hex')}`
  const planted: Planted[] = [{ name: 'key', value: secret }]
  let nango: FakeNango
  let host: SpawnedHost
  let home: string
  let environment: Record<string, string>

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'patchbay-child-'))
    for (const folder of ['tmp', 'data']) mkdirSync(join(home, folder), { mode: 0o700 })
    nango = await startFakeNango()
    nango.seedConnections([
      {
        connectionId: 'c-1',
        integrationKey: 'n8n',
        credentials: { type: 'API_KEY', apiKey: secret },
        connectionConfig: { baseUrl: 'http://127.0.0.1:9' },
      },
    ])
    environment = { HOME: home, TMPDIR: join(home, 'tmp'), PATCHBAY_HOME: join(home, 'data'), PATH: process.env['PATH'] ?? '' }
    host = await spawnHost({
      folder: join(home, 'data'),
      environment: { ...environment, NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey, LOG_LEVEL: 'debug' },
    })
    const peer = await host.connect()
    await peer.call('sync.run', {})
    peer.socket.destroy()
  })
  afterAll(async () => {
    await host.end('SIGTERM')
    await nango.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const begin = async (args: readonly string[], more: Record<string, string> = {}) => {
    const program: ChildProcess = spawn(process.execPath, [PROGRAM, ...args, '--', process.execPath, '-e', CHILD], {
      cwd: home,
      env: { ...environment, ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let output = ''
    program.stdout?.on('data', (text: Buffer) => (output += text.toString()))
    program.stderr?.on('data', (text: Buffer) => (output += text.toString()))
    const lines = createInterface({ input: program.stdout ?? process.stdin })
    const [line] = (await Promise.race([
      once(lines, 'line'),
      once(program, 'close').then(() => [`{"failed":${JSON.stringify(output)}}`]),
    ])) as [string]
    const { pid, has } = JSON.parse(line) as { pid: number; has: Record<string, string> }
    const ended = once(program, 'close') as Promise<[number | null]>
    return { program, pid, has, output: () => output, ended: ended.then(([code]) => code) }
  }

  test('is in the environment of that program and nowhere else, and its exit code comes back', async () => {
    const envFile = join(home, 'app.env')
    writeFileSync(envFile, 'SERVICE_KEY="patchbay://n8n/1/apiKey"\nMODE=test\n')
    const runs: readonly (readonly [readonly string[], Record<string, string>, readonly string[]])[] = [
      [['exec', 'n8n', '--env', 'MINE=apiKey'], {}, ['PATCHBAY_TOKEN', 'N8N_APIKEY', 'MINE']],
      [['exec', 'n8n/1', '--as', 'OTHER_TOKEN'], {}, ['OTHER_TOKEN', 'N8N_APIKEY']],
      [['run', '--env-file', envFile], {}, ['SERVICE_KEY']],
      [['run', '--env'], { FROM_HERE: 'patchbay://n8n/token' }, ['FROM_HERE']],
    ]
    let looked = 0
    let files = 0
    for (const [args, more, names] of runs) {
      const { program, pid, has, output, ended } = await begin(args, more)
      expect(Object.keys(has).filter((name) => has[name] === hashOf(secret))).toEqual(expect.arrayContaining([...names]))
      expect(Object.values(has).filter((hash) => hash === hashOf(secret))).toHaveLength(names.length)
      const all = processes()
      looked = Math.max(looked, all.length)
      const others = all.filter((each) => each.pid !== String(pid))
      expect(others.flatMap((each) => searchBytes(`process ${each.pid}`, each.text, planted))).toEqual([])
      // The search would find it: the program itself has it.
      expect(all.filter((each) => each.pid === String(pid)).flatMap(({ text }) => searchBytes('child', text, planted))).toEqual([
        'child: key',
      ])
      const during = searchFiles(home, planted)
      expect(during.found).toEqual([])
      program.stdin?.end()
      expect(await ended).toBe(7)
      expect(searchBytes('output', output(), planted)).toEqual([])
      const after = searchFiles(home, planted)
      files = after.files
      expect(after.found).toEqual([])
    }
    expect(searchBytes('output of the host', host.output(), planted)).toEqual([])
    expect(readFileSync(join(home, 'data/logs/patchbay.log'), 'utf8')).toContain('"event"')
    expect(looked).toBeGreaterThan(3)
    expect(files).toBeGreaterThan(3)
    count(`secrets of children: ${runs.length} runs, ${looked} processes and ${files} files looked at, 0 found outside the child`)
  })

  test('a program does not inherit what Patchbay itself is opened with, except where it was named for it', async () => {
    const ours = {
      PATCHBAY_PASSPHRASE: 'of the vault',
      NANGO_SECRET_KEY: 'of Nango',
      NANGO_WEBHOOK_SECRET: 'of its webhooks',
      nango_a_key: 'b',
    }
    const envFile = join(home, 'own.env')
    writeFileSync(envFile, 'NANGO_SECRET_KEY=meant for it\n')
    const runs: readonly (readonly [readonly string[], Record<string, string>, Record<string, string>])[] = [
      [['exec', 'n8n'], {}, {}],
      [['exec', 'n8n', '--env', 'NANGO_SECRET_KEY=apiKey'], {}, { NANGO_SECRET_KEY: secret }],
      [['run', '--env-file', envFile], {}, { NANGO_SECRET_KEY: 'meant for it' }],
      [['run', '--env'], { NANGO_SECRET_KEY: 'patchbay://n8n/token' }, { NANGO_SECRET_KEY: secret }],
    ]
    for (const [args, more, expected] of runs) {
      const { program, has, ended } = await begin(args, { ...ours, ...more, OTHER: 'stays' })
      program.stdin?.end()
      expect(await ended).toBe(7)
      expect(has['OTHER']).toBe(hashOf('stays'))
      const found = Object.entries(has).filter(([name]) => Object.hasOwn(ours, name))
      expect(found).toEqual(Object.entries(expected).map(([name, value]) => [name, hashOf(value)]))
    }
  })

  test('signals go on to the program, and a killed one is told as shells tell it', async () => {
    const first = await begin(['exec', 'n8n'])
    first.program.kill('SIGTERM')
    expect(await first.ended).toBe(9)
    const second = await begin(['exec', 'n8n'])
    process.kill(second.pid, 'SIGKILL')
    expect(await second.ended).toBe(137)
  })

  const ran = async (...args: readonly string[]): Promise<readonly [number | null, string, string]> => {
    const program = spawn(process.execPath, [PROGRAM, ...args], { cwd: home, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    program.stdout.on('data', (text: Buffer) => (out += text.toString()))
    program.stderr.on('data', (text: Buffer) => (err += text.toString()))
    const [code] = (await once(program, 'close')) as [number | null]
    return [code, out, err]
  }

  test('a program that is not there is 127, in words', async () => {
    expect(await ran('exec', 'n8n', '--', 'no-such-program-anywhere')).toEqual([127, '', 'There is no program no-such-program-anywhere.\n'])
  })

  test('the token alone is on stdout, by the small program and by the whole one', async () => {
    const whole = [0, `${secret}\n`, '']
    expect(await ran('token', 'n8n')).toEqual(whole)
    expect(await ran('token', 'n8n/1', '--min-valid', '5')).toEqual(whole)
    expect(await ran('token', 'n8n', '--field', 'apiKey')).toEqual(whole)
    expect(await ran('token', 'n8n/none')).toEqual([1, '', expect.stringContaining('There is no such connection.')])
    expect(await ran('token', 'n8n', '--min-valid', 'long')).toEqual([2, '', expect.stringContaining('whole number')])
    expect((await ran('token', '--help'))[1]).toContain('token REF')
  })

  test('is kept nowhere once it was handed out: not in the database, not in what a stopped host leaves', async () => {
    expect(await host.end('SIGTERM')).toBe(0)
    expect(searchFiles(home, planted).found).toEqual([])
    const platform = createNodePlatform({ version: '0', isHeadless: true, environment: { PATCHBAY_HOME: join(home, 'data') } })
    const tables = await searchTables(platform, planted)
    expect(tables.found).toEqual([])
    expect(tables.cells).toBeGreaterThan(50)
  })
})
