import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createNetServer, type Server, type Socket } from 'node:net'
import { type Fault, PLAYS, type TrueReply } from './network-faults.ts'
import type { Random } from './seeded-random.ts'

export interface Certificates {
  readonly authorityPem: string
  readonly certificate: Buffer
  readonly key: Buffer
}

/** What is to go wrong, and for which requests. */
export interface Trouble {
  readonly fault: Fault
  readonly isMeant: (method: string, url: URL) => boolean
  readonly random: Random
  readonly idleMs: number
}

/** Stands before a Nango and lets everything through, until it is told what to spoil. */
export interface ChaosServer {
  readonly url: string
  readonly port: number
  /** Requests that met the trouble. */
  readonly met: number
  begin(trouble: Trouble): Promise<void>
  /** Everything passes again; connections that are still open are cut. */
  end(): Promise<void>
  stop(): Promise<void>
}

/** Listens with room for one and never takes anybody in: the system answers no further greeting. */
const BLACK_HOLE = `require('node:net').createServer().listen({ port: Number(process.argv[1]), host: '127.0.0.1', backlog: 1 }, () => {
  process.stdout.write('ready'); setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50) })`

const startBlackHole = async (port: number): Promise<{ stop(): Promise<void> }> => {
  const child: ChildProcess = spawn(process.execPath, ['-e', BLACK_HOLE, String(port)], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout ?? child, 'data')
  await new Promise((resolve) => setTimeout(resolve, 150))
  const plugs: Socket[] = []
  // Those who come before us fill its queue.
  for (let count = 0; count < 6; count++) {
    const plug = connect(port, '127.0.0.1')
    plug.on('error', () => {})
    plugs.push(plug)
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  return {
    stop: async () => {
      for (const plug of plugs) plug.destroy()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

const readAll = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const forward = async (upstream: string, incoming: IncomingMessage, body: Buffer): Promise<TrueReply> => {
  const { 'accept-encoding': _encoding, connection: _connection, host: _host, ...headers } = incoming.headers
  const call = request(new URL(incoming.url ?? '/', upstream), { method: incoming.method, headers, agent: false })
  call.end(body)
  const [reply] = (await once(call, 'response')) as [IncomingMessage]
  const given = Object.entries(reply.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
  return { status: reply.statusCode ?? 0, headers: Object.fromEntries(given), body: await readAll(reply) }
}

const pass = async (upstream: string, incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Promise<void> => {
  const reply = await forward(upstream, incoming, body)
  const { 'transfer-encoding': _encoding, 'content-length': _length, ...headers } = reply.headers
  // No connection outlives the peace before the trouble.
  outgoing.writeHead(reply.status, { ...headers, connection: 'close' })
  outgoing.end(reply.body)
}

/** Starts it on loopback; with certificates it speaks TLS, and shows `wrong` ones where the trouble is a bad certificate. */
export const startChaosServer = async (
  upstream: string,
  tls: { readonly good: Certificates; readonly wrong: Certificates } | null,
): Promise<ChaosServer> => {
  let trouble: Trouble | null = null
  let met = 0
  let blackHole: { stop(): Promise<void> } | null = null
  const sockets = new Set<Socket>()

  const answer: RequestListener = (incoming, outgoing) => {
    const serve = async (): Promise<void> => {
      const body = await readAll(incoming)
      const url = new URL(incoming.url ?? '/', upstream)
      const current = trouble
      if (current === null || !current.isMeant(incoming.method ?? '', url)) return pass(upstream, incoming, outgoing, body)
      met++
      await PLAYS[current.fault]({
        response: outgoing,
        process: () => forward(upstream, incoming, body),
        random: current.random,
        idleMs: current.idleMs,
        isOver: () => trouble !== current,
        url: `${address()}${incoming.url ?? '/'}`,
        times: met - 1,
      })
    }
    serve().catch(() => outgoing.destroy())
  }
  const plain = createServer({ keepAlive: true }, answer)
  const secure = tls === null ? null : createTlsServer({ cert: tls.good.certificate, key: tls.good.key }, answer)
  const wrong = tls === null ? null : createTlsServer({ cert: tls.wrong.certificate, key: tls.wrong.key }, answer)

  const takeIn = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    if (trouble?.fault === 'tls_hang') return
    if (trouble?.fault === 'bad_certificate') wrong?.emit('connection', socket)
    else (secure ?? plain).emit('connection', socket)
  }
  let front: Server | null = null
  const open = async (port: number): Promise<number> => {
    front = createNetServer(takeIn)
    front.listen({ port, host: '127.0.0.1' })
    await once(front, 'listening')
    return (front.address() as AddressInfo).port
  }
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const close = async (): Promise<void> => {
    const server = front
    front = null
    cut()
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const port = await open(0)
  const address = (): string => `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`

  const end = async (): Promise<void> => {
    trouble = null
    cut()
    await blackHole?.stop()
    blackHole = null
    if (front === null) await open(port)
  }

  return {
    url: address(),
    port,
    get met() {
      return met
    },
    begin: async (wanted) => {
      met = 0
      trouble = wanted
      if (wanted.fault === 'refused' || wanted.fault === 'black_hole') await close()
      if (wanted.fault === 'black_hole') blackHole = await startBlackHole(port)
    },
    end,
    stop: async () => {
      trouble = null
      await blackHole?.stop()
      await close()
    },
  }
}
