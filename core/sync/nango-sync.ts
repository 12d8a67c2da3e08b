import { PatchbayError } from '#shared/errors'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { deleteConnection, getConnection, HandleBook, insertConnection, updateConnection } from '../connections/connection-store.ts'
import { AUTH_ERROR, identityOf, labelOf, newsOfList } from '../connections/nango-facts.ts'
import type { RecentRemovals } from '../connections/recent-removals.ts'
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
  readonly removals: RecentRemovals
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
}

const keyOf = (providerConfigKey: string, connectionId: string): string => `${providerConfigKey}\u0000${connectionId}`

/** How many missing connections are looked for one by one at once; more wait for the next complete look. */
const LOOKED_FOR_AT_ONCE = 20

const KNOWN_SQL = `SELECT connection_id, handle, provider_config_key, nango_connection_id, nango_row_id, status, tags, identity, error_code,
  missing_since FROM connections INDEXED BY connections_nango WHERE profile_id = ? AND nango_connection_id IS NOT NULL`

const COUNT_SQL =
  'SELECT count(*) AS count FROM connections INDEXED BY connections_nango WHERE profile_id = ? AND nango_connection_id IS NOT NULL'

const ROWS_AFTER_SQL = `FROM connections INDEXED BY connections_nango
  WHERE profile_id = ? AND nango_connection_id IS NOT NULL AND (provider_config_key, nango_connection_id) > (?, ?)`

const byIntegration = (left: NangoConnectionSummary, right: NangoConnectionSummary): number =>
  left.providerConfigKey < right.providerConfigKey ? -1 : left.providerConfigKey > right.providerConfigKey ? 1 : 0

/** How long a slice may take, its commit included; less where there is nothing to write, and so no commit to wait for. */
const WRITING_SLICE_MS = 21
const READING_SLICE_MS = 6
const SHORTEST_SLICE_MS = 4
const LOOK_AT_CLOCK_EVERY = 16
const WALK_STEP = 500
const COUNT_STEP = 10_000
/** Beyond so many rows counting them takes as long as looking each up. */
const WORTH_COUNTING = 20_000

/** One reconciliation of a profile with Nango's list. The list is the truth; a row that left it goes only after a second look. */
export const syncWithNango = async (
  deps: SyncDependencies,
  profileId: string,
  client: NangoClient,
  options: { readonly signal?: AbortSignal; readonly priority: 'person' | 'background'; readonly pageSize?: number },
): Promise<SyncCounts> => {
  const { db, journal, removals } = deps
  const begun = removals.now()
  const counts: SyncCounts = { seen: 0, added: 0, updated: 0, removed: 0, missing: 0, pages: 0 }
  const hadSome = db.get(`${KNOWN_SQL} LIMIT 1`, profileId) !== undefined
  /** How many rows stand for what was listed. */
  let matched = 0
  const forgotten = new Set(
    db
      .all<{ provider_config_key: string; nango_connection_id: string }>(
        'SELECT provider_config_key, nango_connection_id FROM forgotten_connections WHERE profile_id = ?',
        profileId,
      )
      .map((row) => keyOf(row.provider_config_key, row.nango_connection_id)),
  )
  const forgottenUnseen = new Set(forgotten)
  const knownAs = ({ providerConfigKey, connectionId }: NangoConnectionSummary): Known | undefined =>
    db.get<Known>(`${KNOWN_SQL} AND provider_config_key = ? AND nango_connection_id = ?`, profileId, providerConfigKey, connectionId)
  /** The profile may be removed, or point elsewhere, while its former server still answers. */
  const server = deps.serverOf(profileId)
  const refuseStale = (): void => {
    if (server === null || deps.serverOf(profileId) !== server) throw new PatchbayError('request.cancelled', { data: { profileId } })
  }
  const book = new HandleBook(db, profileId)

  const touched = (): number => counts.added + counts.updated + counts.removed + counts.missing
  /** What a commit takes is learnt from those before: the last of a page may be a small one. */
  let commitMs = 0
  /** Goes through many, in slices with a commit each, between which others are served. */
  const inSlices = async <T>(
    items: readonly T[],
    work: (note: Note, item: T, at: string) => void,
    begin: () => void = () => {},
  ): Promise<void> => {
    // What came before has had its turn of the event loop: the first slice gets one of its own.
    await deps.pause()
    for (let index = 0; index < items.length;) {
      await db.waitForRoom()
      await deps.pause()
      refuseStale()
      const at = new Date(deps.now()).toISOString()
      const begun = performance.now()
      const before = touched()
      const limitMs = (): number => (touched() > before ? Math.max(WRITING_SLICE_MS - commitMs, SHORTEST_SLICE_MS) : READING_SLICE_MS)
      let worked = begun
      journal.commit((note) => {
        begin()
        do {
          for (const item of items.slice(index, index + LOOK_AT_CLOCK_EVERY)) work(note, item, at)
          index += LOOK_AT_CLOCK_EVERY
          worked = performance.now()
        } while (index < items.length && worked - begun < limitMs())
      })
      if (touched() > before) commitMs = Math.max(performance.now() - worked, 0.8 * commitMs)
    }
  }
  /** Windows are told once for a whole page, also of one that was broken off. */
  const telling = async (work: () => Promise<void>): Promise<void> => {
    const before = touched()
    try {
      await work()
    } finally {
      if (touched() > before)
        journal.commit((note) => note.change({ type: 'connections.changed', data: { profileId, connectionId: null } }))
    }
  }

  const add = (note: Note, summary: NangoConnectionSummary, at: string): void => {
    const claim = deps.claim(profileId, summary, note)
    if (claim.kind === 'rejected' || claim.kind === 'activated') {
      if (claim.kind === 'rejected') return
      counts.added += 1
      matched += 1
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
      book,
    )
    counts.added += 1
    matched += 1
    // A first look at a large environment is one change, not thousands of news: only what comes later is an event.
    if (hadSome) note.event({ type: 'connection.activated', profileId, connectionId, facts: { handle, connectorId, by: 'nango' } })
  }

  const compare = (note: Note, row: Known, summary: NangoConnectionSummary, at: string): void => {
    matched += 1
    const tags = JSON.stringify(summary.tags)
    const hadAuthError = row.status === 'attention' && row.error_code?.startsWith('connection.refresh') === true
    const news = newsOfList(row, summary.hasAuthError)
    if (news === null && row.tags === tags && row.missing_since === null && row.nango_row_id === summary.id) return
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
        ...(news === 'fell' ? { status: 'attention' as const, error: { ...AUTH_ERROR, at } } : {}),
        ...(news === 'recovered' ? { status: 'connected' as const, error: null } : {}),
      },
      at,
    )
    if (isThere === undefined) return
    counts.updated += 1
    const facts = { handle: row.handle }
    const event = { profileId, connectionId: row.connection_id, facts }
    if (news === 'fell') note.event({ ...event, type: 'connection.attention', facts: { ...facts, code: AUTH_ERROR.code } })
    else if (hadAuthError && news === 'recovered') note.event({ ...event, type: 'connection.recovered' })
    else if (row.tags !== tags) note.event({ ...event, type: 'connection.updated' })
  }

  /** What a first look came by. While nothing else is stored, what is not among it is new, and need not be looked up row by row. */
  const taken = new Set<string>()
  let isAllTaken = false
  const lookForOthers = (): void => {
    isAllTaken =
      !hadSome && removals.isEmpty && matched < WORTH_COUNTING && db.get<{ count: number }>(COUNT_SQL, profileId)?.count === matched
  }

  const takePage = (page: readonly NangoConnectionSummary[]): Promise<void> =>
    telling(() =>
      // What lies together in the indexes is written together: fewer pages of the database per commit.
      inSlices(
        page.toSorted(byIntegration),
        (note, summary, at) => {
          const key = keyOf(summary.providerConfigKey, summary.connectionId)
          forgottenUnseen.delete(key)
          const row = isAllTaken && !taken.has(key) ? undefined : knownAs(summary)
          if (!hadSome) taken.add(key)
          if (row !== undefined) compare(note, row, summary, at)
          else if (!forgotten.has(key) && !removals.hasSince(begun, profileId, summary.providerConfigKey, summary.connectionId))
            add(note, summary, at)
        },
        lookForOthers,
      ),
    )

  const { seen, pages } = await readNangoList(client, takePage, options)
  counts.seen = seen.size
  counts.pages = pages
  await deps.pause()

  const forget = (note: Note, row: Known): void => {
    if (getConnection(db, row.connection_id) === undefined) return
    deleteConnection(db, row.connection_id)
    note.event({
      type: 'connection.removed',
      profileId,
      connectionId: row.connection_id,
      facts: { handle: row.handle, nango: 'already_gone', by: 'nango' },
    })
    counts.removed += 1
  }
  const markMissing = (_note: Note, row: Known, at: string): void => {
    if (updateConnection(db, row.connection_id, { missingSince: at }, at) !== undefined) counts.missing += 1
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

  let lookedFor = 0
  /** Of the rows after a place, those that were not listed: gone for certain, or missing until the next look. Null at the end. */
  const settleAfter = async (place: readonly [string, string]): Promise<readonly [string, string] | null> => {
    const rows = db.all<Known>(
      `${KNOWN_SQL} AND (provider_config_key, nango_connection_id) > (?, ?) ORDER BY provider_config_key, nango_connection_id LIMIT ?`,
      profileId,
      ...place,
      WALK_STEP,
    )
    const gone: Known[] = []
    const missing: Known[] = []
    for (const row of rows) {
      if (row.nango_row_id !== null && seen.has(row.nango_row_id)) continue
      if (row.missing_since !== null) gone.push(row)
      else if (lookedFor >= LOOKED_FOR_AT_ONCE) missing.push(row)
      else {
        lookedFor += 1
        if (!(await isAtNango(row.provider_config_key, row.nango_connection_id))) gone.push(row)
      }
    }
    await telling(() => inSlices(gone, forget))
    await inSlices(missing, markMissing)
    await deps.pause()
    const last = rows.at(-1)
    return rows.length < WALK_STEP || last === undefined ? null : [last.provider_config_key, last.nango_connection_id]
  }
  /** How many rows there are; counted in steps, as 100,000 at once keep others waiting. */
  const countRows = async (): Promise<number> => {
    let place: readonly [string, string] = ['', '']
    for (let counted = 0; ; counted += COUNT_STEP) {
      const last = db.get<{ provider_config_key: string; nango_connection_id: string }>(
        `SELECT provider_config_key, nango_connection_id ${ROWS_AFTER_SQL} ORDER BY provider_config_key, nango_connection_id LIMIT 1 OFFSET ?`,
        profileId,
        ...place,
        COUNT_STEP - 1,
      )
      if (last === undefined)
        return counted + (db.get<{ count: number }>(`SELECT count(*) AS count ${ROWS_AFTER_SQL}`, profileId, ...place)?.count ?? 0)
      place = [last.provider_config_key, last.nango_connection_id]
      await deps.pause()
    }
  }
  // Where there are as many rows as were matched, none is missing, and none need be read again.
  if ((await countRows()) !== matched)
    for (let place: readonly [string, string] | null = ['', '']; place !== null;) place = await settleAfter(place)
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
