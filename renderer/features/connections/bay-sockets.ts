import type { Connection, ConnectionCounts } from '#shared/contract/connections'
import type { Socket } from '#renderer/ui/bay-layout.ts'
import { fullName } from '#renderer/ui/full-name.ts'
import { GROUPS } from '#renderer/ui/status-words.ts'

/** One socket a connection, in list order; null where counts and list do not tell the same yet. */
export const baySockets = (
  connections: readonly Connection[],
  counts: ConnectionCounts,
  nameOf: (connectorId: string) => string,
): readonly Socket[] | null => {
  const groups = GROUPS.flatMap((group) => Array.from({ length: counts.byGroup[group] }, () => group))
  if (groups.length !== connections.length) return null
  return connections.map((connection, index) => ({
    connectionId: connection.connectionId,
    name: fullName(connection, nameOf(connection.connectorId)),
    status: connection.status,
    group: groups[index] ?? 'off',
  }))
}
