import type { StorageReason } from '#shared/contract/backup'
import { ERRORS, PatchbayError } from '#shared/errors'
import type { Log } from '../log.ts'
import { CODES, isPassing } from './storage-reason.ts'

const LOOK_EVERY_MS = 1_000
/** How long the space that the reserve gave may be used for freeing more. */
const RELIEF_MS = 10_000

export interface StorageTroubleOptions {
  readonly now: () => number
  readonly log: Log
  /** Asked again and again while the cause may go by itself. */
  readonly look: () => void
  /** Called after the call that entered it has ended. */
  readonly onEnter: (isRescue: boolean) => void
  /** Between two looks, milliseconds. */
  readonly lookEveryMs?: number | undefined
}

/** Why the database cannot be written, or not be used at all (rescue), since when, and what whoever wants to write is told. */
export class StorageTrouble {
  readonly #options: StorageTroubleOptions
  #current: { readonly reason: StorageReason; readonly since: string; readonly isRescue: boolean } | null = null
  #timer: NodeJS.Timeout | null = null
  #reliefUntil = 0
  #isEnded = false

  constructor(options: StorageTroubleOptions) {
    this.#options = options
  }

  get reason(): StorageReason | null {
    return this.#current?.reason ?? null
  }

  get since(): string | null {
    return this.#current?.since ?? null
  }

  get isRescue(): boolean {
    return this.#current?.isRescue === true
  }

  /** Why nothing can be written, as the error of a call that wants to; null when it can. */
  refusal(): PatchbayError | null {
    if (this.#current === null) return null
    const { reason, isRescue } = this.#current
    const why = ERRORS[CODES[reason]]
    if (!isRescue) return new PatchbayError(CODES[reason], { data: { reason } })
    return new PatchbayError('storage.rescue', { message: why.message, data: { reason, next: why.next } })
  }

  enter(reason: StorageReason, isRescue: boolean): void {
    if (this.isRescue || (this.reason === reason && this.isRescue === isRescue)) return
    this.#current = { reason, since: new Date(this.#options.now()).toISOString(), isRescue }
    this.#options.log.error('storage.trouble', { reason, isRescue })
    if (!isPassing(reason)) this.#stopLooking()
    else if (this.#timer === null && !this.#isEnded) {
      this.#timer = setInterval(() => this.#options.look(), this.#options.lookEveryMs ?? LOOK_EVERY_MS)
      this.#timer.unref()
    }
    queueMicrotask(() => this.#isEnded || this.#options.onEnter(isRescue))
  }

  clear(): void {
    this.#stopLooking()
    this.#current = null
    this.#reliefUntil = 0
  }

  /** Nothing is looked for or told any more. */
  end(): void {
    this.#isEnded = true
    this.#stopLooking()
  }

  /** Writes are let through for a moment, although the disk is full: they free more than they take. */
  relieve(): void {
    this.#reliefUntil = performance.now() + RELIEF_MS
  }

  get isRelieved(): boolean {
    return this.#reliefUntil > performance.now()
  }

  /** Whether a write goes through, which is then let through: it clears the trouble, and leaves it where it fails. */
  disprove(write: () => void): boolean {
    const before = this.#current
    this.#current = null
    try {
      write()
      this.clear()
      return true
    } catch {
      this.#current ??= before
      return false
    }
  }

  #stopLooking(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}
