import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { type ErrorData, fromWire, PatchbayError } from '#shared/errors'

export interface SocketClientOptions {
  readonly socketPath: string
  readonly dataFolder: string
  readonly version: string
  /** The terminal that the person sits at, or null. */
  readonly terminal: string | null
}

/** An event as the host announces it. */
export interface AnnouncedEvent {
  readonly sequence: number
  readonly type: string
  readonly at: string
  readonly data: Readonly<Record<string, unknown>>
}

/** That a request or a call of a program came or was answered. */
export interface AnnouncedChange {
  readonly type: string
}

interface Message {
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string; readonly data?: ErrorData & { readonly code?: string } }
}

interface Waiting {
  /** The result is wanted as the JSON text it came in. */
  readonly isText: boolean
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** Importing node:crypto fills in all its names, among them WebCrypto, for 8 ms; asking for the module itself does not. */
const loadCrypto = async (): Promise<typeof import('node:crypto')> =>
  typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule('node:crypto') : import('node:crypto')

/** How the host writes an answer that is no error. */
const RESULT = /^\{"jsonrpc":"2\.0","id":(\d+),"result":/

const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'])

/** Resolves when somebody takes the connection; what was written before arrives then. */
const opened = (socket: Socket, socketPath: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      reject(NOBODY.has(error.code ?? '') ? new PatchbayError('host.not_running', { data: { socketPath }, cause: error }) : error)
    })
  })

/** The single-use pass that the host left for its command line, or null. */
const readPass = (dataFolder: string): string | null => {
  try {
    return readFileSync(join(dataFolder, 'cli.pass'), 'utf8')
  } catch {
    return null
  }
}

/** A connection to the host, proven as its own command line by the key that it left in the data folder. */
export class SocketClient {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Set<(event: AnnouncedEvent) => void>()
  readonly #changeListeners = new Set<(change: AnnouncedChange) => void>()
  #chunks: Buffer[] = []
  #ids = 0
  #proven: Promise<void> = Promise.resolve()
  #failure: Error | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.on('error', () => {})
    socket.on('close', () => this.#fail(new PatchbayError('host.stopping')))
  }

  /**
   * Throws `host.not_running` when nobody listens. Does not wait for the proof: calls may follow in the same write, and one that
   * arrives before the proof holds is sent again after it.
   */
  static async connect(options: SocketClientOptions): Promise<SocketClient> {
    const pass = readPass(options.dataFolder)
    const socket = connect(options.socketPath)
    const connected = opened(socket, options.socketPath)
    const client = new SocketClient(socket)
    client.#proven = pass === null ? client.#sign(options) : client.#pass(options, pass)
    client.#proven.catch((error: unknown) => client.#fail(error instanceof Error ? error : new Error('refused')))
    await connected
    return client
  }

  /** The result of a method. Throws the PatchbayError that the host answers, `automation.denied` when the key is not the host's. */
  async call(method: string, params: unknown): Promise<unknown> {
    return this.#sendProven(method, params, false)
  }

  /** The same as JSON text, as it came: to hand on a long list is then no work. */
  async callText(method: string, params: unknown): Promise<string> {
    const result = await this.#sendProven(method, params, true)
    return typeof result === 'string' ? result : JSON.stringify(result)
  }

  async #sendProven(method: string, params: unknown, isText: boolean): Promise<unknown> {
    try {
      return await this.#send(method, params, isText)
    } catch (error) {
      if (!(error instanceof PatchbayError) || error.code !== 'automation.unproven') throw error
      await this.#proven
      return this.#send(method, params, isText)
    }
  }

  async #pass(options: SocketClientOptions, pass: string): Promise<void> {
    const { version, terminal } = options
    void this.#send('system.hello', { client: { name: 'patchbay', version, ...(terminal !== null && { terminal }) } }).catch(() => {})
    try {
      await this.#send('system.prove', { pass })
    } catch (error) {
      // Another command took it in the same moment.
      if (!(error instanceof PatchbayError) || error.code !== 'automation.denied') throw error
      await this.#sign(options)
    }
  }

  async #sign({ dataFolder, socketPath, version, terminal }: SocketClientOptions): Promise<void> {
    const { createPrivateKey, createPublicKey, sign } = await loadCrypto()
    let key
    try {
      key = createPrivateKey(readFileSync(join(dataFolder, 'cli.key')))
    } catch (error) {
      throw new PatchbayError('automation.denied', { message: 'The running Patchbay left no key for its command line.', cause: error })
    }
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
    const introduction = { name: 'patchbay', version, publicKey, ...(terminal !== null && { terminal }) }
    const { nonce } = (await this.#send('system.hello', { client: introduction })) as { readonly nonce: string }
    // The signature names the nonce and the socket: worthless anywhere else and any other time.
    const signature = sign(null, Buffer.from(`patchbay-prove\n${nonce}\n${socketPath}`), key).toString('base64')
    await this.#send('system.prove', { signature })
  }

  #send(method: string, params: unknown, isText = false): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#ids += 1
      this.#waiting.set(this.#ids, { isText, resolve, reject })
      this.#socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: this.#ids, method, params })}\n`)
    })
  }

  /** Calls back for every event after `events.subscribe`; returns the end of it. */
  onEvent(listener: (event: AnnouncedEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls back for what becomes of the requests and calls of programs, after `events.subscribe`; returns the end of it. */
  onChange(listener: (change: AnnouncedChange) => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  /** Resolves when the host has hung up. */
  get closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve()
      this.#socket.once('close', () => resolve())
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #onData(chunk: Buffer): void {
    let from = 0
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...this.#chunks, chunk.subarray(from, at)]).toString()
      this.#chunks = []
      from = at + 1
      if (!this.#takeText(line)) this.#onMessage(JSON.parse(line) as Message)
    }
    if (from < chunk.length) this.#chunks.push(chunk.subarray(from))
  }

  /** Hands on a result that is wanted as text; false for everything else. */
  #takeText(line: string): boolean {
    const [head, id] = RESULT.exec(line) ?? []
    const waiting = this.#waiting.get(Number(id))
    if (head === undefined || waiting?.isText !== true) return false
    this.#waiting.delete(Number(id))
    waiting.resolve(line.slice(head.length, -1))
    return true
  }

  #onMessage(message: Message): void {
    if (message.method === 'event') {
      for (const listener of this.#listeners) listener(message.params as AnnouncedEvent)
      return
    }
    if (message.method === 'change') {
      for (const listener of this.#changeListeners) listener(message.params as AnnouncedChange)
      return
    }
    const { code = 'internal', ...data } = message.error?.data ?? {}
    const error = message.error === undefined ? null : fromWire({ code, message: message.error.message, data })
    if (typeof message.id !== 'number') {
      // Not the answer to a call: the host refuses this connection.
      if (error !== null) this.#fail(error)
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (error === null) waiting?.resolve(message.result)
    else waiting?.reject(error)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
}
