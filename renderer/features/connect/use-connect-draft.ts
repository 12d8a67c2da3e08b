import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { authWayOf } from '#shared/auth-ways'
import type { Connector } from '#shared/contract/catalogue'
import type { Flow } from '#shared/contract/connect'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { useHost, useRead, useReadKey } from '../../api/use-api.ts'
import {
  type FieldProblem,
  firstValues,
  fieldKey,
  problemOf,
  problemsOf,
  splitScopes,
  toStartValues,
  type Values,
} from './connect-draft.ts'

/** Where the sign-in is made: the provider's page in the browser or in a window, or Nango's Connect UI. */
export type SignInPlace = 'browser' | 'window' | 'connect_ui'

interface Draft {
  readonly label: string
  readonly values: Values
  readonly problems: ReadonlyMap<string, FieldProblem>
  readonly scopes: readonly string[]
  readonly scopeText: string
  readonly via: SignInPlace | null
  /** How many fields were wrong when it was last sent; null before. */
  readonly refused: number | null
}

const FRESH: Draft = { label: '', values: {}, problems: new Map(), scopes: [], scopeText: '', via: null, refused: null }

export interface ConnectDraft {
  readonly connector: Connector | null
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
  readonly leave: (key: string) => void
  /** Sends it; `null` when a field is not right, or nothing came of it. */
  readonly submit: () => Promise<Flow | null>
  /** Whether what is typed belongs to this connector and can be sent again. */
  readonly holds: (connectorId: string) => boolean
  readonly clear: () => void
}

/** What is typed into the connect sheet, for one connector at a time. Secrets are gone with `clear`; they are in no cache. */
export const useConnectDraft = (connectorId: string | null, label: string | null): ConnectDraft => {
  const { api } = useHost()
  const client = useQueryClient()
  const keyOf = useReadKey()
  const [owner, setOwner] = useState<string | null>(null)
  const [draft, setDraft] = useState(FRESH)
  const [isStarting, setIsStarting] = useState(false)
  const [startError, setStartError] = useState<Error | null>(null)
  const [failed, setFailed] = useState<Flow | null>(null)
  const wanted = connectorId ?? owner
  const read = useRead('catalogue.get', { connectorId: wanted ?? '' }, { isEnabled: wanted !== null })
  // What the list knows is enough to begin with: the first field is there when the sheet opens.
  const listed = useRead('catalogue.list', {}, { isEnabled: wanted !== null }).data?.connectors.find((one) => one.connectorId === wanted)
  const connector = wanted === null ? null : (read.data ?? listed ?? null)
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
    if (connectorId === null || connectorId === owner || connector?.connectorId !== connectorId) return
    setOwner(connectorId)
    setDraft({ ...FRESH, label: label ?? '', values: firstValues(connector) })
    setStartError(null)
    setFailed(null)
  }, [connectorId, owner, connector, label])

  const fieldOf = (key: string) => connector?.fields.find((field) => fieldKey(field) === key)
  const withProblem = (problems: Draft['problems'], key: string, value: string): Draft['problems'] => {
    const field = fieldOf(key)
    const problem = field === undefined ? null : problemOf(field, value)
    const next = new Map(problems)
    if (problem === null) next.delete(key)
    else next.set(key, problem)
    return next
  }

  const submit = async (): Promise<Flow | null> => {
    if (connector === null || isStarting) return null
    const now = latest.current
    // Connect UI asks for the fields itself.
    const problems = via === 'connect_ui' ? new Map<string, FieldProblem>() : problemsOf(connector, now.values)
    setStartError(null)
    setFailed(null)
    setDraft({ ...now, problems, refused: problems.size === 0 ? null : problems.size })
    if (problems.size > 0) return null
    const scopes = splitScopes(now.scopeText, now.scopes)
    const name = now.label.trim()
    const before = cleared.current
    setIsStarting(true)
    try {
      const flow = await api.connect.start({
        connectorId: connector.connectorId,
        ...(via === 'connect_ui' ? { page: 'connect_ui' as const, via: 'window' as const } : toStartValues(connector, now.values)),
        ...(name === '' ? {} : { label: name }),
        ...(authWayOf(connector.authMode).kind === 'page'
          ? { ...(via === 'connect_ui' ? {} : { via }), ...(scopes.length === 0 ? {} : { scopes: [...scopes] }) }
          : {}),
      })
      client.setQueryData(keyOf('connect.get', { flowId: flow.flowId }), flow)
      if (flow.state !== 'failed' || cleared.current !== before) return flow
      setFailed(flow)
      return null
    } catch (error) {
      setStartError(error instanceof Error ? error : new Error('unknown'))
      return null
    } finally {
      setIsStarting(false)
    }
  }

  return {
    connector,
    loadError: connector === null ? read.error : null,
    draft,
    via,
    isStarting,
    startError,
    failed,
    change: (change) => setDraft((before) => ({ ...before, ...change })),
    type: (key, value) =>
      setDraft((before) => ({
        ...before,
        values: { ...before.values, [key]: value },
        // Once a field was found wrong it is looked at on every key.
        problems: before.problems.has(key) ? withProblem(before.problems, key, value) : before.problems,
      })),
    leave: (key) =>
      setDraft((before) => {
        const value = before.values[key] ?? ''
        // An empty field that was only passed is not an error yet.
        return value.trim() === '' && before.refused === null ? before : { ...before, problems: withProblem(before.problems, key, value) }
      }),
    submit,
    holds: (id) => owner === id,
    clear,
  }
}
