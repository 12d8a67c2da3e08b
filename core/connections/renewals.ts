import { PatchbayError } from '#shared/errors'

/** Keeps the renewing of a connection's tokens apart from a sign-in anew, before which they are set aside to be put back maybe. */
export interface Renewals {
  /** Whether a sign-in of the connection is open, or its tokens are being set aside: what was set aside would be over with a renewal. */
  isHeld(connectionId: string): boolean
  /**
   * Does what may renew the tokens; what was set aside before and may still be needed is read anew after. `isRenewed` tells from the
   * outcome whether they were renewed for certain. Throws `connect.busy` while it is held.
   */
  renew<T>(connectionId: string, work: () => Promise<T>, isRenewed: (done: T) => boolean): Promise<T>
  /** Reads and sets aside, while no renewal is under way and none begins. */
  setAside<T>(connectionId: string, work: () => Promise<T>): Promise<T>
}

/** `openFlowOf` gives the sign-in that is open; `renewed` is told of each renewal, and whether it is certain that it was one. */
export const createRenewals = (deps: {
  readonly openFlowOf: (connectionId: string) => string | null
  readonly renewed: (connectionId: string, isCertain: boolean) => Promise<void>
}): Renewals => {
  const renewing = new Map<string, Set<Promise<unknown>>>()
  const settingAside = new Map<string, number>()

  const isHeld = (connectionId: string): boolean => settingAside.has(connectionId) || deps.openFlowOf(connectionId) !== null

  const carryOut = async <T>(connectionId: string, work: () => Promise<T>, isRenewed: (done: T) => boolean): Promise<T> => {
    let isCertain = false
    try {
      const done = await work()
      isCertain = isRenewed(done)
      return done
    } finally {
      await deps.renewed(connectionId, isCertain)
    }
  }

  return {
    isHeld,
    renew: async (connectionId, work, isRenewed) => {
      if (isHeld(connectionId))
        throw new PatchbayError('connect.busy', {
          message: 'A sign-in for this connection is already waiting.',
          data: { connectionId, flowId: deps.openFlowOf(connectionId) },
        })
      const under = renewing.get(connectionId) ?? new Set<Promise<unknown>>()
      renewing.set(connectionId, under)
      const started = carryOut(connectionId, work, isRenewed)
      under.add(started)
      try {
        return await started
      } finally {
        under.delete(started)
        if (under.size === 0) renewing.delete(connectionId)
      }
    },
    setAside: async (connectionId, work) => {
      settingAside.set(connectionId, (settingAside.get(connectionId) ?? 0) + 1)
      try {
        const under = renewing.get(connectionId)
        if (under !== undefined) await Promise.allSettled(under)
        return await work()
      } finally {
        const left = (settingAside.get(connectionId) ?? 1) - 1
        if (left === 0) settingAside.delete(connectionId)
        else settingAside.set(connectionId, left)
      }
    },
  }
}
