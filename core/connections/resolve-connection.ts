import { PatchbayError } from '#shared/errors'
import type { ReadableDb } from '../database/sql.ts'
import { IN_SIGHT_SQL } from './connections-by-server.ts'
import { defaultOf } from './default-connections.ts'

interface Candidate {
  readonly connection_id: string
  readonly handle: string
}

/** What a reference is looked up in. */
export interface ReferenceContext {
  readonly activeProfileId: string | null
  /** The connector's slug behind a legacy name. */
  readonly slugOf: (name: string) => string
}

const MOST_CANDIDATES = 20

/**
 * The id that a reference names: an id; a handle, in the active profile before the others; a connector's slug when exactly one
 * connection of the active profile matches, or one was made its default. Throws `connection.not_found`, or `connection.ambiguous` with the candidates.
 */
export const resolveConnection = (db: ReadableDb, reference: string, context: ReferenceContext): string => {
  const byId = db.get<Candidate>(`SELECT connection_id, handle FROM connections WHERE connection_id = ? AND ${IN_SIGHT_SQL}`, reference)
  if (byId !== undefined) return byId.connection_id
  const wanted = reference.toLowerCase()
  const candidates = wanted.includes('/')
    ? db.all<Candidate & { profile_id: string }>(
        `SELECT connection_id, handle, profile_id FROM connections WHERE handle = ? AND ${IN_SIGHT_SQL} LIMIT ?`,
        wanted,
        MOST_CANDIDATES,
      )
    : db.all<Candidate & { profile_id: string }>(
        'SELECT connection_id, handle, profile_id FROM connections WHERE profile_id = ? AND connector_id = ? ORDER BY handle LIMIT ?',
        context.activeProfileId ?? '',
        context.slugOf(wanted),
        MOST_CANDIDATES,
      )
  const active = candidates.filter((candidate) => candidate.profile_id === context.activeProfileId)
  const matches = active.length > 0 ? active : candidates
  const [first, second] = matches
  if (first === undefined) throw new PatchbayError('connection.not_found', { data: { reference: reference.slice(0, 200) } })
  if (second === undefined) return first.connection_id
  const byDefault =
    wanted.includes('/') || context.activeProfileId === null ? undefined : defaultOf(db, context.activeProfileId, context.slugOf(wanted))
  if (byDefault !== undefined) return byDefault.connectionId
  throw new PatchbayError('connection.ambiguous', {
    message: `More than one connection matches: ${matches.map(({ handle }) => handle).join(', ')}.`.slice(0, 500),
    data: {
      reference: reference.slice(0, 200),
      candidates: matches.map(({ connection_id, handle }) => ({ connectionId: connection_id, handle })),
    },
  })
}
