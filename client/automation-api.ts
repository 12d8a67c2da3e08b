import type { Api } from '#shared/contract/contract'
import type { AUTOMATION_METHODS } from './automation-methods.ts'

/** What may be said of one call. */
export interface CallOptions {
  /** Ends the waiting: the call is rejected with `request.cancelled` and the host is told. */
  readonly signal?: AbortSignal
}

type Listed = typeof AUTOMATION_METHODS

type Called<F> = F extends (params: infer P) => infer R
  ? Record<never, never> extends P
    ? (params?: P, options?: CallOptions) => R
    : (params: P, options?: CallOptions) => R
  : never

/** The methods of the contract that a program may call: `api.connections.list({ limit: 10 })`. */
export type AutomationApi = {
  readonly [D in keyof Listed]: { readonly [M in Listed[D][number] & keyof Api[D]]: Called<Api[D][M]> }
}
