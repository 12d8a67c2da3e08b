import { PatchbayError } from '#shared/errors'
import type { VaultStatus } from '#shared/contract/vault'
import { inEnglish, say, type Sentence } from '#shared/sentence'
import type { Log } from '../log.ts'
import type { KeySealer, Platform } from '../platform.ts'
import { openDataKey, sealWithPassphraseOnly, weakestSlot, type DataKeyOutcome } from './data-key.ts'
import { Secret } from './secret.ts'
import { deriveKey, type VaultFile } from './vault-file.ts'

const withReason = (reason: Sentence | null) => ({
  reason: reason === null ? null : inEnglish(reason),
  said: { reason: reason === null ? null : [reason] },
})

interface OpenKeys {
  readonly dataKey: Buffer
  readonly database: Buffer
  readonly secrets: Buffer
  readonly mark: Buffer
  readonly audit: Buffer
  readonly openedAt: string
}

/** The one data key of a data folder: opens, locks, and hands out what is derived from it. */
export class Vault {
  readonly #platform: Platform
  readonly #log: Log
  readonly #listeners = new Set<(status: VaultStatus) => void>()
  #file: VaultFile | null = null
  #keys: OpenKeys | null = null
  #closed: { readonly state: 'locked' | 'missing'; readonly reason: Sentence } = {
    state: 'locked',
    reason: say('vault.not-opened'),
  }
  #keychainReasons = new Map<KeySealer, Sentence | null>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: { readonly platform: Platform; readonly log: Log }) {
    this.#platform = options.platform
    this.#log = options.log
  }

  /** Opens without asking anybody, and makes the key at the first run. The status tells when that was not possible. Throws `storage.*`. */
  open(): Promise<VaultStatus> {
    return this.#inTurn(async () => {
      if (this.#keys === null) await this.#attempt(this.#environmentPassphrase())
      return this.status()
    })
  }

  /** Opens, with a passphrase where one is given. Throws `vault.wrong_passphrase`, `vault.locked`, `vault.key_missing`. */
  unlock(passphrase?: string): Promise<VaultStatus> {
    return this.#inTurn(async () => {
      if (this.#keys !== null) return this.status()
      const given = passphrase === undefined ? this.#environmentPassphrase() : new Secret(passphrase)
      const outcome = await this.#attempt(given)
      if (outcome.state === 'open') return this.status()
      if (passphrase !== undefined && outcome.isWrongPassphrase) throw new PatchbayError('vault.wrong_passphrase')
      throw this.#closedError()
    })
  }

  /** Wipes the keys. The database that is already open stays readable; secrets do not. */
  lock(): VaultStatus {
    if (this.#keys !== null) {
      this.#wipe()
      this.#closed = { state: 'locked', reason: say('vault.you-locked') }
      this.#announce()
    }
    return this.status()
  }

  /** Seals with a passphrase instead of every other way. Throws `vault.locked`, `vault.key_missing`, `storage.*`. */
  setPassphrase(passphrase: string): Promise<VaultStatus> {
    return this.#inTurn(async () => {
      if (this.#keys === null || this.#file === null) throw this.#closedError()
      const options = { platform: this.#platform, log: this.#log }
      this.#file = await sealWithPassphraseOnly(this.#file, this.#keys.dataKey, new Secret(passphrase), options)
      this.#announce()
      return this.status()
    })
  }

  status(): VaultStatus {
    const slot = this.#file === null ? null : weakestSlot(this.#file)
    // While locked, what the person has to bring counts: a passphrase slot says so even beside a keychain that is silent.
    const asked = this.#keys === null ? this.#file?.slots.find((each) => each.tier === 'passphrase') : undefined
    const shown = asked ?? slot
    const protection = slot === null ? say('vault.protection.none') : say(`vault.protection.${slot.tier}`)
    const reason = this.#keys === null ? this.#closed.reason : null
    return {
      state: this.#keys === null ? this.#closed.state : 'open',
      tier: shown?.tier ?? null,
      backend: shown?.backend ?? null,
      protection: inEnglish(protection),
      reason: reason === null ? null : inEnglish(reason),
      said: { protection: [protection], reason: reason === null ? null : [reason] },
      available: this.#available(),
      openedAt: this.#keys?.openedAt ?? null,
    }
  }

  /** Names the data key that secrets are sealed with. Throws while no vault file was read. */
  get keyId(): string {
    if (this.#file === null) throw this.#closedError()
    return this.#file.keyId
  }

  /** The key of the database file, wiped at `lock`. Throws `vault.locked`, `vault.key_missing`. */
  databaseKey(): Uint8Array {
    if (this.#keys === null) throw this.#closedError()
    return this.#keys.database
  }

  /** The key of the single secrets, wiped at `lock`. Throws `vault.locked`, `vault.key_missing`. */
  secretsKey(): Uint8Array {
    if (this.#keys === null) throw this.#closedError()
    return this.#keys.secrets
  }

  /** The key that proves the commit mark beside the database, wiped at `lock`. Throws `vault.locked`, `vault.key_missing`. */
  markKey(): Uint8Array {
    if (this.#keys === null) throw this.#closedError()
    return this.#keys.mark
  }

  /** The key that chains the lines of the audit, wiped at `lock`. Throws `vault.locked`, `vault.key_missing`. */
  auditKey(): Uint8Array {
    if (this.#keys === null) throw this.#closedError()
    return this.#keys.audit
  }

  /** Calls `listener` after each change of the status; returns how to stop that. */
  onChange(listener: (status: VaultStatus) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #attempt(passphrase: Secret | null): Promise<DataKeyOutcome> {
    const outcome = await openDataKey({ platform: this.#platform, log: this.#log, passphrase })
    this.#file = outcome.file
    if (outcome.state === 'open') {
      const { dataKey, file } = outcome
      this.#keys = {
        dataKey,
        database: deriveKey(dataKey, file.keyId, 'database'),
        secrets: deriveKey(dataKey, file.keyId, 'secrets'),
        mark: deriveKey(dataKey, file.keyId, 'mark'),
        audit: deriveKey(dataKey, file.keyId, 'audit'),
        openedAt: new Date(this.#platform.now()).toISOString(),
      }
    } else {
      this.#closed = { state: outcome.state, reason: outcome.reason }
      this.#log.warn('vault.not_open', { state: outcome.state, reason: inEnglish(outcome.reason) })
    }
    await this.#askKeychains()
    this.#announce()
    return outcome
  }

  async #askKeychains(): Promise<void> {
    await Promise.all(
      this.#platform.keySealers.map(async (sealer) => {
        const reason = await sealer.unavailableReason().catch(() => say('keychain.silent-it'))
        this.#keychainReasons.set(sealer, reason)
      }),
    )
  }

  #available(): VaultStatus['available'] {
    const keychains = this.#platform.keySealers.filter((sealer) => sealer.tier === 'keychain')
    const reasons = keychains.map((sealer) => this.#keychainReasons.get(sealer) ?? null)
    const isAvailable = keychains.some((sealer) => this.#keychainReasons.get(sealer) === null)
    const reason = isAvailable ? null : (reasons.find((each) => each !== null) ?? say('keychain.none'))
    return [
      { tier: 'keychain', isAvailable, ...withReason(reason) },
      { tier: 'passphrase', isAvailable: true, ...withReason(null) },
      { tier: 'key-file', isAvailable: true, ...withReason(say('vault.last-resort')) },
    ]
  }

  #environmentPassphrase(): Secret | null {
    const value = this.#platform.environment['PATCHBAY_PASSPHRASE']
    return value === undefined || value === '' ? null : new Secret(value)
  }

  #closedError(): PatchbayError {
    const { state, reason } = this.#closed
    return new PatchbayError(state === 'missing' ? 'vault.key_missing' : 'vault.locked', { data: { reason: inEnglish(reason) } })
  }

  #wipe(): void {
    const keys = this.#keys
    for (const key of [keys?.dataKey, keys?.database, keys?.secrets, keys?.mark, keys?.audit]) key?.fill(0)
    this.#keys = null
  }

  #announce(): void {
    const status = this.status()
    for (const listener of this.#listeners) {
      try {
        listener(status)
      } catch (error) {
        this.#log.error('vault.listener_failed', { error })
      }
    }
  }

  /** One after the other: opening twice at once would ask the person twice. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}
