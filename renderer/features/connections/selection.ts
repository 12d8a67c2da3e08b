import type { Connection } from '#shared/contract/connections'

/** What is checked: rows one by one, or all that the filter shows but some; the latter never needs to be loaded. */
export type Selection =
  | { readonly kind: 'rows'; readonly rows: ReadonlyMap<string, Connection> }
  | { readonly kind: 'filter'; readonly except: ReadonlySet<string> }

export const NOTHING: Selection = { kind: 'rows', rows: new Map() }

/** Whether a connection that the filter shows is checked. */
export const isChecked = (selection: Selection, connectionId: string): boolean =>
  selection.kind === 'rows' ? selection.rows.has(connectionId) : !selection.except.has(connectionId)

/** How many are checked; null while it is not known how many the filter shows. */
export const checkedCount = (selection: Selection, matches: number | null): number | null => {
  if (selection.kind === 'rows') return selection.rows.size
  return matches === null ? null : Math.max(0, matches - selection.except.size)
}

/** Checks or unchecks one. */
export const withChecked = (selection: Selection, connection: Connection, isOn: boolean): Selection => {
  const { connectionId } = connection
  if (selection.kind === 'rows') {
    const rows = new Map(selection.rows)
    if (isOn) rows.set(connectionId, connection)
    else rows.delete(connectionId)
    return { kind: 'rows', rows }
  }
  const except = new Set(selection.except)
  if (isOn) except.delete(connectionId)
  else except.add(connectionId)
  return { kind: 'filter', except }
}
