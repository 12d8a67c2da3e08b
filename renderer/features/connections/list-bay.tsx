import type { ConnectionCounts, ConnectionGroup } from '#shared/contract/connections'
import { useRead } from '#renderer/api/use-api.ts'
import { Bay } from '#renderer/ui/bay.tsx'
import { baySockets } from './bay-sockets.ts'

/** The bay shows single sockets up to here; more never fit. */
const SOCKETS = 100

/** The strip over the list that shows how all connections stand: each a socket while they are few. */
export const ListBay = ({
  counts,
  nameOf,
  onPick,
  onPickGroup,
}: {
  readonly counts: ConnectionCounts | null
  readonly nameOf: (connectorId: string) => string
  readonly onPick: (connectionId: string) => void
  readonly onPickGroup: (group: ConnectionGroup) => void
}) => {
  const isFew = counts !== null && counts.total <= SOCKETS
  const { data } = useRead('connections.list', { sort: 'status', limit: SOCKETS }, { isEnabled: isFew })
  const sockets = isFew && data !== undefined ? baySockets(data.connections, counts, nameOf) : null
  return (
    <div className="h-8 flex-none border-b border-line px-4">
      {counts === null ? null : <Bay counts={counts.byGroup} sockets={sockets} onPick={onPick} onPickGroup={onPickGroup} />}
    </div>
  )
}
