import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createAgent } from './http-agent.ts'
import { HttpFailure, httpFailureFrom } from './http-failure.ts'
import { decompress, headersOf, whenConnected } from './http-reply.ts'
import { exchangeInPieces } from './http-stream.ts'
import type { Log } from './log.ts'

/** Deadlines and limits of every call that does not ask for others. */
export const HTTP_LIMITS = { connectMs: 5_000, headersMs: 10_000, idleBodyMs: 10_000, callMs: 30_000, bodyBytes: 8 * 1_048_576 } as const

export type HttpLimits = Readonly<Record<keyof typeof HTTP_LIMITS, number>>

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  /** Absolute, http or https. Its path and query may be secret: they are never logged. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
  /** For the whole call, for the connection to stand, and from there until the reply begins. */
  readonly timeoutMs?: number
  readonly connectTimeoutMs?: number
  readonly headersTimeoutMs?: number
  /** The most bytes of the reply's body that are read, after decompression. */
  readonly maxBodyBytes?: number
}

/** A reply, whatever its status. Redirects are not followed; they arrive as replies. */
export interface HttpReply {
  readonly status: number
  /** Lower-case names; of a repeated header the values are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A call whose bodies go through in pieces. */
export interface HttpStreamRequest extends Omit<HttpRequest, 'body' | 'timeoutMs'> {
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** The longest time in which no piece of a body moves that is waited for here, either way. */
  readonly idleMs: number
}

/** The beginning of a reply, whatever its status, and its body as it comes. */
export interface HttpStreamReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Nothing is taken from the wire while nobody reads. Throws HttpFailure, also where the body broke off before its end. */
  readonly body: AsyncIterable<Buffer>
  /** Ends the call wherever it is; one whose body is not read to its end is held open until then. */
  readonly close: () => void
}

/** The one way out. Owns its connections until `close`. */
export interface Http {
  /** Throws HttpFailure and nothing else. */
  request(input: HttpRequest): Promise<HttpReply>
  /** The same in pieces; `maxBodyBytes` bounds each of the bodies. Throws HttpFailure and nothing else. */
  open(input: HttpStreamRequest): Promise<HttpStreamReply>
  /** The agent of a scheme, for a protocol that upgrades such as WebSocket. Throws HttpFailure for a proxy setting that is no address. */
  agentFor(protocol: 'http:' | 'https:'): Agent
  /** Closes the connections kept for later calls: after a sleep they are dead, and nobody has told. */
  dropIdle(): void
  close(): void
}

export interface HttpOptions {
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read, in upper or lower case. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  /** Milliseconds, for durations only. */
  readonly now: () => number
  /** Other limits than `HTTP_LIMITS`. */
  readonly limits?: Partial<HttpLimits>
  /** Certificate authorities to trust besides the usual ones. */
  readonly certificatePem?: string | undefined
}

const readBody = async (response: IncomingMessage, maxBytes: number, onChunk: () => void): Promise<Buffer> => {
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw new HttpFailure('too_large', 'content_length')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of decompress(response)) {
    onChunk()
    bytes += (chunk as Buffer).length
    if (bytes > maxBytes) throw new HttpFailure('too_large', 'body')
    chunks.push(chunk as Buffer)
  }
  if (!response.complete) throw new HttpFailure('interrupted', 'incomplete')
  return Buffer.concat(chunks)
}

const exchange = async (agent: Agent, input: HttpRequest, limits: HttpLimits): Promise<HttpReply> => {
  const url = new URL(input.url)
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = open(url, {
    method: input.method,
    agent,
    headers: {
      'accept-encoding': 'gzip, deflate, br',
      ...input.headers,
      ...(input.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(input.body)) }),
    },
  })
  let failure: HttpFailure | null = null
  const end = (reason: HttpFailure): void => {
    failure ??= reason
    request.destroy(failure)
    reject(failure)
  }
  const onAbort = (): void => end(new HttpFailure('cancelled', 'aborted'))
  const endAfter = (ms: number, reason: string): NodeJS.Timeout => setTimeout(() => end(new HttpFailure('timeout', reason)), ms)
  const callTimer = endAfter(input.timeoutMs ?? limits.callMs, 'call_deadline')
  /** The deadline of what is waited for now: the connection, then the headers, then the next piece of the body. */
  let stepTimer = endAfter(input.connectTimeoutMs ?? limits.connectMs, 'connect_deadline')
  const waitNow = (ms: number, reason: string): void => {
    clearTimeout(stepTimer)
    stepTimer = endAfter(ms, reason)
  }
  input.signal?.addEventListener('abort', onAbort, { once: true })
  if (input.signal?.aborted === true) onAbort()
  let hasBegun = false
  whenConnected(request, () => {
    if (!hasBegun && failure === null) waitNow(input.headersTimeoutMs ?? limits.headersMs, 'headers_deadline')
  })
  request.on('error', reject)
  request.on('response', resolve)
  request.end(input.body)
  try {
    const response = await promise
    hasBegun = true
    const onChunk = (): void => waitNow(limits.idleBodyMs, 'idle_body')
    onChunk()
    const body = await readBody(response, input.maxBodyBytes ?? limits.bodyBytes, onChunk)
    return { status: response.statusCode ?? 0, headers: headersOf(response), body }
  } catch (error) {
    request.destroy()
    // The timers and the signal end the call by destroying it; what Node then reports is only the echo.
    throw failure ?? error
  } finally {
    clearTimeout(callTimer)
    clearTimeout(stepTimer)
    input.signal?.removeEventListener('abort', onAbort)
  }
}

/** Makes the way out for one profile: its own kept connections, the proxies of the environment, its private authority. */
export const createHttp = ({ environment, log, now, certificatePem, limits: given }: HttpOptions): Http => {
  const limits: HttpLimits = { ...HTTP_LIMITS, ...given }
  const agents = new Map<string, Agent>()
  let isClosed = false

  const agentFor = (protocol: 'http:' | 'https:'): Agent => {
    const known = agents.get(protocol)
    if (known !== undefined) return known
    const made = createAgent(protocol, environment, certificatePem)
    agents.set(protocol, made)
    return made
  }

  return {
    request: async (input) => {
      const startedAt = now()
      try {
        if (isClosed) throw new HttpFailure('cancelled', 'closed')
        const reply = await exchange(agentFor(new URL(input.url).protocol === 'https:' ? 'https:' : 'http:'), input, limits)
        log.debug('http.reply', { method: input.method, host: new URL(input.url).host, status: reply.status, ms: now() - startedAt })
        return reply
      } catch (error) {
        const failure = httpFailureFrom(error)
        log.debug('http.failure', { method: input.method, kind: failure.kind, reason: failure.reason, ms: now() - startedAt })
        throw failure
      }
    },
    open: async (input) => {
      try {
        if (isClosed) throw new HttpFailure('cancelled', 'closed')
        const agent = agentFor(new URL(input.url).protocol === 'https:' ? 'https:' : 'http:')
        const reply = await exchangeInPieces(agent, input, limits)
        log.debug('http.stream', { method: input.method, host: new URL(input.url).host, status: reply.status })
        return reply
      } catch (error) {
        const failure = httpFailureFrom(error)
        log.debug('http.failure', { method: input.method, kind: failure.kind, reason: failure.reason })
        throw failure
      }
    },
    agentFor,
    dropIdle: () => {
      for (const agent of agents.values()) {
        for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy()
      }
    },
    close: () => {
      isClosed = true
      for (const agent of agents.values()) agent.destroy()
      agents.clear()
    },
  }
}
