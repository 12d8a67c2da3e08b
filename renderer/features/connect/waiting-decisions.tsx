import { useEffect } from 'react'
import { useRead } from '../../api/use-api.ts'
import { requestSheet, useSheetRequest } from '../../shell/sheet-request.ts'

/** Those that were put off in this window: they are shown again only when somebody asks for them, or after it was loaded anew. */
const putOff = new Set<string>()

/** Leaves a choice for later. */
export const putOffDecision = (flowId: string): void => void putOff.add(flowId)

/** Brings up the choice that a reconnect waits for, also one from before the window was loaded; each once. */
export const WaitingDecisions = () => {
  const request = useSheetRequest()
  const { data } = useRead('connect.list', { isOpen: true })
  const flowId = data?.flows.find(({ flowId: id, reconnect }) => reconnect?.decision != null && !putOff.has(id))?.flowId
  useEffect(() => {
    if (flowId === undefined || request !== null) return
    // Whoever closes it has seen it.
    putOff.add(flowId)
    requestSheet({ kind: 'flow', flowId })
  }, [flowId, request])
  return null
}
