import type { ConnectionHealth } from '#shared/contract/connection-health'
import { PatchbayError } from '#shared/errors'
import type { z } from 'zod'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { getConnection, updateConnection, type ConnectionChange } from '../connections/connection-store.ts'
import { lifetimeHint } from '../connections/expiry-rules.ts'
import { RENEWABLE_MODES } from '../connections/refresh-connection.ts'
import type { Renewals } from '../connections/renewals.ts'
import { createSharedCalls } from '../connections/shared-calls.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import type { CallOptions, NangoClient, NangoConnectionKey } from '../nango/nango-client.ts'
import { healthOf, isNotRenewed } from './connection-health.ts'
import { blankHealth, getHealth, putHealth, type HealthRow } from './health-store.ts'
import type { ProbeCall, ProbeCatalogue } from './probe-calls.ts'
import { evidenceOf, sightOfError, sightOfReply, type ProbeSight } from './probe-verdict.ts'

export interface ProbeDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly calls: ProbeCatalogue
  readonly isOffline: (profileId: string) => boolean
  readonly now: () => number
  /** The time at a profile's Nango, by which its tokens run out. */
  readonly timeAt: (profileId: string) => number
  readonly renewals: Renewals
}

/** Looks at connections at their services, and says what is known of them. */
export interface ConnectionProbe {
  /**
   * Looks now, with one read-only call through Nango; callers that come meanwhile share the look. No call is made where it could only
   * do harm: after a refresh that failed, when the token is due; and with `mayRenew` false or a sign-in open, where it would renew a token. Throws what is not about the connection, such as `nango.unreachable`.
   */
  verify(connectionId: string, call?: CallOptions, mayRenew?: boolean): Promise<z.input<typeof ConnectionHealth>>
  /** Whether it was found that there is no call for a connector. */
  hasNoCall(profileId: string, connectorId: string): boolean
  /** What is known, without asking anybody. Throws `connection.not_found`. */
  health(connectionId: string): z.input<typeof ConnectionHealth>
}

/** Nango renews a token that runs out within 15 minutes at its next use, and refuses a connection for 30 s when that fails (nango-api.md section 7). */
export const DUE_MS = 15 * 60_000

/** Two looks that are closer together count as one: a service may be down for a moment. */
export const SECOND_LOOK_MS = 60_000

const PROBE_TIMEOUT_MS = 20_000

const PROBE_CODES: ReadonlySet<string> = new Set(['connection.refused', 'provider.failing'])

const requireRow = (db: WritableDb, connectionId: string): ConnectionRow => {
  const row = getConnection(db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  return row
}

const nextHealth = (row: ConnectionRow, before: HealthRow | undefined, sight: ProbeSight, probe: string, now: number): HealthRow => {
  const at = new Date(now).toISOString()
  const kept = before ?? blankHealth(row.connection_id)
  const seen = { checked_at: at, outcome: sight.outcome, http_status: sight.httpStatus, probe }
  const calm = { failing: null, failures: 0, failing_since: null, counted_at: null }
  if (sight.outcome === 'good') return { ...kept, ...seen, ...calm, good_at: at }
  const kind = evidenceOf(sight.outcome, kept.good_at !== null)
  if (kind === null) return { ...kept, ...seen }
  // What was mended since by other means begins to be counted anew: a refresh or a new sign-in has other credentials.
  const isMended = row.last_verified_at !== null && kept.counted_at !== null && row.last_verified_at > kept.counted_at
  const isSame = kept.failing === kind && !isMended && !(kept.failures >= 2 && row.status === 'connected')
  if (!isSame) return { ...kept, ...seen, failing: kind, failures: 1, failing_since: at, counted_at: at }
  const isNew = kept.counted_at === null || now - Date.parse(kept.counted_at) >= SECOND_LOOK_MS
  return { ...kept, ...seen, ...(isNew ? { failures: kept.failures + 1, counted_at: at } : {}) }
}

const FACTS = {
  refused: { status: 'attention', code: 'connection.refused', message: 'The service refuses this connection.' },
  down: { status: 'error', code: 'provider.failing', message: 'The service does not work at present.' },
} as const

/** Makes the looks of one engine. */
export const createConnectionProbe = (deps: ProbeDependencies): ConnectionProbe => {
  const { db, journal, now } = deps
  const calls = createSharedCalls<z.input<typeof ConnectionHealth>>()
  /** Connectors, by profile, for which there is no call. */
  const without = new Set<string>()

  const describe = (row: ConnectionRow, isHeldBack = false): z.input<typeof ConnectionHealth> => {
    const at = deps.timeAt(row.profile_id)
    return healthOf(row, getHealth(db, row.connection_id), {
      now: at,
      isOffline: deps.isOffline(row.profile_id),
      hasProbe: !without.has(`${row.profile_id} ${row.connector_id}`),
      lifetime: lifetimeHint(row, at),
      isHeldBack,
    })
  }

  const note = (connectionId: string, sight: ProbeSight, call: ProbeCall): void => {
    journal.commit((entry) => {
      const row = requireRow(db, connectionId)
      const health = nextHealth(row, getHealth(db, connectionId), sight, `${call.method} ${call.path}`.slice(0, 200), now())
      putHealth(db, health)
      const at = new Date(now()).toISOString()
      const facts = { handle: row.handle }
      const event = { profileId: row.profile_id, connectionId, facts }
      let change: ConnectionChange | null = null
      // Put away while the call was under way: so it stays.
      const isPutAway = row.status === 'paused' || row.status === 'revoked'
      if (!isPutAway && sight.outcome === 'good') {
        const isMended = row.error_code !== null && PROBE_CODES.has(row.error_code)
        change = { lastVerifiedAt: at, ...(isMended ? { status: 'connected', error: null } : {}) }
        if (isMended) entry.event({ ...event, type: 'connection.recovered' })
      } else if (!isPutAway && health.failing !== null && health.failures >= 2) {
        const { status, code, message } = FACTS[health.failing]
        const isNews = row.error_code !== code && (row.status === 'connected' || row.error_code === null || PROBE_CODES.has(row.error_code))
        if (isNews) change = { status, error: { code, message, at } }
        if (isNews && status === 'attention') entry.event({ ...event, type: 'connection.attention', facts: { ...facts, code } })
      }
      // A look is no change of the connection itself: its place by the time of its last change stays, unless its status is another.
      if (change !== null) updateConnection(db, connectionId, change, change.status === undefined ? row.updated_at : at)
      entry.change({ type: 'connections.changed', data: { profileId: row.profile_id, connectionId } })
    })
  }

  const timeLeft = (row: ConnectionRow): number | null =>
    row.expires_at === null ? null : Date.parse(row.expires_at) - deps.timeAt(row.profile_id)

  /** When the token runs out, where that is not known or has passed: after a use it is fresh, and a read renews nothing. */
  const learnExpiry = async (client: NangoClient, connectionId: string, key: NangoConnectionKey, call: CallOptions): Promise<void> => {
    const row = getConnection(db, connectionId)
    if (row === undefined || (call.priority ?? 'person') !== 'person' || !RENEWABLE_MODES.has(row.auth_mode)) return
    const left = timeLeft(row)
    const isKnown = left === null ? (getHealth(db, connectionId)?.expiry_read_at ?? null) !== null : left >= DUE_MS
    if (isKnown) return
    // What it tells is welcome, not needed: the look itself has succeeded.
    const detail = await client.getConnection(key, call).catch(() => null)
    if (detail?.hasCredentials === true) noteExpiry(db, connectionId, detail, now())
  }

  const look = async (row: ConnectionRow, nangoConnectionId: string, call: CallOptions): Promise<void> => {
    const { profile_id: profileId, connector_id: connectorId } = row
    const client = await deps.clientFor(profileId)
    const probe = await deps.calls.callFor(profileId, connectorId, () =>
      client.readProvider(connectorId, call).catch((error: unknown) => {
        if (error instanceof PatchbayError && error.code === 'nango.not_found') return null
        throw error
      }),
    )
    if (probe === null) {
      without.add(`${profileId} ${connectorId}`)
      return
    }
    without.delete(`${profileId} ${connectorId}`)
    const key = { connectionId: nangoConnectionId, providerConfigKey: row.provider_config_key }
    const sight = await client.proxy({ key, ...probe, timeoutMs: PROBE_TIMEOUT_MS }, call).then(sightOfReply, (error: unknown) => {
      const seen = sightOfError(error)
      if (seen === null) throw error
      return seen
    })
    note(row.connection_id, sight, probe)
    if (sight.outcome === 'good') await learnExpiry(client, row.connection_id, key, call)
  }

  const verify: ConnectionProbe['verify'] = async (connectionId, call = {}, mayRenew = true) => {
    const row = requireRow(db, connectionId)
    const { nango_connection_id: nangoConnectionId } = row
    if (nangoConnectionId === null || row.status === 'pending')
      throw new PatchbayError('connection.pending', { data: { connectionId, handle: row.handle } })
    if (row.status === 'paused' || row.status === 'revoked') return describe(row)
    const left = timeLeft(row)
    const hasNoEnd = left === null && (getHealth(db, connectionId)?.expiry_read_at ?? null) !== null
    const isDue = RENEWABLE_MODES.has(row.auth_mode) && !hasNoEnd && (left === null || left < DUE_MS)
    // Its use would try to renew it once more, and one that fails again is refused for 30 s.
    if (isNotRenewed(row) && isDue) return describe(row)
    if (isDue && (!mayRenew || deps.renewals.isHeld(connectionId))) return describe(row, true)
    const looking = (): Promise<void> => look(row, nangoConnectionId, call)
    const start = async () => {
      // A look that was made may have renewed the token or not: it may have ended without an answer.
      await (isDue ? deps.renewals.renew(connectionId, looking, () => false) : looking())
      return describe(requireRow(db, connectionId))
    }
    return calls.share(connectionId, call, { start, again: () => verify(connectionId, call, mayRenew) })
  }

  return {
    hasNoCall: (profileId, connectorId) => without.has(`${profileId} ${connectorId}`),
    health: (connectionId) => describe(requireRow(db, connectionId)),
    verify,
  }
}

/** Takes over what a read of the connection told about its token; keeps when that was. */
export const noteExpiry = (
  db: WritableDb,
  connectionId: string,
  told: { readonly expiresAt: string | null; readonly grantedScopes: readonly string[] | null },
  now: number,
): void => {
  const at = new Date(now).toISOString()
  db.transaction(() => {
    const row = getConnection(db, connectionId)
    if (row === undefined) return
    const scopes = told.grantedScopes === null ? {} : { scopesGranted: told.grantedScopes }
    updateConnection(db, connectionId, { expiresAt: told.expiresAt, ...scopes }, row.updated_at)
    const health = getHealth(db, connectionId) ?? blankHealth(connectionId)
    putHealth(db, { ...health, expiry_read_at: at })
  })
}
