import type { PickAccount } from '#shared/contract/connection-picks'
import { ConnectionStatus } from '#shared/contract/connections'
import type { ReadableDb } from '../database/sql.ts'
import type { Reach } from '../caller.ts'
import { queryConnections } from './connection-query.ts'
import { isInReach } from './connection-reach.ts'
import { type ConnectionRow, type ProfileView, toConnection } from './connection-row.ts'
import { getConnection } from './connection-store.ts'
import { listDefaults } from './default-connections.ts'
import { listInReach } from './list-in-reach.ts'

/** How many accounts are shown at once; a search finds the others. */
export const SHOWN_AT_MOST = 100

/** A connection that is still being made is nobody's choice yet; every other is, also one that needs the person. */
const OFFERED = ConnectionStatus.options.filter((status) => status !== 'pending')

/** What a request may be answered with: accounts of one profile, of these connectors or, where none is named, of any. */
export interface PickScope {
  readonly profileId: string
  readonly connectorIds: readonly string[]
  /** What who asks may reach; null: everything. */
  readonly reach: Reach | null
}

interface Offer {
  readonly accounts: readonly PickAccount[]
  /** Null where more than can be counted match. */
  readonly total: number | null
  readonly preselected: string | null
}

const sum = (totals: readonly (number | null)[]): number | null =>
  totals.reduce<number | null>((all, total) => (all === null || total === null ? null : all + total), 0)

/** Whether a connection may be the answer. */
export const isOffered = (row: ConnectionRow, { profileId, connectorIds, reach }: PickScope): boolean =>
  row.profile_id === profileId &&
  row.status !== 'pending' &&
  (connectorIds.length === 0 || connectorIds.includes(row.connector_id)) &&
  (reach === null || isInReach(reach, row))

/** The accounts to choose from, connector by connector and by name, and the one to begin with, which comes first where it is the default. */
export const listOffer = (db: ReadableDb, scope: PickScope, search: string | undefined, view: ProfileView, now: number): Offer => {
  const { profileId, connectorIds, reach } = scope
  const query = { profileId, statuses: OFFERED, search, sort: 'name', isDescending: false, limit: SHOWN_AT_MOST } as const
  const wanted: readonly (string | undefined)[] = connectorIds.length === 0 ? [undefined] : connectorIds
  const pages = wanted.map((connectorId) =>
    reach === null ? queryConnections(db, { ...query, connectorId }, view) : listInReach(db, { ...query, connectorId }, reach, view),
  )
  const defaults = listDefaults(db, profileId)
  const total = sum(pages.map((page) => page.total))
  const byDefault =
    connectorIds.length === 0
      ? undefined
      : connectorIds.flatMap((id) => defaults.find(({ connectorId }) => connectorId === id) ?? []).at(0)?.connectionId
  const preset = byDefault === undefined || search !== undefined ? undefined : getConnection(db, byDefault)
  const first = preset !== undefined && isOffered(preset, scope) ? preset : undefined
  const found = pages.flatMap((page) => page.rows)
  const rows = (first === undefined ? found : [first, ...found.filter((row) => row.connection_id !== byDefault)]).slice(0, SHOWN_AT_MOST)
  const only = total === 1 && search === undefined ? rows[0]?.connection_id : undefined
  return {
    accounts: rows.map((row) => ({
      ...toConnection(row, view, now),
      isDefault: defaults.some(({ connectionId }) => connectionId === row.connection_id),
    })),
    total,
    preselected: first?.connection_id ?? only ?? null,
  }
}
