import { resolve } from 'node:path'
import { currentPlace, dataFolderOf, socketPathOf } from '#core/host-paths'
import type { AutomationApi, CallOptions } from './automation-api.ts'
import { buildMethods } from './automation-methods.ts'
import { hasCode, PatchbayClientError, type Retry } from './client-error.ts'
import { defaultKeyFile, loadClientKey } from './client-key.ts'
import { feedFrom } from './event-feed.ts'
import { HostWire, type WireEvent } from './host-wire.ts'
import { askForGrant, type Introduction, type OwnGrant, type PairTerms, proveKey, proveOrPair, refusalOf } from './introduce.ts'

export { PatchbayClientError }
export type { AutomationApi, CallOptions, OwnGrant, PairTerms, Retry }

/** Something that happened, kept and numbered by the host. */
export type PatchbayEvent = WireEvent

export interface ConnectOptions {
  /** What the program calls itself; the person sees it, and its key is kept under it. */
  readonly name: string
  readonly version?: string
  /** Asked of the person where the host does not know the key, or nothing that it was given is in force. Without it: `automation.denied`. */
  readonly pair?: PairTerms
  /** Where the program keeps its key; otherwise `~/.config/patchbay/clients/<name>.key`. It is made where it is not there. */
  readonly keyFile?: string
  /** The host's socket; otherwise found as the command line finds it. */
  readonly socketPath?: string
  /** What is looked at for both, such as PATCHBAY_HOME; otherwise that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Ends the connecting, and the waiting for the person's answer. */
  readonly signal?: AbortSignal
}

export interface FollowOptions {
  /** Begins after this number of an earlier event; without it with the next that happens. */
  readonly afterSequence?: number
  /** Ends the iteration. */
  readonly signal?: AbortSignal
}

/** A program's way to Patchbay: the methods that it may call, by domain, and what goes beyond one call. */
export interface PatchbayClient extends AutomationApi {
  /** Calls a method by its name, also one that this version does not know. */
  call(method: string, params?: object, options?: CallOptions): Promise<unknown>
  /**
   * Every event, once and in order, also across a restart of the host. Ends with `signal` and with `close`; throws when the host refuses.
   */
  follow(options?: FollowOptions): AsyncGenerator<PatchbayEvent, void, undefined>
  /** Asks the person for more, or anew; throws `automation.denied` when the answer is no. */
  pair(terms: PairTerms, options?: CallOptions): Promise<OwnGrant>
  /** The file with the program's key. */
  readonly keyFile: string
  /** Hangs up: calls that wait are rejected, iterations end. */
  close(): void
  [Symbol.dispose](): void
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/** Nobody there, or nothing open: what follows events waits for it to come back. */
const COMES_BACK = ['host.not_running', 'host.stopping', 'host.busy', 'vault.locked'] as const

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      done()
    }
    const timer = setTimeout(end, ms)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })

const cancelled = (signal: AbortSignal): PatchbayClientError => new PatchbayClientError('request.cancelled', { cause: signal.reason })

/** Opens a connection and makes it good with `prepare`; one that is not good is hung up. */
const openWire = async (socketPath: string, prepare: (wire: HostWire) => Promise<void>): Promise<HostWire> => {
  const wire = await HostWire.open(socketPath)
  try {
    await prepare(wire)
    return wire
  } catch (error) {
    wire.close()
    throw error
  }
}

/** Keeps one good connection: opens the next one, as the same program, once the last has ended and something is to be called. */
class Connection {
  readonly #who: Introduction
  readonly #closing = new AbortController()
  #wire: Promise<HostWire>

  constructor(who: Introduction, first: HostWire) {
    this.#who = who
    this.#wire = Promise.resolve(first)
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  async wire(): Promise<HostWire> {
    const before = this.#wire
    const wire = await before.catch(() => null)
    if (wire !== null && wire.failure === null) return wire
    if (this.closed.aborted) throw new PatchbayClientError('host.stopping', { message: 'This client was closed.' })
    // Whoever comes first opens it for all.
    if (this.#wire === before) this.#wire = openWire(this.#who.socketPath, (next) => proveKey(next, this.#who))
    const next = await this.#wire
    if (this.closed.aborted) next.close()
    return next
  }

  async call(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted === true) throw cancelled(signal)
    const wire = await this.wire()
    return wire.call(method, params, signal)
  }

  async pair(terms: PairTerms, signal?: AbortSignal): Promise<OwnGrant> {
    const grant = await askForGrant(await this.wire(), this.#who.name, terms, signal)
    if (grant.state !== 'active') throw refusalOf(grant)
    return grant
  }

  async *follow({ afterSequence, signal }: FollowOptions): AsyncGenerator<PatchbayEvent, void, undefined> {
    const ending = signal === undefined ? this.closed : AbortSignal.any([this.closed, signal])
    let last = afterSequence
    let pauseMs = FIRST_PAUSE_MS
    while (!ending.aborted) {
      try {
        const wire = await this.wire()
        const begins = (sequence: number): void => void (last = sequence)
        for await (const event of feedFrom(wire, last, begins, ending)) {
          last = event.sequence
          pauseMs = FIRST_PAUSE_MS
          yield event
        }
      } catch (error) {
        if (ending.aborted) return
        if (!hasCode(error, ...COMES_BACK)) throw error
      }
      if (ending.aborted) return
      await pause(pauseMs, ending)
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
  }

  close(): void {
    this.#closing.abort()
    this.#wire.then(
      (wire) => wire.close(),
      () => {},
    )
  }
}

/**
 * Connects to the Patchbay of this user as a program with a key of its own. Throws `host.not_running` when there is none,
 * `automation.denied` when the person did not allow it, `vault.locked`.
 */
export const connectToPatchbay = async (options: ConnectOptions): Promise<PatchbayClient> => {
  const { name, version = '0', pair, environment = process.env, signal } = options
  const place = currentPlace(environment)
  const socketPath = resolve(options.socketPath ?? socketPathOf(place, dataFolderOf(place)))
  const key = await loadClientKey(options.keyFile ?? defaultKeyFile(name, place))
  if (signal?.aborted === true) throw cancelled(signal)
  const who: Introduction = { name, version, key, socketPath }
  const first = await openWire(socketPath, (wire) => proveOrPair(wire, who, pair, signal))
  const connection = new Connection(who, first)
  const call = (method: string, params: unknown, { signal: ending }: CallOptions = {}): Promise<unknown> =>
    connection.call(method, params, ending)
  const close = (): void => connection.close()
  return {
    ...(buildMethods((method, params, given) => call(method, params, given as CallOptions)) as AutomationApi),
    call: (method, params = {}, given = {}) => call(method, params, given),
    follow: (given = {}) => connection.follow(given),
    pair: (terms, given = {}) => connection.pair(terms, given.signal),
    keyFile: key.file,
    close,
    [Symbol.dispose]: close,
  }
}
