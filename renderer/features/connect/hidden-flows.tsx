import { useEffect, useRef, useSyncExternalStore } from 'react'
import { useRead } from '../../api/use-api.ts'
import { useConnectorNames } from '../../api/use-connector-names.ts'
import { requestSheet, useSheetRequest } from '../../shell/sheet-request.ts'
import { tellConnected } from './tell-connected.ts'

let hidden: readonly string[] = []
const listeners = new Set<() => void>()
const set = (next: readonly string[]): void => {
  hidden = next
  for (const listener of listeners) listener()
}

/** Goes on watching a flow whose sheet was hidden: its end is told. */
export const watchHidden = (flowId: string): void => set([...hidden.filter((one) => one !== flowId), flowId])

/** Its sheet is open again, or it is over. */
export const unwatchHidden = (flowId: string): void => {
  if (hidden.includes(flowId)) set(hidden.filter((one) => one !== flowId))
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const HiddenFlow = ({ flowId }: { readonly flowId: string }) => {
  const { data: flow, error } = useRead('connect.get', { flowId })
  const isConnected = flow?.state === 'connected'
  const connection = useRead('connections.get', { connectionId: flow?.connectionId ?? '' }, { isEnabled: isConnected }).data
  const request = useSheetRequest()
  const nameOf = useConnectorNames()
  const isTold = useRef(false)
  const hasFailed = flow?.state === 'failed' || flow?.state === 'expired'
  useEffect(() => {
    if (isTold.current) return
    if (error !== null || flow?.state === 'cancelled') unwatchHidden(flowId)
    else if (isConnected && connection !== undefined) {
      isTold.current = true
      tellConnected(connection, nameOf(connection.connectorId))
      unwatchHidden(flowId)
    } else if (hasFailed && request === null) {
      isTold.current = true
      unwatchHidden(flowId)
      // An error is never only a toast: the sheet comes back with its words and the next step.
      requestSheet({ kind: 'flow', flowId })
    }
  }, [flowId, flow?.state, isConnected, connection, hasFailed, request, error, nameOf])
  return null
}

/** Follows the sign-ins whose sheets were hidden in this window. */
export const HiddenFlows = () => useSyncExternalStore(subscribe, () => hidden).map((flowId) => <HiddenFlow key={flowId} flowId={flowId} />)
