import { chmodSync, existsSync, lchownSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startFakeNango } from '#test/helpers/fake-nango'
import { useCliHost } from '#test/helpers/cli-host'
import { connectToService, inJson, type LocalService, startLocalService } from '#test/helpers/local-service'
import { makeCore } from '#test/helpers/make-core'
import { environmentOf } from '#test/helpers/nango-world'
import type { Typed } from './terminal-stand-in.ts'

let service: LocalService
beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

const start = async (folder: string) => {
  const nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
  const core = await makeCore({ folder, environment: environmentOf(nango) })
  const stop = async (): Promise<void> => {
    await core.stop()
    await nango.stop()
  }
  return { core, nango, stop }
}

const host = useCliHost(start, true)
const handles: string[] = []
const connect = async (name: string): Promise<string> =>
  (await connectToService({ ...host.world, upstream: undefined as never }, service, name)).handle
beforeEach(async () => {
  service.seen.length = 0
  service.answer = inJson({ login: 'ada' }, 200, { 'x-total': '1' })
  handles.splice(0, handles.length, await connect('n-1'))
})

const patchbay = (args: string | readonly string[], typed?: Typed) => host.patchbay(args, typed)

describe('patchbay request', () => {
  test('prints the body as it came, with --include the head, with --json the whole result', async () => {
    const plain = await patchbay('request n8n get user')
    expect([plain.code, plain.out, plain.err]).toEqual([0, '{"login":"ada"}\n', ''])
    const included = await patchbay('request n8n GET /user --include')
    expect(included.out).toMatch(/^HTTP 200\n(?:[\w-]+: .*\n)*x-total: 1\n(?:[\w-]+: .*\n)*\n\{"login":"ada"\}\n$/)
    expect((await patchbay('request n8n GET /user --json')).json).toMatchObject({ status: 200, body: { login: 'ada' }, pages: 1 })
    expect(service.seen[0]).toMatchObject({ method: 'GET', url: '/api/user' })
  })

  test('sends headers, a query and a body, from the argument, a file or stdin', async () => {
    const file = join(host.home, 'body.json')
    writeFileSync(file, '{"from":"file"}')
    await patchbay([
      'request',
      'n8n',
      'POST',
      '/items',
      '--data',
      '{"a":1}',
      '--header',
      'X-Trace: a:b',
      '--query',
      'q=x=y',
      '--query',
      'q=z',
    ])
    await patchbay(['request', 'n8n', 'POST', '/items', '--data', `@${file}`])
    await patchbay(['request', 'n8n', 'POST', '/items', '--data', '@-', '--header', 'content-type:text/csv'], { input: '1,2\n' })
    expect(service.seen.map(({ url, body, headers }) => [url, body, headers['content-type'], headers['x-trace']])).toEqual([
      ['/api/items?q=x%3Dy&q=z', '{"a":1}', 'application/json', 'a:b'],
      ['/api/items', '{"from":"file"}', 'application/json', undefined],
      ['/api/items', '1,2\n', 'text/csv', undefined],
    ])
  })

  test('bytes and what is larger than a message go through in pieces, both ways; a file is there only when it is whole', async () => {
    const { createHash, randomBytes } = await import('node:crypto')
    const sha = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')
    const bytes = randomBytes(9_000_000)
    const [given, got] = [join(host.home, 'given.bin'), join(host.home, 'got.bin')]
    writeFileSync(given, bytes.subarray(0, 1_500_000))
    service.answer = (_request, response) => response.end(bytes)
    const ran = await patchbay(['request', 'n8n', 'PUT', '/file', '--data', `@${given}`, '--output', got])
    expect([ran.code, ran.out, ran.err, sha(readFileSync(got))]).toEqual([0, '', '', sha(bytes)])
    expect(service.seen[0]).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'content-length': '1500000' },
    })
    const out = await patchbay(['request', 'n8n', 'GET', '/file', '--output', '-'])
    expect(sha(Buffer.from(out.out, 'latin1'))).toBe(sha(bytes))
    service.answer = (message, response) => {
      response.write(bytes.subarray(0, 500_000), () => message.socket.destroy())
    }
    const broken = await patchbay(['request', 'n8n', 'GET', '/file', '--output', join(host.home, 'broken.bin')])
    expect(broken.code).toBe(7)
    expect(readdirSync(host.home).filter((name) => name.startsWith('broken'))).toEqual([])
  })

  test('an unhappy answer of the service is printed, and exits with 1; trouble on the way has its own code', async () => {
    service.answer = inJson({ message: 'Not Found' }, 404)
    const ran = await patchbay('request n8n GET /nothing')
    expect([ran.code, ran.out, ran.err]).toEqual([1, '{"message":"Not Found"}\n', 'The service answered 404.\n'])
    service.answer = (message) => message.socket.destroy()
    expect((await patchbay('request n8n GET /user')).code).toBe(7)
  })

  test('with --dry-run says which connection it would be and why, and sends nothing', async () => {
    const only = await patchbay('request n8n DELETE /items/1 --dry-run')
    expect([only.code, only.out]).toEqual([0, `Would call DELETE /items/1 through ${handles[0]} (the only one of this connector).\n`])
    expect((await patchbay('request n8n GET /x --dry-run --json')).json).toMatchObject({
      handle: handles[0],
      because: 'only_one',
      path: '/x',
    })
    expect(service.seen).toEqual([])
  })

  test.each<[string, string]>([
    ['request n8n GET https://evil.test/', 'PATH begins below'],
    ['request n8n FETCH /x', 'is no method'],
    ['request n8n GET', 'The command is'],
    ['request n8n GET /x --header nothing', 'wants name:value'],
    ['request n8n GET /x --retries 9', 'whole number from 0 to 5'],
    ['request n8n GET /../x', 'path'],
    ['request n8n POST /x --data @/no/such/file', 'ENOENT'],
  ])('%s is wrong usage', async (line, words) => {
    const ran = await patchbay(line)
    expect([ran.code, service.seen]).toEqual([2, []])
    expect(ran.err).toContain(words)
  })
})

describe('patchbay token', () => {
  test('prints the token and nothing else; a part by its name; with --json the whole credential', async () => {
    const ran = await patchbay('token n8n')
    expect([ran.code, ran.out, ran.err]).toEqual([0, 'key-of-n-1-0123456789\n', ''])
    expect((await patchbay('token n8n --field apiKey')).out).toBe('key-of-n-1-0123456789\n')
    expect((await patchbay('token n8n --json')).json).toMatchObject({ handle: handles[0], token: 'key-of-n-1-0123456789' })
    const missing = await patchbay('token n8n --field nope')
    expect([missing.code, missing.out, missing.err]).toEqual([5, '', expect.stringContaining('It has: apiKey.')])
    const dry = await patchbay('token n8n --dry-run')
    expect([dry.out, host.world.nango.requests.length]).toEqual([
      `Would print the token of ${handles[0]} (the only one of this connector).\n`,
      host.world.nango.requests.length,
    ])
  })
})

describe('which account', () => {
  let folder: string
  beforeEach(async () => {
    handles.push(await connect('n-2'))
    folder = join(host.home, 'project', 'deep')
    mkdirSync(folder, { recursive: true })
  })
  const dry = (typed: Typed = {}) => patchbay('token n8n --dry-run --json', { folder, ...typed })

  test('several are an error that lists them, unless one is the default or the folder names one', async () => {
    const many = await dry()
    expect([many.code, many.out]).toEqual([2, ''])
    for (const handle of handles) expect(many.err).toContain(handle)
    await host.core.ui.connections.setDefault({ connectionId: handles[0] ?? '' })
    expect((await dry()).json).toMatchObject({ handle: handles[0], because: 'default' })
    const file = join(host.home, 'project', '.patchbay')
    writeFileSync(file, `# accounts of this project\n\nn8n = ${handles[1]} # the second\ngithub = work\n`)
    expect((await dry()).json).toMatchObject({ handle: handles[1], because: 'folder', file })
    expect((await patchbay('token n8n', { folder })).out).toBe('key-of-n-2-0123456789\n')
    expect((await patchbay(`token ${handles[0]}`, { folder })).out).toBe('key-of-n-1-0123456789\n')
    expect((await patchbay('token n8n --account 1', { folder })).out).toBe('key-of-n-1-0123456789\n')
    expect((await patchbay('connections get n8n --json', { folder })).json).toMatchObject({ handle: handles[1] })
    // The nearest one counts alone.
    writeFileSync(join(folder, '.patchbay'), 'n8n = 1\n')
    expect((await dry()).json).toMatchObject({ handle: 'n8n/1', because: 'folder' })
  })

  test('a file that is broken, names what is not there, or may be written by others is an error that names it', async () => {
    const file = join(folder, '.patchbay')
    for (const text of ['n8n\n', 'n8n = other/1\n', 'n8n = 1\nN8N = 2\n', 'n8n = a b\n', 'n8n = \n']) {
      writeFileSync(file, text)
      const ran = await dry()
      expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(`${file}, line `)])
    }
    writeFileSync(file, 'n8n = nobody\n')
    const gone = await dry()
    expect([gone.code, JSON.parse(gone.err)]).toMatchObject([1, { error: { code: 'connection.not_found' } }])
    expect(gone.err).toContain(`n8n/nobody, which ${file} names`)
    chmodSync(file, 0o666)
    expect((await dry()).err).toContain('may be written by others')
    rmSync(file)
    const elsewhere = join(host.home, 'accounts')
    writeFileSync(elsewhere, 'n8n = 1\n')
    symlinkSync(elsewhere, file)
    expect((await dry()).json).toMatchObject({ handle: 'n8n/1', because: 'folder', file })
    chmodSync(elsewhere, 0o666)
    expect((await dry()).err).toContain('may be written by others')
    rmSync(file)
    symlinkSync(file, file)
    expect((await dry()).err).toContain(`${file} cannot be read: ELOOP`)
  })

  test.skipIf(process.getuid?.() !== 0)('a link that another user laid there chooses no account (needs root)', async () => {
    const file = join(folder, '.patchbay')
    const own = join(host.home, 'own')
    writeFileSync(own, 'n8n = 1\n')
    symlinkSync(own, file)
    lchownSync(file, 65_534, 65_534)
    const ran = await dry()
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(`${file} may be written by others`)])
  })
})

describe('patchbay run and exec, before anything is started', () => {
  const files = (text: string): string => {
    const file = join(host.home, 'app.env')
    writeFileSync(file, text)
    return file
  }

  test('each reference that is missing is named, and nothing is started', async () => {
    const marker = join(host.home, 'started')
    const file = files('A=patchbay://n8n/1/apiKey\nB="patchbay://n8n/nobody/token"\nC=patchbay://n8n/1/password # no such field\n')
    const ran = await patchbay(['run', '--env-file', file, '--', 'touch', marker])
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('Nothing was started: 2 references are missing.')
    expect(ran.err).toContain('B=patchbay://n8n/nobody/token: There is no such connection.')
    expect(ran.err).toContain('C=patchbay://n8n/1/password: The credential of n8n/1 has no password.')
    expect(ran.err).not.toContain('key-of-n-1')
    expect(existsSync(marker)).toBe(false)
  })

  test('--dry-run tells what each variable would be', async () => {
    const file = files("export KEY='patchbay://n8n/apiKey'\nPLAIN=1\n")
    const ran = await patchbay(['run', '--env-file', file, '--env', '--dry-run', '--', 'node', 'x.js'], {
      environment: { OTHER: 'patchbay://n8n/1/token' },
    })
    expect(ran.out).toBe(
      'Would run node with these:\n  OTHER: token of n8n/1 (its handle)\n  KEY: apiKey of n8n/1 (the only one of this connector)\n',
    )
    const exec = await patchbay('exec n8n --dry-run -- node x.js')
    expect(exec.out).toBe('Would run node with the credential of n8n/1 (the only one of this connector).\n')
  })

  test.each<[readonly string[], string]>([
    [['run', '--', 'node'], 'run needs --env-file'],
    [['run', '--env'], 'The command is'],
    [['run', '--env-file', '/no/such/file', '--', 'node'], 'ENOENT'],
    [['exec', 'n8n'], 'The command is'],
    [['exec', 'n8n', '--as', 'A B', '--', 'node'], 'no name of an environment variable'],
    [['exec', 'n8n', '--env', 'X', '--', 'node'], 'wants name=value'],
  ])('%j is wrong usage', async (args, words) => {
    const ran = await patchbay(args)
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(words)])
  })

  test('a broken line or reference is an error that does not repeat its value', async () => {
    for (const text of ['no line\n', 'A="open\n', "A='x' y\n"]) {
      const ran = await patchbay(['run', '--env-file', files(text), '--', 'node'])
      expect([ran.code, ran.err]).toEqual([2, expect.stringMatching(/app\.env, line 1 is not understood/)])
    }
    for (const value of ['patchbay://n8n', 'patchbay:///x', 'patchbay://a/b/c/d', 'patchbay://n8n/1/token?x']) {
      expect((await patchbay(['run', '--env-file', files(`A=${value}\n`), '--', 'node'])).code).toBe(2)
    }
  })
})
