import type { RemovalReport } from '#shared/contract/connections'
import type { z } from 'zod'
import { PatchbayError } from '#shared/errors'
import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import type { CallOptions, NangoClient } from '../nango/nango-client.ts'
import { deleteConnection, getConnection, rememberForgotten } from './connection-store.ts'
import type { RecentRemovals } from './recent-removals.ts'

export interface RemovalDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  /** Ends the flow behind a pending connection, which takes its row away. */
  readonly cancelFlowOf: (connectionId: string) => void
  /** Told of each removal before its row goes. */
  readonly removals: RecentRemovals
  readonly now: () => number
}

/**
 * Deletes at Nango and forgets here; with `forgetOnly` only the latter, and the reconciliation leaves it out from then on.
 * When Nango cannot be reached nothing is changed and the error says so.
 */
export const removeConnection = async (
  deps: RemovalDependencies,
  connectionId: string,
  forgetOnly: boolean,
  call: CallOptions = {},
): Promise<z.input<typeof RemovalReport>> => {
  const row = getConnection(deps.db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  const report = { connectionId, handle: row.handle, provider: 'not_asked', local: 'forgotten' } as const
  if (row.nango_connection_id === null) {
    deps.cancelFlowOf(connectionId)
    return { ...report, nango: 'never_there' }
  }
  const nango = forgetOnly
    ? ('not_asked' as const)
    : await (
        await deps.clientFor(row.profile_id)
      ).deleteConnection({ connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key }, call)
  deps.removals.note(row.profile_id, row.provider_config_key, row.nango_connection_id)
  deps.journal.commit((note) => {
    // Somebody else removed it meanwhile, and has told so.
    if (getConnection(deps.db, connectionId) === undefined) return
    if (forgetOnly) rememberForgotten(deps.db, row, new Date(deps.now()).toISOString())
    deleteConnection(deps.db, connectionId)
    note.event({ type: 'connection.removed', profileId: row.profile_id, connectionId, facts: { handle: row.handle, nango, by: 'person' } })
    note.change({ type: 'connections.changed', data: { profileId: row.profile_id, connectionId } })
  })
  return { ...report, nango, undo: forgetOnly ? 'adopt' : 'none' }
}
