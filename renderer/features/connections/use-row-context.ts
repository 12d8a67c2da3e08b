import { useMemo } from 'react'
import type { Connection } from '#shared/contract/connections'
import { useRead } from '#renderer/api/use-api.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { useColumns, useEmptyColumns } from './columns.ts'
import type { RowContext } from './grid-row.tsx'

/** Without a sign-in that runs out, the times of the rows are told anew this often. */
const CALM_MS = 15_000

/** What every row is told; the same object until some of it is another. */
export const useRowContext = ({
  byId,
  hasPanel,
  profileId,
  offlineSince,
  nameOf,
}: {
  /** The connections that are loaded. */
  readonly byId: ReadonlyMap<string, Connection>
  readonly hasPanel: boolean
  readonly profileId: string
  readonly offlineSince: string | null
  readonly nameOf: (connectorId: string) => string
}): RowContext => {
  const second = useNow(1000)
  const flows = useRead('connect.list', { isOpen: true })
  const empty = useEmptyColumns(byId, profileId)
  const { columns, template } = useColumns(hasPanel, empty)
  const pageEnds = useMemo(() => new Map(flows.data?.flows.map((flow) => [flow.connectionId, flow.expiresAt])), [flows.data])
  const isTicking = [...byId.values()].some(({ status }) => status === 'pending')
  const now = isTicking ? second : Math.floor(second / CALM_MS) * CALM_MS
  return useMemo(
    () => ({ columns, template, now, offlineSince, nameOf, pageEndsAt: (connectionId) => pageEnds.get(connectionId) ?? null }),
    [columns, template, now, offlineSince, nameOf, pageEnds],
  )
}
