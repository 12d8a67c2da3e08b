import { createHash, randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Caller } from '#core/caller'
import { BodyStreams, STREAM_LIMITS } from '#core/use/body-streams'
import type { Api } from '#shared/contract/contract'
import type { Connection } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import { connectToService, inJson, type LocalService, startLocalService } from '#test/helpers/local-service'
import { eventually } from '#test/helpers/make-core'
import { useNangoWorld } from '#test/helpers/nango-world'

const MIB = 1_048_576

/** A command line over a connection of its own, which can hang up. */
const connected = (): { caller: Caller; hangUp: () => void } => {
  const listeners = new Set<() => void>()
  const onGone = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    caller: { kind: 'cli', isTrusted: true, terminal: null, onGone },
    hangUp: () => {
      for (const listener of listeners) listener()
    },
  }
}

const readAll = async (api: Api, streamId: string): Promise<Buffer> => {
  const pieces: Buffer[] = []
  for (;;) {
    const { data, isLast } = await api.connections.readBody({ streamId })
    pieces.push(Buffer.from(data, 'base64'))
    if (isLast) return Buffer.concat(pieces)
  }
}

describe('bodies in pieces, to and from a service', () => {
  const world = useNangoWorld()
  let service: LocalService
  let connection: Connection
  let api: Api
  beforeAll(async () => {
    service = await startLocalService()
  })
  afterAll(() => service.stop())
  beforeEach(async () => {
    service.seen.length = 0
    service.answer = inJson({})
    connection = await connectToService(world, service)
    api = world.core.as(connected().caller)
  })

  const request = (params: object, as: Api = api) =>
    as.connections.request({ connectionId: connection.connectionId, path: '/file', ...params })
  const streamed = async (as: Api = api): Promise<string> => {
    const { streamId, bodyIs, body } = await request({ stream: true }, as)
    expect([bodyIs, body]).toEqual(['stream', null])
    return streamId ?? ''
  }

  test('an answer larger than a message comes whole, byte by byte, with its head first', async () => {
    const bytes = randomBytes(8.5 * MIB)
    service.answer = (_request, response) => {
      response.writeHead(206, { 'content-type': 'application/zip', 'content-disposition': 'attachment' })
      response.end(bytes)
    }
    const answer = await request({ stream: true })
    expect(answer).toMatchObject({ status: 206, bodyIs: 'stream', headers: { 'content-type': 'application/zip' } })
    const got = await readAll(api, answer.streamId ?? '')
    expect([got.length, createHash('sha1').update(got).digest('hex')]).toEqual([
      bytes.length,
      createHash('sha1').update(bytes).digest('hex'),
    ])
    await expect(api.connections.readBody({ streamId: answer.streamId ?? '' })).rejects.toMatchObject({ code: 'stream.not_found' })
  })

  test('what nobody reads is not taken from the service', async () => {
    let written = 0
    service.answer = (_request, response) => {
      const pump = (): void => {
        while (written < 32 * MIB) {
          written += MIB
          if (!response.write(Buffer.alloc(MIB))) return void response.once('drain', pump)
        }
        response.end()
      }
      pump()
    }
    const streamId = await streamed()
    for (let turn = 0; turn < 200; turn += 1) await nextTurn()
    const before = written
    expect(before).toBeLessThan(24 * MIB)
    expect((await readAll(api, streamId)).length).toBe(32 * MIB)
  })

  test('one that breaks off is never told as whole', async () => {
    service.answer = (message, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.write('the beginning', () => message.socket.destroy())
    }
    const streamId = await streamed()
    await expect(readAll(api, streamId)).rejects.toMatchObject({ code: 'nango.unreachable' })
    await expect(api.connections.readBody({ streamId })).rejects.toMatchObject({ code: 'stream.not_found' })
  })

  test('a body is sent on piece by piece, and its call is answered as any other', async () => {
    const { streamId } = await api.connections.openBody({})
    service.answer = inJson({ ok: true }, 201)
    const answer = request({ method: 'PUT', bodyStreamId: streamId, headers: { 'content-type': 'text/csv' } })
    const pieces = Array.from({ length: 6 }, (_, index) => Buffer.from(randomBytes(150_000 + index).toString('hex')).toString('base64'))
    for (const [index, data] of pieces.entries()) await api.connections.sendBody({ streamId, data, isLast: index === 5 })
    expect(await answer).toMatchObject({ status: 201, body: { ok: true }, bodyIs: 'json', streamId: null })
    const [seen] = service.seen
    expect(seen).toMatchObject({ method: 'PUT', headers: { 'content-type': 'text/csv' } })
    expect(seen?.body === pieces.map((piece) => Buffer.from(piece, 'base64').toString()).join('')).toBe(true)
    await expect(api.connections.sendBody({ streamId, data: '' })).rejects.toMatchObject({ code: 'stream.not_found' })
  })

  test('an answer that comes before the body is whole ends the body', async () => {
    const { streamId } = await api.connections.openBody({})
    const answer = request({ method: 'POST', bodyStreamId: streamId, path: '/../file' })
    await expect(answer).rejects.toMatchObject({ code: 'request.invalid' })
    const other = request({ method: 'POST', bodyStreamId: streamId })
    const sent = api.connections.sendBody({ streamId, data: 'AAAA' })
    await sent
    await api.connections.closeBody({ streamId })
    await expect(other).rejects.toMatchObject({ code: 'request.cancelled' })
  })

  test('another connection, another program and nobody find no such stream', async () => {
    const streamId = await streamed()
    const { streamId: upload } = await api.connections.openBody({})
    const others: Caller[] = [
      connected().caller,
      { kind: 'ui' },
      { kind: 'unproven' },
      { kind: 'automation', clientId: 'c', via: 'socket' },
    ]
    for (const other of others.map((caller) => world.core.as(caller))) {
      await expect(other.connections.readBody({ streamId })).rejects.toMatchObject({ code: 'stream.not_found' })
      await expect(other.connections.sendBody({ streamId: upload, data: '' })).rejects.toMatchObject({ code: 'stream.not_found' })
      await other.connections.closeBody({ streamId })
    }
    await expect(world.core.as({ kind: 'unproven' }).connections.openBody({})).rejects.toMatchObject({ code: 'automation.unproven' })
    expect((await readAll(api, streamId)).toString()).toBe('{}')
  })

  test('a program that hangs up leaves nothing open', async () => {
    let isClosed = false
    service.answer = (message, response) => {
      message.socket.once('close', () => (isClosed = true))
      response.write('a')
    }
    const { caller, hangUp } = connected()
    const own = world.core.as(caller)
    const streamId = await streamed(own)
    hangUp()
    await expect(own.connections.readBody({ streamId })).rejects.toMatchObject({ code: 'stream.not_found' })
    await eventually(() => isClosed)
  })

  test.each([
    { stream: true, retries: 1 },
    { stream: true, maxPages: 2 },
    { bodyStreamId: '0'.repeat(32), method: 'GET' },
    { bodyStreamId: '0'.repeat(32), method: 'POST', body: {} },
  ])('%j is no call', async (params) => {
    await expect(request(params)).rejects.toMatchObject({ code: 'request.invalid' })
    expect(service.seen).toEqual([])
  })
})

describe('the book of streams', () => {
  const { caller } = connected()
  const source = (count: number): AsyncGenerator<Buffer, void, void> =>
    (async function* pieces() {
      for (let index = 0; index < count; index += 1) yield Buffer.from([index])
    })()

  test('holds a few for each connection, and closes what it does not take', () => {
    const streams = new BodyStreams()
    const ids = Array.from({ length: STREAM_LIMITS.perCaller }, () => streams.openUpload(caller))
    const close = vi.fn<() => void>()
    expect(() => streams.openDownload(caller, source(1), undefined, close)).toThrowError(
      expect.objectContaining({ code: 'stream.too_many' }),
    )
    expect(close).toHaveBeenCalledOnce()
    expect(streams.openUpload(connected().caller)).toMatch(/^[0-9a-f]{32}$/)
    for (const id of ids) streams.close(caller, id)
    expect(streams.count).toBe(1)
    streams.stop()
    expect(streams.count).toBe(0)
  })

  test('a minute without a piece, and the end of the grant, end a stream; reads asked for at once are answered in order', async () => {
    vi.useFakeTimers()
    try {
      const streams = new BodyStreams()
      const close = vi.fn<() => void>()
      const grant = new AbortController()
      const first = streams.openDownload(caller, source(3), grant.signal, close)
      const answers = await Promise.all([1, 2, 3, 4].map(() => streams.read(caller, first)))
      expect(answers.map(({ data, isLast }) => [...data, isLast])).toEqual([[0, false], [1, false], [2, false], [true]])
      expect(close).toHaveBeenCalledOnce()
      const second = streams.openDownload(caller, source(3), grant.signal, close)
      await streams.read(caller, second)
      vi.advanceTimersByTime(STREAM_LIMITS.idleMs - 1)
      expect(streams.count).toBe(1)
      vi.advanceTimersByTime(1)
      expect([streams.count, close.mock.calls.length]).toEqual([0, 2])
      const third = streams.openDownload(caller, source(3), grant.signal, close)
      grant.abort()
      expect([streams.count, close.mock.calls.length]).toEqual([0, 3])
      await expect((async () => streams.read(caller, third))()).rejects.toMatchObject({ code: 'stream.not_found' })
    } finally {
      vi.useRealTimers()
    }
  })

  test('a body that no call has taken ends with the grant that let it be opened; one that was taken with that call alone', async () => {
    const streams = new BodyStreams()
    const grant = new AbortController()
    const program: Caller = { kind: 'automation', clientId: 'c', via: 'socket', connection: {}, signal: grant.signal }
    const [waiting, taken] = [streams.openUpload(program), streams.openUpload(program)]
    const sent = streams.send(program, waiting, Buffer.alloc(1), false)
    sent.catch(() => undefined)
    streams.take(program, taken)
    grant.abort(new PatchbayError('automation.paused'))
    await expect(sent).rejects.toMatchObject({ code: 'automation.paused' })
    expect(streams.count).toBe(1)
    expect(() => streams.openUpload(program)).not.toThrowError()
    expect(streams.count).toBe(1)
  })

  test('every piece counts as a use of the grant of its call', async () => {
    const streams = new BodyStreams()
    const opened = vi.fn<() => void>()
    const called = vi.fn<() => void>()
    const opener: Caller = { kind: 'automation', clientId: 'c', via: 'socket', connection: {}, stillUsed: opened }
    const caller: Caller = { ...opener, stillUsed: called }
    const upload = streams.openUpload(opener)
    const pieces = streams.take(caller, upload)[Symbol.asyncIterator]()
    opened.mockClear()
    for (let count = 1; count <= 3; count += 1) {
      const sent = streams.send(opener, upload, Buffer.alloc(1), count === 3)
      await pieces.next()
      if (count === 3) await pieces.next()
      expect(called.mock.calls.length).toBeGreaterThanOrEqual(count)
      if (count === 3) await sent
    }
    expect(opened).not.toHaveBeenCalled()
    called.mockClear()
    const download = streams.openDownload(caller, source(3), undefined, () => {})
    for (let count = 1; count <= 3; count += 1) {
      await streams.read(opener, download)
      expect(called.mock.calls.length).toBeGreaterThanOrEqual(count)
    }
    streams.stop()
  })

  test('a sender that does not wait is stopped', async () => {
    const streams = new BodyStreams()
    const id = streams.openUpload(caller)
    const sent = Array.from({ length: STREAM_LIMITS.waiting + 1 }, () => streams.send(caller, id, Buffer.alloc(1), false))
    const outcomes = await Promise.allSettled(sent)
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    expect(streams.count).toBe(0)
  })
})
