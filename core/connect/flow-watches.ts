import { inAttempt } from '../log.ts'
import type { NangoClient } from '../nango/nango-client.ts'
import type { Secret } from '../vault/secret.ts'
import type { FlowPages } from './flow-pages.ts'
import { isAwaitedLate, isOpenFlow, type StoredFlow } from './flow-store.ts'
import { isSessionRefusal, readGoodSession } from './connect-preflight.ts'
import { FlowWatch, type WatchDependencies } from './flow-watch.ts'

export interface WatchesDependencies extends Omit<WatchDependencies, 'onUnheard' | 'onStopped'> {
  readonly pages: FlowPages
}

/** The watches of all flows that something may still come of, one each, and the sockets that they hear. */
export class FlowWatches {
  readonly #deps: WatchesDependencies
  readonly #watches = new Map<string, FlowWatch>()
  #isStopped = false

  constructor(deps: WatchesDependencies) {
    this.#deps = deps
  }

  /** The watch of a flow; a new one, not yet started, where there is none. */
  of(flowId: string): FlowWatch {
    const known = this.#watches.get(flowId)
    if (known !== undefined) return known
    const watch = new FlowWatch(flowId, {
      ...this.#deps,
      onUnheard: (flow) => inAttempt(flow.flowId, () => this.#listenAgain(flow)),
      onStopped: () => {
        if (this.#watches.get(flowId) === watch) this.#watches.delete(flowId)
      },
    })
    this.#watches.set(flowId, watch)
    return watch
  }

  /** The watch that follows a flow now, or undefined. */
  find(flowId: string): FlowWatch | undefined {
    return this.#watches.get(flowId)
  }

  /**
   * Opens Nango's socket of a session, which tells of a refusal at once; undefined where it cannot be, looks then still notice a success.
   * Throws `connect.expired` and `connect.not_allowed` for a session that is good for nothing.
   */
  async listen(client: NangoClient, flowId: string, token: Secret): Promise<string | undefined> {
    const watch = this.of(flowId)
    const flow = this.#deps.ledger.get(flowId)
    if (flow === undefined) return undefined
    try {
      const { websocketsPath } = await readGoodSession(client, flow, token)
      const socket = client.openAuthSocket(websocketsPath)
      const socketId = await socket.start()
      watch.listen(socket)
      return socketId
    } catch (error) {
      if (isSessionRefusal(error)) throw error
      this.#deps.log.info('connect.no_socket', { error })
      return undefined
    }
  }

  /** What failed is followed no more, unless what it sent may yet change a connection. */
  followEnded(flowId: string): void {
    const flow = this.#deps.ledger.get(flowId)
    if (flow?.state !== 'failed') return
    this.find(flowId)?.stop()
    if (isAwaitedLate(flow)) this.of(flowId).start()
  }

  /** The computer woke, or the network is back: every flow is looked at now. */
  wake(): void {
    for (const watch of this.#watches.values()) watch.wake()
  }

  stop(): void {
    this.#isStopped = true
    for (const watch of this.#watches.values()) watch.stop()
  }

  /** A lost socket is replaced; a page that is opened from now on tells the new one. */
  async #listenAgain(flow: StoredFlow): Promise<void> {
    const { pages, ledger, log, clientFor } = this.#deps
    try {
      const token = pages.tokenOf(flow)
      if (token === null) return
      const client = await clientFor(flow.profileId)
      const socketId = await this.listen(client, flow.flowId, token)
      if (socketId === undefined || this.#isStopped) return
      const current = ledger.get(flow.flowId)
      if (current === undefined || !isOpenFlow(current)) return
      pages.keepProviderPage(client, flow, token, socketId)
      ledger.change(flow.flowId, {})
    } catch (error) {
      if (!this.#isStopped) log.info('connect.no_socket', { error })
    }
  }
}
