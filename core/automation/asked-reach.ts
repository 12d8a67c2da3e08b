import type { GrantReach } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import type { ReachPart } from '../caller.ts'
import { isInReach } from '../connections/connection-reach.ts'
import { getConnection } from '../connections/connection-store.ts'
import type { ReadableDb } from '../database/sql.ts'

/** How names of connections and connectors become what is stored. */
export interface ReachNames {
  readonly db: ReadableDb
  /** The id behind a reference. Throws `connection.not_found` and `connection.ambiguous`. */
  readonly resolve: (reference: string) => string
  /** The slug behind a connector's name. */
  readonly slugOf: (name: string) => string
}

const idOf = ({ db, resolve }: ReachNames, reference: string, profileId: string): string | null => {
  try {
    const id = resolve(reference)
    return getConnection(db, id)?.profile_id === profileId ? id : null
  } catch (error) {
    if (error instanceof PatchbayError && (error.code === 'connection.not_found' || error.code === 'connection.ambiguous')) return null
    throw error
  }
}

/** What was named, by ids and slugs, and which of it is not here. What it names is never told to who asked. */
export const namedReach = (
  names: ReachNames,
  reach: GrantReach,
  profileId: string,
): { readonly reach: GrantReach; readonly unknown: readonly string[] } => {
  if (reach.kind === 'connectors') {
    const connectorIds = [...new Set(reach.connectorIds.map((name) => names.slugOf(name.toLowerCase())))]
    return { reach: { kind: 'connectors', connectorIds }, unknown: [] }
  }
  if (reach.kind !== 'some') return { reach, unknown: [] }
  const found = reach.connectionIds.map((reference) => ({ reference, id: idOf(names, reference, profileId) }))
  const ids = [...new Set(found.flatMap(({ id }) => id ?? []))]
  return {
    reach: { kind: 'some', connectionIds: ids.length === 0 ? reach.connectionIds : ids },
    unknown: found.filter(({ id }) => id === null).map(({ reference }) => reference),
  }
}

/** Throws `request.invalid` where everything is asked for with more than looking. */
export const requireReachFor = (reach: GrantReach, verbs: readonly string[]): void => {
  if (reach.kind === 'all' && verbs.some((verb) => verb !== 'read'))
    throw new PatchbayError('request.invalid', {
      data: { problems: [{ path: 'connections', message: 'all goes with the verb read alone: name connections, connectors or a tag' }] },
    })
}

const isWithin = (db: ReadableDb, asked: ReachPart, given: GrantReach): boolean => {
  if (asked.kind === 'all') return true
  switch (given.kind) {
    case 'some':
      return given.connectionIds.every((id) => {
        const row = getConnection(db, id)
        return row !== undefined && isInReach([asked], row)
      })
    case 'connectors':
      return asked.kind === 'connectors' && given.connectorIds.every((id) => asked.connectorIds.includes(id))
    case 'tag':
      return asked.kind === 'tag' && asked.tag === given.tag && (asked.value === undefined || asked.value === given.value)
    case 'all':
      return false
  }
}

/** The reach that a person gives for the one that was asked. Throws `grant.too_wide` where it goes further or is nothing, `request.invalid` for a name that nothing here has. */
export const narrowedReach = (names: ReachNames, asked: ReachPart, given: GrantReach | undefined): GrantReach => {
  const { profileId, ...was } = asked
  const named = namedReach(names, given ?? (was as GrantReach), profileId)
  // What the program named in vain is left out; what the person names has to be there.
  if (given !== undefined && named.unknown.length > 0)
    throw new PatchbayError('request.invalid', {
      message: `There is no connection ${named.unknown.join(', ')} in this profile.`.slice(0, 300),
      data: { problems: [{ path: 'connections', message: `${named.unknown.join(', ')} is not here`.slice(0, 200) }] },
    })
  const isNothing =
    named.reach.kind === 'some' && named.reach.connectionIds.every((id) => getConnection(names.db, id)?.profile_id !== profileId)
  if (isNothing || !isWithin(names.db, asked, named.reach))
    throw new PatchbayError('grant.too_wide', {
      ...(isNothing && { message: 'None of the named connections is here.' }),
      data: { problems: [{ path: 'connections', message: isNothing ? 'name none that is here' : 'go beyond what was asked for' }] },
    })
  return named.reach
}
