import type { ConnectionGroup, ConnectionSort, OAuthMethod } from '#shared/contract/connections'
import type { z } from 'zod'
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { type ParamsOf, ScopeContext, usePagedRead, useRead, useReads } from '#renderer/api/use-api.ts'
import { GROUPS } from '#renderer/ui/status-words.ts'
import { PAGE, type PageOfGroup, pagesAround, segmentsOf } from './list-pages.ts'
import type { GroupOfList, Slots } from './list-rows.ts'

export type Order = Extract<z.output<typeof ConnectionSort>, 'status' | 'name' | 'connector' | 'expiresAt' | 'lastUsedAt'>

/** What of the profile's connections is shown, and in which order. */
export interface Filter {
  readonly group: ConnectionGroup | 'all'
  readonly search: string
  readonly connectorId: string | null
  readonly isOurs: boolean
  /** Held by Nango or by this computer; null is both. */
  readonly oauthMethod: OAuthMethod | null
  /** Only those that were not used for so many days. */
  readonly unusedForDays: number | null
  readonly order: Order
}

export const NO_FILTER: Filter = {
  group: 'all',
  search: '',
  connectorId: null,
  isOurs: false,
  oauthMethod: null,
  unusedForDays: null,
  order: 'status',
}

/** Whether anything but the tab leaves connections out. */
export const isNarrowed = (filter: Filter): boolean =>
  filter.search.trim() !== '' ||
  filter.connectorId !== null ||
  filter.isOurs ||
  filter.oauthMethod !== null ||
  filter.unusedForDays !== null

type Query = ParamsOf<'connections.list'>

/** The filter as the host is asked for it, without its tab. */
export const queryOf = (filter: Filter): Query => ({
  sort: filter.order,
  ...(filter.search.trim() === '' ? {} : { search: filter.search.trim() }),
  ...(filter.connectorId === null ? {} : { connectorId: filter.connectorId }),
  ...(filter.isOurs ? { isOurs: true } : {}),
  ...(filter.oauthMethod === null ? {} : { oauthMethod: filter.oauthMethod }),
  ...(filter.unusedForDays === null ? {} : { unusedForDays: filter.unusedForDays }),
})

/** Whether what matches is in no order of places, so that it is read page after page. */
const isWalked = ({ search, unusedForDays }: Query): boolean => search !== undefined || unusedForDays !== undefined

/** A page that is out of sight is forgotten after so long: 100,000 connections never lie in the window's memory. */
const KEEP_MS = 10_000
/** While the list is dragged, pages are asked for at most this often. */
const LOOK_EVERY_MS = 90
/** A search goes on until it has found so many in a group, or its end. */
const ENOUGH = 50

/** The pages in sight: asked for at once when the list stands still, now and then while it is dragged. */
const usePagesInSight = () => {
  const [pages, setPages] = useState<readonly PageOfGroup[]>([])
  const wanted = useRef<readonly PageOfGroup[]>([])
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const settle = useCallback((): void => {
    timer.current = null
    setPages((before) => (JSON.stringify(before) === JSON.stringify(wanted.current) ? before : wanted.current))
  }, [])
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
    },
    [],
  )
  const look = useCallback(
    (seen: readonly Slots[]): void => {
      wanted.current = pagesAround(seen)
      if (timer.current === null) timer.current = setTimeout(settle, LOOK_EVERY_MS)
    },
    [settle],
  )
  return { pages, look }
}

/** One group of a search, page after page: how many match is known at the end. */
const useSearchedGroup = (group: ConnectionGroup, query: Query, isEnabled: boolean) => {
  const read = usePagedRead('connections.list', { ...query, group, limit: 2 * PAGE }, { isEnabled })
  const { data, hasNextPage, isFetching, fetchNextPage, isError } = read
  const connections = useMemo(() => data?.pages.flatMap((page) => page.connections) ?? [], [data])
  const goesOn = isEnabled && hasNextPage && !isError && connections.length < ENOUGH
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage()
  }, [goesOn, isFetching, fetchNextPage])
  const content = useMemo(
    (): GroupOfList => ({
      group,
      segments: segmentsOf(connections),
      total: hasNextPage ? (data?.pages[0]?.total ?? null) : connections.length,
      hasMore: hasNextPage,
    }),
    [group, connections, hasNextPage, data],
  )
  return { read, content, isSearching: goesOn }
}

const useSearch = (query: Query, shown: readonly ConnectionGroup[], isEnabled: boolean) => {
  const isOn = (group: ConnectionGroup): boolean => isEnabled && shown.includes(group)
  const all = {
    needs_you: useSearchedGroup('needs_you', query, isOn('needs_you')),
    waiting: useSearchedGroup('waiting', query, isOn('waiting')),
    working: useSearchedGroup('working', query, isOn('working')),
    off: useSearchedGroup('off', query, isOn('off')),
  }
  return { of: (group: ConnectionGroup) => all[group], reads: isEnabled ? shown.map((group) => all[group].read) : [] }
}

/** Gives the list of before while each of its items is the same. */
const useSame = <T>(items: readonly T[]): readonly T[] => {
  const ref = useRef(items)
  if (items.length !== ref.current.length || items.some((item, index) => item !== ref.current[index])) ref.current = items
  return ref.current
}

/** The pages of all shown groups by their places: the first of each, and those in sight. */
const usePlaces = (query: Query, shown: readonly ConnectionGroup[], isEnabled: boolean, inSight: readonly PageOfGroup[]) => {
  const pages: readonly PageOfGroup[] = isEnabled
    ? [...shown.map((group) => ({ group, page: 0 })), ...inSight.filter(({ group }) => shown.includes(group))]
    : []
  const reads = useReads(
    'connections.list',
    pages.map(({ group, page }) => ({ ...query, group, at: page * PAGE, limit: PAGE })),
    KEEP_MS,
  )
  const contents = useSame(reads.map((read) => read.data))
  const names = useSame(pages.map(({ group, page }) => `${group} ${page}`))
  const groups = useMemo(
    () =>
      names.flatMap((name, at): GroupOfList[] => {
        const [group, page] = name.split(' ') as [ConnectionGroup, string]
        if (page !== '0') return []
        const segments = names.flatMap((other, index) => {
          const [its, number] = other.split(' ')
          const connections = contents[index]?.connections ?? []
          return its === group && connections.length > 0 ? [{ start: Number(number) * PAGE, connections }] : []
        })
        return [{ group, segments: segments.toSorted((a, b) => a.start - b.start), total: contents[at]?.total ?? null, hasMore: false }]
      }),
    [names, contents],
  )
  return { groups, reads, first: reads.slice(0, isEnabled ? shown.length : 0) }
}

/** The connections that match, group by group, as far as they are in sight, with the counts of all. */
export const useConnectionList = (filter: Filter) => {
  const scope = useContext(ScopeContext)
  const counts = useRead('connections.counts', {})
  const { pages, look } = usePagesInSight()
  const query = queryOf(filter)
  const isSearch = isWalked(query)
  const shown = useMemo(() => GROUPS.filter((group) => filter.group === 'all' || filter.group === group), [filter.group])
  const places = usePlaces(query, shown, !isSearch, pages)
  const search = useSearch(query, shown, isSearch)
  const found = useSame(shown.map((group) => search.of(group).content))
  const latest = isSearch ? found : places.groups
  const first = isSearch ? search.reads : places.first
  const reads = isSearch ? search.reads : places.reads

  const key = JSON.stringify([scope, filter])
  const before = useRef<{ readonly key: string; readonly scope: string; readonly groups: readonly GroupOfList[] }>(null)
  const isWaiting = first.some((read) => read.isPending)
  // Pages that are read again after a change are taken over together, so that none tells of another moment than its neighbour.
  const isHalf = !isSearch && before.current?.key === key && reads.some((read) => read.isFetching && read.data !== undefined)
  if (!isWaiting && !isHalf) before.current = { key, scope, groups: latest }
  const last = before.current?.scope === scope ? before.current.groups : null
  const groups = useSame(isWaiting || isHalf ? (last ?? []).filter(({ group }) => shown.includes(group)) : latest)

  // What the cache still knew of a filter is shown until its first answer, and is no order to keep.
  const settledFor = useRef<string | null>(null)
  if (!first.some((read) => read.isFetching)) settledFor.current = key
  const failed = first.find((read) => read.error !== null && read.data === undefined)
  return {
    counts: counts.data ?? null,
    groups,
    /** Names the filter and the profile. */
    key,
    /** How many match in all; null while not known. */
    matches: groups.reduce<number | null>((sum, { total }) => (sum === null || total === null ? null : sum + total), 0),
    isLoading: isWaiting || (counts.isPending && counts.data === undefined),
    /** A search is still looking for its first matches. */
    isSearching: isSearch && (isWaiting || shown.some((group) => search.of(group).isSearching)),
    /** Another filter or another answer state begins another order. */
    signature: JSON.stringify([key, settledFor.current === key, isWaiting]),
    error: failed?.error ?? counts.error,
    retry: () => {
      for (const read of reads) void read.refetch()
      void counts.refetch()
    },
    /** Tells which places are in sight. */
    look,
    /** Goes on with a search. */
    loadMore: (group: ConnectionGroup): void => {
      const { read } = search.of(group)
      if (isSearch && read.hasNextPage && !read.isFetching) void read.fetchNextPage()
    },
  }
}
