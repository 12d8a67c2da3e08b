import { type ChangeEvent, changeEvents, type ChangeEventType } from '#shared/contract/contract'
import { ERRORS } from '#shared/errors'
import { fromRpc, type Reply } from '#shared/wire'
import type { LinkState, Transport } from './transport.ts'

/** Waits between attempts in ms; the last one repeats. */
const BACK_OFF = [100, 300, 1000, 2000, 3000] as const
/** Attempts without an answer until the host counts as gone. */
const GONE_AFTER = 4
/** How long a call waits for a link before it fails. */
const WAIT_FOR_LINK_MS = 8000

const noHost: Reply = {
  ok: false,
  error: { code: 'host.not_running', message: ERRORS['host.not_running'].message, data: { next: ERRORS['host.not_running'].next } },
}

/** A change event of a frame, or null when the frame is something else. */
export const readEvent = (message: unknown): ChangeEvent | null => {
  if (typeof message !== 'object' || message === null || !('method' in message) || message.method !== 'event') return null
  const params = 'params' in message ? message.params : null
  if (typeof params !== 'object' || params === null || !('type' in params) || typeof params.type !== 'string') return null
  if (!Object.hasOwn(changeEvents, params.type)) return null
  const type = params.type as ChangeEventType
  const data = changeEvents[type].safeParse('data' in params ? params.data : undefined)
  return data.success ? ({ type, data: data.data } as ChangeEvent) : null
}

interface Waiting {
  readonly frame: string
  readonly settle: (reply: Reply) => void
  isSent: boolean
}

/** JSON-RPC over one WebSocket that is opened again with back-off; what was sent when it broke fails, what was not yet sent waits. */
export const websocketTransport = (address: string): Transport => {
  const waiting = new Map<number, Waiting>()
  const eventListeners = new Set<(event: ChangeEvent) => void>()
  const linkListeners = new Set<() => void>()
  let state: LinkState = 'connecting'
  let socket: WebSocket | null = null
  let attempts = 0
  let nextId = 1

  const setState = (next: LinkState): void => {
    if (next === state) return
    state = next
    for (const listener of linkListeners) listener()
  }

  const settle = (id: number, reply: Reply): void => {
    const call = waiting.get(id)
    waiting.delete(id)
    call?.settle(reply)
  }

  const receive = (text: string): void => {
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      return
    }
    const event = readEvent(message)
    if (event !== null) {
      for (const listener of eventListeners) listener(event)
      return
    }
    const answer = fromRpc(message)
    if (typeof answer?.id === 'number') settle(answer.id, answer.reply)
  }

  const open = (): void => {
    const current = new WebSocket(address)
    socket = current
    current.addEventListener('open', () => {
      attempts = 0
      for (const call of waiting.values()) {
        current.send(call.frame)
        call.isSent = true
      }
      setState('open')
    })
    current.addEventListener('message', (event) => {
      if (typeof event.data === 'string') receive(event.data)
    })
    current.addEventListener('close', () => {
      attempts += 1
      setState(attempts > GONE_AFTER ? 'gone' : 'lost')
      for (const [id, call] of waiting) if (call.isSent || state === 'gone') settle(id, noHost)
      setTimeout(open, BACK_OFF[Math.min(attempts, BACK_OFF.length) - 1])
    })
  }
  open()

  return {
    call: (method, params) =>
      new Promise((resolve) => {
        if (state === 'gone') {
          resolve(noHost)
          return
        }
        const id = nextId
        nextId += 1
        const call: Waiting = { frame: JSON.stringify({ jsonrpc: '2.0', id, method, params }), settle: resolve, isSent: false }
        waiting.set(id, call)
        if (socket?.readyState === WebSocket.OPEN) {
          socket.send(call.frame)
          call.isSent = true
        } else {
          setTimeout(() => {
            if (!call.isSent) settle(id, noHost)
          }, WAIT_FOR_LINK_MS)
        }
      }),
    onEvent: (listener) => {
      eventListeners.add(listener)
      return () => eventListeners.delete(listener)
    },
    onLink: (listener) => {
      linkListeners.add(listener)
      return () => linkListeners.delete(listener)
    },
    link: () => state,
  }
}
