import { chmodSync, chownSync, existsSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { subscribeToRequests } from '#core/automation/event-subscription'
import { SocketServer } from '#core/automation/socket-server'
import { createSmallCore } from '#test/transports/small-core'
import { SocketPeer, startSocket, temporaryFolder, type RunningSocket } from '#test/transports/socket-peer'

const endings: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

const start = async (...args: Parameters<typeof startSocket>): Promise<RunningSocket> => {
  const running = await startSocket(...args)
  endings.push(running.stop)
  return running
}

const serverIn = (folder: string, socketPath = join(folder, 'patchbay.sock')) =>
  new SocketServer({
    core: createSmallCore(),
    platform: { socketPath, dataFolder: folder, monotonicNow: () => performance.now() },
    isTrusted: false,
  })

const folder = (): string => {
  const { path, remove } = temporaryFolder()
  endings.push(remove)
  return path
}

describe('the socket file', () => {
  test('only the owner may open the socket, its folder and the key', async () => {
    const running = await start(createSmallCore())
    expect(statSync(running.socketPath).mode & 0o777).toBe(0o600)
    expect(statSync(running.folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(running.folder, 'cli.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(running.folder, 'cli.key'), 'utf8')).toContain('BEGIN PRIVATE KEY')
  })

  test('a stop takes the socket and the key away and leaves the umask as it was', async () => {
    const before = process.umask()
    const path = folder()
    const server = serverIn(path)
    await server.start()
    expect(process.umask()).toBe(before)
    await server.stop()
    expect(existsSync(join(path, 'patchbay.sock'))).toBe(false)
    expect(existsSync(join(path, 'cli.key'))).toBe(false)
  })

  test('a folder that was readable for others is closed to them', async () => {
    const path = join(folder(), 'open')
    mkdirSync(path)
    chmodSync(path, 0o755)
    const server = serverIn(path)
    await server.start()
    endings.push(() => server.stop())
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  test('a folder that everybody can write is refused by name', async () => {
    const path = join(folder(), 'public')
    mkdirSync(path)
    chmodSync(path, 0o777)
    writeFileSync(join(path, 'theirs'), '')
    await expect(serverIn(path).start()).rejects.toMatchObject({ code: 'storage.unsafe_folder', data: { folder: path } })
  })

  test('a folder of another user is refused, also behind a link', async () => {
    const path = folder()
    const foreign = process.getuid?.() === 0 ? join(path, 'foreign') : '/proc/1'
    if (process.getuid?.() === 0) {
      mkdirSync(foreign, { mode: 0o700 })
      chownSync(foreign, 65534, 65534)
    }
    symlinkSync(foreign, join(path, 'link'))
    await expect(serverIn(path, join(path, 'link', 'patchbay.sock')).start()).rejects.toMatchObject({ code: 'storage.unsafe_folder' })
  })

  test('a file in the place of the socket is kept and named', async () => {
    const path = folder()
    const file = join(path, 'patchbay.sock')
    writeFileSync(file, 'precious')
    await expect(serverIn(path).start()).rejects.toMatchObject({ code: 'storage.unsafe_folder', data: { file } })
    expect(readFileSync(file, 'utf8')).toBe('precious')
  })

  test('a socket that nobody answers any more is replaced', async () => {
    const path = folder()
    const dead = createServer().listen(join(path, 'other.sock'))
    await new Promise((resolve) => dead.once('listening', resolve))
    linkSync(join(path, 'other.sock'), join(path, 'patchbay.sock'))
    await new Promise((resolve) => dead.close(resolve))
    const server = serverIn(path)
    await server.start()
    endings.push(() => server.stop())
    const peer = await SocketPeer.connect(join(path, 'patchbay.sock'))
    endings.push(() => peer.close())
    expect((await peer.call('system.hello', { client: { name: 'test', version: '1' } })).result).toMatchObject({
      nonce: expect.any(String),
    })
  })

  test('a socket that a killed host leaves behind may take a connection for a while yet, in silence', async () => {
    const path = folder()
    const lingering = createServer((socket) => {
      setTimeout(() => {
        socket.destroy()
        lingering.close()
      }, 700)
    }).listen(join(path, 'patchbay.sock'))
    await once(lingering, 'listening')
    const server = serverIn(path)
    await server.start()
    endings.push(() => server.stop())
    const peer = await SocketPeer.connect(join(path, 'patchbay.sock'))
    endings.push(() => peer.close())
  })

  test('a host that hangs up on everybody still has its socket', async () => {
    const path = folder()
    const full = createServer((socket) => void socket.destroy()).listen(join(path, 'patchbay.sock'))
    await once(full, 'listening')
    endings.push(() => void full.close())
    await expect(serverIn(path).start()).rejects.toMatchObject({ code: 'host.already_running' })
    expect(existsSync(join(path, 'patchbay.sock'))).toBe(true)
  })

  test('a second server finds the first one and leaves its socket alone', async () => {
    const running = await start(createSmallCore())
    await expect(serverIn(running.folder).start()).rejects.toMatchObject({ code: 'host.already_running' })
    const peer = await SocketPeer.connectAsCli(running)
    endings.push(() => peer.close())
    expect((await peer.call('settings.get')).result).toMatchObject({ theme: 'system' })
  })
})

describe('proving', () => {
  test('an unproven caller may say hello and prove and nothing else, known method or not', async () => {
    const core = createSmallCore()
    const running = await start(core)
    const peer = await SocketPeer.connect(running.socketPath)
    endings.push(() => peer.close())
    for (const method of ['settings.get', 'connections.list', 'no.such', 'events.subscribe', 'window.open', '__proto__', 'toString']) {
      expect((await peer.call(method)).error).toMatchObject({ code: -32000, data: { code: 'automation.unproven' } })
    }
    expect(core.calls).toEqual([])
  })

  test('a signature by another key, over another channel or over an old nonce proves nothing', async () => {
    const running = await start(createSmallCore())
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const own = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    const cliKey = createPrivateKey(readFileSync(join(running.folder, 'cli.key')))
    const cliPublic = createPublicKey(cliKey).export({ type: 'spki', format: 'der' }).toString('base64')
    const attempts = [
      { named: own, key: privateKey, channel: running.socketPath },
      { named: cliPublic, key: privateKey, channel: running.socketPath },
      { named: cliPublic, key: cliKey, channel: '/tmp/another.sock' },
    ]
    for (const { named, key, channel } of attempts) {
      const peer = await SocketPeer.connect(running.socketPath)
      endings.push(() => peer.close())
      const hello = await peer.call('system.hello', { client: { name: 'test', version: '1', publicKey: named } })
      const { nonce } = hello.result as { readonly nonce: string }
      const signature = sign(null, Buffer.from(`patchbay-prove\n${nonce}\n${channel}`), key).toString('base64')
      expect((await peer.call('system.prove', { signature })).error?.data['code']).toBe('automation.denied')
      const right = sign(null, Buffer.from(`patchbay-prove\n${nonce}\n${running.socketPath}`), cliKey).toString('base64')
      expect((await peer.call('system.prove', { signature: right })).error?.data['code']).toBe('automation.unproven')
      expect((await peer.call('settings.get')).error?.data['code']).toBe('automation.unproven')
    }
  })

  test('three failed proofs end the connection', async () => {
    const running = await start(createSmallCore())
    const peer = await SocketPeer.connect(running.socketPath)
    endings.push(() => peer.close())
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await peer.call('system.hello', { client: { name: 'test', version: '1' } })
      expect((await peer.call('system.prove', { signature: 'AAAA' })).error?.data['code']).toBe('automation.denied')
    }
    await peer.ended()
  })

  test('the caller is the command line with its terminal, trusted only where the host says so', async () => {
    const core = createSmallCore()
    const plain = await start(core)
    const trusting = await start(core, { isTrusted: true })
    const first = await SocketPeer.connectAsCli(plain, 'pts/3:100')
    const second = await SocketPeer.connectAsCli(trusting)
    endings.push(
      () => first.close(),
      () => second.close(),
    )
    await first.call('settings.get')
    await second.call('settings.get')
    expect(core.calls.map(({ caller }) => caller)).toMatchObject([
      { kind: 'cli', isTrusted: false, terminal: 'pts/3:100' },
      { kind: 'cli', isTrusted: true, terminal: null },
    ])
    expect((await first.call('settings.update', { theme: 'dark' })).error?.data['code']).toBe('automation.approval_required')
    expect((await second.call('settings.update', { theme: 'dark' })).result).toMatchObject({ theme: 'dark' })
  })

  test('the methods of the host itself are for the command line', async () => {
    const asked: unknown[] = []
    const hostMethods = {
      'window.open': async (params: unknown) => {
        asked.push(params)
        return { isOpen: true }
      },
    }
    const running = await start(createSmallCore(), { hostMethods })
    const peer = await SocketPeer.connectAsCli(running)
    endings.push(() => peer.close())
    expect((await peer.call('window.open', { a: 1 })).result).toEqual({ isOpen: true })
    expect(asked).toEqual([{ a: 1 }])
  })
})

describe('subscribing', () => {
  test('what was missed and what happens meanwhile arrives once, in order, after the answer', async () => {
    const core = createSmallCore()
    const running = await start(core)
    for (let index = 0; index < 2500; index += 1) core.happen('connection.updated', { index })
    const peer = await SocketPeer.connectAsCli(running)
    endings.push(() => peer.close())
    const answered = peer.call('events.subscribe', { afterSequence: 10 })
    core.happen('connection.updated', { index: 2500 })
    expect((await answered).result).toMatchObject({ lastSequence: expect.any(Number) })
    core.happen('connection.removed', { index: 2501 })
    await peer.message(({ params }) => (params as { readonly sequence?: number } | undefined)?.sequence === 2502)
    const events = peer.messages
      .filter(({ method }) => method === 'event')
      .map(({ params }) => (params as { readonly sequence: number }).sequence)
    expect(events).toEqual(Array.from({ length: 2492 }, (_, index) => index + 11))
  })

  test('two subscriptions sent at once are one, and one is refused', async () => {
    const core = createSmallCore()
    const running = await start(core)
    const peer = await SocketPeer.connectAsCli(running)
    endings.push(() => peer.close())
    const answers = await Promise.all([peer.call('events.subscribe'), peer.call('events.subscribe')])
    expect(answers.map(({ error }) => error?.data['code'] ?? 'taken')).toEqual(['taken', 'request.invalid'])
    core.happen('connection.updated', {})
    core.happen('connection.removed', {})
    await peer.message(({ params }) => (params as { readonly sequence?: number } | undefined)?.sequence === 2)
    expect(peer.messages.filter(({ method }) => method === 'event')).toHaveLength(2)
  })

  test('the command line is told that a program asks, and nobody else is', async () => {
    const core = createSmallCore()
    const running = await start(core)
    const peer = await SocketPeer.connectAsCli(running)
    endings.push(() => peer.close())
    await peer.call('events.subscribe')
    core.bus.publishChange({ type: 'settings.changed', data: {} })
    core.bus.publishChange({ type: 'grants.changed', data: { grantId: 'grt_1' } })
    core.bus.publishChange({ type: 'calls.changed', data: {} })
    await peer.message(({ params }) => (params as { readonly type?: string } | undefined)?.type === 'calls.changed')
    expect(peer.messages.filter(({ method }) => method === 'change').map(({ params }) => params)).toEqual([
      { type: 'grants.changed', data: { grantId: 'grt_1' } },
      { type: 'calls.changed', data: {} },
    ])
    const told: unknown[] = []
    subscribeToRequests(core, { kind: 'automation', clientId: 'clt_1', via: 'socket' }, (change) => told.push(change))
    core.bus.publishChange({ type: 'grants.changed', data: { grantId: 'grt_2' } })
    expect(told).toEqual([])
  })

  test('without a number only what is later arrives', async () => {
    const core = createSmallCore()
    core.happen('connection.updated', {})
    const running = await start(core)
    const peer = await SocketPeer.connectAsCli(running)
    endings.push(() => peer.close())
    expect((await peer.call('events.subscribe')).result).toEqual({ lastSequence: 1 })
    core.happen('connection.removed', { connectionId: 'c1' })
    expect((await peer.message(({ method }) => method === 'event')).params).toEqual({
      sequence: 2,
      type: 'connection.removed',
      at: '1970-01-01T00:00:00.000Z',
      data: { connectionId: 'c1' },
    })
    expect((await peer.call('events.subscribe')).error?.data['code']).toBe('request.invalid')
  })
})
