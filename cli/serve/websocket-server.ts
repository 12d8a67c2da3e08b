import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer as Acceptor } from 'ws'
import { LIMITS } from '#shared/wire'
import { readFrame } from '#core/automation/frame-reader'
import { readCall, writeAnswer, writeNotification } from '#core/automation/json-rpc'
import type { Caller } from '#core/caller'
import type { Core } from '#core/core'

const MAX_WINDOWS = 32
const CALLS_IN_FLIGHT = 256
/** A page that does not read loses its connection at this; it reads everything again when it is back. */
const MAX_UNREAD = 2 * LIMITS.lineOutBytes
const ALIVE_MS = 30_000

const UI: Caller = { kind: 'ui' }

/** Close codes of RFC 6455, 7.4.1. */
const CLOSE = { goingAway: 1001, unsupported: 1003, policy: 1008, tryLater: 1013 } as const

/** JSON-RPC between the window's page and the core: one message a text frame, change events as notifications. */
export class WebSocketServer {
  readonly #core: Pick<Core, 'dispatch' | 'onChange' | 'noteAttention' | 'log'>
  readonly #acceptor = new Acceptor({ noServer: true, maxPayload: LIMITS.lineInBytes, perMessageDeflate: false, clientTracking: true })
  readonly #answered = new WeakSet<WebSocket>()
  readonly #stopListening: () => void
  readonly #clock: ReturnType<typeof setInterval>

  constructor(core: Pick<Core, 'dispatch' | 'onChange' | 'noteAttention' | 'log'>) {
    this.#core = core
    this.#stopListening = core.onChange((event) => {
      if (this.#acceptor.clients.size === 0) return
      const text = writeNotification('event', { type: event.type, data: event.data })
      for (const client of this.#acceptor.clients) this.#send(client, text)
    })
    this.#clock = setInterval(() => this.#dropSilent(), ALIVE_MS)
    this.#clock.unref()
  }

  /** Takes over a request whose Host, Origin and session were found good. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#acceptor.handleUpgrade(request, socket, head, (client) => {
      // A page that cannot be served is told so in the protocol, so that it does not take it for a network fault.
      if (this.#acceptor.clients.size > MAX_WINDOWS) return client.close(CLOSE.tryLater)
      this.#serve(client)
      this.#core.noteAttention()
    })
  }

  /** How many pages are connected. */
  get windowCount(): number {
    return this.#acceptor.clients.size
  }

  /** Tells the pages that the host goes away. */
  stop(): void {
    clearInterval(this.#clock)
    this.#stopListening()
    for (const client of this.#acceptor.clients) {
      client.close(CLOSE.goingAway)
      client.terminate()
    }
    this.#acceptor.close()
  }

  #serve(client: WebSocket): void {
    let inFlight = 0
    this.#answered.add(client)
    client.on('pong', () => this.#answered.add(client))
    client.on('error', () => client.terminate())
    client.on('message', (data: Buffer, isBinary: boolean) => {
      if (client.readyState !== WebSocket.OPEN) return
      if (isBinary) return client.close(CLOSE.unsupported)
      const incoming = readCall(readFrame(data))
      if (incoming.kind === 'refused') {
        this.#send(client, JSON.stringify(incoming.answer))
        if (incoming.isFatal) client.close(CLOSE.policy)
        return
      }
      const { id, method, params } = incoming.call
      // The page came to the front: the one thing it says without asking.
      if (method === 'window.focused' && id === undefined) return this.#core.noteAttention()
      inFlight += 1
      if (inFlight >= CALLS_IN_FLIGHT) client.pause()
      void this.#core.dispatch(UI, method, params).then((reply) => {
        inFlight -= 1
        if (client.isPaused) client.resume()
        if (id !== undefined) this.#send(client, writeAnswer(id, reply))
      })
    })
  }

  #send(client: WebSocket, text: string): void {
    if (client.readyState !== WebSocket.OPEN) return
    if (client.bufferedAmount > MAX_UNREAD) {
      this.#core.log.warn('window.unread', { bytes: client.bufferedAmount })
      return client.terminate()
    }
    client.send(text)
  }

  #dropSilent(): void {
    for (const client of this.#acceptor.clients) {
      if (!this.#answered.delete(client)) client.terminate()
      else client.ping()
    }
  }
}
