import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** The clipboard of a desktop, as a host reaches it. */
export interface Clipboard {
  /** False where it did not take the text. */
  write(text: string): Promise<boolean>
  /** Null where it cannot be read. */
  read(): Promise<string | null>
}

/** How long what was copied may stay. */
export const KEPT_MS = 30_000

/**
 * Copies what must not stay on the clipboard: cleared after 30 seconds or when told to, and only while it still holds what was copied.
 * Of the text no more is kept than a keyed hash. Where the clipboard cannot be read nothing is cleared: it may be somebody's by then.
 */
export class SecretClipboard {
  readonly #clipboard: Clipboard
  readonly #keptMs: number
  #copied: { readonly key: Buffer; readonly hash: Buffer } | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(clipboard: Clipboard, keptMs = KEPT_MS) {
    this.#clipboard = clipboard
    this.#keptMs = keptMs
  }

  /** Puts the text there; false where there is no clipboard. */
  async copy(text: string): Promise<boolean> {
    clearTimeout(this.#timer)
    if (!(await this.#clipboard.write(text))) return false
    const key = randomBytes(32)
    this.#copied = { key, hash: createHmac('sha256', key).update(text).digest() }
    this.#timer = setTimeout(() => void this.clear(), this.#keptMs)
    this.#timer.unref()
    return true
  }

  /** Empties the clipboard if it still holds what was copied here. Never throws. */
  async clear(): Promise<void> {
    clearTimeout(this.#timer)
    const copied = this.#copied
    this.#copied = null
    if (copied === null) return
    try {
      const text = await this.#clipboard.read()
      if (text === null) return
      const hash = createHmac('sha256', copied.key).update(text).digest()
      if (timingSafeEqual(hash, copied.hash)) await this.#clipboard.write('')
    } catch {
      // A desktop that is going away has no clipboard any more.
    }
  }
}
