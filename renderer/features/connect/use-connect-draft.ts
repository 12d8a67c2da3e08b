import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { authWayOf } from '#shared/auth-ways'
import type { Connector, ConnectorDetail } from '#shared/contract/catalogue'
import type { Flow } from '#shared/contract/connect'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { asError } from '../../api/as-error.ts'
import { useHost, useRead, useReadKey } from '../../api/use-api.ts'
import {
  type FieldProblem,
  fieldKey,
  fieldsForReconnect,
  firstValues,
  type PageParam,
  problemOf,
  problemsOf,
  splitScopes,
  takesUserScopes,
  toParams,
  toStartValues,
  type Values,
  wrongParamsOf,
} from './connect-draft.ts'

/** Where the sign-in is made: the provider's page in the browser or in a window, or Nango's Connect UI. */
export type SignInPlace = 'browser' | 'window' | 'connect_ui'

interface Draft {
  readonly label: string
  readonly values: Values
  /** The names of the files that were given, by field; null where one was pasted. */
  readonly files: Readonly<Record<string, string | null>>
  readonly problems: ReadonlyMap<string, FieldProblem>
  readonly scopes: readonly string[]
  readonly scopeText: string
  readonly userScopes: readonly string[]
  readonly userScopeText: string
  readonly params: readonly PageParam[]
  readonly via: SignInPlace | null
  /** How many fields were wrong when it was last sent; null before. */
  readonly refused: number | null
  /** Also where the sign-in of now cannot be kept aside. */
  readonly acceptsRisk: boolean
}

const FRESH: Draft = {
  label: '',
  values: {},
  files: {},
  problems: new Map(),
  scopes: [],
  scopeText: '',
  userScopes: [],
  userScopeText: '',
  params: [],
  via: null,
  refused: null,
  acceptsRisk: false,
}

/** What the sheet was opened for. */
export interface Wanted {
  readonly connectorId: string
  readonly label?: string
  /** The connection that is signed in anew, in place. */
  readonly reconnectConnectionId?: string
  readonly scopes?: readonly string[]
}

/** A connector; what is only told of one at a time comes a moment later. */
export type FormConnector = Connector & Partial<Pick<ConnectorDetail, 'defaultScopes' | 'scopePresets'>>

export interface ConnectDraft {
  readonly connector: FormConnector | null
  /** The connection that is signed in anew; null where a new one is made. */
  readonly reconnects: string | null
  readonly loadError: Error | null
  readonly draft: Draft
  readonly via: SignInPlace
  readonly isStarting: boolean
  /** A call that was refused before there was a flow. */
  readonly startError: Error | null
  /** A flow that failed at once. */
  readonly failed: Flow | null
  readonly change: (change: Partial<Draft>) => void
  readonly type: (key: string, value: string) => void
  /** A file was given; an empty text takes it away. */
  readonly give: (key: string, text: string, fileName: string | null) => void
  readonly leave: (key: string) => void
  /** Sends it; `null` when a field is not right, or nothing came of it. */
  readonly submit: (change?: Pick<Draft, 'acceptsRisk'>) => Promise<Flow | null>
  /** Whether what is typed belongs to this sign-in and can be sent again. */
  readonly holds: (flow: Pick<Flow, 'connectorId' | 'connectionId' | 'reconnect'>) => boolean
  readonly clear: () => void
}

const isSame = (a: Wanted, b: Wanted): boolean => a.connectorId === b.connectorId && a.reconnectConnectionId === b.reconnectConnectionId

/** What is typed into the connect sheet, for one sign-in at a time. Secrets are gone with `clear`; they are in no cache. */
export const useConnectDraft = (request: Wanted | null): ConnectDraft => {
  const { api } = useHost()
  const client = useQueryClient()
  const keyOf = useReadKey()
  const [owner, setOwner] = useState<Wanted | null>(null)
  const [draft, setDraft] = useState(FRESH)
  const [isStarting, setIsStarting] = useState(false)
  const [startError, setStartError] = useState<Error | null>(null)
  const [failed, setFailed] = useState<Flow | null>(null)
  const wanted = request ?? owner
  const connectorId = wanted?.connectorId ?? null
  const reconnects = wanted?.reconnectConnectionId ?? null
  const read = useRead('catalogue.get', { connectorId: connectorId ?? '' }, { isEnabled: connectorId !== null })
  // What the list knows is enough to begin with: the first field is there when the sheet opens.
  const listed = useRead('catalogue.list', {}, { isEnabled: connectorId !== null }).data?.connectors.find(
    (one) => one.connectorId === connectorId,
  )
  const found: FormConnector | null = connectorId === null ? null : (read.data ?? listed ?? null)
  const connector = useMemo(() => (found === null || reconnects === null ? found : fieldsForReconnect(found)), [found, reconnects])
  const chosen = useRead('settings.get', {}).data?.connectVia ?? DEFAULT_SETTINGS.connectVia
  const via = draft.via ?? chosen
  const latest = useRef(draft)
  latest.current = draft

  /** Counts how often it was cleared: what was started before may end after its sheet is gone. */
  const cleared = useRef(0)
  const clear = (): void => {
    cleared.current += 1
    setOwner(null)
    setDraft(FRESH)
    setStartError(null)
    setFailed(null)
  }
  useEffect(() => {
    if (request === null || connector?.connectorId !== request.connectorId) return
    if (owner !== null && isSame(owner, request)) return
    setOwner(request)
    setDraft({ ...FRESH, label: request.label ?? '', values: firstValues(connector), scopes: request.scopes ?? [] })
    setStartError(null)
    setFailed(null)
  }, [request, owner, connector])

  const fieldOf = (key: string) => connector?.fields.find((field) => fieldKey(field) === key)
  /** Of the whole form: one field may answer another, such as a service account file the account's address. */
  const withProblem = (before: Draft, key: string): Draft => {
    const problems = new Map(before.problems)
    const field = fieldOf(key)
    const value = before.values[key] ?? ''
    const isAnswered = connector !== null && value === '' && !problemsOf(connector, before.values).has(key)
    const problem = field === undefined || isAnswered ? null : problemOf(field, value)
    if (problem === null) problems.delete(key)
    else problems.set(key, problem)
    return { ...before, problems }
  }

  const submit = async (change: Partial<Pick<Draft, 'acceptsRisk'>> = {}): Promise<Flow | null> => {
    if (connector === null || isStarting) return null
    const now = { ...latest.current, ...change }
    // Connect UI asks for the fields itself.
    const problems = via === 'connect_ui' ? new Map<string, FieldProblem>() : problemsOf(connector, now.values)
    const isPage = authWayOf(connector.authMode).kind === 'page'
    const wrongParams = isPage && reconnects === null ? wrongParamsOf(now.params) : 0
    const wrong = problems.size + wrongParams
    setStartError(null)
    setFailed(null)
    setDraft({ ...now, problems, refused: wrong === 0 ? null : wrong })
    if (wrong > 0) return null
    const scopes = splitScopes(now.scopeText, now.scopes)
    const userScopes = takesUserScopes(connector) ? splitScopes(now.userScopeText, now.userScopes) : []
    const params = toParams(now.params)
    const name = now.label.trim()
    const before = cleared.current
    const place = via === 'connect_ui' ? {} : { via }
    setIsStarting(true)
    try {
      const flow = await api.connect.start({
        connectorId: connector.connectorId,
        ...(via === 'connect_ui' ? { page: 'connect_ui' as const, via: 'window' as const } : toStartValues(connector, now.values)),
        ...(reconnects === null
          ? name === ''
            ? {}
            : { label: name }
          : { reconnectConnectionId: reconnects, acceptRisk: now.acceptsRisk }),
        ...(isPage ? { ...place, ...(scopes.length === 0 ? {} : { scopes: [...scopes] }) } : {}),
        ...(isPage && reconnects === null
          ? {
              ...(userScopes.length === 0 ? {} : { userScopes: [...userScopes] }),
              ...(Object.keys(params).length === 0 ? {} : { authorizationParams: params }),
            }
          : {}),
      })
      client.setQueryData(keyOf('connect.get', { flowId: flow.flowId }), flow)
      if (flow.state !== 'failed' || cleared.current !== before) return flow
      setFailed(flow)
      return null
    } catch (error) {
      setStartError(asError(error))
      return null
    } finally {
      setIsStarting(false)
    }
  }

  return {
    connector,
    reconnects,
    loadError: connector === null ? read.error : null,
    draft,
    via,
    isStarting,
    startError,
    failed,
    change: (change) => setDraft((before) => ({ ...before, ...change })),
    type: (key, value) =>
      setDraft((before) => {
        const typed = { ...before, values: { ...before.values, [key]: value } }
        // Once a field was found wrong it is looked at on every key.
        return before.problems.has(key) ? withProblem(typed, key) : typed
      }),
    give: (key, text, fileName) =>
      setDraft((before) => {
        const given = { ...before, values: { ...before.values, [key]: text }, files: { ...before.files, [key]: fileName } }
        // A file is whole when it is given; that there is none any more is no error yet.
        return text === '' && before.refused === null
          ? { ...given, problems: new Map([...before.problems].filter(([one]) => one !== key)) }
          : withProblem(given, key)
      }),
    leave: (key) =>
      setDraft((before) => {
        const value = before.values[key] ?? ''
        // An empty field that was only passed is not an error yet.
        return value.trim() === '' && before.refused === null ? before : withProblem(before, key)
      }),
    submit,
    holds: ({ connectorId: id, connectionId, reconnect }) =>
      owner !== null && isSame(owner, { connectorId: id, ...(reconnect === undefined ? {} : { reconnectConnectionId: connectionId }) }),
    clear,
  }
}
