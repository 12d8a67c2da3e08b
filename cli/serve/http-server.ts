import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Core } from '#core/core'
import { createAuthWindowRoutes, type Routes } from './auth-window-routes.ts'
import { cookieOf, type HostNames, judgeRequest } from './request-gate.ts'
import { appHeaders } from './security-headers.ts'
import { createSessionTokens, type SessionTokens } from './session-token.ts'
import { appFiles, type StaticFiles } from './static-files.ts'
import { WebSocketServer } from './websocket-server.ts'

export interface HttpServerOptions {
  readonly core: Pick<
    Core,
    'dispatch' | 'onChange' | 'noteAttention' | 'authWindowOrigins' | 'redeemAuthTicket' | 'reportAuthOutcome' | 'log'
  >
  /** Where the built pages are. */
  readonly rendererFolder: string
  /** 0: the system chooses. */
  readonly port: number
  /** Milliseconds that never jump. */
  readonly now: () => number
  /** Called when a page was opened with a token. */
  readonly onOpened?: () => void
}

/** Slow or silent clients are gone after these; the numbers are Node's own options. */
const TIMES = { headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 5000, connectionsCheckingInterval: 1000 } as const
const MAX_CONNECTIONS = 128

const OPENED =
  '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><link rel="icon" href="data:,"><title>Patchbay</title></html>'

/** Serves the window over loopback, under names that nobody can guess. */
export class HttpServer {
  readonly #options: HttpServerOptions
  readonly #tokens: SessionTokens
  readonly #labels = { app: randomBytes(16).toString('hex'), authWindow: randomBytes(16).toString('hex') }
  readonly #files: StaticFiles
  readonly #authWindow: Routes
  readonly #webSockets: WebSocketServer
  #server: Server | null = null
  #port = 0

  constructor(options: HttpServerOptions) {
    this.#options = options
    this.#tokens = createSessionTokens(options.now)
    this.#files = appFiles(options.rendererFolder)
    this.#authWindow = createAuthWindowRoutes(options.core, options.rendererFolder)
    this.#webSockets = new WebSocketServer(options.core)
  }

  /** Resolves once it listens on 127.0.0.1. */
  async start(): Promise<void> {
    const server = createServer({ ...TIMES, requireHostHeader: false, maxHeaderSize: 16_384 }, (request, response) =>
      this.#handle(request, response),
    )
    server.maxConnections = MAX_CONNECTIONS
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => this.#handle(request, response))
    server.on('connect', (_request, socket) => socket.destroy())
    server.on('clientError', (_error, socket) => {
      if (!socket.writable) return socket.destroy()
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port: this.#options.port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    server.on('error', (error) => this.#options.core.log.error('http.failed', { error }))
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
  }

  /** Closes every page's connection and stops listening. */
  async stop(): Promise<void> {
    this.#webSockets.stop()
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }

  get port(): number {
    return this.#port
  }

  /** How many pages of the window are connected. */
  get windowCount(): number {
    return this.#webSockets.windowCount
  }

  /** An address that opens one session within 60 s. It is a secret: never log it, never put it into an argument list. */
  issueUrl(): string {
    return `http://${this.#names().app}/open?token=${this.#tokens.issueToken()}`
  }

  /** The address of the sign-in page of one ticket; the ticket stays behind the `#` and so out of requests. */
  authWindowUrl(ticket: string): string {
    return `http://${this.#names().authWindow}/auth-window/#${ticket}`
  }

  #names(): HostNames {
    const { app, authWindow } = this.#labels
    return { app: `${app}.localhost:${this.#port}`, authWindow: `${authWindow}.localhost:${this.#port}` }
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const judgement = judgeRequest(request, this.#names())
    if ('refused' in judgement) {
      // Not a word about what listens here.
      response.sendDate = false
      response.writeHead(judgement.refused, { Connection: 'close', 'Content-Length': 0 }).end()
      return
    }
    const answered = judgement.site === 'app' ? this.#handleApp(request, response) : this.#authWindow(request, response)
    answered.catch((error: unknown) => {
      this.#options.core.log.error('http.crashed', { error })
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { Connection: 'close', 'Content-Length': 0 }).end()
    })
  }

  async #handleApp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = appHeaders(this.#names().app)
    const text = (status: number, body: string, type = 'text/plain; charset=utf-8', more: Record<string, string> = {}): void => {
      const isError = status >= 400
      response.writeHead(status, {
        ...headers,
        ...more,
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(body),
        ...(isError && { Connection: 'close' }),
      })
      response.end(request.method === 'HEAD' ? '' : body)
    }
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s, 2)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (path === '/health' && isRead) return text(200, '{"status":"ok"}', 'application/json; charset=utf-8')
    if (path === '/open' && request.method === 'GET') {
      const session = this.#tokens.redeemToken(new URLSearchParams(query).get('token') ?? '')
      if (session === null) return text(403, 'This link was used or has run out. Start `patchbay` again.\n')
      this.#options.onOpened?.()
      // 200 and a refresh: a redirect that began on a file would lose a SameSite=Strict cookie.
      return text(200, OPENED, 'text/html; charset=utf-8', {
        'Set-Cookie': `${this.#tokens.cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`,
      })
    }
    if (!this.#hasSession(request)) return text(403, 'This page needs the link that `patchbay` gives.\n')
    if (!isRead) return text(405, 'Only GET is understood here.\n', undefined, { Allow: 'GET, HEAD' })
    const file = this.#files.get(path)
    if (file === undefined) return text(404, 'There is nothing here.\n')
    const content = await file.read()
    response.writeHead(200, { ...headers, 'Content-Type': file.type, 'Content-Length': content.length })
    response.end(request.method === 'HEAD' ? undefined : content)
  }

  #hasSession(request: IncomingMessage): boolean {
    const cookie = cookieOf(request, this.#tokens.cookieName)
    return cookie !== null && this.#tokens.isSession(cookie)
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const judgement = judgeRequest(request, this.#names())
    const status =
      'refused' in judgement
        ? judgement.refused
        : // A browser always names the origin of a WebSocket; who does not is no page of ours.
          judgement.site !== 'app' || request.headers.origin === undefined || !this.#hasSession(request)
          ? 403
          : request.url === '/rpc' && request.method === 'GET'
            ? null
            : 404
    if (status === null) return this.#webSockets.accept(request, socket, head)
    const reason = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 421: 'Misdirected Request' }[status]
    socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }
}
