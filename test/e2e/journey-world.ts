import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StandInStorage } from '#core/sandbox/nango-stand-in'
import { type FakeNango, type FakeNangoOptions, startFakeNango } from '#test/helpers/fake-nango'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'
import { type SpawnedHost, spawnHost } from '#test/helpers/spawn-host'
import { type BrowserOpener, createBrowserOpener } from './browser-opener.ts'
import { type OutsideWatch, startOutsideWatch } from './outside-watch.ts'

export interface WorldOptions {
  /** Connect the host to the stand-in through its environment: the profile `env` is there from the start. */
  readonly isConnected?: boolean
  /** What there is at Nango before the host starts. */
  readonly fill?: (nango: FakeNango) => void
  readonly nango?: Omit<FakeNangoOptions, 'upstream'>
  readonly environment?: Readonly<Record<string, string>>
}

/** What a Nango keeps while it is away. */
const inMemory = (): StandInStorage => {
  let saved: unknown = null
  return {
    load: () => structuredClone(saved),
    save: (state) => {
      saved = structuredClone(state)
    },
  }
}

/** One person's computer: a data folder, a host process, its Nango with a real OpenID provider behind it, and a browser opener. */
export class JourneyWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'patchbay-journey-'))
  readonly home = join(this.folder, 'home')
  readonly opener: BrowserOpener = createBrowserOpener(this.folder)
  readonly upstream: OidcUpstream
  readonly outside: OutsideWatch
  nango: FakeNango
  readonly #storage: StandInStorage
  #host: SpawnedHost | null = null
  readonly #options: WorldOptions

  private constructor(options: WorldOptions, upstream: OidcUpstream, outside: OutsideWatch, storage: StandInStorage, nango: FakeNango) {
    this.#options = options
    this.upstream = upstream
    this.outside = outside
    this.#storage = storage
    this.nango = nango
    mkdirSync(this.home, { mode: 0o700 })
  }

  /** Starts everything but the host. */
  static async start(options: WorldOptions = {}): Promise<JourneyWorld> {
    const [upstream, outside] = await Promise.all([startOidcUpstream(), startOutsideWatch()])
    const storage = inMemory()
    const nango = await startFakeNango({ ...options.nango, upstream, storage })
    options.fill?.(nango)
    return new JourneyWorld(options, upstream, outside, storage, nango)
  }

  get host(): SpawnedHost {
    if (this.#host === null) throw new Error('the host is not started')
    return this.#host
  }

  /** Starts the host, or starts it again on the same folder; gives the single-use address of its window. */
  async startHost(): Promise<string> {
    const { isConnected = false, environment = {} } = this.#options
    this.#host = await spawnHost({
      folder: this.home,
      environment: {
        ...this.outside.environment,
        ...this.opener.environment,
        ...(isConnected && { NANGO_HOST: this.nango.url, NANGO_SECRET_KEY: this.nango.secretKey }),
        ...environment,
      },
    })
    const { url } = this.#host.ready
    if (url === undefined) throw new Error('the host named no address')
    return url
  }

  /** Everything the hosts on this folder wrote to their logs. */
  readLog(): string {
    const logs = join(this.home, 'logs')
    return existsSync(logs)
      ? readdirSync(logs)
          .map((name) => readFileSync(join(logs, name), 'utf8'))
          .join('')
      : ''
  }

  async killHost(): Promise<void> {
    await this.host.end('SIGKILL')
  }

  /** Has the host look at Nango's list now, as the command line does. */
  async compareWithNango(): Promise<void> {
    const peer = await this.host.connect()
    await peer.call('sync.run')
    peer.close()
  }

  /** Takes Nango away; `bringNangoBack` starts it on the same port with what it had stored. */
  async takeNangoAway(): Promise<void> {
    await this.nango.stop()
  }

  async bringNangoBack(): Promise<void> {
    const { port, secretKey } = this.nango
    this.nango = await startFakeNango({ ...this.#options.nango, upstream: this.upstream, storage: this.#storage, port, secretKey })
  }

  async stop(): Promise<void> {
    await this.#host?.end('SIGTERM')
    await Promise.all([this.nango.stop(), this.upstream.stop(), this.outside.stop()])
    rmSync(this.folder, { recursive: true, force: true })
  }
}
