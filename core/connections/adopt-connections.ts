import { PatchbayError } from '#shared/errors'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'
import { type BringInDependencies, type BroughtIn, findAtNango, type Kept, OWNER_TAG, type Stop, stopOf, takeOver } from './bring-in.ts'
import { getConnection } from './connection-store.ts'
import { type Refusal, RefusedRow } from './import-plan.ts'
import { acceptTags } from './tag-rules.ts'
import { rowAtNango } from './tags-change.ts'

/** The refusal behind an error of one row; null for one that is no refusal. Names no value. */
export const refusalOf = (error: unknown): Refusal | null => {
  if (error instanceof RefusedRow) return error.refusal
  if (!(error instanceof PatchbayError)) return null
  const { words } = error.data
  const said = typeof words === 'string' && words !== '' ? `${error.message} Nango says: ${words}` : error.message
  if (error.code === 'connect.test_failed') return { code: 'test_failed', fields: [], words: said }
  if (error.code.startsWith('connection.')) return { code: 'not_at_nango', fields: [], words: error.message }
  if (error.code === 'nango.not_found')
    return { code: 'not_at_nango', fields: [], words: 'Nango has no such connection or integration any more.' }
  if (stopOf(error) === null) return { code: 'refused_by_nango', fields: [], words: said }
  return null
}

/** The tags of a connection once it is ours: all it has, what is given beside them, and whose it is. Throws `RefusedRow`. */
const adoptedTags = (
  { tags: before }: Pick<NangoConnectionSummary, 'tags'>,
  installationId: string,
  given: Readonly<Record<string, string>>,
  takesOver: boolean,
): Record<string, string> => {
  const owner = before[OWNER_TAG]
  if (owner !== undefined && owner !== installationId && !takesOver)
    throw new RefusedRow('owned_elsewhere', 'Another Patchbay has tagged it as its own.', [`tags.${OWNER_TAG}`])
  // What is at Nango is the truth: a tag of the row is added, and never put in the place of one.
  const tags = { ...given, ...before, [OWNER_TAG]: installationId }
  try {
    return acceptTags(tags)
  } catch {
    throw new RefusedRow('invalid_tags', 'It has ten tags already, and Nango takes no more.', ['tags'])
  }
}

const hasAll = (tags: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([key, value]) => tags[key] === value)

/**
 * Makes a connection of Nango's ours: our tag is put beside all that it has, and what is kept is put in. Done already it changes
 * nothing. Throws `RefusedRow`, or what Nango throws.
 */
export const adoptAtNango = async (
  deps: BringInDependencies,
  client: NangoClient,
  input: {
    readonly profileId: string
    readonly providerConfigKey: string
    readonly nangoConnectionId: string
    readonly tags: Readonly<Record<string, string>>
    readonly kept: Kept
    readonly takesOver: boolean
  },
): Promise<{ readonly connectionId: string; readonly isNew: boolean }> => {
  const { profileId, providerConfigKey, nangoConnectionId } = input
  const key = { connectionId: nangoConnectionId, providerConfigKey }
  const summary = await findAtNango(client, key)
  if (summary === null)
    throw new RefusedRow('not_at_nango', 'Nango has no connection of this id under this integration.', ['connection_id'])
  const tags = adoptedTags(summary, deps.installationId, input.tags, input.takesOver)
  const isNew = !hasAll(summary.tags, tags)
  if (isNew) await client.updateTags({ ...key, tags }, { priority: 'bulk' })
  const connectionId = deps.journal.commit((note) => takeOver(deps, note, profileId, { ...summary, tags }, input.kept, false))
  return { connectionId, isNew }
}

/** Adopts connections that are listed here, one after the other. `resolve` turns a reference into an id. */
export const adoptConnections = async (
  deps: BringInDependencies & { readonly resolve: (reference: string) => string },
  input: { readonly connectionIds: readonly string[]; readonly preview: boolean; readonly takeOver: boolean },
): Promise<{ readonly results: readonly ({ readonly reference: string } & BroughtIn)[]; readonly stopped: Stop | null }> => {
  const results: ({ readonly reference: string } & BroughtIn)[] = []
  for (const reference of input.connectionIds) {
    let connectionId: string | null = null
    const told = (outcome: BroughtIn['outcome'], reason: Refusal | null = null): void => {
      const handle = connectionId === null ? null : (getConnection(deps.db, connectionId)?.handle ?? null)
      results.push({ reference, outcome, connectionId, handle, reason })
    }
    try {
      connectionId = deps.resolve(reference)
      const row = rowAtNango(deps, connectionId)
      const tags = JSON.parse(row.tags) as Record<string, string>
      const isDone = row.is_foreign === 0 && tags[OWNER_TAG] === deps.installationId
      if (isDone) told('done_before')
      else if (input.preview) {
        adoptedTags({ tags }, deps.installationId, {}, input.takeOver)
        told('adopt')
      } else {
        await adoptAtNango(deps, await deps.clientFor(row.profile_id), {
          profileId: row.profile_id,
          providerConfigKey: row.provider_config_key,
          nangoConnectionId: row.nango_connection_id,
          tags: {},
          kept: {},
          takesOver: input.takeOver,
        })
        told('adopt')
      }
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal !== null) told('refused', refusal)
      else if (error instanceof PatchbayError) return { results, stopped: stopOf(error) }
      else throw error
    }
  }
  return { results, stopped: null }
}
