import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createHttp, type Http, type HttpStreamReply, type HttpStreamRequest } from '#core/http'
import { HttpFailure } from '#core/http-failure'
import { SILENT_LOG } from '#core/log'
import { type LocalServer, startServer } from './nango/local-servers.ts'

let server: LocalServer | null = null
let http: Http | null = null
afterEach(async () => {
  http?.close()
  await server?.close()
})

const begin = async (handler: RequestListener, more: Partial<HttpStreamRequest> = {}): Promise<HttpStreamReply> => {
  server = await startServer(handler)
  http = createHttp({ environment: {}, log: SILENT_LOG, now: () => performance.now() })
  return http.open({ method: 'GET', url: `${server.url}/file`, idleMs: 2_000, maxBodyBytes: 100_000_000, ...more })
}

const whole = async (body: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

const failureOf = async (work: Promise<unknown>): Promise<string> => {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  return thrown instanceof HttpFailure ? `${thrown.kind} ${thrown.reason}` : String(thrown)
}

const gone = (message: IncomingMessage): Promise<void> => new Promise((resolve) => message.socket.once('close', resolve))

async function* pieces(count: number, bytes: number): AsyncGenerator<Buffer, void, void> {
  for (let index = 0; index < count; index += 1) yield Buffer.alloc(bytes, index)
}

describe('an answer in pieces', () => {
  test('is whole, unpacked, and leaves its connection to the next call', async () => {
    const bytes = randomBytes(300_000)
    const sockets = new Set<unknown>()
    const reply = await begin((message, response) => {
      sockets.add(message.socket)
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync(bytes))
    })
    expect([reply.status, (await whole(reply.body)).equals(bytes)]).toEqual([200, true])
    reply.close()
    const again = await http?.open({ method: 'GET', url: `${server?.url ?? ''}/file`, idleMs: 2_000 })
    await whole(again?.body ?? pieces(0, 0))
    expect(sockets.size).toBe(1)
  })

  test.each<[string, RequestListener, Partial<HttpStreamRequest>, string]>([
    ['that is larger than may be', (_request, response) => response.end(Buffer.alloc(70_000)), { maxBodyBytes: 65_536 }, 'too_large body'],
    ['that stands still', (_request, response) => void response.write('a'), { idleMs: 30 }, 'timeout idle_body'],
    [
      'that breaks off',
      (message, response) => void response.writeHead(200, { 'content-length': '9' }).write('a', () => message.socket.destroy()),
      {},
      'interrupted ECONNRESET',
    ],
    [
      'packed in a way that nobody asked for',
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'zstd9' }).end('a'),
      {},
      'protocol unknown_content_encoding',
    ],
  ])('%s fails where it does', async (_name, handler, more, failure) => {
    const reply = await begin(handler, more)
    expect(await failureOf(whole(reply.body))).toBe(failure)
  })

  test('ends with its signal, before it has begun and after', async () => {
    const end = new AbortController()
    const never = begin(() => end.abort(), { signal: end.signal })
    expect(await failureOf(never)).toBe('cancelled aborted')
    await server?.close()
    const later = new AbortController()
    const reply = await begin((_request, response) => void response.write('a'), { signal: later.signal })
    const read = whole(reply.body)
    later.abort()
    expect(await failureOf(read)).toBe('cancelled aborted')
    await server?.close()
    expect(await failureOf(begin(() => {}, { signal: AbortSignal.abort() }))).toBe('cancelled aborted')
  })

  test('that is not wanted is given back, read or not', async () => {
    const closed: Promise<void>[] = []
    const reply = await begin((message, response) => {
      closed.push(gone(message))
      response.write('a')
    })
    reply.close()
    reply.close()
    await Promise.all(closed)
    expect(closed).toHaveLength(1)
  })

  test('has its deadline for the connection and for its beginning', async () => {
    expect(await failureOf(begin(() => {}, { headersTimeoutMs: 30 }))).toBe('timeout headers_deadline')
    await server?.close()
    expect(await failureOf(begin(() => {}, { url: 'http://127.0.0.1:1/' }))).toBe('unreachable ECONNREFUSED')
  })
})

describe('a body in pieces', () => {
  test('arrives as it was sent; the time for the answer counts from its end', async () => {
    let bytes = 0
    const reply = await begin(
      (message, response) => {
        message.on('data', (piece: Buffer) => (bytes += piece.length))
        message.on('end', () => response.end(message.headers['transfer-encoding']))
      },
      { method: 'POST', body: pieces(40, 250_000), headersTimeoutMs: 1_000 },
    )
    expect([(await whole(reply.body)).toString(), bytes]).toEqual(['chunked', 10_000_000])
  })

  test('waits for a service that does not take it, and not for ever', async () => {
    let made = 0
    const source = (async function* endless() {
      for (;;) {
        made += 1
        yield Buffer.alloc(1_048_576)
      }
    })()
    expect(await failureOf(begin((message) => void message.pause(), { method: 'POST', body: source, idleMs: 100 }))).toBe(
      'timeout idle_sending',
    )
    expect(made).toBeLessThan(30)
  })

  test('may be answered before its end, and is then sent no further', async () => {
    let sent = 0
    const { promise: stuck, resolve: unstick } = Promise.withResolvers<void>()
    const source = (async function* slow() {
      for (;;) {
        sent += 1
        yield Buffer.alloc(1_000)
        if (sent === 3) await stuck
      }
    })()
    const reply = await begin((_message, response) => void response.writeHead(413).end('too much'), { method: 'PUT', body: source })
    expect([reply.status, (await whole(reply.body)).toString()]).toEqual([413, 'too much'])
    unstick()
    await expect.poll(() => sent).toBeLessThanOrEqual(4)
  })

  test('of more than may be, or that breaks off itself, ends the call', async () => {
    const take: RequestListener = (message) => void message.resume()
    expect(await failureOf(begin(take, { method: 'POST', body: pieces(3, 40_000), maxBodyBytes: 100_000 }))).toBe('too_large sent_body')
    await server?.close()
    const broken = (async function* fails() {
      yield Buffer.alloc(10)
      throw new Error('the program has gone')
    })()
    expect(await failureOf(begin(take, { method: 'POST', body: broken }))).toMatch(/^cancelled /)
  })
})
