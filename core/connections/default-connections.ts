import { PatchbayError } from '#shared/errors'
import type { ReadableDb, WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import { getConnection } from './connection-store.ts'

/** The account that a connector's name alone means, where there are several. */
export interface DefaultConnection {
  readonly connectorId: string
  readonly connectionId: string
  readonly handle: string
}

// Few rows stand in the table of defaults, one for a connector: it leads, whatever the planner thinks.
const DEFAULTS_SQL = `SELECT c.connector_id AS connectorId, c.connection_id AS connectionId, c.handle
  FROM connection_defaults AS d CROSS JOIN connections AS c ON c.connection_id = d.connection_id WHERE c.profile_id = ?`

/** The defaults of a profile, by connector. */
export const listDefaults = (db: ReadableDb, profileId: string): DefaultConnection[] =>
  db.all<DefaultConnection>(`${DEFAULTS_SQL} ORDER BY c.connector_id`, profileId)

/** The default of a connector, or undefined. */
export const defaultOf = (db: ReadableDb, profileId: string, connectorId: string): DefaultConnection | undefined =>
  db.get<DefaultConnection>(`${DEFAULTS_SQL} AND c.connector_id = ?`, profileId, connectorId)

/** Makes a connection the default of its connector, in the place of another; inside a transaction. */
export const putDefault = (
  db: WritableDb,
  connection: { readonly connectionId: string; readonly profileId: string; readonly connectorId: string },
): void => {
  const before = defaultOf(db, connection.profileId, connection.connectorId)
  if (before !== undefined) dropDefault(db, before.connectionId)
  db.run('INSERT INTO connection_defaults (connection_id) VALUES (?)', connection.connectionId)
}

/** The connection is no default any more. */
export const dropDefault = (db: WritableDb, connectionId: string): void => {
  db.run('DELETE FROM connection_defaults WHERE connection_id = ?', connectionId)
}

/** Makes a connection the default of its connector, or no more. Throws `connection.not_found`. */
export const setDefault = (
  deps: { readonly db: WritableDb; readonly journal: Journal },
  connectionId: string,
  isDefault: boolean,
): DefaultConnection & { readonly isDefault: boolean } =>
  deps.journal.commit((note) => {
    const row = getConnection(deps.db, connectionId)
    if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
    if (isDefault) putDefault(deps.db, { connectionId, profileId: row.profile_id, connectorId: row.connector_id })
    else dropDefault(deps.db, connectionId)
    const event = { profileId: row.profile_id, connectionId }
    note.event({ ...event, type: 'connection.updated', facts: { handle: row.handle, changed: ['default'], isDefault } })
    note.change({ type: 'connections.changed', data: event })
    return { connectorId: row.connector_id, connectionId, handle: row.handle, isDefault }
  })
