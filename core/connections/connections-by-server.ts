import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'

/** What a profile's rows are kept under while the profile points to another server; no profile has such an id. */
const SET_ASIDE = 'aside:'

const asideOf = (profileId: string, server: string): string => `${SET_ASIDE}${profileId}:${server}`

/** SQL that leaves out the rows of servers that their profile does not point to now. */
export const IN_SIGHT_SQL = `substr(profile_id, 1, ${SET_ASIDE.length}) <> '${SET_ASIDE}'`

/** The same of one row. */
export const isInSight = ({ profile_id: profileId }: { readonly profile_id: string }): boolean => !profileId.startsWith(SET_ASIDE)

const factOf = (profileId: string): string => `server:${profileId}`

const move = (db: WritableDb, from: string, to: string): number => {
  db.run('UPDATE OR IGNORE forgotten_connections SET profile_id = ? WHERE profile_id = ?', to, from)
  // A pending row belongs to its flow; one that is here may hold the handle of one that comes back, which then waits.
  return db.run('UPDATE OR IGNORE connections SET profile_id = ? WHERE profile_id = ? AND nango_connection_id IS NOT NULL', to, from)
    .changes
}

/**
 * Holds a profile to the connections of the server it points to. Where that is another server than before, the rows of the former
 * are set aside, nothing of them is lost, and those of the new one come back if the profile was there before.
 */
export const keepToServer = (deps: { readonly db: WritableDb; readonly journal: Journal }, profileId: string, server: string): void => {
  const { db, journal } = deps
  const before = db.get<{ value: string }>('SELECT value FROM facts WHERE name = ?', factOf(profileId))?.value
  if (before === server) return
  journal.commit((note) => {
    db.run('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)', factOf(profileId), server)
    if (before === undefined) return
    const setAside = move(db, profileId, asideOf(profileId, before))
    const broughtBack = move(db, asideOf(profileId, server), profileId)
    db.run('DELETE FROM sync_state WHERE profile_id = ?', profileId)
    const facts = { server, formerServer: before, setAside, broughtBack }
    if (setAside + broughtBack > 0) note.event({ type: 'sync.completed', profileId, connectionId: null, facts })
    note.change({ type: 'connections.changed', data: { profileId, connectionId: null } })
  })
}

/** Takes all connections of a profile away, those set aside too. */
export const deleteConnectionsOf = (db: WritableDb, profileId: string): void => {
  const aside = asideOf(profileId, '')
  for (const table of ['connections', 'forgotten_connections'])
    db.run(`DELETE FROM ${table} WHERE profile_id = ? OR substr(profile_id, 1, ?) = ?`, profileId, aside.length, aside)
  db.run('DELETE FROM facts WHERE name = ?', factOf(profileId))
}
