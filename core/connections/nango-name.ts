import { PatchbayError } from '#shared/errors'
import type { ReadableDb } from '../database/sql.ts'
import { getConnection } from './connection-store.ts'

/** A connection as Nango names it: the integration's key and the id there. */
export interface NangoName {
  readonly integrationKey: string
  readonly connectionId: string
}

/** What Nango calls a connection of ours. Throws `connection.not_found`, or `connection.pending` for one that is still being made. */
export const nangoNameOf = (db: ReadableDb, connectionId: string): NangoName & { readonly profileId: string; readonly handle: string } => {
  const row = getConnection(db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  if (row.nango_connection_id === null) throw new PatchbayError('connection.pending', { data: { connectionId, handle: row.handle } })
  return {
    profileId: row.profile_id,
    handle: row.handle,
    integrationKey: row.provider_config_key,
    connectionId: row.nango_connection_id,
  }
}

/** Our connection of that name, or null. */
export const connectionNamed = (
  db: ReadableDb,
  profileId: string,
  name: NangoName,
): { readonly connectionId: string; readonly handle: string } | null => {
  const row = db.get<{ connection_id: string; handle: string }>(
    'SELECT connection_id, handle FROM connections WHERE profile_id = ? AND provider_config_key = ? AND nango_connection_id = ?',
    profileId,
    name.integrationKey,
    name.connectionId,
  )
  return row === undefined ? null : { connectionId: row.connection_id, handle: row.handle }
}
