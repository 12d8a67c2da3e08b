import { type ClientKey, defaultKeyFile, loadClientKey } from '#client/client-key'
import { hasCode, PatchbayClientError } from '#client/client-error'
import { HostWire } from '#client/host-wire'
import { askForGrant, greet, type Introduction, type OwnGrant, type PairTerms, proveKey } from '#client/introduce'
import { currentPlace } from '#core/host-paths'
import { startBackgroundHost } from '../start-host.ts'

export interface AgentHostOptions {
  readonly socketPath: string
  readonly dataFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** What the person reads beside a request; known once the agent has said hello. */
  readonly name: () => string
  /** The file that is run again to start a host, or null where none may be started. */
  readonly program: string | null
}

/** A connection, and whether the host knows its key. */
interface Link {
  readonly wire: HostWire
  readonly who: Introduction
  isProven: boolean
}

/** A request that waits for the person. */
interface Asking {
  /** What it asks for, as text. */
  readonly terms: string
  readonly answer: Promise<OwnGrant>
  readonly ending: AbortController
}

const noAccess = (): PatchbayClientError => new PatchbayClientError('automation.denied')

/** The agent's way to the host: one connection, opened when it is first needed, with a key for each name. It holds no power of its own. */
export class AgentHost {
  readonly #options: AgentHostOptions
  #link: Promise<Link> | null = null
  #key: Promise<ClientKey> | null = null
  #asking: Asking | null = null
  #isClosed = false

  constructor(options: AgentHostOptions) {
    this.#options = options
  }

  /** The result of a method. Throws `automation.denied` where nothing was granted yet, and what the host answers. */
  async call(method: string, params: object, signal?: AbortSignal): Promise<unknown> {
    const link = await this.#connected()
    // It may have been allowed since, in the window or by a request that is still on its way.
    if (!link.isProven) await this.#prove(link)
    if (!link.isProven) throw noAccess()
    return link.wire.call(method, params, signal)
  }

  /**
   * Asks the person, or goes on waiting where the same is asked already. Null when there is no answer after so long; with the end of
   * `signal` the request is taken back. Throws `automation.busy` while another one waits.
   */
  async ask(terms: PairTerms, waitMs: number, signal: AbortSignal): Promise<OwnGrant | null> {
    const asking = this.#asking ?? this.#begin(terms)
    if (asking.terms !== JSON.stringify(terms)) throw new PatchbayClientError('automation.busy')
    const takeBack = (): void => asking.ending.abort()
    signal.addEventListener('abort', takeBack)
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), waitMs)))
    try {
      return await Promise.race([asking.answer, late])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', takeBack)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#link?.then(
      ({ wire }) => wire.close(),
      () => {},
    )
  }

  #begin(terms: PairTerms): Asking {
    const ending = new AbortController()
    const answer = this.#ask(terms, ending.signal).finally(() => {
      this.#asking = null
    })
    // Whoever asked may have gone.
    answer.catch(() => {})
    this.#asking = { terms: JSON.stringify(terms), answer, ending }
    return this.#asking
  }

  async #ask(terms: PairTerms, signal: AbortSignal): Promise<OwnGrant> {
    const link = await this.#connected()
    if (!link.isProven) {
      await this.#prove(link)
      // A proof that failed used the greeting up.
      if (!link.isProven) await greet(link.wire, link.who)
    }
    const grant = await askForGrant(link.wire, link.who.name, terms, signal)
    if (grant.state === 'active' && !link.isProven) await this.#prove(link)
    return grant
  }

  async #prove(link: Link): Promise<void> {
    try {
      await proveKey(link.wire, link.who)
      link.isProven = true
    } catch (error) {
      if (!hasCode(error, 'automation.denied')) throw error
    }
  }

  async #connected(): Promise<Link> {
    const before = this.#link
    const link = await before?.catch(() => null)
    if (link !== null && link !== undefined && link.wire.failure === null) return link
    // Whoever comes first opens it for all.
    if (this.#link === before) this.#link = this.#open()
    return this.#link ?? this.#open()
  }

  async #open(): Promise<Link> {
    const { socketPath, environment, version } = this.#options
    const name = this.#options.name()
    this.#key ??= loadClientKey(defaultKeyFile(`mcp ${name}`, currentPlace(environment)))
    const key = await this.#key
    const wire = await this.#reach()
    const link: Link = { wire, who: { name, version, key, socketPath }, isProven: false }
    if (this.#isClosed) wire.close()
    try {
      await this.#prove(link)
    } catch (error) {
      wire.close()
      throw error
    }
    return link
  }

  async #reach(): Promise<HostWire> {
    const { socketPath, dataFolder, environment, program } = this.#options
    const open = (): Promise<HostWire> => HostWire.open(socketPath)
    try {
      return await open()
    } catch (error) {
      if (program === null || !hasCode(error, 'host.not_running')) throw error
      return startBackgroundHost({ dataFolder, environment, program }, () =>
        open().catch((again: unknown) => {
          if (hasCode(again, 'host.not_running')) return null
          throw again
        }),
      )
    }
  }
}
