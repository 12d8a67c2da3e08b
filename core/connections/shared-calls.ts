import { PatchbayError } from '#shared/errors'
import type { CallOptions } from '../nango/nango-client.ts'

/** Calls about connections, one at a time for each: who comes meanwhile shares the answer. */
export interface SharedCalls<T> {
  /**
   * The answer of the call that is under way for a connection, else that of `start`. Where the shared one was refused `nango.rate_limited`,
   * a person's is made anew by `again`: others may have had their share of the account's limit; a person's is another.
   */
  share(connectionId: string, call: CallOptions, begin: { readonly start: () => Promise<T>; readonly again: () => Promise<T> }): Promise<T>
}

/** Makes the calls of one kind, such as refreshes. */
export const createSharedCalls = <T>(): SharedCalls<T> => {
  const running = new Map<string, Promise<T>>()
  return {
    share: (connectionId, call, { start, again }) => {
      const current = running.get(connectionId)
      if (current === undefined) {
        const started = start().finally(() => running.delete(connectionId))
        running.set(connectionId, started)
        return started
      }
      if ((call.priority ?? 'person') !== 'person') return current
      return current.catch((error: unknown) => {
        if (error instanceof PatchbayError && error.code === 'nango.rate_limited') return again()
        throw error
      })
    },
  }
}
