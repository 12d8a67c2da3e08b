import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { SandboxFaults } from '#shared/contract/sandbox'
import { type Reply, genericError, send } from './stand-in-reply.ts'

/** An answer to give in place of the real one. */
export interface ScriptedAnswer {
  /** The path it is for: exact text, or a pattern; any when absent. */
  readonly path?: string | RegExp
  readonly method?: string
  /** How many matching requests get it; 1 when absent. */
  readonly times?: number
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A JSON body. */
  readonly body?: unknown
  /** A body sent as text/html. */
  readonly html?: string
  /** Nothing is ever answered; the socket stays open. */
  readonly hang?: boolean
  /** Promises the whole body and sends half of it, then cuts the socket. */
  readonly truncate?: boolean
  /** Sends that many bytes of a JSON text that never ends. */
  readonly huge?: number
  /** Cuts the socket without an answer. */
  readonly reset?: boolean
}

/** A request that waits before it is handled. */
export interface HeldRequest {
  /** Done when the request has arrived. */
  readonly arrived: Promise<void>
  release(): void
}

/** Switches for tests. */
export interface StandInFaults {
  /** While true every token refresh fails as if the provider had answered `invalid_grant`. */
  failRefresh: boolean
  /** Milliseconds every request waits before it is handled. */
  delayMs: number
  /** Scripts an answer; several wait their turn. */
  answerNext(scripted: ScriptedAnswer): void
  /** Holds the next request for a path until it is released. */
  holdNext(path: string | RegExp, method?: string): HeldRequest
  /** Cuts every WebSocket. */
  dropSockets(): void
  /** Forgets who listens, as a restarted server does; the sockets stay open. */
  forgetSockets(): void
  /** How many WebSockets are open. */
  readonly openSockets: number
  /** Back to no faults; held requests go on. */
  clear(): void
}

interface Hold {
  readonly matches: (method: string, path: string) => boolean
  readonly arrive: () => void
  readonly released: Promise<void>
  readonly release: () => void
}

interface SocketSwitches {
  drop(): void
  forget(): void
  count(): number
}

const matcher =
  (wantedPath: string | RegExp | undefined, wantedMethod: string | undefined) =>
  (method: string, path: string): boolean =>
    (wantedMethod === undefined || wantedMethod === method) &&
    (wantedPath === undefined || (typeof wantedPath === 'string' ? wantedPath === path : wantedPath.test(path)))

const CHUNK = Buffer.alloc(65_536, ' ')

const sendHuge = (response: ServerResponse, bytes: number): void => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
  let left = bytes
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= CHUNK.length
      if (!response.write(CHUNK)) {
        response.once('drain', more)
        return
      }
    }
    if (left <= 0) response.end()
  }
  response.write('{"data":[')
  more()
}

const sendHalf = (response: ServerResponse, scripted: ScriptedAnswer): void => {
  const body = Buffer.from(scripted.html ?? JSON.stringify(scripted.body ?? { connections: [], padding: 'x'.repeat(200) }))
  response.writeHead(scripted.status ?? 200, {
    'content-type': scripted.html === undefined ? 'application/json; charset=utf-8' : 'text/html',
    'content-length': body.length,
    ...scripted.headers,
  })
  response.write(body.subarray(0, body.length >> 1), () => response.destroy())
}

const replyOf = (scripted: ScriptedAnswer): Reply => ({
  status: scripted.status ?? 200,
  ...(scripted.html === undefined ? (scripted.body === undefined ? {} : { json: scripted.body }) : { html: scripted.html }),
  ...(scripted.headers === undefined ? {} : { headers: scripted.headers }),
})

/** Pages that a browser shows; a person's faults for Nango's answers leave them alone. */
const isPage = (path: string): boolean => path.startsWith('/demo-provider/') || path.startsWith('/oauth/')

const WEB_PAGE = '<!doctype html><html lang="en"><head><title>Welcome</title></head><body><h1>It works</h1></body></html>'

/** What is answered while a person's switch says so, null for the truth. */
const standingAnswer = (kind: SandboxFaults['brokenAnswers']): ScriptedAnswer | null => {
  switch (kind) {
    case 'off':
      return null
    case 'server_error':
      return { status: 500, body: genericError().json }
    case 'cut_short':
      return { truncate: true }
    case 'web_page':
      return { html: WEB_PAGE }
    case 'wrong_shape':
      return { body: { result: [{ unexpected: true }] } }
    case 'no_answer':
      return { reset: true }
  }
}

/** The switches and, for the server, the door every request passes. */
export class FaultBoard implements StandInFaults {
  failRefresh = false
  delayMs = 0
  readonly #scripted: { readonly answer: ScriptedAnswer; left: number }[] = []
  readonly #holds = new Set<Hold>()
  readonly #sockets: SocketSwitches
  readonly #standing: () => SandboxFaults

  /** `standing` are the faults that a person switched on; scripted answers come first. */
  constructor(sockets: SocketSwitches, standing: () => SandboxFaults) {
    this.#sockets = sockets
    this.#standing = standing
  }

  get openSockets(): number {
    return this.#sockets.count()
  }

  answerNext(scripted: ScriptedAnswer): void {
    this.#scripted.push({ answer: scripted, left: scripted.times ?? 1 })
  }

  holdNext(path: string | RegExp, method?: string): HeldRequest {
    const arrival = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    this.#holds.add({ matches: matcher(path, method), arrive: arrival.resolve, released: release.promise, release: release.resolve })
    return { arrived: arrival.promise, release: release.resolve }
  }

  dropSockets(): void {
    this.#sockets.drop()
  }

  forgetSockets(): void {
    this.#sockets.forget()
  }

  clear(): void {
    this.failRefresh = false
    this.delayMs = 0
    this.#scripted.length = 0
    for (const hold of this.#holds) hold.release()
    this.#holds.clear()
  }

  /** True when a fault has answered and nothing more is to be done. */
  async meet(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const method = request.method ?? 'GET'
    for (const hold of this.#holds) {
      if (!hold.matches(method, path)) continue
      this.#holds.delete(hold)
      hold.arrive()
      await hold.released
      break
    }
    if (this.delayMs > 0) await wait(this.delayMs)
    const index = this.#scripted.findIndex(({ answer }) => matcher(answer.path, answer.method)(method, path))
    const found = this.#scripted[index]
    if (!found) return this.#meetStanding(request, response, path)
    if (--found.left <= 0) this.#scripted.splice(index, 1)
    request.resume()
    this.#give(request, response, found.answer)
    return true
  }

  async #meetStanding(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    if (isPage(path)) return false
    const { slowMs } = this.#standing()
    if (slowMs > 0) await wait(slowMs, undefined, { ref: false })
    const answer = standingAnswer(this.#standing().brokenAnswers)
    if (answer === null) return false
    request.resume()
    this.#give(request, response, answer)
    return true
  }

  #give(request: IncomingMessage, response: ServerResponse, scripted: ScriptedAnswer): void {
    if (scripted.hang) return
    if (scripted.reset) request.socket.destroy()
    else if (scripted.huge !== undefined) sendHuge(response, scripted.huge)
    else if (scripted.truncate) sendHalf(response, scripted)
    else send(request, response, replyOf(scripted))
  }
}
