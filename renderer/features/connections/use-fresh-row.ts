import { useEffect, useRef, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { forgetArrival, useArrival } from '#renderer/shell/arrival.ts'

/** How long a row shows that it has just come. */
const FRESH_MS = 1000

/**
 * The row that has just been connected, for a moment. `reveal` brings it into view once the list holds it;
 * `onHidden` is told when the list does not show it, although it may.
 */
export const useFreshRow = ({
  rowOf,
  isReady,
  reveal,
  onHidden,
}: {
  readonly rowOf: (connectionId: string) => Connection | undefined
  readonly isReady: boolean
  readonly reveal: (connectionId: string) => void
  readonly onHidden: () => void
}): string | null => {
  const arrived = useArrival()
  const [freshId, setFreshId] = useState<string | null>(null)
  const row = arrived === null ? undefined : rowOf(arrived)
  // While it is still told as pending, its group is not yet the one where it stays.
  const isThere = row !== undefined && row.status !== 'pending'
  const isMissing = row === undefined
  const latest = useRef({ reveal, onHidden })
  useEffect(() => {
    latest.current = { reveal, onHidden }
  })
  useEffect(() => {
    if (arrived === null || !isReady) return
    if (isThere) {
      latest.current.reveal(arrived)
      setFreshId(arrived)
      forgetArrival(arrived)
    } else if (isMissing) latest.current.onHidden()
  }, [arrived, isReady, isThere, isMissing])
  useEffect(() => {
    if (freshId === null) return undefined
    const timer = setTimeout(() => setFreshId(null), FRESH_MS)
    return () => clearTimeout(timer)
  }, [freshId])
  return freshId
}
