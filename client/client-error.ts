import { ERRORS, isErrorCode } from '#shared/errors'

/** When trying the same again can help: never, after a person did something, or by itself later. */
export type Retry = 'never' | 'after_fix' | 'later'

/** Whatever a call, a connection or a key can come to. */
export class PatchbayClientError extends Error {
  /** As in docs/API.md, such as `automation.denied`; of the client itself `client.unsafe_key` and `client.invalid_key`. */
  readonly code: string
  /** Ids and facts, never secrets. */
  readonly data: Readonly<Record<string, unknown>>
  readonly retry: Retry
  /** The one next thing to do, as a sentence; empty where nothing is known. */
  readonly next: string

  constructor(code: string, options: { message?: string; data?: Readonly<Record<string, unknown>>; cause?: unknown; next?: string } = {}) {
    const { message, data = {}, cause, next } = options
    const known = isErrorCode(code) ? ERRORS[code] : null
    super(message ?? known?.message ?? code, cause === undefined ? undefined : { cause })
    this.name = 'PatchbayClientError'
    this.code = code
    this.data = data
    // A code of a newer host: that it helps to try again cannot be said.
    this.retry = known?.retry ?? 'after_fix'
    this.next = next ?? (typeof data['next'] === 'string' ? data['next'] : (known?.next ?? ''))
  }
}

/** Whether it is an error of the client with this code. */
export const hasCode = (error: unknown, ...codes: readonly string[]): error is PatchbayClientError =>
  error instanceof PatchbayClientError && codes.includes(error.code)
