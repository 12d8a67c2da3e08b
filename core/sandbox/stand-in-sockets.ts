import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

/** What a flow tells the socket that started it (nango-api.md section 9). */
export type FlowMessage =
  | { readonly message_type: 'success'; readonly provider_config_key: string; readonly connection_id: string; readonly is_pending: false }
  | {
      readonly message_type: 'error'
      readonly provider_config_key: string
      readonly connection_id: string
      readonly error_type: string
      readonly error_desc: string
    }

/** The WebSockets at `/`: an acknowledgement at once, then at most one result each; the server never closes them. */
export class FlowSockets {
  readonly #server: WebSocketServer
  readonly #listeners = new Map<string, WebSocket>()

  constructor(server: Server) {
    this.#server = new WebSocketServer({ server, path: '/', maxPayload: 65_536 })
    this.#server.on('connection', (socket) => {
      const id = randomUUID()
      this.#listeners.set(id, socket)
      socket.on('error', () => socket.terminate())
      socket.on('close', () => this.#listeners.delete(id))
      socket.send(JSON.stringify({ message_type: 'connection_ack', ws_client_id: id }))
    })
  }

  /** Sends the one result of a socket and forgets it; false when nobody listens. */
  async tell(id: string | null, message: FlowMessage): Promise<boolean> {
    const socket = id === null ? undefined : this.#listeners.get(id)
    if (id === null || !socket) return false
    this.#listeners.delete(id)
    await new Promise<void>((resolve) => socket.send(JSON.stringify(message), () => resolve()))
    return true
  }

  drop(): void {
    for (const socket of this.#server.clients) socket.terminate()
  }

  forget(): void {
    this.#listeners.clear()
  }

  count(): number {
    return this.#server.clients.size
  }

  stop(): void {
    this.drop()
    this.#server.close()
  }
}
