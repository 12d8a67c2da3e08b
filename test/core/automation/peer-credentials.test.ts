import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isOwnUser, isStillPeer, peerOf } from '#core/automation/peer-credentials'
import { programOfPeer } from '#core/automation/peer-program'

const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const isTold = process.platform === 'linux' || process.platform === 'darwin'

let folder: string
let server: Server
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-peer-'))
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'private'), { mode: 0o700 })
  server = createServer()
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

const listen = async (path: string, mode: number): Promise<string> => {
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, mode)
  return path
}

/** Another process that connects, says `hello`, and prints the error's code when it cannot. */
const CLIENT = `
  const socket = require('node:net').connect(process.argv[1])
  socket.on('connect', () => socket.write('hello'))
  socket.on('error', (error) => { console.log(error.code); process.exit(3) })
  socket.on('close', () => process.exit(0))
`

const client = (path: string, uid?: number): ChildProcess => {
  const child = spawn(process.execPath, ['-e', CLIENT, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    env: {},
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  children.push(child)
  return child
}

const accepted = async (): Promise<Socket> => ((await once(server, 'connection')) as [Socket])[0]

describe.skipIf(!isTold)('who is at the other end of the socket', () => {
  test('is told by the system: the process and its user, before anything is read', async () => {
    const path = await listen(join(folder, 'private', 'a.sock'), 0o600)
    const child = client(path)
    const socket = await accepted()
    expect(peerOf(socket)).toEqual({ pid: child.pid, uid: process.getuid?.() })
    expect(isOwnUser(socket)).toBe(true)
    expect(programOfPeer(socket)?.facts).toMatchObject({ pid: child.pid, interpreter: expect.stringContaining('node') as string })
    socket.destroy()
  })

  test('is nobody once the connection is closed', async () => {
    const path = await listen(join(folder, 'private', 'a.sock'), 0o600)
    client(path)
    const socket = await accepted()
    socket.destroy()
    await once(socket, 'close')
    expect(peerOf(socket)).toBeNull()
    expect(programOfPeer(socket)).toBeNull()
  })

  test.skipIf(process.platform !== 'linux')('is not another process that gets the number of one that has ended', async () => {
    const path = await listen(join(folder, 'private', 'a.sock'), 0o600)
    const child = client(path)
    const socket = await accepted()
    const pid = child.pid ?? 0
    expect(isStillPeer(socket, pid)).toBe(true)
    expect(isStillPeer(socket, process.pid)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // The system says who it was until this end is closed too, which may have happened by now.
    expect([pid, null]).toContain(peerOf(socket)?.pid ?? null)
    expect(isStillPeer(socket, pid)).not.toBe(true)
    expect(programOfPeer(socket)).toBeNull()
    socket.destroy()
  })

  test.skipIf(!isRoot)('cannot be another user: neither folder nor socket opens for one (needs root)', async () => {
    const path = await listen(join(folder, 'private', 'a.sock'), 0o666)
    const child = client(path, NOBODY)
    expect(String(((await once(child.stdout ?? server, 'data')) as [Buffer])[0]).trim()).toBe('EACCES')
    await new Promise((resolve) => server.close(resolve))
    server = createServer()
    const other = client(await listen(join(folder, 'b.sock'), 0o600), NOBODY)
    expect(String(((await once(other.stdout ?? server, 'data')) as [Buffer])[0]).trim()).toBe('EACCES')
  })

  test.skipIf(!isRoot)('is found out as another user where the permissions are gone (needs root)', async () => {
    const path = await listen(join(folder, 'open.sock'), 0o666)
    const child = client(path, NOBODY)
    const socket = await accepted()
    expect(peerOf(socket)).toEqual({ pid: child.pid, uid: NOBODY })
    expect(isOwnUser(socket)).toBe(false)
    expect(socket.bytesRead).toBe(0)
    socket.destroy()
  })
})
