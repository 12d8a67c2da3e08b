import { randomBytes } from 'node:crypto'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'

/** Limits of bodies that go through in pieces. */
export const STREAM_LIMITS = {
  /** Of one body. */
  bytes: 1_073_741_824,
  /** Without a piece asked for or sent, milliseconds. */
  idleMs: 60_000,
  /** Open at once for one connection of a program. */
  perCaller: 8,
  inAll: 64,
  /** Of one piece. */
  pieceBytes: 524_288,
  /** Pieces that wait until they are taken. */
  waiting: 8,
} as const

/** The body of a call on its way in; its pieces are taken one by one. */
interface Upload {
  readonly kind: 'upload'
  readonly pieces: { readonly data: Buffer; readonly taken: () => void }[]
  hasAll: boolean
  isUsed: boolean
  bytes: number
  wake: () => void
}

/** The body of an answer on its way out. */
interface Download {
  readonly kind: 'download'
  readonly source: AsyncIterator<Buffer>
  /** What is left of a piece that was larger than one may be. */
  rest: Buffer | null
  /** Reads are answered in the order in which they came. */
  last: Promise<unknown>
}

type Stream = (Upload | Download) & {
  readonly streamId: string
  readonly caller: Caller
  /** Ends it: with what its calls get from then on; null where it has come to its end. */
  readonly end: (error: PatchbayError | null) => void
  /** Nothing ends it any more with the grant that let it be opened. */
  release: () => void
  /** Tells the grant of its call that it is used. */
  stillUsed: (() => void) | undefined
  error: PatchbayError | null
  timer: NodeJS.Timeout
}

const notFound = (): PatchbayError => new PatchbayError('stream.not_found')

const useOf = (caller: Caller): (() => void) | undefined => (caller.kind === 'automation' ? caller.stillUsed : undefined)

/** One connection of one program: whoever guessed an id of another's is told that there is no such stream. */
const isSame = (left: Caller, right: Caller): boolean => {
  if (left.kind !== right.kind) return false
  if (left.kind === 'ui' || right.kind === 'ui') return true
  if (left.kind === 'automation' && right.kind === 'automation' && left.clientId !== right.clientId) return false
  return (left.connection ?? left.onGone) === (right.connection ?? right.onGone)
}

/**
 * Bodies that go through in pieces, each as its program asks for the next one or sends it: so nothing is read from a service whose
 * program does not read, and nothing is taken from a program faster than the service takes it. A stream ends with its program's
 * connection, with the grant of its call, after a minute without a piece, and beyond 1 GiB.
 */
export class BodyStreams {
  readonly #streams = new Map<string, Stream>()

  /** A body that will be sent in pieces, for a call that names it; until then it ends with the grant that let it be opened. */
  openUpload(caller: Caller): string {
    if (caller.kind === 'unproven') throw new PatchbayError('automation.unproven')
    return this.#add(caller, caller.kind === 'automation' ? caller.signal : undefined, () => ({
      kind: 'upload',
      pieces: [],
      hasAll: false,
      isUsed: false,
      bytes: 0,
      wake: () => {},
    }))
  }

  /** Takes one piece; resolves when it has gone on its way, so that its sender keeps to the pace of the service. */
  async send(caller: Caller, streamId: string, data: Buffer, isLast: boolean): Promise<void> {
    const stream = this.#find(caller, streamId, 'upload')
    if (stream.hasAll) throw notFound()
    stream.bytes += data.length
    const isTooMuch = stream.bytes > STREAM_LIMITS.bytes || stream.pieces.length >= STREAM_LIMITS.waiting
    if (isTooMuch) {
      const error = new PatchbayError('request.too_large', {
        message: stream.bytes > STREAM_LIMITS.bytes ? 'The body is larger than 1 GiB.' : 'Too many pieces wait to be taken.',
      })
      stream.end(error)
      throw error
    }
    stream.hasAll = isLast
    const { promise, resolve } = Promise.withResolvers<void>()
    stream.pieces.push({ data, taken: resolve })
    this.#touch(stream)
    stream.wake()
    await promise
    if (stream.error !== null) throw stream.error
  }

  /** The pieces of a body, for the one call that it is of. Throws `stream.not_found`. */
  take(caller: Caller, streamId: string): AsyncIterable<Uint8Array> {
    const stream = this.#find(caller, streamId, 'upload')
    if (stream.isUsed) throw notFound()
    stream.isUsed = true
    // From here on it ends with that call, whose grant may be another.
    stream.release()
    stream.stillUsed = useOf(caller)
    return this.#pieces(stream)
  }

  async *#pieces(stream: Stream & Upload): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      if (stream.error !== null) throw stream.error
      const piece = stream.pieces.shift()
      if (piece !== undefined) {
        yield piece.data
        piece.taken()
        this.#touch(stream)
        continue
      }
      if (stream.hasAll) return
      await new Promise<void>((resolve) => {
        stream.wake = resolve
      })
    }
  }

  /** Hands on the body of an answer; `close` is called once, however it ends. */
  openDownload(caller: Caller, body: AsyncIterable<Buffer>, signal: AbortSignal | undefined, close: () => void): string {
    const source = body[Symbol.asyncIterator]()
    return this.#add(caller, signal, () => ({ kind: 'download', source, rest: null, last: Promise.resolve() }), close)
  }

  /** The next piece; the last one is told as such, and only then is the body whole. Throws what broke it off. */
  read(caller: Caller, streamId: string): Promise<{ readonly data: Buffer; readonly isLast: boolean }> {
    const stream = this.#find(caller, streamId, 'download')
    const next = stream.last.then(() => this.#next(stream))
    stream.last = next.catch(() => {})
    return next
  }

  async #next(stream: Stream & Download): Promise<{ readonly data: Buffer; readonly isLast: boolean }> {
    if (stream.error !== null) throw stream.error
    clearTimeout(stream.timer)
    try {
      const found = stream.rest ?? (await this.#pull(stream))
      if (found === null) {
        stream.end(null)
        return { data: Buffer.alloc(0), isLast: true }
      }
      stream.rest = found.length > STREAM_LIMITS.pieceBytes ? found.subarray(STREAM_LIMITS.pieceBytes) : null
      this.#touch(stream)
      return { data: found.subarray(0, STREAM_LIMITS.pieceBytes), isLast: false }
    } catch (error) {
      const told = stream.error ?? (error instanceof PatchbayError ? error : new PatchbayError('stream.not_found', { cause: error }))
      stream.end(told)
      throw told
    }
  }

  async #pull(stream: Stream & Download): Promise<Buffer | null> {
    const next = await stream.source.next()
    if (stream.error !== null) throw stream.error
    return next.done === true ? null : next.value
  }

  /** Ends a stream before its end; one that has ended already is fine. */
  close(caller: Caller, streamId: string): void {
    const stream = this.#streams.get(streamId)
    if (stream !== undefined && isSame(stream.caller, caller)) stream.end(notFound())
  }

  /** Ends all. */
  stop(): void {
    for (const stream of this.#streams.values()) stream.end(new PatchbayError('host.stopping'))
  }

  get count(): number {
    return this.#streams.size
  }

  #find<K extends Stream['kind']>(caller: Caller, streamId: string, kind: K): Stream & { kind: K } {
    const stream = this.#streams.get(streamId)
    if (stream === undefined || stream.kind !== kind || !isSame(stream.caller, caller)) throw notFound()
    return stream as Stream & { kind: K }
  }

  #touch(stream: Stream): void {
    clearTimeout(stream.timer)
    if (!this.#streams.has(stream.streamId)) return
    stream.stillUsed?.()
    stream.timer = setTimeout(() => stream.end(new PatchbayError('stream.idle')), STREAM_LIMITS.idleMs).unref()
  }

  #add(caller: Caller, signal: AbortSignal | undefined, make: () => Upload | Download, close: () => void = () => {}): string {
    const own = [...this.#streams.values()].filter((stream) => isSame(stream.caller, caller)).length
    if (own >= STREAM_LIMITS.perCaller || this.#streams.size >= STREAM_LIMITS.inAll) {
      close()
      throw new PatchbayError('stream.too_many')
    }
    const streamId = randomBytes(16).toString('hex')
    let unlisten: (() => void) | undefined
    const onAbort = (): void => stream.end(signal?.reason instanceof PatchbayError ? signal.reason : new PatchbayError('request.cancelled'))
    const release = (): void => signal?.removeEventListener('abort', onAbort)
    const end = (error: PatchbayError | null): void => {
      if (!this.#streams.delete(streamId)) return
      stream.error = error ?? notFound()
      clearTimeout(stream.timer)
      unlisten?.()
      release()
      if (stream.kind === 'upload') {
        stream.wake()
        for (const { taken } of stream.pieces.splice(0)) taken()
      }
      close()
    }
    const facts = { streamId, caller, end, release, stillUsed: useOf(caller), error: null, timer: setTimeout(() => {}, 0) }
    const stream: Stream = Object.assign(make(), facts)
    this.#streams.set(streamId, stream)
    this.#touch(stream)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (caller.kind !== 'ui') unlisten = caller.onGone?.(() => end(new PatchbayError('request.cancelled')))
    if (signal?.aborted === true) onAbort()
    return streamId
  }
}
