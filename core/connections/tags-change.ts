import { PatchbayError } from '#shared/errors'
import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import type { CallOptions, NangoClient } from '../nango/nango-client.ts'
import type { ConnectionRow } from './connection-row.ts'
import { getConnection, updateConnection } from './connection-store.ts'
import type { Tags } from './tag-rules.ts'

export interface TagsDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly now: () => number
}

/** The tags of a stored connection. */
export const tagsOf = (row: Pick<ConnectionRow, 'tags'>): Record<string, string> => JSON.parse(row.tags) as Record<string, string>

/** The row and what Nango calls it. Throws `connection.not_found`, or `connection.pending` for one that is still being made. */
export const rowAtNango = (deps: Pick<TagsDependencies, 'db'>, connectionId: string): ConnectionRow & { nango_connection_id: string } => {
  const row = getConnection(deps.db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  const { nango_connection_id: nangoId } = row
  if (nangoId === null) throw new PatchbayError('connection.pending', { data: { connectionId, handle: row.handle } })
  return { ...row, nango_connection_id: nangoId }
}

/** Keeps here what Nango has. */
export const keepTags = (deps: TagsDependencies, row: ConnectionRow, tags: Tags): void =>
  deps.journal.commit((note) => {
    if (updateConnection(deps.db, row.connection_id, { tags }, new Date(deps.now()).toISOString()) === undefined) return
    const event = { profileId: row.profile_id, connectionId: row.connection_id }
    note.event({ ...event, type: 'connection.updated', facts: { handle: row.handle, changed: ['tags'] } })
    note.change({ type: 'connections.changed', data: event })
  })

/** Replaces the tags at Nango first and then here; whoever reads in between sees the former ones. Throws what Nango throws. */
export const writeTags = async (deps: TagsDependencies, connectionId: string, tags: Tags, call: CallOptions = {}): Promise<void> => {
  const row = rowAtNango(deps, connectionId)
  const client = await deps.clientFor(row.profile_id)
  await client.updateTags({ connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key, tags }, call)
  keepTags(deps, row, tags)
}

/** The tags that Nango has now, read from its list, which has no side effects; null where it has no such connection. */
export const readTags = async (deps: TagsDependencies, connectionId: string, call: CallOptions = {}): Promise<Tags | null> => {
  const row = rowAtNango(deps, connectionId)
  const client = await deps.clientFor(row.profile_id)
  const found = await client.listConnections({ connectionId: row.nango_connection_id, integrationId: row.provider_config_key }, call)
  const summary = found.find((each) => each.connectionId === row.nango_connection_id && each.providerConfigKey === row.provider_config_key)
  return summary?.tags ?? null
}
