import { setFact } from '../database/open-database.ts'
import type { WritableDb } from '../database/sql.ts'
import type { StoredGrant } from './grant-store.ts'

/** With the profile's id: the server and key that its grants were given for. */
const PLACE = 'grants.place:'

/**
 * Ends those of the grants in force that were given for another server or key of their profile than it has now: all of a connector there is
 * not all of it here. Grants of single connections name what they were given for, and stay. `placeOf` names the server and key of a profile;
 * null: nothing of the kind.
 */
export const bindToPlaces = (
  db: WritableDb,
  active: readonly StoredGrant[],
  placeOf: (profileId: string) => string | null,
  end: (grantId: string) => void,
): void => {
  for (const profileId of new Set(active.map((grant) => grant.profileId))) {
    const place = placeOf(profileId)
    const known = db.get<{ value: string }>('SELECT value FROM facts WHERE name = ?', `${PLACE}${profileId}`)?.value
    if (place === null || place === known) continue
    if (known !== undefined) {
      const wide = active.filter((grant) => grant.profileId === profileId && grant.terms.connections.kind !== 'some')
      for (const { grantId } of wide) end(grantId)
    }
    setFact(db, `${PLACE}${profileId}`, place)
  }
}
