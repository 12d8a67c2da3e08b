import { setImmediate } from 'node:timers/promises'
import type { connectionLife } from '#shared/contract/connection-life'
import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import { expiringConnections } from '../connections/expiring-connections.ts'
import { revocationScope, type Revoke } from '../connections/revoke-connection.ts'
import type { ReadableDb } from '../database/sql.ts'
import type { ConnectionProbe } from './probe-connection.ts'

/** The part of the domain `connections` that tells whether they work, when they end, and that ends them. */
export const createConnectionHealthApi = (deps: {
  readonly db: ReadableDb
  readonly probe: ConnectionProbe
  readonly revoke: Revoke
  readonly profileIdOf: (profileId: string | undefined) => string
  readonly timeAt: (profileId: string) => number
}): Pick<Implements<'connections', Caller>, keyof typeof connectionLife> => ({
  verify: ({ connectionId, mayRenew }) => deps.probe.verify(connectionId, {}, mayRenew),
  health: ({ connectionId }) => deps.probe.health(connectionId),
  expiring: ({ profileId: given, withinDays, withRenewed }) => {
    const profileId = deps.profileIdOf(given)
    return expiringConnections(deps.db, profileId, { withinDays, withRenewed, now: deps.timeAt(profileId), pause: () => setImmediate() })
  },
  revocation: ({ connectionId }) => revocationScope(deps.db, connectionId),
  revoke: ({ connectionId }) => deps.revoke(connectionId),
})
