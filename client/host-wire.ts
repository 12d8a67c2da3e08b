import { connect, type Socket } from 'node:net'
import { PatchbayClientError } from './client-error.ts'

/** What the host takes in one line, and what it sends at most. */
export const MAX_SENT_BYTES = 1_048_576
export const MAX_READ_BYTES = 8_388_608

/** Something that happened, in the order of `sequence`. */
export interface WireEvent {
  readonly sequence: number
  readonly type: string
  readonly at: string
  readonly data: Readonly<Record<string, unknown>>
}

interface Message {
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string; readonly data?: Readonly<Record<string, unknown>> & { readonly code?: string } }
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'])

const errorOf = ({ message, data }: NonNullable<Message['error']>): PatchbayClientError => {
  const { code = 'internal', ...facts } = data ?? {}
  return new PatchbayClientError(code, { message, data: facts })
}

/** One connection to the host: newline-delimited JSON-RPC 2.0. Calls may be made without waiting for those before. */
export class HostWire {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #eventListeners = new Set<(event: WireEvent) => void>()
  readonly #closeListeners = new Set<() => void>()
  #chunks: Buffer[] = []
  #unfinished = 0
  #out: string[] = []
  #ids = 0
  #failure: PatchbayClientError | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.on('error', () => {})
    socket.on('close', () => this.#fail(new PatchbayClientError('host.stopping')))
  }

  /** Throws `host.not_running` when nobody listens there. */
  static open(socketPath: string): Promise<HostWire> {
    return new Promise((resolve, reject) => {
      const socket = connect(socketPath)
      socket.once('connect', () => {
        socket.removeAllListeners('error')
        resolve(new HostWire(socket))
      })
      socket.once('error', (error: NodeJS.ErrnoException) => {
        const code = NOBODY.has(error.code ?? '') ? 'host.not_running' : 'host.busy'
        reject(
          new PatchbayClientError(code, {
            ...(code === 'host.busy' && { message: 'Patchbay could not be reached.' }),
            data: { socketPath, reason: error.code ?? 'unknown' },
            cause: error,
          }),
        )
      })
    })
  }

  /** Null while it is good; afterwards why it is not. */
  get failure(): PatchbayClientError | null {
    return this.#failure
  }

  /** The result of a method. Throws what the host answers, `request.cancelled` once `signal` has ended, `host.stopping` when it hangs up. */
  call(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(new PatchbayClientError('request.cancelled', { cause: signal.reason }))
    if (this.#failure !== null) return Promise.reject(this.#failure)
    this.#ids += 1
    const id = this.#ids
    const line = JSON.stringify({ jsonrpc: '2.0', id, method, params })
    // Three bytes a unit at most: only a long text has to be counted.
    if (line.length * 3 > MAX_SENT_BYTES && Buffer.byteLength(line) > MAX_SENT_BYTES) {
      return Promise.reject(new PatchbayClientError('request.too_large', { data: { limitInBytes: MAX_SENT_BYTES } }))
    }
    this.#write(line)
    return new Promise((resolve, reject) => {
      if (signal === undefined) {
        this.#waiting.set(id, { resolve, reject })
        return
      }
      const cancel = (): void => {
        if (!this.#waiting.delete(id)) return
        this.#write(JSON.stringify({ jsonrpc: '2.0', method: 'system.cancel', params: { id } }))
        reject(new PatchbayClientError('request.cancelled', { cause: signal.reason }))
      }
      signal.addEventListener('abort', cancel, { once: true })
      const settled =
        <T>(act: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', cancel)
          act(value)
        }
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) })
    })
  }

  /** Calls back for every event once `events.subscribe` was called; returns the end of it. */
  onEvent(listener: (event: WireEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => void this.#eventListeners.delete(listener)
  }

  /** Calls back when it has ended, at once if it has; returns the end of that. */
  onClose(listener: () => void): () => void {
    if (this.#failure !== null) listener()
    else this.#closeListeners.add(listener)
    return () => void this.#closeListeners.delete(listener)
  }

  /** Hangs up; calls that wait are rejected with `host.stopping`. */
  close(): void {
    this.#fail(new PatchbayClientError('host.stopping', { message: 'The connection to Patchbay was closed.' }))
  }

  #write(line: string): void {
    // What is called in one turn leaves in one write.
    if (this.#out.push(line) === 1) process.nextTick(() => this.#flush())
  }

  #flush(): void {
    const text = `${this.#out.join('\n')}\n`
    this.#out = []
    if (!this.#socket.destroyed) this.#socket.write(text)
  }

  #onData(chunk: Buffer): void {
    let from = 0
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      const part = chunk.subarray(from, at)
      const line = this.#chunks.length === 0 ? part : Buffer.concat([...this.#chunks, part])
      this.#chunks = []
      this.#unfinished = 0
      from = at + 1
      if (!this.#onLine(line)) return
    }
    if (from === chunk.length) return
    this.#chunks.push(chunk.subarray(from))
    this.#unfinished += chunk.length - from
    if (this.#unfinished > MAX_READ_BYTES) this.#fail(new PatchbayClientError('request.result_too_large'))
  }

  /** False when what was read is not of this protocol. */
  #onLine(line: Buffer): boolean {
    let message: Message
    try {
      message = JSON.parse(line.toString()) as Message
    } catch (error) {
      this.#fail(new PatchbayClientError('request.malformed', { message: 'What answers there is not Patchbay.', cause: error }))
      return false
    }
    if (message.method === 'event') {
      for (const listener of this.#eventListeners) listener(message.params as WireEvent)
      return true
    }
    const error = message.error === undefined ? null : errorOf(message.error)
    if (typeof message.id !== 'number') {
      // Not the answer to a call: the host refuses this connection.
      if (error !== null) this.#fail(error)
      return error === null
    }
    // The answer to a call that was cancelled has nobody who waits for it.
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (error === null) waiting?.resolve(message.result)
    else waiting?.reject(error)
    return true
  }

  #fail(error: PatchbayClientError): void {
    if (this.#failure !== null) return
    this.#failure = error
    this.#socket.destroy()
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(error)
    const listeners = [...this.#closeListeners]
    this.#closeListeners.clear()
    for (const listener of listeners) listener()
  }
}
