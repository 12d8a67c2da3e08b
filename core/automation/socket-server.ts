import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { PatchbayError } from '#shared/errors'
import { LIMITS } from '#shared/wire'
import type { Core } from '#core/core'
import type { Platform } from '#core/platform'
import { type CliKey, createCliKey } from './cli-key.ts'
import { SocketConnection, type SocketLimits } from './socket-connection.ts'
import { clearSocketPath, isPipe } from './socket-path.ts'

export interface SocketServerOptions {
  readonly core: Pick<Core, 'dispatch' | 'onPublicEvent' | 'log'>
  readonly platform: Pick<Platform, 'socketPath' | 'dataFolder' | 'monotonicNow'>
  /** The host was started headless with the Nango key in its environment and trusts its own command line. */
  readonly isTrusted: boolean
  /** Methods of the host itself for its own command line, beside the contract: `window.open`. */
  readonly hostMethods?: Readonly<Record<string, (params: unknown) => Promise<unknown>>>
  readonly limits?: Partial<SocketLimits>
}

/** What holds where nothing else is asked for. */
export const SOCKET_LIMITS: SocketLimits = {
  connections: 256,
  unprovenMs: 10_000,
  idleMs: 600_000,
  lineMs: 30_000,
  unreadBytes: 1_048_576,
  unreadMs: 10_000,
  maxUnreadBytes: 2 * LIMITS.lineOutBytes,
  callsInFlight: 128,
  failedProofs: 3,
}

/** The local socket: newline-delimited JSON-RPC 2.0 for the command line and for programs of the same user. */
export class SocketServer {
  readonly #options: SocketServerOptions
  readonly #limits: SocketLimits
  readonly #connections = new Set<SocketConnection>()
  #server: Server | null = null
  #cliKey: CliKey | null = null
  #clock: ReturnType<typeof setInterval> | undefined

  constructor(options: SocketServerOptions) {
    this.#options = options
    this.#limits = { ...SOCKET_LIMITS, ...options.limits }
  }

  /** Resolves once clients can connect. Throws `host.already_running` when another host answers, `storage.unsafe_folder`. */
  async start(): Promise<void> {
    const { socketPath, dataFolder } = this.#options.platform
    await clearSocketPath(socketPath)
    // The key lies there before the first client can ask for it.
    const cliKey = createCliKey(dataFolder)
    this.#cliKey = cliKey
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket, cliKey))
    this.#server = server
    try {
      await this.#listen(server, socketPath)
    } catch (error) {
      await this.stop()
      throw error
    }
    server.on('error', (error) => this.#options.core.log.error('socket.failed', { error }))
    const period = Math.max(
      20,
      Math.min(1000, this.#limits.unprovenMs / 4, this.#limits.lineMs / 4, this.#limits.unreadMs / 4, this.#limits.idleMs / 4),
    )
    this.#clock = setInterval(() => {
      for (const connection of this.#connections) connection.enforceTimes()
    }, period)
    this.#clock.unref()
  }

  /** Lets answers in hand go out for up to 500 ms, then hangs up on everybody and takes the socket and the key file away. */
  async stop(): Promise<void> {
    clearInterval(this.#clock)
    const server = this.#server
    this.#server = null
    this.#cliKey?.remove()
    this.#cliKey = null
    if (server === null) return
    for (const connection of this.#connections) connection.finish()
    const late = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy()
    }, 500)
    await new Promise<void>((resolve) => server.close(() => resolve()))
    clearTimeout(late)
  }

  /** How many clients are connected. */
  get connectionCount(): number {
    return this.#connections.size
  }

  #listen(server: Server, socketPath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? new PatchbayError('host.already_running', { data: { socketPath }, cause: error }) : error),
      )
      // The socket is made inside listen: with this umask nobody else can open it, not even for a moment.
      const before = isPipe(socketPath) ? null : process.umask(0o177)
      try {
        server.listen(socketPath, () => {
          server.removeAllListeners('error')
          if (!isPipe(socketPath)) chmodSync(socketPath, 0o600)
          resolve()
        })
      } finally {
        if (before !== null) process.umask(before)
      }
    })
  }

  #accept(socket: Socket, cliKey: CliKey): void {
    const { core, platform, isTrusted, hostMethods = {} } = this.#options
    const connection = new SocketConnection(socket, {
      core,
      cliKey,
      channel: platform.socketPath,
      isTrusted,
      hostMethods,
      limits: this.#limits,
      now: () => platform.monotonicNow(),
    })
    if (this.#connections.size >= this.#limits.connections) {
      core.log.warn('socket.full', { connections: this.#connections.size })
      connection.refuse(new PatchbayError('host.busy'))
      return
    }
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
  }
}
