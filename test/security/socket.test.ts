import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SocketServerOptions } from '#core/automation/socket-server'
import { createSmallCore, type SmallCore } from '#test/transports/small-core'
import { SocketPeer, startSocket, type RunningSocket } from '#test/transports/socket-peer'

let core: SmallCore
let running: RunningSocket
const peers: SocketPeer[] = []

const start = async (more: Pick<SocketServerOptions, 'limits'> = {}): Promise<void> => {
  core = createSmallCore()
  running = await startSocket(core, { isTrusted: true, ...more })
}
const stranger = async (): Promise<SocketPeer> => {
  const peer = await SocketPeer.connect(running.socketPath)
  peers.push(peer)
  return peer
}
const proven = async (): Promise<SocketPeer> => {
  const peer = await SocketPeer.connectAsCli(running)
  peers.push(peer)
  return peer
}

beforeEach(() => start())
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close()
  await running.stop()
})

const again = async (more: Pick<SocketServerOptions, 'limits'>): Promise<void> => {
  await running.stop()
  await start(more)
}

const call = (id: unknown, method = 'settings.get') => JSON.stringify({ jsonrpc: '2.0', id, method })

describe('frames', () => {
  const MiB = 1_048_576
  const fatal: readonly (readonly [string, string | Buffer, number])[] = [
    ['an empty line', '\n', -32700],
    ['a bare carriage return', '\r\n', -32700],
    ['NUL', '\0\n', -32700],
    ['a byte order mark', `\ufeff${call(1)}\n`, -32700],
    ['UTF-16', Buffer.from(`${call(1)}\n`, 'utf16le'), -32700],
    ['the byte FF', Buffer.from([0x22, 0xff, 0x22, 0x0a]), -32700],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22, 0x0a]), -32700],
    ['a surrogate in bytes', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22, 0x0a]), -32700],
    ['half an object', '{"jsonrpc":"2.0",\n', -32700],
    ['two objects on a line', `${call(1)}${call(2)}\n`, -32700],
    ['an HTTP request', 'GET / HTTP/1.1\r\n', -32700],
    ['a Content-Length header', 'Content-Length: 5\r\n', -32700],
    ['a negative length', 'Content-Length: -1\r\n', -32700],
    ['single quotes', "{'jsonrpc':'2.0'}\n", -32700],
    ['a trailing comma', '{"jsonrpc":"2.0","id":1,"method":"a",}\n', -32700],
    ['a comment', '{/**/}\n', -32700],
    ['NaN', '{"jsonrpc":"2.0","id":NaN,"method":"a"}\n', -32700],
    ['100,000 open brackets', `${'['.repeat(100_000)}\n`, -32600],
    [
      '65 levels',
      `{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":${'['.repeat(63)}${' '.repeat(99)}${']'.repeat(63)}}}\n`.replace('[[', '[[['),
      -32600,
    ],
    ['a line of 1 MiB and one byte', `"${'x'.repeat(MiB - 1)}"\n`, -32600],
    ['1 MiB without an end', 'x'.repeat(MiB + 1), -32600],
  ]
  test.each(fatal)('%s: one error, then the connection ends', async (_name, bytes, code) => {
    const [peer, other] = [await proven(), await proven()]
    const before = peer.messages.length
    peer.write(bytes)
    await peer.ended()
    expect(peer.messages.slice(before)).toMatchObject([{ id: null, error: { code } }])
    expect((await other.call('settings.get')).result).toBeDefined()
    expect(core.calls).toHaveLength(1)
  })

  const harmless: readonly (readonly [string, string, number])[] = [
    ['an empty batch', '[]', -32600],
    ['a batch of one', `[${call(1)}]`, -32600],
    ['a batch of 51', `[${Array.from({ length: 51 }, (_, id) => call(id)).join(',')}]`, -32600],
    ['a batch in a batch', `[[${call(1)}]]`, -32600],
    ['an answer', '{"jsonrpc":"2.0","id":1,"result":{}}', -32600],
    ['an error', '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}', -32600],
    ['version 1.0', '{"jsonrpc":"1.0","id":1,"method":"settings.get"}', -32600],
    ['version 2', '{"jsonrpc":2.0,"id":1,"method":"settings.get"}', -32600],
    ['id null', '{"jsonrpc":"2.0","id":null,"method":"settings.get"}', -32600],
    ['id as an object', '{"jsonrpc":"2.0","id":{},"method":"settings.get"}', -32600],
    ['id with a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"settings.get"}', -32600],
    ['id 2^53+1', '{"jsonrpc":"2.0","id":9007199254740993,"method":"settings.get"}', -32600],
    ['id 1e400', '{"jsonrpc":"2.0","id":1e400,"method":"settings.get"}', -32600],
    ['an id of 1,000 characters', `{"jsonrpc":"2.0","id":"${'x'.repeat(1000)}","method":"settings.get"}`, -32600],
    ['no method', '{"jsonrpc":"2.0","id":1}', -32600],
    ['a method of 1,000 characters', `{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(1000)}"}`, -32600],
    ['params as a list', '{"jsonrpc":"2.0","id":1,"method":"settings.get","params":[]}', -32602],
    ['params as a text', '{"jsonrpc":"2.0","id":1,"method":"settings.get","params":"x"}', -32602],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"no.such"}', -32601],
    ['a wrong parameter', '{"jsonrpc":"2.0","id":1,"method":"integrations.get","params":{"integrationId":1}}', -32602],
    ['a text', '"hello"', -32600],
    ['a number', '-0', -32600],
  ]
  test.each(harmless)('%s: one error, and the connection goes on', async (_name, line, code) => {
    const peer = await proven()
    const before = peer.messages.length
    peer.write(`${line}\n`)
    expect((await peer.call('settings.get')).result).toBeDefined()
    expect(peer.messages.slice(before).filter(({ error }) => error !== undefined)).toMatchObject([{ error: { code } }])
  })

  test('1 byte at a time, 100 in one write and one id many times are all answered', async () => {
    const peer = await proven()
    for (const byte of Buffer.from(`${call('drip')}\n`)) {
      peer.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await peer.message(({ id }) => id === 'drip')
    peer.write(Array.from({ length: 100 }, () => `${call('same')}\n`).join(''))
    await peer.call('settings.get')
    expect(peer.messages.filter(({ id }) => id === 'same')).toHaveLength(100)
  })

  test('a client that has said its last still gets its answers', async () => {
    const peer = await proven()
    peer.write(Array.from({ length: 1000 }, (_, id) => `${call(id)}\n`).join(''))
    peer.socket.end()
    await peer.closed
    expect(peer.messages.filter(({ id }) => typeof id === 'number')).toHaveLength(1000)
  })

  test('20,000 random frames from strangers change nothing for the others', async () => {
    const other = await proven()
    const before = core.calls.length
    for (let round = 0; round < 200; round += 1) {
      const peer = await SocketPeer.connect(running.socketPath)
      for (let index = 0; index < 100; index += 1)
        peer.write(Buffer.concat([randomBytes(1 + ((round * 7 + index) % 60)), Buffer.from('\n')]))
      peer.socket.end()
      await peer.closed
    }
    expect((await other.call('settings.get')).result).toBeDefined()
    expect(core.calls.length - before).toBe(1)
    expect(running.server.connectionCount).toBe(1)
  })
})

describe('limits of time and number', () => {
  test('a stranger who does not prove a key is gone in time, however busy', async () => {
    await again({ limits: { unprovenMs: 150 } })
    const peer = await stranger()
    const chatter = setInterval(
      () => peer.send({ jsonrpc: '2.0', id: 1, method: 'system.hello', params: { client: { name: 'x', version: '1' } } }),
      20,
    )
    await peer.closed
    clearInterval(chatter)
    expect(peer.messages.length).toBeGreaterThan(0)
  })

  test('a line must end in time', async () => {
    await again({ limits: { lineMs: 150 } })
    const peer = await proven()
    const drip = setInterval(() => peer.write('x'), 10)
    await peer.closed
    clearInterval(drip)
  })

  test('an idle client is let go, one that listens to events is kept', async () => {
    await again({ limits: { idleMs: 150 } })
    const listening = await proven()
    await listening.call('events.subscribe')
    const idle = await proven()
    await idle.ended()
    core.happen('sync.completed', {})
    await listening.message(({ method }) => method === 'event')
  })

  test('a client that never reads is dropped, and what it asked for does not pile up', async () => {
    await again({ limits: { unreadMs: 300 } })
    const other = await proven()
    const peer = await proven()
    peer.socket.pause()
    const name = 'x'.repeat(250)
    const line = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'integrations.get', params: { integrationId: name } })}\n`
    const before = core.calls.length
    for (let index = 0; index < 40_000; index += 1) peer.write(line)
    const deadline = Date.now() + 10_000
    while (running.server.connectionCount > 1 && Date.now() < deadline) await other.call('settings.get')
    expect(running.server.connectionCount).toBe(1)
    const answered = core.calls.slice(before).filter(({ method }) => method === 'integrations.get').length
    expect(answered).toBeLessThan(15_000)
  })

  test('one too many is told so and let go; the others stay', async () => {
    await again({ limits: { connections: 3 } })
    const first = await proven()
    await stranger()
    await stranger()
    const fourth = await stranger()
    await fourth.ended()
    expect(fourth.messages).toMatchObject([{ id: null, error: { data: { code: 'host.busy' } } }])
    expect((await first.call('settings.get')).result).toBeDefined()
  })

  test('1,000 that come and go leave nothing behind', async () => {
    for (let round = 0; round < 1000; round += 1) (await SocketPeer.connect(running.socketPath)).close()
    const peer = await proven()
    expect((await peer.call('settings.get')).result).toBeDefined()
    expect(running.server.connectionCount).toBe(1)
  })
})

describe('stopping', () => {
  test('a call in hand is answered before the connection ends', async () => {
    const peer = await proven()
    const answer = peer.call('catalogue.get', { connectorId: 'github' })
    await peer.call('settings.get')
    const stopping = running.server.stop()
    await core.dispatch({ kind: 'ui' }, 'catalogue.categories', {})
    expect((await answer).error?.data['code']).toBe('internal')
    peer.socket.end()
    await stopping
  })
})
