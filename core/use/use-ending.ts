import { setTimeout as sleep } from 'node:timers/promises'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'

/** The end of a call before its answer: its grant was taken back, or the program has hung up. */
export interface UseEnding {
  readonly signal: AbortSignal
  /** Nothing is listened for any more. */
  readonly release: () => void
}

/** What ends the call of a caller. */
export const endingOf = (caller: Caller): UseEnding => {
  const gone = new AbortController()
  const unlisten = caller.kind === 'ui' ? undefined : caller.onGone?.(() => gone.abort())
  const taken = caller.kind === 'automation' ? caller.signal : undefined
  return {
    signal: taken === undefined ? gone.signal : AbortSignal.any([gone.signal, taken]),
    release: () => unlisten?.(),
  }
}

const cancelled = (): PatchbayError => new PatchbayError('request.cancelled')

/** The outcome of work that others may wait for too; `request.cancelled`, or another reason, as soon as the signal ends it for this one. */
export const orAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined, reasonOf: () => Error = cancelled): Promise<T> => {
  if (signal === undefined) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(reasonOf())
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
    work.catch(() => {})
    promise.catch(() => {})
  }
}

/** Waits; throws `request.cancelled` when the signal ends it. */
export const waitFor = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw cancelled()
  })
}
