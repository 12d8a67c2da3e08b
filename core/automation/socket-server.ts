import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { PatchbayError } from '#shared/errors'
import { mcpSocketPath } from '#shared/mcp-socket'
import { LIMITS } from '#shared/wire'
import type { Caller, CallerProgram } from '#core/caller'
import type { Core } from '#core/core'
import type { Platform } from '#core/platform'
import { type CliKey, createCliKey } from './cli-key.ts'
import { FairTurns } from './fair-turns.ts'
import { isOwnUser, peerOf } from './peer-credentials.ts'
import { fingerprintOf } from './peer-fingerprint.ts'
import { programOfPeer } from './peer-program.ts'
import { SocketConnection } from './socket-connection.ts'
import type { SocketLimits } from './socket-limits.ts'
import { clearSocketPath, isPipe } from './socket-path.ts'

export interface SocketServerOptions {
  readonly core: Pick<Core, 'dispatch' | 'onChange' | 'onPublicEvent' | 'proveClient' | 'maySeeEvent' | 'hangUp' | 'log'>
  readonly platform: Pick<Platform, 'socketPath' | 'dataFolder' | 'monotonicNow'>
  /** The host was started headless with the Nango key in its environment and trusts its own command line. */
  readonly isTrusted: boolean
  /** Methods of the host itself for its own command line, beside the contract: `window.open`. */
  readonly hostMethods?: Readonly<Record<string, (params: unknown) => Promise<unknown>>>
  readonly limits?: Partial<SocketLimits>
}

const isSameClient = (one: Caller, other: Caller): boolean =>
  one.kind === 'automation' && other.kind === 'automation' && one.clientId === other.clientId

const callerProgram = (socket: Socket): CallerProgram | null => {
  const pid = peerOf(socket)?.pid ?? 0
  const program = programOfPeer(socket)
  if (program === null) return null
  return { pid, path: program.facts.path, look: async () => ({ facts: program.facts, hash: await fingerprintOf(program) }) }
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
  readonly #turns = new FairTurns()
  #servers: Server[] = []
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
    await clearSocketPath(mcpSocketPath(socketPath))
    // The key lies there before the first client can ask for it.
    const cliKey = createCliKey(dataFolder)
    this.#cliKey = cliKey
    try {
      await this.#open(socketPath, 'socket', cliKey)
      await this.#open(mcpSocketPath(socketPath), 'mcp', cliKey)
    } catch (error) {
      await this.stop()
      throw error
    }
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
    const servers = this.#servers
    this.#servers = []
    this.#cliKey?.remove()
    this.#cliKey = null
    if (servers.length === 0) return
    for (const connection of this.#connections) connection.finish()
    const late = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy()
    }, 500)
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
    clearTimeout(late)
  }

  /** How many clients are connected. */
  get connectionCount(): number {
    return this.#connections.size
  }

  async #open(path: string, via: 'socket' | 'mcp', cliKey: CliKey): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket, path, via, cliKey))
    this.#servers.push(server)
    await this.#listen(server, path)
    server.on('error', (error) => this.#options.core.log.error('socket.failed', { error }))
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

  #accept(socket: Socket, channel: string, via: 'socket' | 'mcp', cliKey: CliKey): void {
    const { core, platform, isTrusted, hostMethods = {} } = this.#options
    if (!isOwnUser(socket)) {
      core.log.warn('socket.other_user', { via })
      socket.destroy()
      return
    }
    const connection = new SocketConnection(socket, {
      core,
      cliKey,
      channel,
      via,
      programOf: () => callerProgram(socket),
      isTrusted,
      hostMethods,
      turns: this.#turns,
      limits: this.#limits,
      now: () => platform.monotonicNow(),
    })
    if (this.#connections.size >= this.#limits.connections) {
      core.log.warn('socket.full', { connections: this.#connections.size })
      connection.refuse(new PatchbayError('host.busy'))
      return
    }
    this.#connections.add(connection)
    socket.once('close', () => {
      this.#connections.delete(connection)
      const { caller } = connection
      const isLast = [...this.#connections].every(({ caller: other }) => !isSameClient(caller, other))
      if (isLast) core.hangUp(caller)
    })
  }
}
