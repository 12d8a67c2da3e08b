import { PatchbayError } from '#shared/errors'
import { inAttempt, type Log } from '../log.ts'
import type { NangoAuthResult, NangoAuthSocket } from '../nango/nango-auth-socket.ts'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'
import { flowErrorFrom } from './flow-errors.ts'
import type { FlowLedger } from './flow-ledger.ts'
import { isAwaitedLate, isOpenFlow, type StoredFlow } from './flow-store.ts'
import { goneError } from './reconnect-before.ts'

/** The tag that ties a connection at Nango to its flow; the only correlation that works in every path (nango-api.md 9). */
export const FLOW_TAG = 'patchbay_flow'

export interface WatchDependencies {
  readonly ledger: FlowLedger
  readonly log: Log
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  /** The time at a profile's Nango: by it its pages run out. */
  readonly timeAt: (profileId: string) => number
  readonly monotonicNow: () => number
  readonly onActivated: (flow: StoredFlow) => void
  /** A connection that was to be signed in anew has been: in time, or after its flow had ended, which is dealt with when it settles. */
  readonly onReplaced: (flow: StoredFlow) => void
  readonly onReplacedLate: (flow: StoredFlow, found: NangoConnectionSummary) => Promise<void>
  /** Nango answers, and nobody hears its socket: a new one may be opened. Never rejects. */
  readonly onUnheard: (flow: StoredFlow) => Promise<void>
  /** It follows its flow no more. */
  readonly onStopped: () => void
  /** Between looks; tests shorten them. */
  readonly pace?: WatchPace
}

export interface WatchPace {
  readonly firstMs: number
  readonly laterMs: number
  /** How long the quick looks go on. */
  readonly quickForMs: number
  readonly cleanupMs: number
}

const DEFAULT_PACE: WatchPace = { firstMs: 2_000, laterMs: 5_000, quickForMs: 120_000, cleanupMs: 15_000 }

/** How often a result that the socket announced is looked for before the slower looks go on. */
const LOOKS_AFTER_NOTICE = 5

/** How often a lost socket is replaced, and how often at most. */
const SOCKET_GAP_MS = 30_000
const MOST_SOCKETS = 20

/** Follows one flow until it has ended: hears Nango's socket, looks for the tag, minds the clock. */
export class FlowWatch {
  readonly flowId: string
  readonly #deps: WatchDependencies
  readonly #begun: number
  #timer: NodeJS.Timeout | null = null
  #isStopped = false
  #looking: Promise<boolean> | null = null
  #socket: NangoAuthSocket | null = null
  #socketsAsked = 0
  #socketAskedAt = Number.NEGATIVE_INFINITY
  /** The connection that the socket named, in case it comes without its tags. */
  #named: { readonly connectionId: string; readonly providerConfigKey: string } | null = null
  /** A refusal that could not be written down yet. */
  #refusal: PatchbayError | null = null
  #isUnwritten = false
  isListening = false

  constructor(flowId: string, deps: WatchDependencies) {
    this.flowId = flowId
    this.#deps = deps
    this.#begun = deps.monotonicNow()
  }

  start(): void {
    this.#schedule(this.#pace().firstMs)
  }

  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#socket?.stop()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#deps.onStopped()
  }

  /** Hears the result of a started socket; a refusal ends the flow at once, a loss only means to look more closely. */
  listen(socket: NangoAuthSocket): void {
    if (this.#isStopped) return socket.stop()
    this.isListening = true
    this.#socket = socket
    const hear = (outcome: NangoAuthResult): void => {
      // One that was replaced has nothing more to say about being heard.
      if (this.#socket === socket) this.isListening = false
      if (this.#isStopped) return
      if (outcome.kind === 'error') return this.refuse(flowErrorFrom(outcome.type, outcome.description))
      if (outcome.kind === 'lost') return this.#deps.ledger.change(this.flowId, {})
      this.#named = { connectionId: outcome.connectionId, providerConfigKey: outcome.providerConfigKey }
      return this.expectNow()
    }
    void socket.result.then(hear).catch((error: unknown) => this.#noteUnwritten(error))
  }

  /** The sign-in is said to be over: look at once, and a few times in a row. */
  expectNow(): void {
    const flow = this.#deps.ledger.get(this.flowId)
    if (flow?.state === 'waiting') {
      this.#deps.ledger.change(this.flowId, { state: 'finishing' })
      this.#deps.ledger.step(this.flowId, 'noticed', 'running')
    }
    void this.#lookRepeatedly(LOOKS_AFTER_NOTICE)
  }

  /** The computer woke, or the network is back: looks at once, and finds out whether the socket still stands. */
  wake(): void {
    if (this.#isStopped) return
    this.#socketAskedAt = Number.NEGATIVE_INFINITY
    this.#socketsAsked = 0
    void this.#socket?.prove()
    this.#schedule(0)
  }

  /** Ends an open flow with what was said to have gone wrong. */
  refuse(error: PatchbayError): void {
    this.#refusal = error
    this.#deps.ledger.end(this.flowId, 'failed', error)
    this.#refusal = null
    // A page that is still open may yet give a connection that exists other credentials.
    if (isAwaitedLate(this.#deps.ledger.get(this.flowId))) this.#schedule(this.#pace().cleanupMs)
    else this.stop()
  }

  /** Looks for the tag once; true when the flow is over. Looks that overlap are one. Never rejects. */
  look(): Promise<boolean> {
    if (this.#looking === null) this.#isUnwritten = false
    this.#looking ??= inAttempt(this.flowId, () => this.#lookOnce())
      .catch((error: unknown) => {
        this.#noteUnwritten(error)
        return this.#isStopped
      })
      .finally(() => {
        this.#looking = null
      })
    return this.#looking
  }

  /** What was found out could not be read or written down, as on a full disk: a later look does. */
  #noteUnwritten(error: unknown): void {
    if (this.#isStopped) return
    this.#isUnwritten = true
    this.#deps.log.warn('connect.not_written', { error })
  }

  #pace(): WatchPace {
    return this.#deps.pace ?? DEFAULT_PACE
  }

  async #lookRepeatedly(times: number): Promise<void> {
    for (let count = 0; count < times && !this.#isStopped; count += 1) {
      if (await this.look()) return
      await new Promise((resolve) => setTimeout(resolve, Math.min(400, this.#pace().firstMs)))
    }
    // Said to be made and yet not there: the ordinary looks go on until the page runs out.
  }

  async #lookOnce(): Promise<boolean> {
    const { ledger, log } = this.#deps
    const flow = ledger.get(this.flowId)
    if (flow === undefined || this.#isStopped) {
      this.stop()
      return true
    }
    if (this.#refusal !== null) {
      this.refuse(this.#refusal)
      return true
    }
    if (ledger.isWithoutConnection(flow)) {
      if (isOpenFlow(flow)) this.refuse(goneError(flow.connectionId))
      else ledger.cleanupOver(flow)
      this.stop()
      return true
    }
    try {
      const client = await this.#deps.clientFor(flow.profileId)
      const found = await this.#find(client)
      if (found !== undefined) return await this.#take(client, found)
      const isOver = this.#mindTheClock(ledger.get(this.flowId) ?? flow)
      if (!isOver) this.#mindTheSocket(flow)
      return isOver
    } catch (error) {
      // Stopped on the way, the database may be closed by now.
      if (this.#isStopped) return true
      log.debug('connect.look_failed', { error })
      return this.#mindTheClock(flow)
    }
  }

  async #find(client: NangoClient): Promise<NangoConnectionSummary | undefined> {
    const [tagged] = await client.listConnections({ tags: { [FLOW_TAG]: this.flowId }, limit: 5 }, { priority: 'flow' })
    if (tagged !== undefined || this.#named === null) return tagged
    const { connectionId, providerConfigKey: integrationId } = this.#named
    const named = await client.listConnections({ connectionId, integrationId, limit: 5 }, { priority: 'flow' })
    return named.find((summary) => summary.connectionId === this.#named?.connectionId)
  }

  async #take(client: NangoClient, found: NangoConnectionSummary): Promise<boolean> {
    const { ledger } = this.#deps
    const flow = ledger.get(this.flowId)
    if (flow?.reconnect != null) {
      if (isOpenFlow(flow)) this.#deps.onReplaced(flow)
      else await this.#deps.onReplacedLate(flow, found)
    } else if (flow !== undefined && isOpenFlow(flow)) {
      ledger.activate(flow, found, null)
      this.#deps.onActivated(flow)
    } else if (flow?.state === 'cancelled') {
      await client.deleteConnection({ connectionId: found.connectionId, providerConfigKey: found.providerConfigKey })
      ledger.cleanedUp(this.flowId)
      return false
    }
    this.stop()
    return true
  }

  /** The socket only tells sooner, but it alone tells of a refusal. */
  #mindTheSocket(flow: StoredFlow): void {
    if (
      flow.state !== 'waiting' ||
      flow.via !== 'browser' ||
      flow.page !== 'provider' ||
      this.isListening ||
      this.#socketsAsked >= MOST_SOCKETS
    )
      return
    const at = this.#deps.monotonicNow()
    if (at - this.#socketAskedAt < SOCKET_GAP_MS) return
    this.#socketAskedAt = at
    this.#socketsAsked += 1
    void this.#deps.onUnheard(flow)
  }

  #mindTheClock(flow: StoredFlow): boolean {
    const { ledger, timeAt } = this.#deps
    if (isOpenFlow(flow)) {
      if (flow.expiresAt === null || Date.parse(flow.expiresAt) > timeAt(flow.profileId)) return false
      ledger.end(this.flowId, 'expired', new PatchbayError('connect.expired'))
      if (isAwaitedLate(ledger.get(this.flowId))) return false
    } else if (flow.cleanupUntil !== null && Date.parse(flow.cleanupUntil) > timeAt(flow.profileId)) {
      return false
    }
    ledger.cleanupOver(flow)
    this.stop()
    return true
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#isStopped) return
    const again = (error: unknown): void => {
      this.#noteUnwritten(error)
      this.#schedule(this.#pace().laterMs)
    }
    this.#timer = setTimeout(() => void this.#tick().catch(again), delayMs)
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    if ((await this.look()) || this.#isStopped) return
    const flow = this.#deps.ledger.get(this.flowId)
    const pace = this.#pace()
    const isQuick = this.#deps.monotonicNow() - this.#begun < pace.quickForMs
    const isOpen = flow !== undefined && isOpenFlow(flow)
    if (!isOpen) return this.#schedule(isQuick ? pace.laterMs : pace.cleanupMs)
    // Nango need not answer any sooner for that.
    if (this.#isUnwritten) return this.#schedule(pace.laterMs)
    // The page runs out on the second, not at the next look.
    const leftMs =
      flow.expiresAt === null ? Number.POSITIVE_INFINITY : Math.max(0, Date.parse(flow.expiresAt) - this.#deps.timeAt(flow.profileId)) + 50
    return this.#schedule(Math.min(isQuick ? pace.firstMs : pace.laterMs, leftMs))
  }
}
