import { useEffect, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { checkedCount, isChecked, NOTHING, type Selection, withChecked } from './selection.ts'
import { useSteadyActs } from './use-steady-acts.ts'

/** Which rows are checked. */
export const useChecks = ({
  list,
  hasRows,
  onCleared,
}: {
  readonly list: { readonly key: string; readonly matches: number | null }
  readonly hasRows: boolean
  readonly onCleared: () => void
}) => {
  const [selection, setSelection] = useState<Selection>(NOTHING)
  // What was checked by a filter means nothing under another one.
  useEffect(() => setSelection(NOTHING), [list.key])
  const count = checkedCount(selection, list.matches)
  const check = (connection: Connection, isOn: boolean | null): void =>
    setSelection((before) => withChecked(before, connection, isOn ?? !isChecked(before, connection.connectionId)))
  const checkAll = (): void => {
    if (hasRows) setSelection({ kind: 'filter', except: new Set() })
  }
  const steady = useSteadyActs({ check, checkAll })
  return {
    selection,
    /** Null while it is not known. */
    count,
    hasChecked: count !== 0,
    /** Both stay the same functions. */
    check: steady.check,
    checkAll: steady.checkAll,
    clear: (): void => {
      setSelection(NOTHING)
      onCleared()
    },
  }
}

export type Checks = ReturnType<typeof useChecks>
