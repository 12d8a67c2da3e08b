import { authWayOf } from '#shared/auth-ways'
import type { Connector } from '#shared/contract/catalogue'
import type { Flow } from '#shared/contract/connect'
import { insertConnection } from '../connections/connection-store.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import { newIdentifier } from '../identifier.ts'
import type { Platform } from '../platform.ts'
import type { PreparedForm } from './connect-preflight.ts'
import { insertFlow, type StoredFlow } from './flow-store.ts'
import { freshSteps, withStep } from './record-step.ts'
import { identityOfForm, type SessionWishes } from './nango-steps.ts'

/** What somebody asks to be connected. */
export interface StartParams extends SessionWishes {
  readonly profileId?: string | undefined
  readonly connectorId: string
  readonly label?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly via?: 'browser' | 'window' | undefined
  readonly page?: Flow['page'] | undefined
  readonly fields?: Readonly<Record<string, string>> | undefined
  readonly credentials?: Readonly<Record<string, string>> | undefined
  readonly open: boolean
}

/** Providers that refuse embedded windows by policy: their sign-in opens in the system browser whatever was asked for. */
const REFUSES_WINDOWS = /^(google|gmail|youtube)/

/** How a sign-in is made: on a page in the browser or a window, or by a form. */
export const viaOf = (connector: Connector, { via: asked, page }: Pick<StartParams, 'via' | 'page'>): Flow['via'] => {
  if (authWayOf(connector.authMode).kind !== 'page' && page !== 'connect_ui') return 'form'
  return asked === 'window' && !REFUSES_WINDOWS.test(connector.connectorId) ? 'window' : 'browser'
}

/** Writes the flow and its pending connection in one transaction, before anything leaves this computer. */
export const writePending = (
  deps: { readonly db: WritableDb; readonly journal: Journal; readonly platform: Pick<Platform, 'now'> },
  wanted: {
    readonly profileId: string
    readonly connector: Connector
    readonly form: PreparedForm
    readonly params: StartParams
    readonly anyOf: readonly string[]
    readonly begunAt: string
  },
): StoredFlow => {
  const { profileId, connector, form, params, anyOf, begunAt } = wanted
  const now = deps.platform.now()
  const at = new Date(now).toISOString()
  const before = withStep(withStep(withStep(freshSteps(), 'requested', 'done', begunAt), 'preflight', 'done', at), 'pending', 'done', at)
  const flow: StoredFlow = {
    flowId: newIdentifier('flw', now),
    profileId,
    connectionId: newIdentifier('con', now),
    connectorId: connector.connectorId,
    integrationId: form.integrationId,
    label: params.label ?? null,
    via: viaOf(connector, params),
    page: params.page ?? 'provider',
    anyOf,
    state: 'starting',
    params: form.params,
    scopes: params.scopes ?? null,
    createdAt: begunAt,
    endedAt: null,
    expiresAt: null,
    error: null,
    cleanupUntil: null,
    steps: withStep(before, 'session', 'running', at),
    reconnect: null,
  }
  deps.journal.commit((note) => {
    const handle = insertConnection(deps.db, {
      connectionId: flow.connectionId,
      profileId,
      connectorId: flow.connectorId,
      providerConfigKey: flow.integrationId,
      nangoConnectionId: null,
      nangoRowId: null,
      authMode: connector.authMode,
      status: 'pending',
      label: flow.label,
      identity: identityOfForm(connector, form.credentials),
      scopesRequested: flow.scopes,
      createdAt: at,
      at,
      tags: {},
      isOurs: true,
      error: null,
    })
    insertFlow(deps.db, flow)
    const { connectionId, connectorId, flowId } = flow
    note.event({ type: 'connection.pending', profileId, connectionId, facts: { handle, connectorId, flowId } })
    note.change({ type: 'connections.changed', data: { profileId, connectionId } })
    note.change({ type: 'connect.changed', data: { profileId, flowId } })
  })
  return flow
}
