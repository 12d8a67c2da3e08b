import type { connectionPicks } from '#shared/contract/connection-picks'
import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import { Picks, type PicksOptions } from './picks.ts'

/** The methods with which a program asks and the person chooses; `stop` ends what is open. */
export const createPicksApi = (
  options: PicksOptions,
): {
  readonly methods: Pick<Implements<'connections', Caller>, keyof typeof connectionPicks>
  readonly stop: () => Promise<void>
} => {
  const picks = new Picks(options)
  return {
    stop: async () => picks.stop(),
    methods: {
      pick: ({ connectorId, connectorIds = [], reason, timeoutSeconds }, caller) => {
        const named = connectorId === undefined ? connectorIds : [connectorId, ...connectorIds]
        return picks.ask({ connectorIds: named, reason: reason ?? null, timeoutSeconds }, caller)
      },
      picks: () => ({ picks: picks.list() }),
      pickAccounts: ({ pickId, search }) => picks.accounts(pickId, search),
      answerPick: ({ pickId, connectionId }) => {
        picks.answer(pickId, connectionId)
        return {}
      },
    },
  }
}
