import type { Connection, ConnectionGroup } from '#shared/contract/connections'

/** What one group of the list holds so far. */
export interface GroupOfList {
  readonly group: ConnectionGroup
  readonly connections: readonly Connection[]
  /** How many there are in all; null while that is not known. */
  readonly total: number | null
  readonly hasMore: boolean
}

/** One line of the virtual list; `blank` stands for a connection that is not loaded yet. */
export type ListRow =
  | { readonly kind: 'group'; readonly group: ConnectionGroup; readonly count: number | null; readonly isCollapsed: boolean }
  | { readonly kind: 'connection'; readonly group: ConnectionGroup; readonly connection: Connection }
  | { readonly kind: 'blank'; readonly group: ConnectionGroup; readonly index: number }

/** The lines of the list: heads of groups that hold something, loaded connections, blanks up to the known total. */
export const listRows = (groups: readonly GroupOfList[], collapsed: ReadonlySet<ConnectionGroup>, hasHeads: boolean): readonly ListRow[] =>
  groups.flatMap(({ group, connections, total, hasMore }) => {
    const blanks = hasMore ? Math.max(1, (total ?? connections.length + 1) - connections.length) : 0
    if (connections.length + blanks === 0) return []
    const isCollapsed = hasHeads && collapsed.has(group)
    const count = hasMore ? total : connections.length
    const head: ListRow[] = hasHeads ? [{ kind: 'group', group, count, isCollapsed }] : []
    if (isCollapsed) return head
    return [
      ...head,
      ...connections.map((connection): ListRow => ({ kind: 'connection', group, connection })),
      ...Array.from({ length: blanks }, (_, index): ListRow => ({ kind: 'blank', group, index: connections.length + index })),
    ]
  })

/** The key of a line, the same while it stands for the same thing. */
export const rowKey = (row: ListRow): string => {
  if (row.kind === 'group') return `group ${row.group}`
  return row.kind === 'connection' ? row.connection.connectionId : `blank ${row.group} ${row.index}`
}

/** Whether the keyboard stops at a line: at connections, and at heads of groups that are closed. */
export const isStop = (row: ListRow): boolean => row.kind === 'connection' || (row.kind === 'group' && row.isCollapsed)

/** The next line from `from` at which the keyboard stops, `step` stops away, or the last one on that side; null when there is none. */
export const nextStop = (rows: readonly ListRow[], from: number, step: number): number | null => {
  const direction = Math.sign(step)
  let left = Math.abs(step)
  let found: number | null = null
  for (let index = from + direction; index >= 0 && index < rows.length && left > 0; index += direction) {
    const row = rows[index]
    if (row !== undefined && isStop(row)) {
      found = index
      left -= 1
    }
  }
  return found
}
