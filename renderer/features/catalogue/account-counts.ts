import { useEffect, useMemo } from 'react'
import type { Connection, ConnectionStatus } from '#shared/contract/connections'
import { usePagedRead } from '../../api/use-api.ts'

/** The accounts of one connector. */
export interface AccountCount {
  readonly total: number
  /** How many only the person can mend. */
  readonly needsYou: number
  /** The status that asks most for attention. */
  readonly worst: ConnectionStatus
}

const WORST_FIRST: readonly ConnectionStatus[] = ['attention', 'expired', 'error', 'pending', 'unknown', 'connected', 'paused', 'revoked']

/** The accounts by connector. */
export const countAccounts = (connections: readonly Pick<Connection, 'connectorId' | 'status'>[]): ReadonlyMap<string, AccountCount> => {
  const counts = new Map<string, AccountCount>()
  for (const { connectorId, status } of connections) {
    const before = counts.get(connectorId)
    const needsYou = status === 'attention' || status === 'expired' ? 1 : 0
    counts.set(connectorId, {
      total: (before?.total ?? 0) + 1,
      needsYou: (before?.needsYou ?? 0) + needsYou,
      worst: before !== undefined && WORST_FIRST.indexOf(before.worst) <= WORST_FIRST.indexOf(status) ? before.worst : status,
    })
  }
  return counts
}

const MOST_PAGES = 8

/** What the numbers say of one connector: `2`, or `1 of 2` when one of two needs the person. */
export const accountWords = ({ total, needsYou }: AccountCount): string => (needsYou === 0 ? `${total}` : `${needsYou} of ${total}`)

/** The accounts by connector, of the first 4,000 connections, those in trouble first. */
export const useAccountCounts = (): ReadonlyMap<string, AccountCount> => {
  const { data, hasNextPage, isFetching, fetchNextPage } = usePagedRead('connections.list', { limit: 500, sort: 'status' })
  const pages = data?.pages.length ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetching && pages < MOST_PAGES) void fetchNextPage()
  }, [hasNextPage, isFetching, pages, fetchNextPage])
  return useMemo(() => countAccounts(data?.pages.flatMap((page) => page.connections) ?? []), [data])
}
