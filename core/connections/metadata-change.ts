import { PatchbayError } from '#shared/errors'
import { rowAtNango, type TagsDependencies } from './tags-change.ts'

export type Metadata = Readonly<Record<string, unknown>>

/** Nango takes more; what is read with every page of its list should stay small. */
const MOST_BYTES = 64 * 1024
const MOST_DEPTH = 32

const depthOf = (value: unknown, left: number = MOST_DEPTH + 1): number => {
  if (left === 0 || typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner, left - 1)))
}

/** Throws `connection.metadata_too_large` for more than 64 KiB or 32 levels. */
const refuseLarge = (metadata: Metadata): void => {
  const bytes = Buffer.byteLength(JSON.stringify(metadata))
  const depth = depthOf(metadata)
  if (bytes > MOST_BYTES || depth > MOST_DEPTH)
    throw new PatchbayError('connection.metadata_too_large', { data: { bytes, mostBytes: MOST_BYTES, mostDepth: MOST_DEPTH } })
}

/**
 * The metadata that Nango keeps of a connection, `{}` for none. Read from its list: a look at the connection itself could renew its token
 * (nango-api.md section 7). Throws `nango.not_found` where Nango has no such connection.
 */
export const readMetadata = async (deps: TagsDependencies, connectionId: string): Promise<Metadata> => {
  const row = rowAtNango(deps, connectionId)
  const client = await deps.clientFor(row.profile_id)
  const found = await client.listConnections({ connectionId: row.nango_connection_id, integrationId: row.provider_config_key })
  const summary = found.find((each) => each.connectionId === row.nango_connection_id && each.providerConfigKey === row.provider_config_key)
  if (summary === undefined) throw new PatchbayError('nango.not_found', { data: { connectionId, handle: row.handle } })
  return summary.metadata ?? {}
}

/** `replace` puts it in the place of what is there, `merge` each of its keys beside the others; answers what Nango has afterwards. */
export const writeMetadata = async (
  deps: TagsDependencies,
  connectionId: string,
  change: { readonly mode: 'replace' | 'merge'; readonly metadata: Metadata },
): Promise<Metadata> => {
  const row = rowAtNango(deps, connectionId)
  refuseLarge(change.metadata)
  const client = await deps.clientFor(row.profile_id)
  const key = { connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key }
  if (change.mode === 'replace') await client.replaceMetadata({ ...key, metadata: change.metadata })
  else {
    // The whole must stay within the limit too, and an answer to a merge tells only what was sent.
    refuseLarge({ ...(await readMetadata(deps, connectionId)), ...change.metadata })
    await client.mergeMetadata({ ...key, metadata: change.metadata })
  }
  deps.journal.commit((note) => {
    const event = { profileId: row.profile_id, connectionId }
    note.event({ ...event, type: 'connection.updated', facts: { handle: row.handle, changed: ['metadata'] } })
    note.change({ type: 'connections.changed', data: event })
  })
  return readMetadata(deps, connectionId)
}
