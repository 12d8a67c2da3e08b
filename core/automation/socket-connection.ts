import type { Socket } from 'node:net'
import { findMethod } from '#shared/contract/contract'
import type { PublicEvent } from '#shared/contract/events'
import { system } from '#shared/contract/system'
import { type PatchbayError, toWire } from '#shared/errors'
import type { Reply } from '#shared/wire'
import type { Caller } from '#core/caller'
import type { Core } from '#core/core'
import { deniedReply, invalidReply } from './socket-refusals.ts'
import { type HandshakeServer, SocketHandshake } from './socket-handshake.ts'
import { LineReader, readFrame } from './frame-reader.ts'
import type { FairTurns } from './fair-turns.ts'
import type { SocketLimits } from './socket-limits.ts'
import { answerToFault, readCall, writeAnswer, writeNotification } from './json-rpc.ts'
import { subscribeToEvents, subscribeToRequests } from './event-subscription.ts'

/** What a connection needs of its server. */
export interface ConnectionOptions extends HandshakeServer {
  readonly core: Pick<Core, 'dispatch' | 'onChange' | 'onPublicEvent' | 'proveClient' | 'maySeeEvent'>
  /** Shared by all connections of programs. */
  readonly turns: FairTurns
  /** Methods of the host itself for its own command line, beside the contract. */
  readonly hostMethods: Readonly<Record<string, (params: unknown) => Promise<unknown>>>
  readonly limits: SocketLimits
  readonly now: () => number
}

/** One client of the socket: hello, prove, then calls as the caller it proved to be. */
export class SocketConnection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #lines = new LineReader()
  readonly #handshake: SocketHandshake
  #inFlight = 0
  #isWorking = false
  /** No more calls are taken: the client has said its last, or the host stops. */
  #isFinishing = false
  #isClosing = false
  #out: string[] = []
  #unsubscribe: (() => void) | null = null
  readonly #turn = (until: number): boolean => this.#takeUp(until)
  readonly #goneListeners = new Set<() => void>()
  /** What ends the calls that can be ended, by their ids. */
  readonly #running = new Map<string | number, Set<() => void>>()
  #isGone = false
  #isSubscribing = false
  #lastActivity: number
  #lineBegan: number | null = null
  #unreadSince: number | null = null

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#lastActivity = options.now()
    this.#handshake = new SocketHandshake(options, {
      connection: this,
      onGone: (listener) => this.#onGone(listener),
      onProved: () => {
        this.#lastActivity = options.now()
      },
      onFailed: () => void setImmediate(() => this.end()),
    })
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.on('drain', () => this.#onDrain())
    socket.on('end', () => this.#onEnd())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#unsubscribe?.()
      options.turns.leave(this.#turn)
      this.#goAway()
    })
  }

  /** Who it proved to be. */
  get caller(): Caller {
    return this.#handshake.caller
  }

  /** Ends the connection if it has used up one of its times; called every second or so. */
  enforceTimes(): void {
    const { limits, now } = this.#options
    const at = now()
    const isLineOverdue = this.#lineBegan !== null && at - this.#lineBegan > limits.lineMs
    const isUnread = this.#unreadSince !== null && at - this.#unreadSince > limits.unreadMs
    const isQuiet = this.#inFlight === 0 && this.#unsubscribe === null
    const allowance = this.caller.kind === 'unproven' ? limits.unprovenMs : limits.idleMs
    if (isLineOverdue || isUnread || (isQuiet && at - this.#lastActivity > allowance)) this.#socket.destroy()
  }

  /** Refuses this client with one answer. */
  refuse(error: PatchbayError): void {
    this.#socket.end(
      `${JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message: error.message, data: { code: error.code } } })}\n`,
    )
    this.#isClosing = true
    setTimeout(() => this.#socket.destroy(), 1000).unref()
  }

  /** Takes no more calls, answers those in hand, then hangs up. */
  finish(): void {
    this.#isFinishing = true
    if (this.#inFlight === 0) this.end()
  }

  /** Lets what is written go out, then hangs up. */
  end(): void {
    this.#isClosing = true
    this.#flush()
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #onData(chunk: Buffer): void {
    if (this.#isClosing) return
    const isWithinLimit = this.#lines.push(chunk)
    this.#work()
    if (!isWithinLimit) return this.#hangUp(answerToFault('too_large'))
    // An unproven client gets no time by trickling: only what it proves counts.
    if (this.caller.kind !== 'unproven') this.#lastActivity = this.#options.now()
    this.#lineBegan = this.#lines.isInsideLine ? (this.#lineBegan ?? this.#options.now()) : null
  }

  #onEnd(): void {
    // A client that was killed looks the same as one that has said its last: what waits for a person ends, the rest is answered.
    this.#goAway()
    this.finish()
  }

  #onGone(listener: () => void): () => void {
    if (this.#isGone) listener()
    else this.#goneListeners.add(listener)
    return () => void this.#goneListeners.delete(listener)
  }

  #goAway(): void {
    this.#isGone = true
    const listeners = [...this.#goneListeners]
    this.#goneListeners.clear()
    for (const listener of listeners) listener()
  }

  #onDrain(): void {
    this.#unreadSince = null
    this.#work()
  }

  /** Takes up finished lines: those of the command line at once, those of programs and strangers in their turn. */
  #work(): void {
    if (this.caller.kind === 'cli') return void this.#takeUp(Number.POSITIVE_INFINITY)
    // What it sends meanwhile waits at its end.
    this.#socket.pause()
    this.#options.turns.ask(this.#turn)
  }

  /** Takes up lines while this client has room for more and time is left; pauses the socket when not. True where only time was short. */
  #takeUp(until: number): boolean {
    if (this.#isWorking) return false
    this.#isWorking = true
    const { limits } = this.#options
    let hasRoom = true
    let isLate = false
    for (;;) {
      hasRoom = this.#inFlight < limits.callsInFlight && this.#unreadSince === null
      if (!hasRoom || isLate || this.#isClosing || this.#isFinishing) break
      const line = this.#lines.take()
      if (line === null) break
      this.#onLine(line)
      isLate = performance.now() >= until
    }
    this.#isWorking = false
    if (hasRoom && !isLate) this.#socket.resume()
    else this.#socket.pause()
    return isLate && hasRoom && !this.#isClosing && !this.#isFinishing
  }

  #onLine(line: Buffer): void {
    const incoming = readCall(readFrame(line))
    if (incoming.kind === 'refused') {
      if (incoming.isFatal) return this.#hangUp(incoming.answer)
      return this.#write(JSON.stringify(incoming.answer))
    }
    const { id, method, params } = incoming.call
    const reply = this.#answer(method, params, id)
    if (!(reply instanceof Promise)) {
      if (id !== undefined) this.#write(writeAnswer(id, reply))
      return
    }
    this.#inFlight += 1
    void reply.then((settled) => {
      this.#inFlight -= 1
      if (id !== undefined && id !== null) this.#running.delete(id)
      this.#lastActivity = this.#options.now()
      if (id !== undefined) this.#write(writeAnswer(id, settled))
      if (this.#isFinishing && this.#inFlight === 0) return this.end()
      return this.#socket.isPaused() ? this.#work() : undefined
    })
  }

  /** Who may ask what here: hello, prove and subscribe belong to the connection, everything else to the core. */
  #answer(method: string, params: Record<string, unknown>, id: string | number | null | undefined): Reply | Promise<Reply> {
    if (method === 'system.hello') return this.#handshake.hello(params)
    if (method === 'system.prove') return this.#handshake.prove(params)
    if (method === 'system.cancel') return this.#cancel(params)
    const { core, hostMethods } = this.#options
    const caller = this.caller
    if (caller.kind === 'unproven') {
      return findMethod(method)?.access === 'open'
        ? core.dispatch(this.#callerOf(id, method), method, params)
        : deniedReply('automation.unproven')
    }
    if (method === 'events.subscribe') return this.#subscribe(caller, params)
    if (caller.kind === 'cli' && Object.hasOwn(hostMethods, method)) return this.#callHost(hostMethods[method], params)
    return core.dispatch(this.#callerOf(id, method), method, params)
  }

  /** Who asks, for one call: that ends it which ends the connection, and `system.cancel`. What only looks is over before that. */
  #callerOf(id: string | number | null | undefined, method: string): Caller {
    const caller = this.caller
    const isShort = findMethod(method)?.access === 'read' && method !== 'connections.pick'
    if (caller.kind === 'ui' || id === undefined || id === null || isShort || this.#running.has(id)) return caller
    const listeners = new Set<() => void>()
    this.#running.set(id, listeners)
    const onGone = (listener: () => void): (() => void) => {
      listeners.add(listener)
      const forget = this.#onGone(listener)
      return () => {
        listeners.delete(listener)
        forget()
      }
    }
    return { ...caller, onGone }
  }

  #cancel(params: unknown): Reply {
    const parsed = system.cancel.params.safeParse(params)
    if (!parsed.success) return invalidReply('id', 'the id of a call is needed')
    const listeners = this.#running.get(parsed.data.id)
    this.#running.delete(parsed.data.id)
    for (const end of listeners ?? []) end()
    return { ok: true, value: {} }
  }

  async #subscribe(caller: Caller, params: unknown): Promise<Reply> {
    if (this.#unsubscribe !== null || this.#isSubscribing) return invalidReply('method', 'this connection is subscribed already')
    this.#isSubscribing = true
    const { core } = this.#options
    const send = (event: PublicEvent): void => {
      const sight = core.maySeeEvent(caller, event)
      if (sight === 'seen') this.#write(writeNotification('event', event))
      // Whoever follows must not take silence for calm: it comes back and goes on from the number that it had.
      else if (sight === 'suspended') this.end()
    }
    const subscription = await subscribeToEvents(core, caller, params, send).finally(() => {
      this.#isSubscribing = false
    })
    if (!subscription.reply.ok) return subscription.reply
    if (this.#socket.destroyed) subscription.stop()
    else {
      const stopRequests = subscribeToRequests(core, caller, (change) => this.#write(writeNotification('change', change)))
      this.#unsubscribe = () => {
        subscription.stop()
        stopRequests()
      }
    }
    // The answer goes out before the first event does.
    setImmediate(subscription.begin)
    return subscription.reply
  }

  async #callHost(run: ((params: unknown) => Promise<unknown>) | undefined, params: unknown): Promise<Reply> {
    try {
      return { ok: true, value: await run?.(params) }
    } catch (error) {
      return { ok: false, error: toWire(error) }
    }
  }

  #hangUp(answer: object): void {
    this.#write(JSON.stringify(answer))
    this.end()
    setTimeout(() => this.#socket.destroy(), 1000).unref()
  }

  #write(line: string): void {
    if (this.#isClosing) return
    // Answers that are ready in the same turn leave in one write.
    if (this.#out.push(line) === 1) process.nextTick(() => this.#flush())
  }

  #flush(): void {
    if (this.#out.length === 0 || this.#socket.destroyed) return
    const text = `${this.#out.join('\n')}\n`
    this.#out = []
    this.#socket.write(text)
    const unread = this.#socket.writableLength
    if (unread > this.#options.limits.maxUnreadBytes) this.#socket.destroy()
    else if (unread > this.#options.limits.unreadBytes) this.#unreadSince ??= this.#options.now()
  }
}
