import { PatchbayError } from '#shared/errors'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { getConnection, updateConnection } from '../connections/connection-store.ts'
import { type Refresh, RENEWABLE_MODES } from '../connections/refresh-connection.ts'
import type { Renewals } from '../connections/renewals.ts'
import { createSharedCalls } from '../connections/shared-calls.ts'
import type { WritableDb } from '../database/sql.ts'
import type { NangoClient, NangoConnectionDetail, NangoConnectionKey } from '../nango/nango-client.ts'
import type { CredentialCache } from './credential-cache.ts'
import { pagingFactsFrom } from './service-pages.ts'
import type { UseBackend, UseOptions } from './use-backend.ts'
import { orAborted } from './use-ending.ts'

export interface NangoBackendDependencies {
  readonly db: WritableDb
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly renewals: Pick<Renewals, 'renew'>
  readonly refresh: Refresh
  readonly now: () => number
  readonly monotonicNow: () => number
  /** What was read a moment ago. */
  readonly cache: CredentialCache
  /** The time at a profile's Nango, by which its tokens run out. */
  readonly timeAt: (profileId: string) => number
}

/** Nango renews a token that runs out within 15 minutes at its next use (nango-api.md section 7). */
const DUE_MS = 15 * 60_000
const DEFINITION_KEPT_MS = 3_600_000
const MOST_DEFINITIONS = 500

type Definition = Readonly<Record<string, unknown>>

const keyOf = (row: ConnectionRow): NangoConnectionKey => ({
  connectionId: row.nango_connection_id ?? '',
  providerConfigKey: row.provider_config_key,
})

/** The use of connections through Nango's proxy, and of the credentials that it shows. */
export const createNangoBackend = (deps: NangoBackendDependencies): UseBackend => {
  const { db, clientFor, renewals, refresh, now, monotonicNow, timeAt, cache } = deps
  const reads = createSharedCalls<NangoConnectionDetail>()
  const definitions = new Map<string, { readonly at: number; readonly definition: Promise<Definition> }>()

  const leftOf = (row: ConnectionRow, expiresAt: string | null): number =>
    expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - timeAt(row.profile_id)

  const isDue = (row: ConnectionRow): boolean => RENEWABLE_MODES.has(row.auth_mode) && leftOf(row, row.expires_at) < DUE_MS

  /** What may renew the token is kept apart from a sign-in anew. */
  const renewing = <T>(row: ConnectionRow, work: () => Promise<T>): Promise<T> =>
    isDue(row) ? renewals.renew(row.connection_id, work, () => false) : work()

  const noteExpiry = (connectionId: string, expiresAt: string | null): void => {
    const row = getConnection(db, connectionId)
    if (row === undefined || row.expires_at === expiresAt) return
    db.transaction(() => {
      const renewed = row.expires_at !== null && expiresAt !== null && expiresAt > row.expires_at
      const at = new Date(now()).toISOString()
      updateConnection(db, connectionId, { expiresAt, ...(renewed ? { lastRefreshedAt: at } : {}) }, row.updated_at)
    })
  }

  /** Reads a connection, once for all who want it at the same time; so no single one of them can end the read. */
  const read = (row: ConnectionRow): Promise<NangoConnectionDetail> => {
    const start = (): Promise<NangoConnectionDetail> =>
      renewing(row, async () => {
        const detail = await (await clientFor(row.profile_id)).getConnection(keyOf(row))
        if (detail.hasCredentials) noteExpiry(row.connection_id, detail.expiresAt)
        return detail
      })
    return reads.share(row.connection_id, {}, { start, again: () => read(row) })
  }

  /** A call that may renew the token: where it was due, when the one in its place runs out is asked once, by nobody who waits. */
  const used = async <T>(row: ConnectionRow, call: () => Promise<T>): Promise<T> => {
    const reply = await renewing(row, call)
    if (isDue(row)) read(row).catch(() => {})
    return reply
  }

  const readDefinition = async (row: ConnectionRow, client: NangoClient): Promise<Definition> => {
    try {
      return await client.readProvider(row.connector_id)
    } catch (error) {
      // One that the server has no definition of: nothing is known of it, and it is not asked for each time.
      if (error instanceof PatchbayError && error.code === 'nango.not_found') return {}
      throw error
    }
  }

  const definitionOf = (row: ConnectionRow, client: NangoClient): Promise<Definition> => {
    const name = `${row.profile_id} ${row.connector_id}`
    const known = definitions.get(name)
    if (known !== undefined && monotonicNow() - known.at < DEFINITION_KEPT_MS) return known.definition
    const definition = readDefinition(row, client)
    if (definitions.size >= MOST_DEFINITIONS) definitions.clear()
    definitions.set(name, { at: monotonicNow(), definition })
    definition.catch(() => definitions.delete(name))
    return definition
  }

  const validFor = async (row: ConnectionRow, minValidSeconds: number) => {
    const isLongEnough = ({ expiresAt }: NangoConnectionDetail): boolean => leftOf(row, expiresAt) >= minValidSeconds * 1000
    const first = await read(row)
    if (first.credentials === null) return first
    if (isLongEnough(first)) return first
    await refresh(row.connection_id, false)
    const second = await read(row)
    if (isLongEnough(second)) return second
    const validSeconds = Math.max(0, Math.floor(leftOf(row, second.expiresAt) / 1000))
    throw new PatchbayError('connection.validity_too_short', {
      data: { connectionId: row.connection_id, handle: row.handle, expiresAt: second.expiresAt, validSeconds, minValidSeconds },
    })
  }

  return {
    request: async (row, { method, target, headers, body }, { signal, timeoutMs }) => {
      const client = await clientFor(row.profile_id)
      const sent = {
        key: keyOf(row),
        method,
        path: target,
        headers,
        ...(body === undefined ? {} : { body: body.content }),
        ...(body === undefined || body.contentType === null ? {} : { bodyType: body.contentType }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }
      return used(row, () => client.proxy(sent, signal === undefined ? {} : { signal }))
    },
    requestInPieces: async (row, { method, target, headers, body }, { signal, ...limits }) => {
      const client = await clientFor(row.profile_id)
      const sent = {
        key: keyOf(row),
        method,
        path: target,
        headers,
        ...(body === undefined ? {} : { body: body.content }),
        ...(body === undefined || body.contentType === null ? {} : { bodyType: body.contentType }),
        ...limits,
      }
      return used(row, () => client.proxyInPieces(sent, { signal }))
    },
    credentials: async (row, minValidSeconds, { signal }: UseOptions) => {
      const kept = cache.get(row)
      // One that is about to run out is read anew: that is what renews it.
      if (kept !== null && leftOf(row, kept.expiresAt) >= Math.max(minValidSeconds * 1000, DUE_MS)) return kept
      const { credentials, expiresAt } = await orAborted(validFor(row, minValidSeconds), signal)
      // A key that may not read credentials is answered without them (nango-api.md section 2).
      if (credentials === null)
        throw new PatchbayError('nango.scope_missing', { data: { scope: 'environment:connections:read_credentials' } })
      const held = { credentials, expiresAt }
      cache.put(getConnection(db, row.connection_id) ?? row, held)
      return held
    },
    paging: async (row) => {
      const client = await clientFor(row.profile_id)
      const definition = await definitionOf(row, client)
      return pagingFactsFrom(definition, async () => (await read(row)).connectionConfig)
    },
    limit: async (row) => {
      const limit = (await clientFor(row.profile_id)).rateLimit
      return limit === null ? null : { limit: limit.limit, now: timeAt(row.profile_id) }
    },
  }
}
