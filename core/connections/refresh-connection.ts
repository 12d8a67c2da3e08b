import type { Connection } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import type { CallOptions, NangoClient, NangoConnectionDetail } from '../nango/nango-client.ts'
import type { ConnectionRow } from './connection-row.ts'
import { getConnection, updateConnection } from './connection-store.ts'
import { identityFrom } from './nango-facts.ts'
import type { Renewals } from './renewals.ts'
import { createSharedCalls } from './shared-calls.ts'

export interface RefreshDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly now: () => number
  readonly renewals: Renewals
}

export type RefreshOutcome = 'refreshed' | 'nothing_to_refresh'

/** Refreshes one connection; `createRefresher` says how. */
export type Refresh = (connectionId: string, acceptsRisk: boolean, call?: CallOptions) => Promise<RefreshOutcome>

/** The modes whose tokens Nango can renew; for others `force_refresh` answers 200 and does nothing (nango-api.md 7). */
export const RENEWABLE_MODES: ReadonlySet<string> = new Set(['OAUTH2', 'OAUTH2_CC', 'TWO_STEP', 'MCP_OAUTH2', 'JWT', 'APP', 'CUSTOM'])

const isRefreshFailure = (error: unknown): error is PatchbayError =>
  error instanceof PatchbayError && (error.code === 'connection.refresh_failed' || error.code === 'connection.refresh_backoff')

/** Whether the last refresh failed: one that fails again makes Nango refuse the connection for 30 s. */
export const isRefreshRisky = (row: ConnectionRow): boolean =>
  row.status === 'attention' && row.error_code?.startsWith('connection.refresh') === true

const noteFailure = (deps: RefreshDependencies, row: ConnectionRow, error: PatchbayError, at: string): void => {
  deps.journal.commit((note) => {
    const now = getConnection(deps.db, row.connection_id)
    // Removed meanwhile; and that access which was ended cannot be renewed is no trouble.
    if (now === undefined || now.status === 'revoked') return
    updateConnection(deps.db, row.connection_id, { status: 'attention', error: { code: error.code, message: error.message, at } }, at)
    note.event({
      type: 'connection.attention',
      profileId: row.profile_id,
      connectionId: row.connection_id,
      facts: { handle: row.handle, code: error.code },
    })
    note.change({ type: 'connections.changed', data: { profileId: row.profile_id, connectionId: row.connection_id } })
  })
}

const noteSuccess = (
  deps: RefreshDependencies,
  row: ConnectionRow,
  detail: NangoConnectionDetail,
  outcome: RefreshOutcome,
  at: string,
): void => {
  deps.journal.commit((note) => {
    const now = getConnection(deps.db, row.connection_id)
    if (now === undefined) return
    // Only a token that came after the end of access shows that it has none.
    const isEnded = now.status === 'revoked' && (outcome !== 'refreshed' || row.status !== 'revoked')
    const wasTrouble = now.status === 'attention' || now.status === 'error' || now.status === 'expired'
    const known = JSON.parse(now.identity ?? 'null') as Connection['identity']
    updateConnection(
      deps.db,
      row.connection_id,
      {
        ...(isEnded ? {} : { status: 'connected' as const, error: null }),
        expiresAt: detail.expiresAt,
        identity: identityFrom(detail.rawIdentity, known),
        ...(detail.grantedScopes === null ? {} : { scopesGranted: detail.grantedScopes }),
        lastVerifiedAt: at,
        ...(outcome === 'refreshed' ? { lastRefreshedAt: at } : {}),
      },
      at,
    )
    const facts = { handle: row.handle, expiresAt: detail.expiresAt }
    if (outcome === 'refreshed')
      note.event({ type: 'connection.refreshed', profileId: row.profile_id, connectionId: row.connection_id, facts })
    if (wasTrouble) note.event({ type: 'connection.recovered', profileId: row.profile_id, connectionId: row.connection_id, facts })
    note.change({ type: 'connections.changed', data: { profileId: row.profile_id, connectionId: row.connection_id } })
  })
}

/** When the present token runs out; null where Nango refuses to say after a failed refresh, which only a forced one gets past. */
const expiryBefore = async (
  client: NangoClient,
  key: Parameters<NangoClient['getConnection']>[0],
  call: CallOptions,
): Promise<string | null> => {
  try {
    return (await client.getConnection(key, call)).expiresAt
  } catch (error) {
    if (isRefreshFailure(error)) return null
    throw error
  }
}

/**
 * Refreshes through Nango (`force_refresh`, nango-api.md 7), once at a time per connection: callers that come meanwhile share
 * the answer. Throws `connection.refresh_risky` when the last refresh failed and the risk was not accepted, because a failing
 * forced refresh makes Nango refuse the connection for 30 s; `connect.busy` while a sign-in anew is open, which has set the tokens aside.
 */
export const createRefresher = (deps: RefreshDependencies): Refresh => {
  const calls = createSharedCalls<RefreshOutcome>()

  const refresh = async (row: ConnectionRow, nangoConnectionId: string, call: CallOptions): Promise<RefreshOutcome> => {
    const client = await deps.clientFor(row.profile_id)
    try {
      const key = { connectionId: nangoConnectionId, providerConfigKey: row.provider_config_key }
      // A server answers 200 also where it had nothing to refresh with: only a later expiry tells that there is a fresh token.
      const before = row.expires_at ?? (await expiryBefore(client, key, call))
      const detail = await client.getConnection({ ...key, forceRefresh: true }, call)
      const isSame = detail.expiresAt === null || detail.expiresAt === before
      const outcome = isSame ? 'nothing_to_refresh' : 'refreshed'
      noteSuccess(deps, row, detail, outcome, new Date(deps.now()).toISOString())
      return outcome
    } catch (error) {
      if (isRefreshFailure(error)) noteFailure(deps, row, error, new Date(deps.now()).toISOString())
      throw error
    }
  }

  const refreshOne: Refresh = async (connectionId, acceptsRisk, call = {}) => {
    const row = getConnection(deps.db, connectionId)
    if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
    if (row.nango_connection_id === null) throw new PatchbayError('connection.pending', { data: { connectionId, handle: row.handle } })
    if (!RENEWABLE_MODES.has(row.auth_mode)) return 'nothing_to_refresh'
    const { nango_connection_id: nangoConnectionId } = row
    const start = (): Promise<RefreshOutcome> => {
      if (isRefreshRisky(row) && !acceptsRisk)
        throw new PatchbayError('connection.refresh_risky', { data: { connectionId, handle: row.handle, lastFailedAt: row.error_at } })
      return deps.renewals.renew(
        connectionId,
        () => refresh(row, nangoConnectionId, call),
        (outcome) => outcome === 'refreshed',
      )
    }
    return calls.share(connectionId, call, { start, again: () => refreshOne(connectionId, acceptsRisk, call) })
  }
  return refreshOne
}
