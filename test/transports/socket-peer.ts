import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SocketServer, type SocketServerOptions } from '#core/automation/socket-server'

export interface RpcMessage {
  readonly jsonrpc?: string
  readonly id?: string | number | null
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data: Record<string, unknown> }
}

/** A private folder that is gone after the test. */
export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'patchbay-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface RunningSocket {
  readonly server: SocketServer
  readonly folder: string
  readonly socketPath: string
  readonly stop: () => Promise<void>
}

/** A socket server in a folder of its own. */
export const startSocket = async (
  core: SocketServerOptions['core'],
  more: Partial<Pick<SocketServerOptions, 'limits' | 'isTrusted' | 'hostMethods'>> = {},
): Promise<RunningSocket> => {
  const { path: folder, remove } = temporaryFolder()
  const socketPath = join(folder, 'patchbay.sock')
  const server = new SocketServer({
    core,
    platform: { socketPath, dataFolder: folder, monotonicNow: () => performance.now() },
    isTrusted: false,
    ...more,
  })
  await server.start()
  return {
    server,
    folder,
    socketPath,
    stop: async () => {
      await server.stop()
      remove()
    },
  }
}

/** A client that speaks bytes: nothing of the real command line is in it, so it can misbehave. */
export class SocketPeer {
  readonly socket: Socket
  readonly messages: RpcMessage[] = []
  readonly closed: Promise<void>
  #rest = ''
  #wake: (() => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.messages.push(JSON.parse(line) as RpcMessage)
      this.#tell()
    })
    this.closed = new Promise((resolve) => {
      socket.on('error', () => {})
      socket.on('close', () => {
        resolve()
        this.#tell()
      })
    })
  }

  static async connect(socketPath: string): Promise<SocketPeer> {
    const socket = connect({ path: socketPath, allowHalfOpen: true })
    await once(socket, 'connect')
    return new SocketPeer(socket)
  }

  /** Connected and proven as the bundled command line. */
  static async connectAsCli(
    running: { readonly socketPath: string; readonly folder: string },
    terminal?: string,
    name = 'test',
  ): Promise<SocketPeer> {
    const peer = await SocketPeer.connect(running.socketPath)
    const key = createPrivateKey(readFileSync(join(running.folder, 'cli.key')))
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
    const client = { name, version: '1', publicKey, ...(terminal !== undefined && { terminal }) }
    const hello = await peer.call('system.hello', { client })
    const { nonce } = hello.result as { readonly nonce: string }
    const signature = sign(null, Buffer.from(`patchbay-prove\n${nonce}\n${running.socketPath}`), key).toString('base64')
    await peer.call('system.prove', { signature })
    return peer
  }

  send(message: unknown): void {
    this.write(`${JSON.stringify(message)}\n`)
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes)
  }

  #ids = 0

  async call(method: string, params: unknown = {}): Promise<RpcMessage> {
    this.#ids += 1
    const id = `c${this.#ids}`
    this.send({ jsonrpc: '2.0', id, method, params })
    return this.message((message) => message.id === id)
  }

  /** The first message that fits, now or later. Fails when the connection closes before. */
  async message(fits: (message: RpcMessage) => boolean): Promise<RpcMessage> {
    for (;;) {
      const found = this.messages.find(fits)
      if (found !== undefined) return found
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.messages).slice(0, 500)}`)
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  /** Resolves when the server has ended its side. */
  async ended(): Promise<void> {
    if (!this.socket.readableEnded && !this.socket.destroyed) await Promise.race([once(this.socket, 'end'), this.closed])
  }

  close(): void {
    this.socket.destroy()
  }

  #tell(): void {
    const waiting = this.#wake
    this.#wake = []
    for (const wake of waiting) wake()
  }
}
