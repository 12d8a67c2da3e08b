import type { RawData, WebSocket } from 'ws'
import { z } from 'zod'
import type { Http } from '#core/http'
import { HttpFailure, httpFailureFrom } from '#core/http-failure'
import { parseForeignJson } from '#core/http-json'
import type { Log } from '#core/log'
import { PatchbayError } from '#shared/errors'
import { errorFromFailure, foreignWords } from './nango-errors.ts'

/** How a sign-in ended, as far as the socket knows. `lost` says nothing about the sign-in: Nango's list decides. */
export type NangoAuthResult =
  | { readonly kind: 'success'; readonly connectionId: string; readonly providerConfigKey: string }
  | { readonly kind: 'error'; readonly type: string; readonly description: string }
  | { readonly kind: 'lost' }

const START_MS = 5_000
const PROOF_MS = 5_000
const MAX_FRAME_BYTES = 65_536

/** The messages of nango-api.md section 9. Kinds of a newer server are ignored. */
const Message = z.union([
  z.object({ message_type: z.literal('connection_ack'), ws_client_id: z.string().regex(/^[\w-]{1,128}$/) }),
  z.object({ message_type: z.literal('success'), connection_id: z.string().min(1), provider_config_key: z.string().min(1) }),
  z.object({ message_type: z.literal('error'), error_type: z.string(), error_desc: z.string().nullish() }),
  z.object({ message_type: z.string().refine((type) => !['connection_ack', 'success', 'error'].includes(type)) }),
])

/** Nango's WebSocket for one sign-in. It gives exactly one result, then it is over. */
export class NangoAuthSocket {
  /** Settles once, never rejects. `stop` settles it as `lost`. */
  readonly result: Promise<NangoAuthResult>
  readonly #settle: (result: NangoAuthResult) => void
  readonly #http: Http
  readonly #log: Log
  readonly #url: URL
  #socket: WebSocket | null = null
  #isOver = false

  constructor(options: { readonly host: string; readonly path: string; readonly http: Http; readonly log: Log }) {
    const { promise, resolve } = Promise.withResolvers<NangoAuthResult>()
    this.result = promise
    this.#settle = resolve
    this.#http = options.http
    this.#log = options.log
    // As in @nangohq/frontend: the path counts from the root of the host.
    this.#url = new URL(options.path, options.host)
    if (this.#url.origin !== new URL(options.host).origin) throw new PatchbayError('nango.protocol', { data: { reason: 'websocket_path' } })
  }

  /** Resolves to the id that goes into the authorization address as `ws_client_id`, within 5 s. Throws a `nango.*` error. */
  async start(): Promise<string> {
    if (this.#isOver) throw new PatchbayError('request.cancelled')
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    // It may fail before anybody waits for it.
    promise.catch(() => {})
    const isSecure = this.#url.protocol === 'https:'
    const fail = (failure: HttpFailure): void => {
      reject(errorFromFailure(failure))
      this.#end({ kind: 'lost' })
    }
    const timer = setTimeout(() => fail(new HttpFailure('timeout', 'websocket')), START_MS)
    try {
      // Loaded at its first use: it would cost the start of the host.
      const { WebSocket: Socket } = await import('ws')
      if (this.#isOver) throw new PatchbayError('request.cancelled')
      const socket = new Socket(this.#url.href.replace(/^http/, 'ws'), {
        agent: this.#http.agentFor(isSecure ? 'https:' : 'http:'),
        maxPayload: MAX_FRAME_BYTES,
        perMessageDeflate: false,
        followRedirects: false,
        handshakeTimeout: START_MS,
      })
      this.#socket = socket
      socket.on('message', (data, isBinary) => this.#read(data, isBinary, resolve))
      socket.on('error', (error) => fail(httpFailureFrom(error)))
      socket.on('close', () => fail(new HttpFailure('interrupted', 'websocket_closed')))
      return await promise
    } catch (error) {
      this.#end({ kind: 'lost' })
      throw error instanceof PatchbayError ? error : errorFromFailure(httpFailureFrom(error))
    } finally {
      clearTimeout(timer)
    }
  }

  /** Asks the server for a sign of life (RFC 6455 section 5.5.2); without one in time the socket is lost. True when one came. */
  async prove(limitMs = PROOF_MS): Promise<boolean> {
    const socket = this.#socket
    if (socket === null || this.#isOver) return false
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => resolve(false), limitMs)
    socket.once('pong', () => resolve(true))
    socket.ping((error?: Error) => {
      if (error !== undefined && error !== null) resolve(false)
    })
    void this.result.then(() => resolve(false))
    const isAlive = await promise
    clearTimeout(timer)
    if (!isAlive) this.#end({ kind: 'lost' })
    return isAlive
  }

  stop(): void {
    this.#end({ kind: 'lost' })
  }

  #read(data: RawData, isBinary: boolean, acknowledge: (id: string) => void): void {
    const message = isBinary ? null : Message.safeParse(parseForeignJson(Buffer.isBuffer(data) ? data.toString('utf8') : ''))
    if (message?.success !== true) {
      this.#log.warn('nango.socket.malformed')
      this.#end({ kind: 'lost' })
    } else if ('ws_client_id' in message.data) acknowledge(message.data.ws_client_id)
    else if ('connection_id' in message.data) {
      this.#end({ kind: 'success', connectionId: message.data.connection_id, providerConfigKey: message.data.provider_config_key })
    } else if ('error_type' in message.data) {
      this.#end({
        kind: 'error',
        type: foreignWords(message.data.error_type),
        description: foreignWords(message.data.error_desc ?? ''),
      })
    }
  }

  #end(result: NangoAuthResult): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#settle(result)
    // The server never closes it (nango-api.md section 9); waiting for its close frame would keep the host alive.
    this.#socket?.terminate()
  }
}
