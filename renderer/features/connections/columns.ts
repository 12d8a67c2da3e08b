import { useMemo, useRef } from 'react'
import type { Connection } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { useMedia } from '#renderer/shell/use-width.ts'

export type Column = 'connection' | 'account' | 'workspace' | 'status' | 'expires' | 'used'

/** The head of a column. */
export const columnName = (column: Column): string => t(`connections.column.${column}`)

const WIDTHS: Readonly<Record<Column, string>> = {
  connection: 'minmax(0,1.25fr)',
  account: 'minmax(0,1fr)',
  workspace: 'minmax(0,.8fr)',
  status: 'minmax(208px,1fr)',
  expires: '88px',
  used: '56px',
}

/** Which columns fit at a window's width, with and without the panel beside them. */
export const columnsFor = (isWide: boolean, isFull: boolean, hasPanel: boolean): readonly Column[] => {
  if (isFull)
    return hasPanel
      ? ['connection', 'account', 'status', 'expires', 'used']
      : ['connection', 'account', 'workspace', 'status', 'expires', 'used']
  if (isWide) return hasPanel ? ['connection', 'status', 'expires'] : ['connection', 'account', 'status', 'expires', 'used']
  return hasPanel ? ['connection', 'status'] : ['connection', 'account', 'status', 'expires']
}

/** The columns that fit now, only name and status where the window is drawn large, and their grid template; one of which nothing is known (`empty`) leaves its room to the others. */
export const useColumns = (
  hasPanel: boolean,
  empty: ReadonlySet<Column> = new Set(),
): { readonly columns: readonly Column[]; readonly template: string } => {
  const isWide = useMedia('(min-width: 1100px)')
  const isFull = useMedia('(min-width: 1360px)')
  const isLarge = !useMedia('(min-width: 720px)')
  const fitting = columnsFor(isWide, isFull, hasPanel || isLarge)
  const columns = fitting.filter((column) => !empty.has(column))
  return { columns, template: columns.map((column) => WIDTHS[column]).join(' ') }
}

/** The columns that none of these connections has anything for. */
export const emptyColumns = (connections: Iterable<Pick<Connection, 'identity' | 'lastUsedAt'>>): ReadonlySet<Column> => {
  const empty = new Set<Column>(['workspace', 'used'])
  for (const { identity, lastUsedAt } of connections) {
    if (identity !== null && identity.workspace !== null) empty.delete('workspace')
    if (lastUsedAt !== null) empty.delete('used')
    if (empty.size === 0) break
  }
  return empty
}

/** `emptyColumns` of what has been seen of a profile so far: a column that had something stays while the list is scrolled. */
export const useEmptyColumns = (connections: ReadonlyMap<string, Connection>, profileId: string): ReadonlySet<Column> => {
  const last = useRef<{ readonly profileId: string; readonly empty: ReadonlySet<Column> }>(null)
  return useMemo(() => {
    const now = emptyColumns(connections.values())
    const before = last.current?.profileId === profileId ? last.current.empty : null
    // Nothing has been seen yet: every column may still have something.
    const empty = before === null ? now : new Set([...now].filter((column) => before.has(column)))
    if (connections.size > 0) last.current = { profileId, empty: before !== null && before.size === empty.size ? before : empty }
    return last.current?.empty ?? empty
  }, [connections, profileId])
}
