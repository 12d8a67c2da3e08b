import type { Connection, ConnectionGroup } from '#shared/contract/connections'
import type { Segment, Slots } from './list-rows.ts'

/** Connections that are read at once. */
export const PAGE = 100
/** So many places beyond what is seen are read ahead. */
const AHEAD = 50

/** A page of a group, by number; page 0 begins at its first connection. */
export interface PageOfGroup {
  readonly group: ConnectionGroup
  readonly page: number
}

/** The pages that hold what is seen and a little around it, without the first ones, which are always read. */
export const pagesAround = (seen: readonly Slots[]): readonly PageOfGroup[] => {
  const pages = new Map<string, PageOfGroup>()
  for (const { group, first, last } of seen) {
    const to = Math.floor((last + AHEAD) / PAGE)
    for (let page = Math.max(1, Math.floor((first - AHEAD) / PAGE)); page <= to; page += 1) pages.set(`${group} ${page}`, { group, page })
  }
  return [...pages.values()]
}

/** Connections read one page after the other as segments of equal size. */
export const segmentsOf = (connections: readonly Connection[]): readonly Segment[] =>
  Array.from({ length: Math.ceil(connections.length / PAGE) }, (_, index) => ({
    start: index * PAGE,
    connections: connections.slice(index * PAGE, (index + 1) * PAGE),
  }))
