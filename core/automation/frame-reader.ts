import { isAscii, isUtf8 } from 'node:buffer'
import { LIMITS } from '#shared/wire'

/** Why bytes are not a message. Each ends the connection that sent them. */
export type FrameFault = 'too_large' | 'too_deep' | 'not_utf8' | 'not_json'

/** What the bytes of one message hold. */
export type Frame = { readonly ok: true; readonly message: unknown } | { readonly ok: false; readonly fault: FrameFault }

const LF = 0x0a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Whether arrays and objects nest deeper than `limit`; looks at bytes only, so that a hostile text never reaches the parser. */
export const isDeeperThan = (bytes: Uint8Array, limit: number): boolean => {
  // A valid text needs two bytes a level: a short one is not worth a scan.
  if (bytes.length <= limit * 2) return false
  let depth = 0
  let isInString = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (isInString) {
      if (byte === BACKSLASH) index += 1
      else if (byte === QUOTE) isInString = false
    } else if (byte === QUOTE) isInString = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1
      if (depth > limit) return true
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1
  }
  return false
}

/** Reads one message: size, encoding and depth are checked before the JSON parser sees it. */
export const readFrame = (bytes: Buffer): Frame => {
  if (bytes.length > LIMITS.lineInBytes) return { ok: false, fault: 'too_large' }
  const isPlain = isAscii(bytes)
  if (!isPlain && !isUtf8(bytes)) return { ok: false, fault: 'not_utf8' }
  if (isDeeperThan(bytes, LIMITS.depth)) return { ok: false, fault: 'too_deep' }
  try {
    return { ok: true, message: JSON.parse(bytes.toString(isPlain ? 'latin1' : 'utf8')) as unknown }
  } catch {
    return { ok: false, fault: 'not_json' }
  }
}

/** Cuts a stream of bytes into lines and keeps at most one unfinished line of the allowed size. */
export class LineReader {
  #chunks: Buffer[] = []
  /** Bytes of the unfinished line at the end of `#chunks`; no line feed is among them. */
  #tail = 0
  #ready: Buffer[] = []
  #next = 0

  /** Takes bytes in; false when the unfinished line has become longer than is allowed. */
  push(chunk: Buffer): boolean {
    let from = 0
    let at = chunk.indexOf(LF)
    while (at !== -1) {
      const part = chunk.subarray(from, at)
      this.#ready.push(this.#chunks.length === 0 ? part : Buffer.concat([...this.#chunks, part]))
      if (this.#chunks.length > 0) this.#chunks = []
      this.#tail = 0
      from = at + 1
      at = chunk.indexOf(LF, from)
    }
    if (from < chunk.length) {
      this.#chunks.push(from === 0 ? chunk : chunk.subarray(from))
      this.#tail += chunk.length - from
      // Many small pieces cost more than their bytes: a slow drip is joined now and then.
      if (this.#chunks.length > 1024) this.#chunks = [Buffer.concat(this.#chunks)]
    }
    return this.#tail <= LIMITS.lineInBytes
  }

  /** The next finished line without its line feed, or null. */
  take(): Buffer | null {
    const line = this.#ready[this.#next]
    if (line === undefined) return null
    this.#next += 1
    if (this.#next === this.#ready.length) {
      this.#ready = []
      this.#next = 0
    }
    return line
  }

  /** Whether a line has begun and not ended. */
  get isInsideLine(): boolean {
    return this.#tail > 0
  }
}
