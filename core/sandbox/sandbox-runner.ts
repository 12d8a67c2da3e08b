import { randomUUID } from 'node:crypto'
import type { Log } from '../log.ts'
import { Secret } from '../vault/secret.ts'
import type { SecretReference, SecretVault } from '../vault/secret-vault.ts'
import { DEMO_INTEGRATIONS } from './demo-catalogue.ts'
import { type NangoStandIn, startNangoStandIn } from './nango-stand-in.ts'

const BINDING = 'sandbox'

const reference = (kind: 'sandbox-key' | 'sandbox-state', owner: string): SecretReference => ({ kind, owner, binding: BINDING })

/** Runs the Nango stand-in of each sandbox profile on loopback, on demand; what it keeps is sealed in the vault. */
export class SandboxRunner {
  readonly #vault: SecretVault
  readonly #log: Log
  readonly #now: () => number
  readonly #running = new Map<string, Promise<NangoStandIn>>()
  readonly #forgotten = new Set<string>()

  readonly #onChange: (profileId: string) => void

  constructor(deps: {
    readonly vault: SecretVault
    readonly log: Log
    readonly now: () => number
    /** A switch of a sandbox, its receiver or a delivery is another one now. */
    readonly onChange?: (profileId: string) => void
  }) {
    this.#onChange = deps.onChange ?? (() => {})
    this.#vault = deps.vault
    this.#log = deps.log
    this.#now = deps.now
  }

  /** The address and key of a profile's stand-in, started when it is not running. Throws `vault.*`. */
  async ensureRunning(profileId: string): Promise<{ readonly url: string; readonly secretKey: Secret }> {
    const { url, secretKey } = await this.standInOf(profileId)
    return { url, secretKey: new Secret(secretKey) }
  }

  /** The stand-in of a profile, started when it is not running. Throws `vault.*`. */
  async standInOf(profileId: string): Promise<NangoStandIn> {
    const current = this.#running.get(profileId) ?? this.#start(profileId)
    this.#running.set(profileId, current)
    try {
      return await current
    } catch (error) {
      this.#running.delete(profileId)
      throw error
    }
  }

  /** Ends the stand-in of a profile that is removed; what it kept goes with the profile's secrets and is not written again. */
  async forget(profileId: string): Promise<void> {
    this.#forgotten.add(profileId)
    await this.#stopOne(profileId)
  }

  async #stopOne(profileId: string): Promise<void> {
    const running = this.#running.get(profileId)
    this.#running.delete(profileId)
    await running?.then((standIn) => standIn.stop()).catch(() => {})
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((profileId) => this.#stopOne(profileId)))
  }

  #start(profileId: string): Promise<NangoStandIn> {
    const key = this.#vault.open(reference('sandbox-key', profileId)) ?? this.#newKey(profileId)
    this.#log.info('sandbox.starting', { profileId })
    return startNangoStandIn({
      secretKey: key.reveal(),
      integrations: DEMO_INTEGRATIONS,
      hasConnectUi: true,
      now: this.#now,
      log: this.#log,
      onChange: () => this.#onChange(profileId),
      storage: {
        load: () => {
          const state = this.#vault.open(reference('sandbox-state', profileId))
          return state === null ? null : (JSON.parse(state.reveal()) as unknown)
        },
        save: (state) => {
          if (!this.#forgotten.has(profileId)) this.#vault.put(reference('sandbox-state', profileId), new Secret(JSON.stringify(state)))
        },
      },
    })
  }

  #newKey(profileId: string): Secret {
    const key = new Secret(randomUUID())
    this.#vault.put(reference('sandbox-key', profileId), key)
    return key
  }
}
