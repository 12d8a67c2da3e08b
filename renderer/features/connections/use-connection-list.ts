import type { ConnectionGroup, ConnectionSort } from '#shared/contract/connections'
import type { z } from 'zod'
import { usePagedRead, useRead } from '../../api/use-api.ts'
import { GROUPS } from '../../ui/status-words.ts'
import type { GroupOfList } from './list-rows.ts'

export type Order = Extract<z.output<typeof ConnectionSort>, 'status' | 'name' | 'connector' | 'expiresAt' | 'lastUsedAt'>

/** What of the profile's connections is shown, and in which order. */
export interface Filter {
  readonly group: ConnectionGroup | 'all'
  readonly search: string
  readonly connectorId: string | null
  readonly isOurs: boolean
  readonly order: Order
}

export const NO_FILTER: Filter = { group: 'all', search: '', connectorId: null, isOurs: false, order: 'status' }

/** Whether anything but the tab leaves connections out. */
export const isNarrowed = (filter: Filter): boolean => filter.search.trim() !== '' || filter.connectorId !== null || filter.isOurs

const PAGE = 100

const useGroup = (group: ConnectionGroup, filter: Filter) => {
  const search = filter.search.trim()
  return usePagedRead(
    'connections.list',
    {
      group,
      sort: filter.order,
      limit: PAGE,
      ...(search === '' ? {} : { search }),
      ...(filter.connectorId === null ? {} : { connectorId: filter.connectorId }),
      ...(filter.isOurs ? { isOurs: true } : {}),
    },
    { isEnabled: filter.group === 'all' || filter.group === group, keepsPrevious: true },
  )
}

/** The connections that match, group by group and page by page, with the counts of all. */
export const useConnectionList = (filter: Filter) => {
  const counts = useRead('connections.counts', {})
  const reads = {
    needs_you: useGroup('needs_you', filter),
    waiting: useGroup('waiting', filter),
    working: useGroup('working', filter),
    off: useGroup('off', filter),
  }
  const chosen = GROUPS.filter((group) => filter.group === 'all' || filter.group === group)
  const groups = chosen.map((group): GroupOfList => {
    const { data, hasNextPage } = reads[group]
    const total = data?.pages[0]?.total ?? null
    return {
      group,
      connections: data?.pages.flatMap((page) => page.connections) ?? [],
      total: total ?? (isNarrowed(filter) ? null : (counts.data?.byGroup[group] ?? null)),
      hasMore: hasNextPage,
    }
  })
  const failed = chosen.map((group) => reads[group]).find((read) => read.error !== null && read.data === undefined)
  return {
    counts: counts.data ?? null,
    groups,
    /** How many match in all; null while not known. */
    matches: groups.reduce<number | null>((sum, { total }) => (sum === null || total === null ? null : sum + total), 0),
    isLoading: chosen.some((group) => reads[group].isPending) || (counts.isPending && counts.data === undefined),
    /** Another filter or another answer state begins another order. */
    signature: JSON.stringify([filter, chosen.map((group) => [reads[group].isPending, reads[group].isPlaceholderData])]),
    error: failed?.error ?? counts.error,
    retry: () => {
      for (const group of chosen) void reads[group].refetch()
      void counts.refetch()
    },
    loadMore: (group: ConnectionGroup): void => {
      const read = reads[group]
      if (read.hasNextPage && !read.isFetchingNextPage) void read.fetchNextPage()
    },
  }
}
