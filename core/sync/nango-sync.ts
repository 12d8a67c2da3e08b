import { PatchbayError } from '#shared/errors'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { deleteConnection, getConnection, HandleBook, insertConnection, updateConnection } from '../connections/connection-store.ts'
import { AUTH_ERROR, identityOf, labelOf } from '../connections/nango-facts.ts'
import type { FlowClaim } from '../connections/flow-claim.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal, Note } from '../events/journal.ts'
import { newIdentifier } from '../identifier.ts'
import type { NangoClient, NangoConnectionSummary } from '../nango/nango-client.ts'
import { readNangoList } from './read-nango-list.ts'

export interface SyncDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly now: () => number
  /** The connector and the way to authenticate behind a provider of Nango's. */
  readonly connectorOf: (provider: string) => { readonly connectorId: string; readonly authMode: string }
  readonly claim: (profileId: string, summary: NangoConnectionSummary, note: Note) => FlowClaim
  /** Where a profile's connections are read from now, null when the profile is gone. */
  readonly serverOf: (profileId: string) => string | null
  /** Called between pages, so that a long reading never holds up other calls. */
  readonly pause: () => Promise<void>
}

export interface SyncCounts {
  seen: number
  added: number
  updated: number
  removed: number
  missing: number
  pages: number
}

interface Known {
  readonly connection_id: string
  readonly handle: string
  readonly provider_config_key: string
  readonly nango_connection_id: string
  readonly nango_row_id: number | null
  readonly status: ConnectionRow['status']
  readonly tags: string
  readonly identity: string | null
  readonly error_code: string | null
  readonly missing_since: string | null
  readonly connector_id: string
}

const keyOf = (providerConfigKey: string, connectionId: string): string => `${providerConfigKey}\u0000${connectionId}`

/** How many missing connections are looked for one by one at once; more wait for the next complete look. */
const LOOKED_FOR_AT_ONCE = 20

const KNOWN_SQL = `SELECT connection_id, handle, provider_config_key, nango_connection_id, nango_row_id, status, tags, identity, error_code,
  missing_since, connector_id FROM connections WHERE profile_id = ? AND nango_connection_id IS NOT NULL`

/** One reconciliation of a profile with Nango's list. The list is the truth; a row that left it goes only after a second look. */
export const syncWithNango = async (
  deps: SyncDependencies,
  profileId: string,
  client: NangoClient,
  options: { readonly signal?: AbortSignal; readonly priority: 'person' | 'background'; readonly pageSize?: number },
): Promise<SyncCounts> => {
  const { db, journal } = deps
  const counts: SyncCounts = { seen: 0, added: 0, updated: 0, removed: 0, missing: 0, pages: 0 }
  const known = new Map<string, Known>()
  for (const row of db.all<Known>(KNOWN_SQL, profileId)) {
    known.set(keyOf(row.provider_config_key, row.nango_connection_id), row)
  }
  const forgotten = new Set(
    db
      .all<{ provider_config_key: string; nango_connection_id: string }>(
        'SELECT provider_config_key, nango_connection_id FROM forgotten_connections WHERE profile_id = ?',
        profileId,
      )
      .map((row) => keyOf(row.provider_config_key, row.nango_connection_id)),
  )
  const unseen = new Map(known)
  const forgottenUnseen = new Set(forgotten)
  /** A flow may have taken the connection in since this look began. */
  const takenMeanwhile = ({ providerConfigKey, connectionId }: NangoConnectionSummary): Known | undefined =>
    db.get<Known>(`${KNOWN_SQL} AND provider_config_key = ? AND nango_connection_id = ?`, profileId, providerConfigKey, connectionId)
  /** The profile may be removed, or point elsewhere, while its former server still answers. */
  const server = deps.serverOf(profileId)
  const refuseStale = (): void => {
    if (server === null || deps.serverOf(profileId) !== server) throw new PatchbayError('request.cancelled', { data: { profileId } })
  }
  let book: HandleBook | null = null

  const add = (note: Note, summary: NangoConnectionSummary, at: string): void => {
    const claim = deps.claim(profileId, summary, note)
    if (claim.kind === 'rejected' || claim.kind === 'activated') {
      if (claim.kind === 'activated') counts.added += 1
      return
    }
    const { connectorId, authMode } = deps.connectorOf(summary.provider)
    const connectionId = newIdentifier('con', deps.now())
    const handle = insertConnection(
      db,
      {
        connectionId,
        profileId,
        connectorId,
        providerConfigKey: summary.providerConfigKey,
        nangoConnectionId: summary.connectionId,
        nangoRowId: summary.id,
        authMode,
        status: summary.hasAuthError ? 'attention' : 'connected',
        label: claim.kind === 'late' ? claim.label : labelOf(summary),
        identity: identityOf(summary),
        scopesRequested: claim.kind === 'late' ? claim.scopes : null,
        createdAt: summary.createdAt,
        at,
        tags: summary.tags,
        isOurs: claim.kind === 'late',
        error: summary.hasAuthError ? { ...AUTH_ERROR, at } : null,
      },
      (book ??= new HandleBook(db, profileId)),
    )
    counts.added += 1
    // A first look at a large environment is one change, not thousands of news: only what comes later is an event.
    if (known.size > 0) note.event({ type: 'connection.activated', profileId, connectionId, facts: { handle, connectorId, by: 'nango' } })
  }

  const compare = (note: Note, row: Known, summary: NangoConnectionSummary, at: string): void => {
    const tags = JSON.stringify(summary.tags)
    const hadAuthError = row.status === 'attention' && row.error_code?.startsWith('connection.refresh') === true
    const fell = summary.hasAuthError && row.status !== 'attention' && row.status !== 'paused' && row.status !== 'revoked'
    const recovered = !summary.hasAuthError && (hadAuthError || row.status === 'unknown' || row.status === 'error')
    if (!fell && !recovered && row.tags === tags && row.missing_since === null && row.nango_row_id === summary.id) return
    const identity = row.identity === null ? identityOf(summary) : undefined
    const isThere = updateConnection(
      db,
      row.connection_id,
      {
        tags: summary.tags,
        nangoRowId: summary.id,
        lastSyncedAt: at,
        missingSince: null,
        ...(identity === undefined || identity === null ? {} : { identity }),
        ...(fell ? { status: 'attention' as const, error: { ...AUTH_ERROR, at } } : {}),
        ...(recovered ? { status: 'connected' as const, error: null } : {}),
      },
      at,
    )
    // Removed by the person while this page was on its way.
    if (isThere === undefined) return
    counts.updated += 1
    const facts = { handle: row.handle }
    const event = { profileId, connectionId: row.connection_id, facts }
    if (fell) note.event({ ...event, type: 'connection.attention', facts: { ...facts, code: AUTH_ERROR.code } })
    else if (hadAuthError && recovered) note.event({ ...event, type: 'connection.recovered' })
    else if (row.tags !== tags) note.event({ ...event, type: 'connection.updated' })
  }

  const takePage = (page: readonly NangoConnectionSummary[]): void => {
    refuseStale()
    const at = new Date(deps.now()).toISOString()
    const before = counts.added + counts.updated
    // Between pages somebody may have connected an account, and with it taken a handle.
    book = null
    journal.commit((note) => {
      for (const summary of page) {
        const key = keyOf(summary.providerConfigKey, summary.connectionId)
        unseen.delete(key)
        forgottenUnseen.delete(key)
        const row = known.get(key) ?? takenMeanwhile(summary)
        if (row !== undefined) compare(note, row, summary, at)
        else if (!forgotten.has(key)) add(note, summary, at)
      }
      if (counts.added + counts.updated > before) note.change({ type: 'connections.changed', data: { profileId, connectionId: null } })
    })
  }

  const { seen, pages } = await readNangoList(client, takePage, options)
  counts.seen = seen
  counts.pages = pages
  await deps.pause()

  const forget = (row: Known): void => {
    refuseStale()
    if (getConnection(db, row.connection_id) === undefined) return
    journal.commit((note) => {
      deleteConnection(db, row.connection_id)
      note.event({
        type: 'connection.removed',
        profileId,
        connectionId: row.connection_id,
        facts: { handle: row.handle, nango: 'already_gone', by: 'nango' },
      })
      note.change({ type: 'connections.changed', data: { profileId, connectionId: row.connection_id } })
    })
    counts.removed += 1
  }

  /** The second look: asked for by name, an answer without it is certain. */
  const isAtNango = async (providerConfigKey: string, connectionId: string): Promise<boolean> => {
    counts.pages += 1
    const { priority, signal } = options
    const found = await client.listConnections(
      { connectionId, integrationId: providerConfigKey },
      { priority, ...(signal === undefined ? {} : { signal }) },
    )
    return found.some((summary) => summary.connectionId === connectionId && summary.providerConfigKey === providerConfigKey)
  }

  const missing = [...unseen.values()]
  for (const [index, row] of missing.entries()) {
    if (row.missing_since !== null) {
      forget(row)
    } else if (index < LOOKED_FOR_AT_ONCE) {
      if (!(await isAtNango(row.provider_config_key, row.nango_connection_id))) forget(row)
    } else {
      updateConnection(db, row.connection_id, { missingSince: new Date(deps.now()).toISOString() }, new Date(deps.now()).toISOString())
      counts.missing += 1
    }
  }
  // What is gone at Nango need not be kept out of sight any more: one of the same name later is another one.
  for (const key of [...forgottenUnseen].slice(0, LOOKED_FOR_AT_ONCE)) {
    const [providerConfigKey = '', connectionId = ''] = key.split('\u0000')
    if (await isAtNango(providerConfigKey, connectionId)) continue
    refuseStale()
    db.run(
      'DELETE FROM forgotten_connections WHERE profile_id = ? AND provider_config_key = ? AND nango_connection_id = ?',
      profileId,
      providerConfigKey,
      connectionId,
    )
  }
  refuseStale()
  return counts
}
