import { mkdirSync, writeFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { ChangeEvent } from '#shared/contract/contract'
import { fromRpc, type Reply } from '#shared/wire'
import { HttpServer, type HttpServerOptions } from '#cli/serve/http-server'
import type { ListeningClient, TextClient } from './describe-transport.ts'
import { temporaryFolder } from './socket-peer.ts'

/** A built renderer in miniature: two pages, their own files, one shared, one that is nobody's. */
const PAGES: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><script type="module" src="/assets/index-Aa11.js"></script>',
  'auth-window/index.html': '<!doctype html><script type="module" src="/assets/auth-window-Bb22.js"></script>',
  'assets/index-Aa11.js': 'import"./shared-Cc33.js"',
  'assets/auth-window-Bb22.js': 'import"./shared-Cc33.js";import("./late-Dd44.js")',
  'assets/shared-Cc33.js': 'export{}',
  'assets/late-Dd44.js': 'export{}',
  'assets/index-Ee55.css': 'body{}',
  'assets/notes.md': 'not served',
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface RunningWindow {
  readonly server: HttpServer
  readonly host: string
  readonly authHost: string
  readonly stop: () => Promise<void>
  /** A request to 127.0.0.1 with exactly these headers; the right Host unless another is given. */
  readonly ask: (path: string, options?: { method?: string; headers?: Record<string, string>; body?: string }) => Promise<Answer>
  /** Bytes as they are; resolves with what came back until the server hung up. */
  readonly askRaw: (text: string) => Promise<string>
  /** A session cookie, got the way a browser gets it. */
  readonly openSession: () => Promise<string>
  readonly connect: (headers?: Record<string, string>) => Promise<WebSocket>
}

const hostOf = (url: string): string => new URL(url).host

export const startWindow = async (core: HttpServerOptions['core'], now: () => number = () => performance.now()): Promise<RunningWindow> => {
  const { path: rendererFolder, remove } = temporaryFolder()
  for (const [name, text] of Object.entries(PAGES)) {
    mkdirSync(join(rendererFolder, name, '..'), { recursive: true })
    writeFileSync(join(rendererFolder, name), text)
  }
  const server = new HttpServer({ core, rendererFolder, port: 0, now })
  await server.start()
  const host = hostOf(server.issueUrl())
  const authHost = hostOf(server.authWindowUrl('x'))

  const ask: RunningWindow['ask'] = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: server.port, path, method, agent: false, headers: { Host: host, ...headers } },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
          )
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })

  const askRaw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let got = ''
      const socket = connect({ host: '127.0.0.1', port: server.port }, () => socket.write(text, 'latin1'))
      socket.on('data', (chunk) => {
        got += chunk.toString('latin1')
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(got))
    })

  const openSession = async (): Promise<string> => {
    const { pathname, search } = new URL(server.issueUrl())
    const { headers } = await ask(`${pathname}${search}`)
    return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  }

  const connectWebSocket = async (headers: Record<string, string> = {}): Promise<WebSocket> => {
    const cookie = headers['Cookie'] ?? (await openSession())
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, {
      headers: { Host: host, Origin: `http://${host}`, ...headers, ...(cookie !== '' && { Cookie: cookie }) },
      perMessageDeflate: false,
    })
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return socket
  }

  return {
    server,
    host,
    authHost,
    ask,
    askRaw,
    openSession,
    connect: connectWebSocket,
    stop: async () => {
      await server.stop()
      remove()
    },
  }
}

/** Calls and events over an open WebSocket, as the page makes them. */
export const windowClient = (socket: WebSocket): ListeningClient & TextClient => {
  const waiting = new Map<string | number | null, (reply: Reply) => void>()
  const listeners: ((event: ChangeEvent) => void)[] = []
  let ids = 0
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {})
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { readonly method?: string; readonly params?: ChangeEvent }
    if (message.method === 'event' && message.params !== undefined) {
      for (const listener of listeners) listener(message.params)
      return
    }
    const answer = fromRpc(message)
    if (answer !== null) waiting.get(answer.id)?.(answer.reply)
  })
  return {
    call: (method, params) =>
      new Promise((resolve) => {
        ids += 1
        waiting.set(ids, resolve)
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: ids, method, params }))
      }),
    onChange: (listener) => listeners.push(listener),
    sendText: (text) => socket.send(text),
    ended: () => ended,
    close: () => socket.terminate(),
  }
}
