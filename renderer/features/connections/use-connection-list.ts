import type { ConnectionGroup, ConnectionSort, OAuthMethod } from '#shared/contract/connections'
import type { z } from 'zod'
import { useMemo, useRef } from 'react'
import { usePagedRead, useRead } from '#renderer/api/use-api.ts'
import { GROUPS } from '#renderer/ui/status-words.ts'
import type { GroupOfList } from './list-rows.ts'

export type Order = Extract<z.output<typeof ConnectionSort>, 'status' | 'name' | 'connector' | 'expiresAt' | 'lastUsedAt'>

/** What of the profile's connections is shown, and in which order. */
export interface Filter {
  readonly group: ConnectionGroup | 'all'
  readonly search: string
  readonly connectorId: string | null
  readonly isOurs: boolean
  /** Held by Nango or by this computer; null is both. */
  readonly oauthMethod: OAuthMethod | null
  readonly order: Order
}

export const NO_FILTER: Filter = { group: 'all', search: '', connectorId: null, isOurs: false, oauthMethod: null, order: 'status' }

/** Whether anything but the tab leaves connections out. */
export const isNarrowed = (filter: Filter): boolean =>
  filter.search.trim() !== '' || filter.connectorId !== null || filter.isOurs || filter.oauthMethod !== null

const PAGE = 200

const useGroup = (group: ConnectionGroup, filter: Filter, known: number | null) => {
  const search = filter.search.trim()
  const isEnabled = filter.group === 'all' || filter.group === group
  const read = usePagedRead(
    'connections.list',
    {
      group,
      sort: filter.order,
      limit: PAGE,
      ...(search === '' ? {} : { search }),
      ...(filter.connectorId === null ? {} : { connectorId: filter.connectorId }),
      ...(filter.isOurs ? { isOurs: true } : {}),
      ...(filter.oauthMethod === null ? {} : { oauthMethod: filter.oauthMethod }),
    },
    { isEnabled, keepsPrevious: true },
  )
  const { data, hasNextPage } = read
  const content = useMemo((): GroupOfList | null => {
    if (!isEnabled) return null
    const connections = data?.pages.flatMap((page) => page.connections) ?? []
    return { group, connections, total: data?.pages[0]?.total ?? known, hasMore: hasNextPage }
  }, [data, hasNextPage, group, isEnabled, known])
  return { read, content }
}

/** The connections that match, group by group and page by page, with the counts of all. */
export const useConnectionList = (filter: Filter) => {
  const counts = useRead('connections.counts', {})
  const known = isNarrowed(filter) ? null : (counts.data?.byGroup ?? null)
  const needsYou = useGroup('needs_you', filter, known?.needs_you ?? null)
  const waiting = useGroup('waiting', filter, known?.waiting ?? null)
  const working = useGroup('working', filter, known?.working ?? null)
  const off = useGroup('off', filter, known?.off ?? null)
  const all = { needs_you: needsYou.read, waiting: waiting.read, working: working.read, off: off.read }
  const reads = GROUPS.filter((group) => filter.group === 'all' || filter.group === group).map((group) => all[group])
  const groups = useMemo(
    () => [needsYou.content, waiting.content, working.content, off.content].filter((content) => content !== null),
    [needsYou.content, waiting.content, working.content, off.content],
  )
  // What the cache still knew of a filter is shown until its first answer, and is no order to keep.
  const key = JSON.stringify(filter)
  const settledFor = useRef<string | null>(null)
  if (!reads.some((read) => read.isFetching)) settledFor.current = key
  const failed = reads.find((read) => read.error !== null && read.data === undefined)
  return {
    counts: counts.data ?? null,
    groups,
    /** How many match in all; null while not known. */
    matches: groups.reduce<number | null>((sum, { total }) => (sum === null || total === null ? null : sum + total), 0),
    isLoading: reads.some((read) => read.isPending) || (counts.isPending && counts.data === undefined),
    /** Another filter or another answer state begins another order. */
    signature: JSON.stringify([key, settledFor.current === key, reads.map((read) => [read.isPending, read.isPlaceholderData])]),
    error: failed?.error ?? counts.error,
    retry: () => {
      for (const read of reads) void read.refetch()
      void counts.refetch()
    },
    loadMore: (group: ConnectionGroup): void => {
      const read = all[group]
      if (read.hasNextPage && !read.isFetchingNextPage) void read.fetchNextPage()
    },
  }
}
