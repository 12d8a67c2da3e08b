import type { Connection, ConnectionGroup } from '#shared/contract/connections'

/** Connections that lie one behind the other in their group, from `start` on. */
export interface Segment {
  readonly start: number
  readonly connections: readonly Connection[]
}

/** What is known of one group of the list: its size and the parts of it that are loaded, in order and apart. */
export interface GroupOfList {
  readonly group: ConnectionGroup
  readonly segments: readonly Segment[]
  /** How many there are in all; null while that is not known. */
  readonly total: number | null
  /** More follow behind what is loaded, nobody knows how many. */
  readonly hasMore: boolean
}

/** One line of the virtual list; `blank` stands for a connection that is not loaded, `more` for those of which it is not known how many. */
export type ListRow =
  | { readonly kind: 'group'; readonly group: ConnectionGroup; readonly count: number | null; readonly isCollapsed: boolean }
  | { readonly kind: 'connection'; readonly group: ConnectionGroup; readonly connection: Connection }
  | { readonly kind: 'blank'; readonly group: ConnectionGroup; readonly index: number }
  | { readonly kind: 'more'; readonly group: ConnectionGroup }

/** Places within a group, both ends included. */
export interface Slots {
  readonly group: ConnectionGroup
  readonly first: number
  readonly last: number
}

/** The lines of the list. Nothing is made per line: a list of 100,000 costs as much as what is loaded of it. */
export interface ListRows {
  readonly length: number
  /** The lines that are heads of groups, in order. */
  readonly heads: readonly number[]
  /** How many there are is known. */
  readonly isCounted: boolean
  readonly at: (index: number) => ListRow | undefined
  /** The line of a key, -1 where the list has none. The key of a blank stands for its place, whatever has been loaded there. */
  readonly indexOf: (key: string) => number
  /** The places of groups between two lines. */
  readonly slots: (first: number, last: number) => readonly Slots[]
  /** The connections that are loaded and shown. */
  readonly connections: () => Iterable<Connection>
}

interface Part {
  readonly of: GroupOfList
  readonly head: ListRow | null
  /** The line of the first place. */
  readonly from: number
  readonly size: number
  readonly loaded: ReadonlyMap<number, Connection>
}

const rowOf = new WeakMap<Connection, ListRow>()
/** The same object for the same connection, so that a line that did not change is not drawn again. */
const connectionRow = (group: ConnectionGroup, connection: Connection): ListRow => {
  const known = rowOf.get(connection)
  if (known?.group === group) return known
  const row: ListRow = { kind: 'connection', group, connection }
  rowOf.set(connection, row)
  return row
}

/** The lines of the list: heads of groups that hold something, connections, blanks for those that are not loaded. */
export const listRows = (groups: readonly GroupOfList[], collapsed: ReadonlySet<ConnectionGroup>, hasHeads: boolean): ListRows => {
  const parts: Part[] = []
  const lines = new Map<string, number>()
  const heads: number[] = []
  let length = 0
  for (const of of groups) {
    const { group, segments, total, hasMore } = of
    const end = Math.max(0, ...segments.map((segment) => segment.start + segment.connections.length))
    const places = Math.max(total ?? 0, end)
    const size = places + (total === null && hasMore && end > 0 ? 1 : 0)
    if (size === 0) continue
    const isCollapsed = hasHeads && collapsed.has(group)
    const head: ListRow | null = hasHeads ? { kind: 'group', group, count: hasMore ? total : places, isCollapsed } : null
    if (head !== null) {
      heads.push(length)
      lines.set(`group ${group}`, length)
      length += 1
    }
    const loaded = new Map<number, Connection>()
    for (const { start, connections } of isCollapsed ? [] : segments) {
      connections.forEach((connection, index) => {
        // Pages that were read one after the other may tell the same one twice until they are read again.
        if (lines.has(connection.connectionId)) return
        lines.set(connection.connectionId, length + start + index)
        loaded.set(start + index, connection)
      })
    }
    parts.push({ of, head, from: length, size: isCollapsed ? 0 : size, loaded })
    length += isCollapsed ? 0 : size
  }
  const blanks = new Map<number, ListRow>()
  const at = (index: number): ListRow | undefined => {
    for (const { of, head, from, size, loaded } of parts) {
      if (head !== null && index === from - 1) return head
      if (index < from || index >= from + size) continue
      const place = index - from
      const connection = loaded.get(place)
      if (connection !== undefined) return connectionRow(of.group, connection)
      const isMore = of.total === null && of.hasMore && place === size - 1
      const row = blanks.get(index) ?? (isMore ? { kind: 'more', group: of.group } : { kind: 'blank', group: of.group, index: place })
      blanks.set(index, row)
      return row
    }
    return undefined
  }
  return {
    length,
    heads,
    isCounted: groups.every(({ total, hasMore }) => total !== null || !hasMore),
    at,
    indexOf: (key) => {
      const line = lines.get(key)
      if (line !== undefined) return line
      const [kind, group, place] = key.split(' ')
      const part = parts.find(({ of }) => of.group === group)
      if (kind !== 'blank' || part === undefined) return -1
      return Number(place) < part.size ? part.from + Number(place) : -1
    },
    slots: (first, last) =>
      parts.flatMap(({ of, from, size }) => {
        const slots = { group: of.group, first: Math.max(0, first - from), last: Math.min(size - 1, last - from) }
        return slots.first <= slots.last ? [slots] : []
      }),
    connections: () => parts.flatMap(({ loaded }) => [...loaded.values()]),
  }
}

/** The key of a line, the same while it stands for the same thing. */
export const rowKey = (row: ListRow): string => {
  switch (row.kind) {
    case 'connection':
      return row.connection.connectionId
    case 'blank':
      return `blank ${row.group} ${row.index}`
    default:
      return `${row.kind} ${row.group}`
  }
}

/** Whether the keyboard stops at a line: at connections, loaded or not, and at heads of groups that are closed. */
export const isStop = (row: ListRow): boolean =>
  row.kind === 'connection' || row.kind === 'blank' || (row.kind === 'group' && row.isCollapsed)

/** The next line from `from` at which the keyboard stops, `step` stops away, or the last one on that side; null when there is none. */
export const nextStop = (rows: ListRows, from: number, step: number): number | null => {
  const direction = Math.sign(step)
  let left = Math.abs(step)
  let found: number | null = null
  for (let index = from + direction; index >= 0 && index < rows.length && left > 0; index += direction) {
    const row = rows.at(index)
    if (row !== undefined && isStop(row)) {
      found = index
      left -= 1
    }
  }
  return found
}
