import type { Implements } from '#shared/contract/contract'
import type { connectionLife } from '#shared/contract/connection-life'
import type { connectionPicks } from '#shared/contract/connection-picks'
import type { connectionUse } from '#shared/contract/connection-use'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'
import { countByConnector, countConnections, placeInGroup, queryConnections } from './connection-query.ts'
import { isInReach, profileMeant, reachOf } from './connection-reach.ts'
import { type ProfileView, toConnection } from './connection-row.ts'
import { getConnection, updateConnection } from './connection-store.ts'
import { listDefaults, setDefault } from './default-connections.ts'
import { listInReach } from './list-in-reach.ts'
import { readMetadata, writeMetadata } from './metadata-change.ts'
import type { Refresh } from './refresh-connection.ts'
import { type RemovalDependencies, removeConnection } from './remove-connection.ts'
import { revokeAndRemove } from './revoke-and-remove.ts'
import type { Revoke } from './revoke-connection.ts'
import { replaceConnection } from './replace-connection.ts'
import { tagsAfter } from './tag-rules.ts'
import { rowAtNango, tagsOf, writeTags } from './tags-change.ts'

export interface ConnectionsApiDependencies extends RemovalDependencies {
  readonly refresh: Refresh
  readonly revoke: Revoke
  /** The profile that was named, or the one in use. Throws `profile.not_found` or `profile.none`. */
  readonly profileIdOf: (profileId: string | undefined) => string
  readonly viewOf: (profileId: string) => ProfileView
  /** The time at a profile's Nango, by which its tokens run out. */
  readonly timeAt: (profileId: string) => number
  /** The id behind a reference in another parameter than `connectionId`. Throws as `resolveConnection` does. */
  readonly resolve: (reference: string) => string
  /** Signs a connection in anew, in place. */
  readonly reconnect: Implements<'connections', Caller>['reconnect']
}

const DAY_MS = 86_400_000

/** Before which time a connection must have been made, and not used since, to count as unused. */
export const unusedSince = (days: number | undefined, now: number): string | undefined =>
  days === undefined ? undefined : new Date(now - days * DAY_MS).toISOString()

/** The domain `connections`. */
export const createConnectionsApi = (
  deps: ConnectionsApiDependencies,
): Omit<
  Implements<'connections', Caller>,
  'import' | 'adopt' | keyof typeof connectionLife | keyof typeof connectionPicks | keyof typeof connectionUse
> => {
  const { db, journal, now, viewOf, timeAt, refresh } = deps

  const read = (connectionId: string) => {
    const row = getConnection(db, connectionId)
    if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
    return toConnection(row, viewOf(row.profile_id), timeAt(row.profile_id))
  }

  return {
    list: ({ status, sort = 'status', descending = false, unusedForDays, ...query }, caller) => {
      const reach = reachOf(caller)
      const profileId = deps.profileIdOf(profileMeant(reach, query.profileId, () => deps.profileIdOf(undefined)))
      const view = viewOf(profileId)
      const statuses = status === undefined ? undefined : [status].flat()
      const since = unusedSince(unusedForDays, now())
      const wanted = { ...query, profileId, statuses, unusedSince: since, sort, isDescending: descending }
      const page = reach === null ? queryConnections(db, wanted, view) : listInReach(db, wanted, reach, view)
      const time = timeAt(profileId)
      return { connections: page.rows.map((row) => toConnection(row, view, time)), nextCursor: page.nextCursor, total: page.total }
    },
    place: ({ connectionId, sort = 'status', descending = false, ...query }) => {
      const row = getConnection(db, connectionId)
      if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
      return placeInGroup(db, row, { ...query, sort, isDescending: descending }, viewOf(row.profile_id))
    },
    counts: (query) => {
      const profileId = deps.profileIdOf(query.profileId)
      return countConnections(db, profileId, viewOf(profileId))
    },
    countByConnector: (query) => {
      const profileId = deps.profileIdOf(query.profileId)
      return { connectors: countByConnector(db, profileId, viewOf(profileId)) }
    },
    get: ({ connectionId }) => read(connectionId),
    update: async ({ connectionId, label, notes, tags }, caller) => {
      // A tag may be what brings a connection within the reach of another program.
      if (tags !== undefined && caller.kind === 'automation') throw new PatchbayError('automation.denied')
      if (tags !== undefined) {
        await writeTags(deps, connectionId, tagsAfter(tagsOf(rowAtNango(deps, connectionId)), { mode: 'replace', tags }))
        if (label === undefined && notes === undefined) return read(connectionId)
      }
      return journal.commit((note) => {
        const at = new Date(now()).toISOString()
        const row = updateConnection(
          db,
          connectionId,
          { ...(label === undefined ? {} : { label }), ...(notes === undefined ? {} : { notes }) },
          at,
        )
        if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
        note.event({ type: 'connection.updated', profileId: row.profile_id, connectionId, facts: { handle: row.handle } })
        note.change({ type: 'connections.changed', data: { profileId: row.profile_id, connectionId } })
        return toConnection(row, viewOf(row.profile_id), timeAt(row.profile_id))
      })
    },
    getMetadata: async ({ connectionId }) => ({ connectionId, metadata: await readMetadata(deps, connectionId) }),
    setMetadata: async ({ connectionId, mode, metadata }) => ({
      connectionId,
      metadata: await writeMetadata(deps, connectionId, { mode, metadata }),
    }),
    defaults: (query, caller) => {
      const reach = reachOf(caller)
      const defaults = listDefaults(db, deps.profileIdOf(profileMeant(reach, query.profileId, () => deps.profileIdOf(undefined))))
      const isSeen = ({ connectionId }: { readonly connectionId: string }): boolean => {
        const row = getConnection(db, connectionId)
        return reach === null || (row !== undefined && isInReach(reach, row))
      }
      return { defaults: defaults.filter(isSeen) }
    },
    setDefault: ({ connectionId, isDefault }) => setDefault(deps, connectionId, isDefault),
    replace: ({ connectionId, byConnectionId, old }) =>
      replaceConnection(deps, { connectionId, byConnectionId: deps.resolve(byConnectionId), old }),
    reconnect: deps.reconnect,
    refresh: async ({ connectionId, acceptRisk }) => ({ outcome: await refresh(connectionId, acceptRisk), connection: read(connectionId) }),
    remove: ({ connectionId, revoke, forgetOnly }) =>
      revoke ? revokeAndRemove(deps, connectionId, forgetOnly) : removeConnection(deps, connectionId, forgetOnly),
  }
}
