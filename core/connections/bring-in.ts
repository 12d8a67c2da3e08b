import type { ImportOutcome } from '#shared/contract/connection-import'
import { PatchbayError } from '#shared/errors'
import type { SqlValue, WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import { newIdentifier } from '../identifier.ts'
import type { NangoClient, NangoConnectionKey, NangoConnectionSummary } from '../nango/nango-client.ts'
import { type ConnectionChange, getConnection, insertConnection, updateConnection } from './connection-store.ts'
import type { Refusal } from './import-plan.ts'
import { AUTH_ERROR, identityOf, labelOf, newsOfList } from './nango-facts.ts'
import { connectionNamed } from './nango-name.ts'

/** The tag that tells which installation a connection belongs to. */
export const OWNER_TAG = 'patchbay_owner'

/** What bringing in needs, be it by a file or by a person's choice. */
export interface BringInDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly now: () => number
  readonly installationId: string
  /** The connector and the way to authenticate behind a provider of Nango's. */
  readonly connectorOf: (provider: string) => { readonly connectorId: string; readonly authMode: string }
}

/** What became of one. */
export interface BroughtIn {
  readonly outcome: ImportOutcome
  readonly connectionId: string | null
  readonly handle: string | null
  readonly reason: Refusal | null
}

/** Why the rest was not tried. */
export interface Stop {
  readonly code: string
  readonly message: string
  readonly retryInMs: number | null
}

/** A failure of one row, against those after which no other row would fare better. */
const OF_ONE_ROW = new Set([
  'connect.test_failed',
  'nango.not_found',
  'nango.rejected',
  'nango.server_error',
  'nango.protocol',
  'connection.not_importable',
  'connection.not_found',
  'connection.ambiguous',
  'connection.pending',
])

const CAPPED = 'resource_capped'

/** What stops the whole, or null for a failure of one row alone. */
export const stopOf = (error: PatchbayError): Stop | null => {
  const { code, message, data } = error
  if (OF_ONE_ROW.has(code) && data['nangoCode'] !== CAPPED) return null
  const { retryInMs } = data
  const words = typeof data['words'] === 'string' && data['words'] !== '' ? `${message} ${data['words']}` : message
  return { code, message: words, retryInMs: typeof retryInMs === 'number' ? retryInMs : null }
}

/** A connection as Nango's list has it now, which has no side effects there; null where it has none of this name. */
export const findAtNango = async (client: NangoClient, key: NangoConnectionKey): Promise<NangoConnectionSummary | null> => {
  const found = await client.listConnections(
    { connectionId: key.connectionId, integrationId: key.providerConfigKey, limit: 5 },
    { priority: 'bulk' },
  )
  return found.find((each) => each.connectionId === key.connectionId && each.providerConfigKey === key.providerConfigKey) ?? null
}

/** What is kept of a connection beside what Nango's list says. */
export type Kept = Pick<ConnectionChange, 'label' | 'notes' | 'expiresAt' | 'scopesGranted'>

const defined = (kept: Kept): Kept => Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined && value !== null))

const forgetForgotten = (db: WritableDb, ...key: readonly SqlValue[]): void => {
  db.run('DELETE FROM forgotten_connections WHERE profile_id = ? AND provider_config_key = ? AND nango_connection_id = ?', ...key)
}

/**
 * Takes a connection of Nango's over as one of ours, listed here already or not; part of the caller's transaction. What is kept is
 * put in, a label that is there stays unless one is given. What is known of its working stays too, unless it has new credentials.
 */
export const takeOver = (
  deps: BringInDependencies,
  note: Note,
  profileId: string,
  summary: NangoConnectionSummary,
  kept: Kept,
  hasNewCredentials: boolean,
): string => {
  const { db } = deps
  const at = new Date(deps.now()).toISOString()
  const { providerConfigKey, connectionId: nangoConnectionId } = summary
  const named = connectionNamed(db, profileId, { integrationKey: providerConfigKey, connectionId: nangoConnectionId })
  const error = summary.hasAuthError ? { ...AUTH_ERROR, at } : null
  const status = summary.hasAuthError ? ('attention' as const) : ('connected' as const)
  const connectionId = named?.connectionId ?? newIdentifier('con', deps.now())
  if (named === null) {
    const { connectorId, authMode } = deps.connectorOf(summary.provider)
    insertConnection(db, {
      connectionId,
      profileId,
      connectorId,
      providerConfigKey,
      nangoConnectionId,
      nangoRowId: summary.id,
      authMode,
      status,
      label: kept.label ?? labelOf(summary),
      identity: identityOf(summary),
      scopesRequested: null,
      createdAt: summary.createdAt,
      at,
      tags: summary.tags,
      isOurs: true,
      error,
    })
    // A connection that was once forgotten here is wanted again.
    forgetForgotten(db, profileId, providerConfigKey, nangoConnectionId)
  }
  const before = getConnection(db, connectionId)
  const identity = before?.identity == null ? identityOf(summary) : null
  const isNews = hasNewCredentials ? before?.status !== 'paused' : before !== undefined && newsOfList(before, summary.hasAuthError) !== null
  const row = updateConnection(
    db,
    connectionId,
    {
      tags: summary.tags,
      nangoRowId: summary.id,
      isOurs: true,
      lastSyncedAt: at,
      missingSince: null,
      ...(isNews ? { status, error } : {}),
      ...(identity === null ? {} : { identity }),
      ...defined(kept),
    },
    at,
  )
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  const facts = { handle: row.handle, connectorId: row.connector_id, by: 'import' }
  note.event({ type: named === null ? 'connection.activated' : 'connection.updated', profileId, connectionId, facts })
  note.change({ type: 'connections.changed', data: { profileId, connectionId } })
  return connectionId
}
