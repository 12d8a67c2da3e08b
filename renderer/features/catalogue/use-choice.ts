import { useCallback, useEffect, useRef, useState } from 'react'
import type { Connector } from '#shared/contract/catalogue'
import { requestSheet, useQueueRequest } from '../../shell/sheet-request.ts'

/** What `queue.start` takes at once. */
export const MOST_AT_ONCE = 50

const NONE: ReadonlySet<string> = new Set()

/** The chosen ones with these chosen or left out; null turns each round. The order is that of choosing. */
export const withChoice = (chosen: ReadonlySet<string>, connectorIds: readonly string[], isOn: boolean | null): ReadonlySet<string> => {
  const next = new Set(chosen)
  for (const connectorId of connectorIds) {
    if (isOn ?? !chosen.has(connectorId)) next.add(connectorId)
    else next.delete(connectorId)
  }
  return next
}

/** Which connectors are chosen to be connected one after the other; none any more once they are under way. */
export const useChoice = () => {
  const [chosen, setChosen] = useState(NONE)
  const request = useQueueRequest()
  const before = useRef(request)
  useEffect(() => {
    if (before.current !== null && 'plan' in before.current && request !== null && 'queueId' in request) setChosen(NONE)
    before.current = request
  }, [request])
  const choose = useCallback(
    (connectors: readonly Connector[], isOn: boolean | null): void =>
      setChosen((now) =>
        withChoice(
          now,
          connectors.map(({ connectorId }) => connectorId),
          isOn,
        ),
      ),
    [],
  )
  return {
    chosen,
    choose,
    clear: (): void => setChosen(NONE),
    connect: (): void => {
      if (chosen.size <= MOST_AT_ONCE) requestSheet({ kind: 'queue', plan: [...chosen].map((connectorId) => ({ connectorId })) })
    },
  }
}
