import type { Profile } from '#shared/contract/profiles'
import type { Diagnosis, Finding } from '#shared/contract/trouble'
import { ERRORS, PatchbayError } from '#shared/errors'
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

const next = (action: Next['action'], words: string, more: Partial<Next> = {}): Next => ({
  action,
  words,
  connectorId: null,
  label: null,
  connectionId: null,
  profileId: null,
  ...more,
})

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
    const by =
      facts['by'] === 'person'
        ? 'You removed it here'
        : facts['by'] === 'cancelled_flow'
          ? 'It came after its sign-in was cancelled'
          : 'It vanished at Nango'
    const connectorId = handle?.split('/')[0] ?? null
    return {
      ...base,
      handle,
      cause: 'removed_here',
      summary: `${by}, on ${removal.at.slice(0, 10)}.`,
      evidence: [finding('history', 'fail', `Removed at ${removal.at}.`)],
      next: next('relink', 'Connect the account again.', { connectorId }),
    }
  }
  const evidence: Finding[] = [finding('here', 'fail', 'No connection here has this id or handle.')]
  const activeProfileId = deps.activeProfileId()
  if (asksNango && activeProfileId !== null) {
    const client = await deps.clientFor(activeProfileId).catch(() => null)
    const found = client === null ? null : await client.listConnections({ connectionId: reference, limit: 5 }).catch(() => null)
    const exact = found?.find(({ connectionId }) => connectionId === reference)
    if (exact !== undefined) {
      evidence.push(finding('connection', 'ok', `Nango has it under the integration ${exact.providerConfigKey}.`))
      return {
        ...base,
        cause: 'not_compared',
        summary: 'Nango has it; it was not taken over here yet.',
        evidence,
        next: next('look_again', "Compare with Nango's list now."),
      }
    }
    evidence.push(
      finding(
        'connection',
        found === null ? 'unknown' : 'fail',
        found === null ? 'Nango could not be asked.' : 'The Nango environment in use does not know it either.',
      ),
    )
  }
  const others = deps.profiles().filter(({ profileId, kind }) => profileId !== activeProfileId && kind === 'nango')
  const words =
    others.length === 0
      ? 'Compare the id with the Nango dashboard.'
      : 'Compare the id with the Nango dashboard, or look in another profile.'
  return { ...base, cause: 'unknown_reference', summary: 'There is no such connection here.', evidence, next: next('nango', words) }
}

const missingScopes = (row: ConnectionRow): string[] => {
  if (row.scopes_requested === null || row.scopes_granted === null) return []
  const granted = new Set(JSON.parse(row.scopes_granted) as string[])
  return (JSON.parse(row.scopes_requested) as string[]).filter((scope) => !granted.has(scope))
}

interface Verdict {
  readonly cause: Diagnosis['cause']
  readonly summary: string
  readonly next: Next
}

/** What Nango's answer decides, before anything that is known here. */
const verdictOfNango = (deps: DiagnoseDependencies, row: ConnectionRow, told: AtNango, relink: Next): Verdict | null => {
  const name = deps.nameOf(row.connector_id)
  if (told.failure !== null) {
    const { code, message } = told.failure
    if (code === 'nango.key_refused' || code === 'nango.public_key' || code === 'nango.scope_missing')
      return { cause: 'key_refused', summary: message, next: next('test_profile', ERRORS[code].next, { profileId: row.profile_id }) }
    return {
      cause: 'unreachable',
      summary: message,
      next: next('wait', ERRORS[code].next, { profileId: row.profile_id }),
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
        cause: 'provider_differs',
        summary: `The integration ${row.provider_config_key} is for ${integration.providerKey} now, not for ${name}.`,
        next: next('nango', 'Point the integration back, or name the right one for this connector.'),
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
      cause: 'moved_integration',
      summary: `It is at Nango under another integration: ${told.elsewhere.providerConfigKey} instead of ${row.provider_config_key}.`,
      next:
        other === undefined
          ? next('look_again', "Compare with Nango's list: it is then taken over under its new integration.")
          : next('open', `It is here as ${other.handle}.`, { connectionId: other.connection_id }),
    }
  }
  if (told.integration === undefined)
    return {
      cause: 'integration_missing',
      summary: `The integration ${row.provider_config_key} is gone at Nango, and its connections with it.`,
      next: next('nango', 'Create the integration again at Nango, then connect the account again.', { connectorId: row.connector_id }),
    }
  return { cause: 'gone_at_nango', summary: 'Nango does not have this connection any more.', next: relink }
}

const verdictHere = (deps: DiagnoseDependencies, row: ConnectionRow, relink: Next): Verdict => {
  const name = deps.nameOf(row.connector_id)
  const missing = missingScopes(row)
  switch (row.status) {
    case 'attention':
      if (missing.length > 0)
        return {
          cause: 'scopes_missing',
          summary: `${name} gave less than was asked for: ${missing.slice(0, 10).join(', ')} missing.`,
          next: relink,
        }
      if (ENDLESS.has(row.auth_mode)) return { cause: 'credentials_refused', summary: `${name} does not accept the key.`, next: relink }
      return { cause: 'sign_in_refused', summary: `The sign-in to ${name} could not be renewed.`, next: relink }
    case 'expired':
      return { cause: 'expired', summary: 'The sign-in has ended, and nothing can renew it.', next: relink }
    case 'error':
      return {
        cause: 'temporary',
        summary: `${name} does not answer as it should.`,
        next: next('retry', 'Try a refresh; it usually passes.'),
      }
    case 'pending':
      return {
        cause: 'pending',
        summary: `${name} waits for your approval.`,
        next: next('show_sign_in', 'Approve the sign-in on its page.'),
      }
    case 'unknown':
      return { cause: 'not_compared', summary: 'Its true state is not known.', next: next('look_again', "Compare with Nango's list now.") }
    case 'connected':
      return row.missing_since === null
        ? { cause: 'well', summary: 'Nothing is wrong with it.', next: next('none', 'Nothing to do.') }
        : { cause: 'not_compared', summary: "Nango's last list lacked it.", next: next('look_again', "Compare with Nango's list now.") }
    case 'paused':
    case 'revoked':
      return { cause: 'well', summary: `It is ${row.status}.`, next: next('none', 'Nothing to do.') }
  }
}

const evidenceHere = (deps: DiagnoseDependencies, row: ConnectionRow): Finding[] => {
  const last =
    row.error_at === null ? [] : [finding('last_error', 'fail', `At ${row.error_at}: ${row.error_message ?? row.error_code ?? ''}`)]
  const isEndless = ENDLESS.has(row.auth_mode)
  const isOver = row.expires_at !== null && Date.parse(row.expires_at) <= deps.now()
  const expiry = isEndless
    ? finding('expiry', 'ok', 'A key has no end of its own.')
    : row.expires_at === null
      ? finding('expiry', 'unknown', 'When its token ends is not known.')
      : finding('expiry', isOver ? 'warn' : 'ok', `Its token ${isOver ? 'ended' : 'is good until'} ${row.expires_at}.`)
  const refreshed =
    isEndless || row.last_refreshed_at === null ? [] : [finding('refresh', 'ok', `Refreshed from here at ${row.last_refreshed_at}.`)]
  const missing = missingScopes(row)
  const scopes =
    row.scopes_granted === null
      ? []
      : [
          finding(
            'scopes',
            missing.length > 0 ? 'warn' : 'ok',
            missing.length > 0 ? `Missing scopes: ${missing.slice(0, 20).join(', ')}.` : 'Every scope that was asked for was given.',
          ),
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
  const relink = next('relink', `Connect ${deps.nameOf(row.connector_id)} again.`, { connectorId: row.connector_id, label: row.label })
  const here = evidenceHere(deps, row)
  if (profileId !== deps.activeProfileId()) {
    const name = deps.profiles().find((profile) => profile.profileId === profileId)?.name ?? profileId
    const summary = `It belongs to the profile ${name}, which is not in use.`
    return {
      ...known,
      cause: 'other_profile',
      summary,
      evidence: [finding('profile', 'warn', summary), ...here],
      next: next('use_profile', 'Use that profile.', { profileId }),
    }
  }
  const told =
    asksNango && row.nango_connection_id !== null && row.status !== 'pending'
      ? await askNango(() => deps.clientFor(profileId), row.nango_connection_id, row.provider_config_key)
      : null
  const verdict = (told === null ? null : verdictOfNango(deps, row, told, relink)) ?? verdictHere(deps, row, relink)
  return { ...known, ...verdict, evidence: [...(told?.evidence ?? []), ...here].slice(0, 20) }
}
