import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { requireSafeStart } from '#core/host-hardening'
import { LOADER_VARIABLES, unsafeStartOf, withoutLoaders } from '#shared/safe-start'
import { spawnHost } from '#test/helpers/spawn-host'

const PROGRAM = fileURLToPath(new URL('../helpers/hardened-process.ts', import.meta.url))
const isLinux = process.platform === 'linux'
const children: ChildProcess[] = []
const folders: string[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const guarded = async (): Promise<{ readonly child: ChildProcess; readonly lines: Interface }> => {
  const child = spawn(process.execPath, [PROGRAM, 'guarded'], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  await once(lines, 'line')
  return { child, lines }
}

const readBySameUser = async (pid: number | undefined): Promise<unknown> =>
  JSON.parse((await promisify(execFile)(process.execPath, [PROGRAM, 'reader', String(pid)])).stdout)

describe.skipIf(!isLinux)('a host that is hardened', () => {
  test('is closed to the other programs of its user: memory, environment, maps and what it has open', async () => {
    const { child, lines } = await guarded()
    expect(await readBySameUser(child.pid)).toEqual({ mem: 'read', environ: 'read', maps: 'read', fd: 'read', copied: 'EFAULT' })
    child.stdin?.write('harden\n')
    const [line] = (await once(lines, 'line')) as [string]
    expect(JSON.parse(line)).toEqual({ event: 'host.hardened', isUnreadable: true, hasNoCoreFiles: true })
    expect(await readBySameUser(child.pid)).toEqual({ mem: 'EACCES', environ: 'EACCES', maps: 'EACCES', fd: 'EACCES', copied: 'EPERM' })
    expect(readFileSync(`/proc/${child.pid}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m)
  })

  test('opens no inspector when it is asked to by a signal', async () => {
    const { child, lines } = await guarded()
    child.kill('SIGUSR1')
    await new Promise((resolve) => setImmediate(resolve))
    child.stdin?.write('inspector\n')
    expect((await once(lines, 'line'))[0]).toBe('{"inspector":null}')
  })

  test('is the one that serve starts, and answers as before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-hardened-'))
    folders.push(folder)
    const host = await spawnHost({ folder, environment: { LOG_LEVEL: 'debug' } })
    children.push(host.child)
    const peer = await host.connect()
    process.kill(host.ready.pid, 'SIGUSR1')
    expect((await peer.call('system.status', {})).error).toBeUndefined()
    expect(readFileSync(`/proc/${host.ready.pid}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m)
    expect(host.output()).not.toMatch(/debugger/i)
    peer.socket.destroy()
    expect(await host.end('SIGTERM')).toBe(0)
  })
})

describe('a start with code of somebody else, or with a debugger', () => {
  test.each([
    ...LOADER_VARIABLES.map((name) => [name, { [name]: '/tmp/x' }, [] as string[]] as const),
    ['--inspect', {}, ['--inspect=127.0.0.1:9229']] as const,
    ['--inspect-brk', {}, ['--no-warnings', '--inspect-brk']] as const,
  ])('by %s is refused by name, unless the computer is one for development', (name, environment, options) => {
    const refusal = expect.objectContaining({ code: 'host.unsafe_start', data: { name } }) as Error
    expect(() => requireSafeStart(environment, options)).toThrow(refusal)
    expect(unsafeStartOf({ ...environment, PATCHBAY_DEV: '1' }, options)).toBeNull()
    expect(unsafeStartOf({ ...environment, PATCHBAY_DEV: '' }, options)).toBe(name)
  })

  test('is not one that merely has such words in it', () => {
    expect(unsafeStartOf({ NODE_OPTIONS: '', PATH: 'LD_PRELOAD' }, ['--import', 'x', '--inspected'])).toBeNull()
  })

  test('ends the host before it has touched its folder', async () => {
    const folder = join(tmpdir(), `patchbay-never-${process.pid}`)
    const start = spawnHost({ folder, environment: { NODE_OPTIONS: '--no-warnings' } })
    await expect(start).rejects.toThrow(/Patchbay does not start with NODE_OPTIONS/)
    expect(() => readFileSync(join(folder, 'vault.json'))).toThrow('ENOENT')
  })

  test('is not handed on to the host that a command starts by itself', () => {
    const given = { LD_PRELOAD: '/tmp/x.so', NODE_OPTIONS: '--require x', LD_AUDIT: 'y', HOME: '/home/ada' }
    expect(withoutLoaders(given)).toEqual({ HOME: '/home/ada' })
    expect(withoutLoaders({ ...given, PATCHBAY_DEV: '1' })).toMatchObject(given)
  })
})
