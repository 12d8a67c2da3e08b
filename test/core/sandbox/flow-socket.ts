import { once } from 'node:events'
import { WebSocket } from 'ws'
import { pickText } from './call-stand-in.ts'

/** A WebSocket to the stand-in that has been acknowledged. */
export interface FlowSocket {
  readonly id: string
  readonly socket: WebSocket
  /** The messages after the acknowledgement, so far. */
  readonly received: readonly unknown[]
  /** The next message after the acknowledgement. */
  next(): Promise<unknown>
}

const parse = (data: unknown): unknown => JSON.parse(String(data))

/** Connects and waits for the acknowledgement. */
export const openFlowSocket = async (url: string): Promise<FlowSocket> => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'))
  const messages: unknown[] = []
  const waiting: ((message: unknown) => void)[] = []
  const first = once(socket, 'message')
  const [data] = await first
  const acknowledgement = parse(data)
  socket.on('message', (more) => {
    const message = parse(more)
    messages.push(message)
    waiting.shift()?.(message)
  })
  return {
    id: pickText(acknowledgement, 'ws_client_id'),
    socket,
    received: messages,
    next: () => new Promise((resolve) => waiting.push(resolve)),
  }
}
