import type { Api } from '#shared/contract/contract'
import type { ParamsOf } from '#renderer/api/use-api.ts'
import type { Selection } from './selection.ts'
import { type Filter, queryOf } from './use-connection-list.ts'

/** What `bulk.start` is told: which connections, or what is to be done with them. */
export type BulkStart = Partial<ParamsOf<'bulk.start'>>

/** Where so many are checked and single ones left out, each must be named; a run takes no more names. */
export const NAMED_AT_MOST = 10_000
const PAGE = 500

type ListParams = ParamsOf<'connections.list'>

/** What is asked for to read all that a filter shows. */
export const listParamsOf = (filter: Filter): ListParams => ({
  ...queryOf(filter),
  ...(filter.group === 'all' ? {} : { group: filter.group }),
})

/** All that a filter shows, as a run is told it: nobody is left out by mistake, so that no filter at all is said to be all. */
export const filterTarget = (filter: Filter): BulkStart => {
  const { sort: _order, ...limits } = listParamsOf(filter)
  return Object.keys(limits).length === 0 ? { all: true } : limits
}

/** Why a selection cannot be named to a run; null where it can. */
export const isTooMany = (selection: Selection, matches: number | null): boolean =>
  selection.kind === 'filter' && selection.except.size > 0 && (matches === null || matches > NAMED_AT_MOST)

/** Reads the connections of a selection, at most so many. */
export const readSelected = async <T>(
  api: Api,
  selection: Selection,
  filter: Filter,
  most: number,
  pick: (connection: { readonly connectionId: string; readonly handle: string }) => T,
): Promise<T[]> => {
  if (selection.kind === 'rows') return [...selection.rows.values()].slice(0, most).map(pick)
  const picked: T[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Api['connections']['list']>> = await api.connections.list({
      ...listParamsOf(filter),
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    })
    picked.push(...page.connections.filter(({ connectionId }) => !selection.except.has(connectionId)).map(pick))
    cursor = page.nextCursor
  } while (cursor !== null && picked.length < most)
  return picked.slice(0, most)
}

/** The connections of a selection as a run is told them. All that a filter shows need not be read for that; where some are left out, it is. */
export const targetOf = async (api: Api, selection: Selection, filter: Filter): Promise<BulkStart> => {
  if (selection.kind === 'filter' && selection.except.size === 0) return filterTarget(filter)
  return { connectionIds: await readSelected(api, selection, filter, NAMED_AT_MOST, ({ connectionId }) => connectionId) }
}
