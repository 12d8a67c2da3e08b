import { networkInterfaces } from 'node:os'
import { type Clock, frameOf, GAP_MS } from './clock.ts'

/** What was noticed after the computer, or this process, had stood still. */
export interface Waking {
  /** How far the wall clock moved against the other one: asleep for so long, or set. Negative when it was set back. */
  readonly gapMs: number
  /** How much too late the watch itself ran, by the clock that never jumps. */
  readonly lateMs: number
}

export interface ClockWatchOptions {
  readonly clock: Clock
  readonly onWake: (waking: Waking) => void
  /** The computer came onto another network. */
  readonly onNetwork: () => void
  readonly tickMs?: number
  /** The addresses of this computer; another answer means another network. Null when they cannot be read. */
  readonly addresses?: () => string | null
}

const TICK_MS = 5_000

/** The addresses that reach beyond this computer, as one text. */
export const currentAddresses = (): string | null => {
  try {
    return Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .flatMap(({ internal, address }) => (internal || address.startsWith('fe80:') ? [] : [address]))
      .toSorted()
      .join(' ')
  } catch {
    return null
  }
}

/** Notices within some seconds that the computer slept, that its clock was set, and that it came onto another network. */
export class ClockWatch {
  readonly #options: ClockWatchOptions
  #timer: NodeJS.Timeout | null = null
  #frame = 0
  #tickedAt = 0
  #known: string | null = null

  constructor(options: ClockWatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#frame = frameOf(this.#options.clock)
    this.#tickedAt = this.#options.clock.monotonicNow()
    this.#known = this.#addresses()
    this.#timer = setInterval(() => this.check(), this.#tickMs())
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Looks now; a host that hears of a waking need not wait for the next tick. */
  check(): void {
    const { clock, onWake, onNetwork } = this.#options
    // Read once: a jump between two readings would be lost.
    const frame = frameOf(clock)
    const at = clock.monotonicNow()
    const gapMs = frame - this.#frame
    const lateMs = Math.max(0, at - this.#tickedAt - this.#tickMs())
    this.#frame = frame
    this.#tickedAt = at
    const addresses = this.#addresses()
    const isOtherNetwork = addresses !== null && addresses !== '' && addresses !== this.#known
    this.#known = addresses ?? this.#known
    if (Math.abs(gapMs) > GAP_MS || lateMs > GAP_MS) onWake({ gapMs: Math.abs(gapMs) > GAP_MS ? gapMs : 0, lateMs })
    else if (isOtherNetwork) onNetwork()
  }

  #tickMs(): number {
    return this.#options.tickMs ?? TICK_MS
  }

  #addresses(): string | null {
    return (this.#options.addresses ?? currentAddresses)()
  }
}
