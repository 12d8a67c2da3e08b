import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { PatchbayError } from '#shared/errors'
import type { NangoClient, NangoConnectionDetail, NangoConnectionKey } from '../nango/nango-client.ts'
import { connectionBehind } from '../nango/nango-errors.ts'
import { credentialFaults } from '../nango/nango-import.ts'
import { Secret } from '../vault/secret.ts'
import type { SecretReference, SecretVault } from '../vault/secret-vault.ts'
import type { StoredReconnect } from './flow-store.ts'

/** What a connection has at Nango before a reconnect, which takes most of it away (nango-api.md section 5). */
export interface Before {
  readonly tags: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly connectionConfig: Readonly<Record<string, unknown>>
  /** The JSON text of Nango's credentials object, fit to be put back; null where it is not. */
  readonly credentials: Secret | null
}

/** What was read, and why the credentials are not among it. */
export interface ReadBefore {
  readonly before: Before
  readonly reason: StoredReconnect['reason']
}

const codeOf = (error: unknown): string | null => (error instanceof PatchbayError ? error.code : null)

/** The error of a connection that is not there any more at Nango. */
export const goneError = (connectionId: string): PatchbayError => new PatchbayError('connection.gone', { data: { connectionId } })

const without = (
  { tags, metadata }: Pick<NangoConnectionDetail, 'tags' | 'metadata'>,
  connectionConfig: Before['connectionConfig'],
  reason: StoredReconnect['reason'],
): ReadBefore => ({ before: { tags, metadata, connectionConfig, credentials: null }, reason })

/** What Nango still tells of a connection that it cannot refresh: all but the credentials, or what its list has. */
const readBroken = async (client: NangoClient, key: NangoConnectionKey, error: unknown): Promise<ReadBefore> => {
  const detail = connectionBehind(error)
  if (detail !== null) return without(detail, detail.connectionConfig, 'unusable')
  const { connectionId, providerConfigKey: integrationId } = key
  const rows = await client.listConnections({ connectionId, integrationId, limit: 5 })
  const row = rows.find((one) => one.connectionId === connectionId && one.providerConfigKey === integrationId)
  if (row === undefined) throw new PatchbayError('nango.not_found')
  return without(row, {}, 'unusable')
}

const readDetail = async (client: NangoClient, key: NangoConnectionKey): Promise<ReadBefore> => {
  const detail = await client.getConnection({ ...key, withRefreshToken: true }).catch((error: unknown) => {
    if (codeOf(error) !== 'nango.scope_missing') throw error
    // Such a key reads everything else, and without side effects (nango-api.md section 2).
    return client.getConnection(key)
  })
  const { credentials, connectionConfig } = detail
  if (credentials === null) return without(detail, connectionConfig, 'scope_missing')
  const faults = credentialFaults(JSON.parse(credentials.reveal()) as Record<string, unknown>)
  if (faults.length > 0) return without(detail, connectionConfig, 'unsupported')
  return { before: { tags: detail.tags, metadata: detail.metadata, connectionConfig, credentials }, reason: null }
}

/** Reads all that a reconnect would take away. Throws `nango.not_found` for a connection that is not there. */
export const readBefore = async (client: NangoClient, key: NangoConnectionKey): Promise<ReadBefore> => {
  try {
    return await readDetail(client, key)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'connection.refresh_failed' || code === 'connection.refresh_backoff') return readBroken(client, key, error)
    throw error
  }
}

/** Where the sealed copy of a flow belongs: it opens for that connection of that server only. */
const referenceOf = (flowId: string, host: string, key: NangoConnectionKey): SecretReference => ({
  kind: 'reconnect-before',
  owner: flowId,
  binding: JSON.stringify([host, key.providerConfigKey, key.connectionId]),
})

const Sealed = z.object({
  tags: z.record(z.string(), z.string()),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  connectionConfig: z.record(z.string(), z.unknown()),
  credentials: z.string().nullable(),
})

/** Seals what was read, metadata and configuration too: both may hold secrets. Part of the caller's transaction. */
export const sealBefore = (vault: SecretVault, flowId: string, host: string, key: NangoConnectionKey, before: Before): void => {
  const { credentials, ...rest } = before
  const text = JSON.stringify({ ...rest, credentials: credentials?.reveal() ?? null } satisfies z.input<typeof Sealed>)
  vault.put(referenceOf(flowId, host, key), new Secret(text))
}

/** What was sealed, or null where there is none for this server and connection. Throws what the vault throws. */
export const openBefore = (vault: SecretVault, flowId: string, host: string, key: NangoConnectionKey): Before | null => {
  const secret = vault.open(referenceOf(flowId, host, key))
  if (secret === null) return null
  const { credentials, ...rest } = Sealed.parse(JSON.parse(secret.reveal()))
  return { ...rest, credentials: credentials === null ? null : new Secret(credentials) }
}

/** The sealed copy goes. */
export const forgetBefore = (vault: SecretVault, flowId: string): void => vault.remove({ kind: 'reconnect-before', owner: flowId })

/** Puts everything back as it was, credentials included. Throws `connection.cannot_put_back`, and what the client throws. */
export const putBack = async (client: NangoClient, key: NangoConnectionKey, before: Before | null): Promise<void> => {
  if (before === null || before.credentials === null) throw new PatchbayError('connection.cannot_put_back')
  const { tags, connectionConfig, credentials } = before
  await client.importConnection({ ...key, credentials, tags, connectionConfig, metadata: before.metadata ?? {} })
}

/** Puts the tags and the metadata back, where they are not as they were. */
export const restoreRest = async (
  client: NangoClient,
  key: NangoConnectionKey,
  before: Before,
  now: Pick<NangoConnectionDetail, 'tags' | 'metadata'>,
): Promise<void> => {
  if (before.metadata !== null && !isDeepStrictEqual(before.metadata, now.metadata))
    await client.replaceMetadata({ ...key, metadata: before.metadata })
  if (!isDeepStrictEqual(before.tags, now.tags)) await client.updateTags({ ...key, tags: before.tags })
}

const MOST_TAGS = 10

/** The tags of a reconnect session: those there are, and the attempt's own. One gives way where there is no room; all come back after. */
export const sessionTags = (tags: Before['tags'], own: Readonly<Record<string, string>>): Record<string, string> => {
  const names = Object.keys(own)
  const others = Object.entries(tags).filter(([name]) => !names.includes(name))
  return { ...Object.fromEntries(others.slice(0, MOST_TAGS - names.length)), ...own }
}

/** The configuration as an auth request takes it: Nango does not use the stored one (nango-api.md section 5). */
export const paramsOf = ({ connectionConfig }: Pick<Before, 'connectionConfig'>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(connectionConfig).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'oauth_scopes_override',
    ),
  )

/** The scopes that were asked for instead of the integration's, as the configuration remembers them. */
export const scopesOf = ({ connectionConfig }: Pick<Before, 'connectionConfig'>): readonly string[] | null => {
  const scopes = connectionConfig['oauth_scopes_override']
  return Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string') && scopes.length > 0 ? scopes : null
}
