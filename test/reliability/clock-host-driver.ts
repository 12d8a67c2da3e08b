import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { spawnHost, type SpawnedHost } from '#test/helpers/spawn-host'
import type { SocketPeer } from '../transports/socket-peer.ts'

/** Where distributions put the library that gives one process another clock; null where it is not installed. */
export const FAKETIME =
  ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib', '/usr/lib64', '/usr/local/lib']
    .map((folder) => join(folder, 'faketime/libfaketimeMT.so.1'))
    .find((file) => existsSync(file)) ?? null

export interface ListedConnection {
  readonly connectionId: string
  readonly nangoConnectionId: string | null
  readonly status: string
  readonly notes: string | null
}

export interface SeenEvent {
  readonly sequence: number
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A real host in a process of its own, whose wall clock can be set, whose sockets can be cut, and which can be put to sleep. */
export interface ClockHost {
  readonly nango: FakeNango
  readonly host: SpawnedHost
  /** Moves the wall clock of the host to so many seconds from the true time. */
  setClock(offsetSeconds: number): void
  /** Cuts every connection between the host and Nango. */
  cut(): void
  call<T>(method: string, params?: object): Promise<T>
  /** How many requests the host has made, those of the test left out. */
  requestsMade(): number
  /** Ends the host and starts it again, with other variables. */
  restart(environment: Readonly<Record<string, string>>): Promise<void>
  listAll(): Promise<ListedConnection[]>
  eventsAfter(sequence: number): Promise<SeenEvent[]>
  /** The ids of Nango's own list. */
  idsAtNango(): Promise<string[]>
  stop(): Promise<void>
}

const startProxy = async (target: string): Promise<{ url: string; cut(): void; stop(): Promise<void> }> => {
  const { port, hostname } = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    stop: async () => {
      cut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Starts a host behind a proxy to a Nango with some connections. `program` is a bundle of test/helpers/clock-host-process.ts. */
export const startClockHost = async (options: {
  readonly program: string
  readonly tickMs: number
  readonly connections: number
}): Promise<ClockHost> => {
  if (FAKETIME === null) throw new Error('libfaketime is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-clock-'))
  const clockFile = join(folder, 'clock')
  const setClock = (offsetSeconds: number): void => writeFileSync(clockFile, `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds)}\n`)
  setClock(0)
  const nango = await startFakeNango({ rateLimitPerMinute: 1_000_000 })
  nango.fillConnections(options.connections)
  const proxy = await startProxy(nango.url)
  const environment = {
    LD_PRELOAD: FAKETIME,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: '1',
    // Without it the timers of the process break: the clock that never jumps must not.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NANGO_HOST: proxy.url,
    NANGO_SECRET_KEY: nango.secretKey,
    PATCHBAY_TEST_TICK_MS: String(options.tickMs),
  }
  const start = (more: Readonly<Record<string, string>>): Promise<SpawnedHost> =>
    spawnHost({ folder: join(folder, 'data'), environment: { ...environment, ...more }, program: options.program })
  let ownRequests = 0
  let host = await start({})
  let peer: SocketPeer = await host.connect()

  const call = async <T>(method: string, params: object = {}): Promise<T> => {
    const answer = await peer.call(method, params)
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`)
    return answer.result as T
  }

  return {
    nango,
    get host() {
      return host
    },
    setClock,
    requestsMade: () => nango.requests.length - ownRequests,
    cut: () => proxy.cut(),
    call,
    restart: async (more) => {
      peer.socket.destroy()
      await host.end('SIGTERM')
      host = await start(more)
      peer = await host.connect()
    },
    listAll: async () => (await call<{ connections: ListedConnection[] }>('connections.list', { limit: 500 })).connections,
    eventsAfter: async (sequence) => {
      const found: SeenEvent[] = []
      for (;;) {
        const { events } = await call<{ events: SeenEvent[] }>('events.list', {
          afterSequence: found.at(-1)?.sequence ?? sequence,
          limit: 100,
        })
        if (events.length === 0) return found
        found.push(...events)
      }
    },
    idsAtNango: async () => {
      ownRequests++
      const reply = await fetch(`${nango.url}/connections`, { headers: nango.authorization })
      const { connections } = (await reply.json()) as { connections: { connection_id: string }[] }
      return connections.map(({ connection_id: id }) => id).toSorted()
    },
    stop: async () => {
      peer.socket.destroy()
      await host.end('SIGKILL')
      await proxy.stop()
      await nango.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
