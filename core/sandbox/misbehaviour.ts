import { NO_FAULTS, type SandboxFaults, faultsOn } from '#shared/contract/sandbox'

/** A connection as Nango names it. */
export interface ConnectionName {
  readonly integrationKey: string
  readonly connectionId: string
}

/** What is kept of it while it is pinned. */
export interface KeptMisbehaviour {
  readonly faults: SandboxFaults
  readonly failing: readonly ConnectionName[]
}

const nameText = ({ integrationKey, connectionId }: ConnectionName): string => JSON.stringify([integrationKey, connectionId])

/** The switches of a sandbox that a person sets; `onChange` hears of every change, those it makes itself too. */
export class Misbehaviour {
  #faults: SandboxFaults
  readonly #failing = new Map<string, ConnectionName>()
  readonly #onChange: () => void

  constructor(kept: KeptMisbehaviour | null, onChange: () => void) {
    this.#faults = kept?.faults ?? NO_FAULTS
    for (const name of kept?.failing ?? []) this.#failing.set(nameText(name), name)
    this.#onChange = onChange
  }

  get faults(): SandboxFaults {
    return this.#faults
  }

  /** The connections whose renewal fails one by one. */
  get failing(): readonly ConnectionName[] {
    return [...this.#failing.values()]
  }

  get count(): number {
    return faultsOn(this.#faults).length + this.#failing.size
  }

  /** What outlives the host, or null. */
  get kept(): KeptMisbehaviour | null {
    return this.#faults.isPinned ? { faults: this.#faults, failing: this.failing } : null
  }

  change(change: Partial<SandboxFaults>): void {
    this.#faults = { ...this.#faults, ...change }
    this.#onChange()
  }

  setFailing(name: ConnectionName, isFailing: boolean): void {
    if (isFailing) this.#failing.set(nameText(name), { integrationKey: name.integrationKey, connectionId: name.connectionId })
    else this.#failing.delete(nameText(name))
    this.#onChange()
  }

  /** All off, pinned ones too. */
  calm(): void {
    this.#faults = NO_FAULTS
    this.#failing.clear()
    this.#onChange()
  }

  /** Whether the provider refuses to renew this connection's token. */
  failsRefresh(name: ConnectionName): boolean {
    return this.#faults.refreshFailure === 'all' || this.#failing.has(nameText(name))
  }

  /** Whether this sign-in is refused; a refusal of the next one only is used up by it. */
  takeDenial(): boolean {
    const { deniedConsent } = this.#faults
    if (deniedConsent === 'next') this.change({ deniedConsent: 'off' })
    return deniedConsent !== 'off'
  }

  /** A connection that is gone fails no more. */
  forget(name: ConnectionName): void {
    if (this.#failing.delete(nameText(name))) this.#onChange()
  }
}
