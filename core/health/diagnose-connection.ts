import type { Profile } from '#shared/contract/profiles'
import type { Diagnosis, Finding } from '#shared/contract/trouble'
import { PatchbayError } from '#shared/errors'
import { inEnglish, say, sayError, sayNext, type Sentence, sentencesOf } from '#shared/sentence'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { getConnection } from '../connections/connection-store.ts'
import { IN_SIGHT_SQL } from '../connections/connections-by-server.ts'
import type { ReadableDb } from '../database/sql.ts'
import type { NangoClient } from '../nango/nango-client.ts'
import { askNango, type AtNango, finding } from './ask-nango.ts'

export interface DiagnoseDependencies {
  readonly db: ReadableDb
  /** The id that a reference names. Throws `connection.not_found` or `connection.ambiguous`. */
  readonly resolve: (reference: string) => string
  readonly profiles: () => readonly Profile[]
  readonly activeProfileId: () => string | null
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly nameOf: (connectorId: string) => string
  readonly connectorOf: (provider: string) => string
  readonly now: () => number
}

type Next = Diagnosis['next']
type Cause = Pick<Diagnosis, 'cause' | 'summary'> & Required<Pick<Diagnosis, 'said'>>

const caused = (cause: Diagnosis['cause'], words: Sentence): Cause => ({
  cause,
  summary: inEnglish(words),
  said: { summary: sentencesOf(words) },
})

const next = (action: Next['action'], words: Sentence, more: Partial<Next> = {}): Next => ({
  action,
  words: inEnglish(words),
  said: { words: sentencesOf(words) },
  connectorId: null,
  label: null,
  connectionId: null,
  profileId: null,
  ...more,
})

/** What is known of a removal, by who did it. */
const REMOVERS: ReadonlyMap<unknown, 'cause.removed-by-you' | 'cause.came-cancelled'> = new Map([
  ['person', 'cause.removed-by-you'],
  ['cancelled_flow', 'cause.came-cancelled'],
])

const ENDLESS = new Set(['API_KEY', 'BASIC', 'NONE'])

interface EventRow {
  readonly at: string
  readonly profile_id: string | null
  readonly connection_id: string | null
  readonly data: string
}

const findRow = (db: ReadableDb, reference: string): ConnectionRow | undefined =>
  db.get<ConnectionRow>(`SELECT * FROM connections WHERE nango_connection_id = ? AND ${IN_SIGHT_SQL} LIMIT 1`, reference)

const findRemoval = (db: ReadableDb, reference: string): EventRow | undefined =>
  db.get<EventRow>(
    "SELECT at, profile_id, connection_id, data FROM events WHERE type = 'connection.removed' AND (connection_id = ? OR json_extract(data, '$.handle') = ?) ORDER BY sequence DESC LIMIT 1",
    reference,
    reference.toLowerCase(),
  )

/** Nobody here goes by that name: what is known of the past, and what other profiles' Nangos could tell. */
const diagnoseUnknown = async (deps: DiagnoseDependencies, reference: string, asksNango: boolean): Promise<Diagnosis> => {
  const base = { reference, connectionId: null, handle: null }
  const removal = findRemoval(deps.db, reference)
  if (removal !== undefined) {
    const facts = JSON.parse(removal.data) as Record<string, unknown>
    const handle = typeof facts['handle'] === 'string' ? facts['handle'] : null
    const key = REMOVERS.get(facts['by']) ?? 'cause.vanished'
    const connectorId = handle?.split('/')[0] ?? null
    return {
      ...base,
      handle,
      ...caused('removed_here', say(key, { day: removal.at.slice(0, 10) })),
      evidence: [finding('history', 'fail', say('seen.removed', { at: removal.at }))],
      next: next('relink', say('next.connect-account'), { connectorId }),
    }
  }
  const evidence: Finding[] = [finding('here', 'fail', say('seen.not-here'))]
  const activeProfileId = deps.activeProfileId()
  if (asksNango && activeProfileId !== null) {
    const client = await deps.clientFor(activeProfileId).catch(() => null)
    const found = client === null ? null : await client.listConnections({ connectionId: reference, limit: 5 }).catch(() => null)
    const exact = found?.find(({ connectionId }) => connectionId === reference)
    if (exact !== undefined) {
      evidence.push(finding('connection', 'ok', say('seen.at-nango', { integration: exact.providerConfigKey })))
      return {
        ...base,
        ...caused('not_compared', say('cause.not-taken-over')),
        evidence,
        next: next('look_again', say('next.compare')),
      }
    }
    evidence.push(
      found === null ? finding('connection', 'unknown', say('seen.not-asked')) : finding('connection', 'fail', say('seen.nowhere')),
    )
  }
  const others = deps.profiles().filter(({ profileId, kind }) => profileId !== activeProfileId && kind === 'nango')
  const words = say(others.length === 0 ? 'next.dashboard' : 'next.dashboard-or-profile')
  return { ...base, ...caused('unknown_reference', say('cause.unknown')), evidence, next: next('nango', words) }
}

const missingScopes = (row: ConnectionRow): string[] => {
  if (row.scopes_requested === null || row.scopes_granted === null) return []
  const granted = new Set(JSON.parse(row.scopes_granted) as string[])
  return (JSON.parse(row.scopes_requested) as string[]).filter((scope) => !granted.has(scope))
}

interface Verdict extends Cause {
  readonly next: Next
}

/** What Nango's answer decides, before anything that is known here. */
const verdictOfNango = (deps: DiagnoseDependencies, row: ConnectionRow, told: AtNango, relink: Next): Verdict | null => {
  const name = deps.nameOf(row.connector_id)
  if (told.failure !== null) {
    const { code } = told.failure
    const words = sayError(told.failure)
    const isRefused = code === 'nango.key_refused' || code === 'nango.public_key' || code === 'nango.scope_missing'
    return {
      ...caused(isRefused ? 'key_refused' : 'unreachable', words),
      next: next(isRefused ? 'test_profile' : 'wait', sayNext(code), { profileId: row.profile_id }),
    }
  }
  if (told.here !== undefined) {
    const { integration } = told
    if (
      integration !== undefined &&
      deps.connectorOf(integration.providerKey) !== row.connector_id &&
      integration.providerKey !== row.connector_id
    )
      return {
        ...caused(
          'provider_differs',
          say('cause.other-provider', { integration: row.provider_config_key, provider: integration.providerKey, name }),
        ),
        next: next('nango', say('next.point-back')),
      }
    return null
  }
  if (told.elsewhere !== undefined) {
    const other = deps.db.get<{ connection_id: string; handle: string }>(
      'SELECT connection_id, handle FROM connections WHERE profile_id = ? AND nango_connection_id = ? AND provider_config_key = ?',
      row.profile_id,
      told.elsewhere.connectionId,
      told.elsewhere.providerConfigKey,
    )
    return {
      ...caused('moved_integration', say('cause.moved', { there: told.elsewhere.providerConfigKey, integration: row.provider_config_key })),
      next:
        other === undefined
          ? next('look_again', say('next.take-over'))
          : next('open', say('next.here-as', { handle: other.handle }), { connectionId: other.connection_id }),
    }
  }
  if (told.integration === undefined)
    return {
      ...caused('integration_missing', say('cause.integration-gone', { integration: row.provider_config_key })),
      next: next('nango', say('next.create-integration'), { connectorId: row.connector_id }),
    }
  return { ...caused('gone_at_nango', say('cause.gone')), next: relink }
}

const verdictHere = (deps: DiagnoseDependencies, row: ConnectionRow, relink: Next): Verdict => {
  const name = deps.nameOf(row.connector_id)
  const missing = missingScopes(row)
  switch (row.status) {
    case 'attention':
      if (missing.length > 0)
        return {
          ...caused('scopes_missing', say('cause.scopes-missing', { name, scopes: missing.slice(0, 10).join(', ') })),
          next: relink,
        }
      if (ENDLESS.has(row.auth_mode)) return { ...caused('credentials_refused', say('cause.key-refused', { name })), next: relink }
      if (row.error_code === 'connection.refused') return { ...caused('credentials_refused', say('cause.refused', { name })), next: relink }
      return { ...caused('sign_in_refused', say('cause.not-renewed', { name })), next: relink }
    case 'expired':
      return { ...caused('expired', say('cause.ended')), next: relink }
    case 'error':
      return { ...caused('temporary', say('cause.temporary', { name })), next: next('retry', say('next.try-refresh')) }
    case 'pending':
      return { ...caused('pending', say('cause.pending', { name })), next: next('show_sign_in', say('next.approve')) }
    case 'unknown':
      return { ...caused('not_compared', say('cause.state-unknown')), next: next('look_again', say('next.compare')) }
    case 'connected':
      return row.missing_since === null
        ? { ...caused('well', say('cause.well')), next: next('none', say('next.nothing')) }
        : { ...caused('not_compared', say('cause.lacking')), next: next('look_again', say('next.compare')) }
    case 'paused':
      return { ...caused('well', say('cause.paused')), next: next('none', say('next.nothing')) }
    case 'revoked':
      return { ...caused('well', say('cause.revoked')), next: next('none', say('next.nothing')) }
  }
}

const evidenceHere = (deps: DiagnoseDependencies, row: ConnectionRow): Finding[] => {
  const last =
    row.error_at === null
      ? []
      : [
          finding('last_error', 'fail', [
            say('seen.error-at', { at: row.error_at }),
            sayError({ code: row.error_code, message: row.error_message ?? row.error_code ?? '' }),
          ]),
        ]
  const isEndless = ENDLESS.has(row.auth_mode)
  const isOver = row.expires_at !== null && Date.parse(row.expires_at) <= deps.now()
  const expiry = isEndless
    ? finding('expiry', 'ok', say('seen.endless'))
    : row.expires_at === null
      ? finding('expiry', 'unknown', say('seen.end-unknown'))
      : finding('expiry', isOver ? 'warn' : 'ok', say(isOver ? 'seen.ended' : 'seen.good-until', { at: row.expires_at }))
  const refreshed =
    isEndless || row.last_refreshed_at === null ? [] : [finding('refresh', 'ok', say('seen.refreshed', { at: row.last_refreshed_at }))]
  const missing = missingScopes(row)
  const scopes =
    row.scopes_granted === null
      ? []
      : [
          missing.length > 0
            ? finding('scopes', 'warn', say('seen.scopes-missing', { scopes: missing.slice(0, 20).join(', ') }))
            : finding('scopes', 'ok', say('seen.scopes-given')),
        ]
  return [...last, expiry, ...refreshed, ...scopes]
}

/** Why a connection does not work: here, its profile, Nango's environment, integration and list, then what it last answered. */
export const diagnoseConnection = async (deps: DiagnoseDependencies, reference: string, asksNango: boolean): Promise<Diagnosis> => {
  let row: ConnectionRow | undefined
  try {
    row = getConnection(deps.db, deps.resolve(reference))
  } catch (error) {
    if (!(error instanceof PatchbayError) || error.code !== 'connection.not_found') throw error
    row = findRow(deps.db, reference)
  }
  if (row === undefined) return diagnoseUnknown(deps, reference, asksNango)
  const known = { reference, connectionId: row.connection_id, handle: row.handle }
  const { profile_id: profileId } = row
  const relink = next('relink', say('next.relink', { name: deps.nameOf(row.connector_id) }), {
    connectorId: row.connector_id,
    label: row.label,
  })
  const here = evidenceHere(deps, row)
  if (profileId !== deps.activeProfileId()) {
    const name = deps.profiles().find((profile) => profile.profileId === profileId)?.name ?? profileId
    const words = say('cause.other-profile', { name })
    return {
      ...known,
      ...caused('other_profile', words),
      evidence: [finding('profile', 'warn', words), ...here],
      next: next('use_profile', say('next.use-profile'), { profileId }),
    }
  }
  const told =
    asksNango && row.nango_connection_id !== null && row.status !== 'pending'
      ? await askNango(() => deps.clientFor(profileId), row.nango_connection_id, row.provider_config_key)
      : null
  const verdict = (told === null ? null : verdictOfNango(deps, row, told, relink)) ?? verdictHere(deps, row, relink)
  return { ...known, ...verdict, evidence: [...(told?.evidence ?? []), ...here].slice(0, 20) }
}
