import { PatchbayError } from '#shared/errors'
import type { Reach } from '../caller.ts'
import type { ReadableDb } from '../database/sql.ts'
import { isInReach, reachSql } from './connection-reach.ts'
import type { ConnectionRow } from './connection-row.ts'
import { getConnection } from './connection-store.ts'
import { IN_SIGHT_SQL, isInSight } from './connections-by-server.ts'
import { defaultOf } from './default-connections.ts'

interface Candidate {
  readonly connection_id: string
  readonly handle: string
  readonly connector_id: string
  readonly profile_id: string
}

/** What a reference is looked up in. */
export interface ReferenceContext {
  readonly activeProfileId: string | null
  /** The connector's slug behind a legacy name. */
  readonly slugOf: (name: string) => string
  /** What the caller may see; left out or null where that is everything. */
  readonly reach?: Reach | null
  /** The paired program that asks: it may have defaults of its own. */
  readonly clientId?: string | undefined
}

/** The connection that a reference means, and why. */
export interface MeantConnection {
  readonly connectionId: string
  readonly handle: string
  readonly connectorId: string
  readonly because: 'id' | 'handle' | 'only_one' | 'client_default' | 'default'
}

const MOST_CANDIDATES = 20

const COLUMNS = 'connection_id, handle, connector_id, profile_id'

const meant = (candidate: Candidate, because: MeantConnection['because']): MeantConnection => ({
  connectionId: candidate.connection_id,
  handle: candidate.handle,
  connectorId: candidate.connector_id,
  because,
})

const ambiguous = (reference: string, matches: readonly Candidate[]): PatchbayError =>
  new PatchbayError('connection.ambiguous', {
    message: `More than one connection matches: ${matches.map(({ handle }) => handle).join(', ')}.`.slice(0, 500),
    data: {
      reference: reference.slice(0, 200),
      candidates: matches.map(({ connection_id, handle }) => ({ connectionId: connection_id, handle })),
    },
  })

/**
 * The default that the program has of a connector, else everybody's; undefined where there is none, or it is out of reach. `isActive`: the
 * choice is among connections of the active profile, which no default of another one answers.
 */
const byDefault = (
  db: ReadableDb,
  connectorId: string,
  isActive: boolean,
  { activeProfileId, clientId }: ReferenceContext,
  find: (condition: string, ...values: readonly string[]) => readonly Candidate[],
): MeantConnection | undefined => {
  if (clientId !== undefined) {
    const own = find(
      'connector_id = ? AND connection_id IN (SELECT connection_id FROM client_defaults WHERE client_id = ?)',
      connectorId,
      clientId,
    )
    const [first] = isActive ? own.filter(({ profile_id: profileId }) => profileId === activeProfileId) : own
    if (first !== undefined) return meant(first, 'client_default')
  }
  const common = activeProfileId === null ? undefined : defaultOf(db, activeProfileId, connectorId)
  const [first] = common === undefined ? [] : find('connection_id = ?', common.connectionId)
  return first === undefined ? undefined : meant(first, 'default')
}

/**
 * The connection that a reference means: an id; a handle, in the active profile before the others; a connector's slug when exactly one
 * connection matches, or one was made its default, that of the program before everybody's. A slug is looked up in the active profile;
 * for a program in whatever it may reach, the active profile before the others. Throws `connection.ambiguous` with the candidates, and
 * where there is none `connection.not_found`, or `automation.denied` to a program, whether there is no such connection or it is out of reach.
 */
export const findConnection = (db: ReadableDb, reference: string, context: ReferenceContext): MeantConnection => {
  const { activeProfileId, reach = null } = context
  const byId = findById(db, reference, reach)
  if (byId !== null) return meant(byId, 'id')
  const within = reach === null ? { sql: IN_SIGHT_SQL, values: [] } : reachSql(reach)
  const find = (condition: string, ...values: readonly string[]): readonly Candidate[] =>
    db.all<Candidate>(
      `SELECT ${COLUMNS} FROM connections WHERE ${condition} AND ${within.sql} ORDER BY handle LIMIT ?`,
      ...values,
      ...within.values,
      MOST_CANDIDATES,
    )
  const wanted = reference.toLowerCase()
  const isHandle = wanted.includes('/')
  const connectorId = context.slugOf(wanted)
  // By profile, as the index has them; other profiles are looked at only where a handle is in none of these.
  const profileIds = reach === null ? [activeProfileId ?? ''] : [...new Set(reach.map(({ profileId }) => profileId))]
  const named = profileIds.flatMap((profileId) =>
    isHandle
      ? find('profile_id = ? AND handle = ?', profileId, wanted)
      : // A handle begins with its connector and a slash, which stands right before 0.
        find(
          'profile_id = ? AND handle >= ? AND handle < ? AND connector_id = ?',
          profileId,
          `${connectorId}/`,
          `${connectorId}0`,
          connectorId,
        ),
  )
  const candidates = named.length === 0 && isHandle && reach === null ? find('handle = ?', wanted) : named
  const active = candidates.filter((candidate) => candidate.profile_id === activeProfileId)
  const matches = active.length > 0 ? active : candidates
  const [first, second] = matches
  if (first === undefined) {
    if (reach !== null) throw new PatchbayError('automation.denied')
    throw new PatchbayError('connection.not_found', { data: { reference: reference.slice(0, 200) } })
  }
  if (second === undefined) return meant(first, isHandle ? 'handle' : 'only_one')
  const chosen = isHandle ? undefined : byDefault(db, connectorId, active.length > 0, context, find)
  if (chosen !== undefined) return chosen
  throw ambiguous(reference, matches)
}

/** By its key, as programs ask for it again and again: the reach is looked at afterwards, so that nothing leads the planner away. */
const findById = (db: ReadableDb, reference: string, reach: Reach | null): ConnectionRow | null => {
  const row = getConnection(db, reference)
  return row !== undefined && isInSight(row) && (reach === null || isInReach(reach, row)) ? row : null
}

/** The whole row of the connection that a reference means; throws as `findConnection` does. */
export const resolveRow = (db: ReadableDb, reference: string, context: ReferenceContext): ConnectionRow => {
  const byId = findById(db, reference, context.reach ?? null)
  if (byId !== null) return byId
  const { connectionId } = findConnection(db, reference, context)
  const row = getConnection(db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { reference: reference.slice(0, 200) } })
  return row
}

/** The id of the connection that a reference means; throws as `findConnection` does. */
export const resolveConnection = (db: ReadableDb, reference: string, context: ReferenceContext): string =>
  findConnection(db, reference, context).connectionId
