import { createServer } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { SILENT_LOG } from '#core/log'
import { createNangoClient, type NangoClient } from '#core/nango/nango-client'
import type { NangoAuthSocket } from '#core/nango/nango-auth-socket'
import { Secret } from '#core/vault/secret'
import { listen } from './local-servers.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close()
})

const clientOf = (host: string): NangoClient => {
  const client = createNangoClient({ host, secretKey: new Secret('x'.repeat(36)), environment: {}, log: SILENT_LOG, now: Date.now })
  opened.push(client)
  return client
}

const ACK = { message_type: 'connection_ack', ws_client_id: '91ab9348-ed3c-4fcd-aaf8-65ed80d9549d' }

interface Started {
  readonly socket: NangoAuthSocket
  readonly id: string
  readonly server: WebSocket
}

/** A Nango whose socket greets as the real one does, and a started client socket. */
const started = async (): Promise<Started> => {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, path: '/ws' })
  const server = await listen(http)
  opened.push(server)
  const { promise: connected, resolve } = Promise.withResolvers<WebSocket>()
  sockets.on('connection', (peer) => {
    peer.send(JSON.stringify(ACK))
    resolve(peer)
  })
  const socket = clientOf(server.url).openAuthSocket('/ws')
  const [id, peer] = await Promise.all([socket.start(), connected])
  return { socket, id, server: peer }
}

describe('the socket of a sign-in', () => {
  test('proves that it still stands, and is lost when the other side gives no sign of life', async () => {
    const { socket, server } = await started()
    expect(await socket.prove()).toBe(true)
    server.pause()
    expect(await socket.prove(100)).toBe(false)
    expect(await socket.result).toEqual({ kind: 'lost' })
    expect(await socket.prove()).toBe(false)
  })

  test('learns its id, then the connection, and closes', async () => {
    const { socket, id, server } = await started()
    expect(id).toBe(ACK.ws_client_id)
    const closed = new Promise((resolve) => server.on('close', resolve))
    server.send(JSON.stringify({ message_type: 'success', provider_config_key: 'loc', connection_id: 'c-1', is_pending: false }))
    expect(await socket.result).toEqual({ kind: 'success', connectionId: 'c-1', providerConfigKey: 'loc' })
    await closed
  })

  test('hears of a refusal, its words made fit to be shown', async () => {
    const { socket, server } = await started()
    const error_desc = `denied\n at ?code=abcdefgh&x Bearer abcdefghijkl ${'y'.repeat(2_000)}`
    server.send(
      JSON.stringify({ message_type: 'error', provider_config_key: 'loc', connection_id: 'x', error_type: 'callback_err', error_desc }),
    )
    const result = await socket.result
    expect(result).toMatchObject({ kind: 'error', type: 'callback_err' })
    const description = result.kind === 'error' ? result.description : ''
    expect(description.length).toBeLessThanOrEqual(500)
    expect(description).not.toMatch(/abcdefgh|\n/)
  })

  test('takes the first result only, and passes over kinds it does not know', async () => {
    const { socket, server } = await started()
    server.send(JSON.stringify({ message_type: 'news', anything: 1 }))
    server.send(JSON.stringify({ message_type: 'success', provider_config_key: 'a', connection_id: 'first' }))
    server.send(JSON.stringify({ message_type: 'success', provider_config_key: 'a', connection_id: 'second' }))
    expect(await socket.result).toMatchObject({ connectionId: 'first' })
  })

  const BAD: readonly (readonly [string, string | Buffer])[] = [
    ['text that is no JSON', 'hello'],
    ['a success without a connection', JSON.stringify({ message_type: 'success' })],
    ['JSON nested too deep', `{"message_type":"news","a":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['a frame of more than 64 KiB', JSON.stringify({ message_type: 'news', a: 'x'.repeat(70_000) })],
    ['a binary frame', Buffer.from([1, 2, 3])],
  ]
  for (const [name, frame] of BAD) {
    test(`is lost and closed after ${name}`, async () => {
      const { socket, server } = await started()
      const closed = new Promise((resolve) => server.on('close', resolve))
      server.send(frame)
      expect(await socket.result).toEqual({ kind: 'lost' })
      await closed
    })
  }

  test('is lost when the server goes, and when it is stopped', async () => {
    const dropped = await started()
    dropped.server.terminate()
    expect(await dropped.socket.result).toEqual({ kind: 'lost' })
    const stopped = await started()
    stopped.socket.stop()
    expect(await stopped.socket.result).toEqual({ kind: 'lost' })
  })

  test('stopped while it starts, or before, never starts', async () => {
    const server = await listen(createServer())
    opened.push(server)
    const client = clientOf(server.url)
    const before = client.openAuthSocket('/')
    before.stop()
    await expect(before.start()).rejects.toMatchObject({ code: 'request.cancelled' })
    const during = client.openAuthSocket('/')
    const start = during.start()
    during.stop()
    await expect(start).rejects.toMatchObject({ code: 'request.cancelled' })
    expect(await during.result).toEqual({ kind: 'lost' })
  })

  test('cannot be started through a proxy setting that is no address', async () => {
    const options = { secretKey: new Secret('x'.repeat(36)), log: SILENT_LOG, now: Date.now, environment: { HTTP_PROXY: 'socks5://x' } }
    const client = createNangoClient({ ...options, host: 'http://127.0.0.1:1' })
    opened.push(client)
    const socket = client.openAuthSocket('/')
    await expect(socket.start()).rejects.toMatchObject({ code: 'nango.unreachable', data: { reason: 'proxy_setting_invalid' } })
    expect(await socket.result).toEqual({ kind: 'lost' })
  })

  test('cannot be started on a path that answers no upgrade', async () => {
    const server = await listen(createServer((_request, response) => void response.writeHead(400).end()))
    opened.push(server)
    const socket = clientOf(server.url).openAuthSocket('/')
    await expect(socket.start()).rejects.toMatchObject({ code: 'nango.unreachable' })
    expect(await socket.result).toEqual({ kind: 'lost' })
  })

  test('gives up after 5 s without a greeting', { timeout: 15_000 }, async () => {
    const http = createServer()
    const sockets = new WebSocketServer({ server: http })
    const server = await listen(http)
    opened.push(server, sockets)
    await expect(clientOf(server.url).openAuthSocket('/').start()).rejects.toMatchObject({ code: 'nango.timeout' })
  })

  test('never leaves the host of its profile', () => {
    expect(() => clientOf('https://nango.example').openAuthSocket('//evil.example/ws')).toThrow(
      expect.objectContaining({ code: 'nango.protocol' }),
    )
  })
})
