import { once } from 'node:events'
import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { HttpFailure, httpFailureFrom } from './http-failure.ts'
import type { HttpLimits, HttpStreamReply, HttpStreamRequest } from './http.ts'
import { decompress, headersOf, whenConnected } from './http-reply.ts'

/** Ends a call for a reason of ours: Node then reports an echo of it, the reason is what is told. */
class CallEnd {
  readonly #request: ClientRequest
  readonly #failed = Promise.withResolvers<never>()
  #failure: HttpFailure | null = null

  constructor(request: ClientRequest) {
    this.#request = request
    this.#failed.promise.catch(() => {})
  }

  get failure(): HttpFailure | null {
    return this.#failure
  }

  end(kind: HttpFailure['kind'], reason: string): void {
    this.#failure ??= new HttpFailure(kind, reason)
    this.#request.destroy(this.#failure)
    this.#failed.reject(this.#failure)
  }

  /** The outcome of what is waited for, at most so long. */
  async within<T>(ms: number, reason: string, work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.end('timeout', reason), ms)
    work.catch(() => {})
    try {
      return await Promise.race([work, this.#failed.promise])
    } catch (error) {
      throw this.#failure ?? error
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Sends a body piece by piece, no faster than it is taken. */
const sendPieces = async (
  request: ClientRequest,
  body: AsyncIterable<Uint8Array>,
  input: HttpStreamRequest,
  end: CallEnd,
  most: number,
) => {
  let bytes = 0
  try {
    for await (const piece of body) {
      if (request.destroyed) return
      bytes += piece.length
      if (bytes > most) return end.end('too_large', 'sent_body')
      if (!request.write(piece)) await end.within(input.idleMs, 'idle_sending', once(request, 'drain'))
    }
    request.end()
  } catch (error) {
    const { kind, reason } = end.failure ?? httpFailureFrom(error)
    end.end(kind === 'unreachable' ? 'cancelled' : kind, reason)
  }
}

/** The body of a reply as it comes; the call is over when it has ended, failed or is no longer wanted. */
async function* readPieces(
  response: IncomingMessage,
  end: CallEnd,
  { idleMs }: HttpStreamRequest,
  most: number,
  close: () => void,
): AsyncGenerator<Buffer, void, void> {
  let bytes = 0
  try {
    const pieces = decompress(response)[Symbol.asyncIterator]()
    for (;;) {
      const next = (await end.within(idleMs, 'idle_body', pieces.next())) as IteratorResult<Buffer, undefined>
      if (next.done === true) break
      bytes += next.value.length
      if (bytes > most) throw new HttpFailure('too_large', 'body')
      yield next.value
    }
    if (!response.complete) throw new HttpFailure('interrupted', 'incomplete')
  } catch (error) {
    throw end.failure ?? httpFailureFrom(error)
  } finally {
    close()
  }
}

/** One call in pieces. Throws what Node throws, or HttpFailure; `createHttp` makes it HttpFailure. */
export const exchangeInPieces = async (agent: Agent, input: HttpStreamRequest, limits: HttpLimits): Promise<HttpStreamReply> => {
  const { body, signal, method } = input
  const most = input.maxBodyBytes ?? limits.bodyBytes
  const open = input.url.startsWith('https:') ? httpsRequest : httpRequest
  const isWhole = typeof body === 'string' || body instanceof Uint8Array
  const length = isWhole ? { 'content-length': String(Buffer.byteLength(body)) } : {}
  const request = open(input.url, { method, agent, headers: { 'accept-encoding': 'gzip, deflate, br', ...input.headers, ...length } })
  const end = new CallEnd(request)
  const onAbort = (): void => end.end('cancelled', 'aborted')
  const done = (): void => signal?.removeEventListener('abort', onAbort)
  const replied = Promise.withResolvers<IncomingMessage>()
  request.on('error', replied.reject)
  request.on('response', replied.resolve)
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted === true) onAbort()
  try {
    const connected = Promise.withResolvers<void>()
    whenConnected(request, connected.resolve)
    const sending = body === undefined || isWhole ? Promise.resolve(void request.end(body)) : sendPieces(request, body, input, end, most)
    await end.within(input.connectTimeoutMs ?? limits.connectMs, 'connect_deadline', Promise.race([connected.promise, replied.promise]))
    // The time until the reply begins counts from the last piece on; a reply may also come before that.
    await Promise.race([sending, replied.promise])
    const response = await end.within(input.headersTimeoutMs ?? limits.headersMs, 'headers_deadline', replied.promise)
    const close = (): void => {
      done()
      // One that is whole leaves its connection to the next call.
      if (!response.complete || !request.writableEnded) request.destroy()
    }
    return { status: response.statusCode ?? 0, headers: headersOf(response), body: readPieces(response, end, input, most, close), close }
  } catch (error) {
    done()
    request.destroy()
    throw end.failure ?? error
  }
}
