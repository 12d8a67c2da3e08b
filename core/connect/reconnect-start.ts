import type { Connector } from '#shared/contract/catalogue'
import type { Flow } from '#shared/contract/connect'
import { PatchbayError } from '#shared/errors'
import type { ResolvedConnector } from '../catalogue/connector-catalogue.ts'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { getConnection } from '../connections/connection-store.ts'
import type { Renewals } from '../connections/renewals.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import { newIdentifier } from '../identifier.ts'
import type { NangoClient, NangoConnectionKey } from '../nango/nango-client.ts'
import type { NangoSession } from '../nango/nango-sessions.ts'
import type { Platform } from '../platform.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { type PreparedForm, prepareForConnectUi, prepareForm } from './connect-preflight.ts'
import { findOpenFlowOf, insertFlow, type StoredFlow } from './flow-store.ts'
import { FLOW_TAG } from './flow-watch.ts'
import { viaOf } from './pending-flow.ts'
import { type Before, goneError, paramsOf, type ReadBefore, readBefore, scopesOf, sealBefore, sessionTags } from './reconnect-before.ts'
import { freshSteps, withStep } from './record-step.ts'

/** What somebody asks to be signed in anew, in place. */
export interface ReconnectParams {
  readonly connectionId: string
  /** Where the caller says of which connector it is. */
  readonly connectorId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly via?: 'browser' | 'window' | undefined
  readonly page?: Flow['page'] | undefined
  readonly fields?: Readonly<Record<string, string>> | undefined
  readonly credentials?: Readonly<Record<string, string>> | undefined
  readonly open: boolean
  /** Also where the sign-in of now cannot be kept aside. */
  readonly acceptRisk: boolean
}

export interface ReconnectStartDependencies {
  readonly db: WritableDb
  readonly journal: Journal
  readonly vault: SecretVault
  readonly platform: Pick<Platform, 'now'>
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  readonly resolveConnector: (connectorId: string, profileId: string) => Promise<ResolvedConnector>
  readonly renewals: Renewals
}

/** A reconnect that is written down; nothing has been opened yet. */
export interface StartedReconnect {
  readonly flow: StoredFlow
  readonly client: NangoClient
  readonly connector: Connector
  readonly form: PreparedForm
  readonly openSession: () => Promise<NangoSession>
}

/** The connector with the integration that this connection is under, which need not be the one that new connections get. */
const underIntegration = (connector: Connector, integrationId: string): Connector => ({
  ...connector,
  readiness: connector.readiness === 'needs_integration' ? 'ready' : connector.readiness,
  nango: { ...connector.nango, integrationId },
})

const refuseSecond = (deps: ReconnectStartDependencies, connectionId: string): void => {
  const open = findOpenFlowOf(deps.db, connectionId)
  if (open === undefined) return
  throw new PatchbayError('connect.busy', {
    message: 'A sign-in for this connection is already waiting.',
    data: { flowId: open.flowId, connectionId },
  })
}

const isUnknownThere = (error: unknown): boolean => {
  if (!(error instanceof PatchbayError)) return false
  const { words } = error.data
  // Nango's words for it, sic (nango-api.md section 5).
  const isUnknownToSession = error.code === 'nango.rejected' && typeof words === 'string' && /connectionid or integrationid/i.test(words)
  return error.code === 'nango.not_found' || isUnknownToSession
}

/** The same, with the word for a connection that Nango does not have. */
export const orGone = async <T>(connectionId: string, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    throw isUnknownThere(error) ? goneError(connectionId) : error
  }
}

/** Whether and why what is there cannot be put back; said before anything is opened, except where it does not work any more anyway. */
const refuseRisk = (row: ConnectionRow, { reason }: ReadBefore, acceptsRisk: boolean): void => {
  if (reason === null || reason === 'unusable' || acceptsRisk) return
  throw new PatchbayError('connection.reconnect_risky', { data: { connectionId: row.connection_id, handle: row.handle, reason } })
}

const rowOf = ({ db }: ReconnectStartDependencies, connectionId: string): ConnectionRow & { nango_connection_id: string } => {
  const row = getConnection(db, connectionId)
  if (row === undefined) throw new PatchbayError('connection.not_found', { data: { connectionId } })
  const { nango_connection_id: nangoConnectionId, handle } = row
  if (nangoConnectionId === null) throw new PatchbayError('connection.pending', { data: { connectionId, handle } })
  return { ...row, nango_connection_id: nangoConnectionId }
}

const formOf = (connector: Connector, params: ReconnectParams, before: Before): PreparedForm => {
  if (params.page === 'connect_ui') return prepareForConnectUi(connector)
  const stored = paramsOf(before)
  const asked = connector.fields.filter(({ group, isAutomated }) => group === 'config' && !isAutomated).map(({ name }) => name)
  const kept = Object.fromEntries(Object.entries(stored).filter(([name]) => asked.includes(name)))
  const form = prepareForm(connector, { ...kept, ...params.fields }, params.credentials ?? {})
  return { ...form, params: { ...stored, ...form.params } }
}

/**
 * Reads and seals what a reconnect would take away, then writes its flow down. Throws `connection.not_found`, `connection.pending`,
 * `connection.gone`, `connect.busy`, `connection.reconnect_risky`, and what the form's check throws; nothing has happened then.
 */
export const startReconnect = (deps: ReconnectStartDependencies, params: ReconnectParams): Promise<StartedReconnect> =>
  deps.renewals.setAside(params.connectionId, () => writeReconnect(deps, params))

const writeReconnect = async (deps: ReconnectStartDependencies, params: ReconnectParams): Promise<StartedReconnect> => {
  const begunAt = new Date(deps.platform.now()).toISOString()
  const { connectionId } = params
  const row = rowOf(deps, connectionId)
  if (params.connectorId !== undefined && params.connectorId !== row.connector_id)
    throw new PatchbayError('request.invalid', {
      message: `This connection is of another connector: ${row.connector_id}.`,
      data: { connectionId },
    })
  refuseSecond(deps, connectionId)
  const key: NangoConnectionKey = { connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key }
  const resolved = await deps.resolveConnector(row.connector_id, row.profile_id)
  const connector = underIntegration(resolved.connector, row.provider_config_key)
  const client = await deps.clientFor(row.profile_id)
  const read = await orGone(connectionId, readBefore(client, key))
  const { before, reason } = read
  const form = formOf(connector, params, before)
  refuseRisk(row, read, params.acceptRisk)
  const scopes = params.scopes ?? scopesOf(before)
  const now = deps.platform.now()
  const at = new Date(now).toISOString()
  const prepared = withStep(
    withStep(withStep(freshSteps(), 'requested', 'done', begunAt), 'preflight', 'done', at),
    'pending',
    'skipped',
    at,
  )
  const flow: StoredFlow = {
    flowId: newIdentifier('flw', now),
    profileId: row.profile_id,
    connectionId,
    connectorId: row.connector_id,
    integrationId: row.provider_config_key,
    label: row.label,
    via: viaOf(connector, params),
    page: params.page ?? 'provider',
    anyOf: [],
    state: 'starting',
    params: form.params,
    scopes,
    createdAt: begunAt,
    endedAt: null,
    expiresAt: null,
    error: null,
    cleanupUntil: null,
    steps: withStep(prepared, 'session', 'running', at),
    reconnect: { canPutBack: before.credentials !== null, reason, isReplaced: false, decision: null },
  }
  deps.journal.commit((note) => {
    // Another may have been begun while this one was read.
    refuseSecond(deps, connectionId)
    insertFlow(deps.db, flow)
    sealBefore(deps.vault, flow.flowId, client.host, key, before)
    note.change({ type: 'connect.changed', data: { profileId: flow.profileId, flowId: flow.flowId } })
  })
  // From here on somebody may sign in: what is sealed must not be lost with the last half second.
  deps.db.secureMark()
  const openSession = (): Promise<NangoSession> =>
    orGone(
      connectionId,
      client.createReconnectSession({
        key,
        tags: sessionTags(before.tags, { [FLOW_TAG]: flow.flowId }),
        ...(scopes === null || scopes.length === 0 ? {} : { defaults: { oauthScopesOverride: scopes.join(',') } }),
      }),
    )
  return { flow, client, connector, form, openSession }
}
