import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFakeNango } from '#test/helpers/fake-nango'
import { temporaryFolder } from '#test/transports/socket-peer'

// The built program as a person runs it; `npm test` builds it first.
const PROGRAM = fileURLToPath(new URL('../../out/cli/patchbay.cjs', import.meta.url))
const KEY = 'a1b2c3d4-0000-4000-8000-00000000beef'

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

let home: ReturnType<typeof temporaryFolder>
const children: ChildProcess[] = []

beforeEach(() => {
  home = temporaryFolder()
})

const hostPid = (): number | null => {
  const file = join(home.path, 'patchbay.pid')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const untilGone = async (pid: number): Promise<void> => {
  const deadline = Date.now() + 10_000
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} is still there`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  const pid = hostPid()
  if (pid !== null && isAlive(pid)) {
    process.kill(pid, 'SIGTERM')
    await untilGone(pid)
  }
  home.remove()
})

const start = (args: readonly string[], environment: Record<string, string> = {}, ipc = false): ChildProcess => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH, HOME, PATCHBAY_HOME: home.path, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  })
  children.push(child)
  return child
}

const run = async (args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> => {
  const child = start(args, environment)
  let [out, err] = ['', '']
  child.stdout?.on('data', (text: Buffer) => (out += text.toString()))
  child.stderr?.on('data', (text: Buffer) => (err += text.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

interface Ready {
  readonly event: string
  readonly url: string
  readonly port: number
  readonly socket: string
  readonly pid: number
  readonly version: string
}

const firstLine = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('no stdout')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return line
}

describe('patchbay serve', () => {
  test('says that it is ready as the first line, and its address opens the window once', async () => {
    const child = start(['serve', '--json'])
    const ready = JSON.parse(await firstLine(child)) as Ready
    expect(ready).toEqual({
      event: 'ready',
      url: expect.stringMatching(/^http:\/\/[0-9a-f]{32}\.localhost:\d+\/open\?token=[\w-]{43}$/),
      port: expect.any(Number),
      socket: join(home.path, 'patchbay.sock'),
      pid: child.pid,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
    const { host, pathname, search } = new URL(ready.url)
    const statuses: (number | undefined)[] = []
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const sent = request({ host: '127.0.0.1', port: ready.port, path: `${pathname}${search}`, headers: { Host: host } }).end()
      const [response] = (await once(sent, 'response')) as [{ statusCode?: number; resume: () => void }]
      response.resume()
      statuses.push(response.statusCode)
    }
    expect(statuses).toEqual([200, 403])
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s stops it cleanly', async (signal) => {
    const child = start(['serve', '--json'])
    await firstLine(child)
    child.kill(signal)
    expect((await once(child, 'exit'))[0]).toBe(0)
    expect(readdirSync(home.path).filter((name) => /sock|cli\.key|-wal$/.test(name))).toEqual([])
  })

  test('without --json nothing secret is printed to a pipe', async () => {
    const child = start(['serve'], { NANGO_SECRET_KEY: KEY, NANGO_HOST: 'http://127.0.0.1:9' })
    let out = ''
    child.stdout?.on('data', (text: Buffer) => (out += text.toString()))
    await once(child.stdout ?? child, 'data')
    child.kill('SIGTERM')
    await once(child, 'close')
    expect(out).toContain('is running')
    expect(out).not.toMatch(/token|localhost/)
    expect(out).not.toContain(KEY)
  })

  test('a second one names the owner and ends with 3', async () => {
    const child = start(['serve', '--json'])
    const { pid } = JSON.parse(await firstLine(child)) as Ready
    const second = await run(['serve', '--json'])
    expect([second.code, second.out]).toEqual([3, ''])
    expect(JSON.parse(second.err)).toMatchObject({
      error: { code: 'host.already_running', data: { pid }, message: expect.stringContaining(String(pid)) },
    })
    expect((await run(['status', '--json', '--no-autostart'])).code).toBe(0)
  })

  test('ends with the process that started it', async () => {
    const child = start(['serve', '--json'], { PATCHBAY_PARENT_IPC: '1' }, true)
    await firstLine(child)
    child.disconnect()
    expect((await once(child, 'exit'))[0]).toBe(0)
  })

  test('the key of its environment makes the profile and its command line trusted', async () => {
    const child = start(['serve', '--json'], { NANGO_SECRET_KEY: KEY, NANGO_HOST: 'http://127.0.0.1:9' })
    await firstLine(child)
    expect(JSON.parse((await run(['profiles', 'list', '--json'])).out)).toMatchObject({ profiles: [{ profileId: 'env', isActive: true }] })
    const stopped = await run(['system', 'shutdown', '--yes', '--json'])
    expect(JSON.parse(stopped.out)).toEqual({ stopping: true })
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0)
  })
})

describe('a command without a host', () => {
  test('starts one in the background that outlives it; eight at once start one', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => run(['status', '--json'])))
    expect(all.map(({ code, err }) => [code, err])).toEqual(all.map(() => [0, '']))
    const pids = new Set(all.map(({ out }) => (JSON.parse(out) as { readonly pid: number }).pid))
    expect([...pids]).toEqual([hostPid()])
    expect(JSON.parse((await run(['status', '--json', '--no-autostart'])).out)).toMatchObject({ pid: hostPid() })
  }, 40_000)

  test('ends with 3 when it may not', async () => {
    const { code, out, err } = await run(['connections', 'list', '--json', '--no-autostart'])
    expect([code, out, JSON.parse(err).error.code]).toEqual([3, '', 'host.not_running'])
    expect(readdirSync(home.path)).toEqual([])
  })

  test('says what kept the host from starting', async () => {
    const blocked = join(home.path, 'file')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(blocked, '')
    const { code, err } = await run(['status', '--json'], { PATCHBAY_HOME: blocked })
    expect(code).not.toBe(0)
    expect(JSON.parse(err)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } })
  })

  test('hands its environment on: the key makes the profile, and is written nowhere', async () => {
    const { code } = await run(['status', '--json'], { NANGO_SECRET_KEY: KEY, NANGO_HOST: 'http://127.0.0.1:9' })
    expect(code).toBe(0)
    expect(JSON.parse((await run(['profiles', 'list', '--json'])).out)).toMatchObject({ profiles: [{ profileId: 'env' }] })
    const files = readdirSync(home.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { parentPath, name } of files) expect([name, readFileSync(join(parentPath, name)).includes(KEY)]).toEqual([name, false])
  })

  test('a socket that a killed host left is no obstacle', async () => {
    const child = start(['serve', '--json'])
    await firstLine(child)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(join(home.path, 'patchbay.sock'))).toBe(true)
    expect((await run(['status', '--json'])).code).toBe(0)
  })
})

test('a reader that stops early is no failure', async () => {
  await run(['status'])
  const child = start(['connectors', 'list', '--json'])
  await once(child.stdout ?? child, 'data')
  child.stdout?.destroy()
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect([code, signal]).toEqual([0, null])
})

describe('Ctrl-C on a connect', () => {
  test.each(['before Nango has answered', 'while the page waits'] as const)('%s cancels the flow and ends with 130', async (when) => {
    const nango = await startFakeNango()
    try {
      const environment = { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey }
      await firstLine(start(['serve', '--json'], environment))
      const held = when === 'while the page waits' ? null : nango.faults.holdNext('/connect/sessions', 'POST')
      const child = start(['connect', 'github', '--label', 'Cut', '--no-open'], environment)
      await (held === null ? firstLine(child) : held.arrived)
      child.kill('SIGINT')
      const [code] = (await once(child, 'exit')) as [number | null]
      held?.release()
      expect(code).toBe(130)
      const listed = start(['connect', 'list', '--json'], environment)
      const { flows } = JSON.parse(await firstLine(listed)) as { readonly flows: readonly { readonly state: string }[] }
      expect(flows.map(({ state }) => state)).toEqual(['cancelled'])
    } finally {
      await nango.stop()
    }
  })
})
