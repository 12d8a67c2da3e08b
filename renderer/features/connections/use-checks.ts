import { useEffect, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { tell } from '#renderer/ui/toast.tsx'
import { checkedCount, isChecked, NOTHING, type Selection, withChecked } from './selection.ts'
import { useBulk } from './use-bulk.ts'
import { type Filter, queryOf } from './use-connection-list.ts'
import { useSteadyActs } from './use-steady-acts.ts'

/** Which rows are checked and what is done with all of them. While they are refreshed one after the other, nothing is checked or unchecked. */
export const useChecks = ({
  list,
  filter,
  hasRows,
  onCleared,
}: {
  readonly list: { readonly key: string; readonly matches: number | null }
  readonly filter: Filter
  readonly hasRows: boolean
  readonly onCleared: () => void
}) => {
  const [selection, setSelection] = useState<Selection>(NOTHING)
  // What was checked by a filter means nothing under another one.
  useEffect(() => setSelection(NOTHING), [list.key])
  const bulk = useBulk()
  const count = checkedCount(selection, list.matches)
  const check = (connection: Connection, isOn: boolean | null): void => {
    if (bulk.run?.state === 'running') return
    bulk.forget()
    setSelection((before) => withChecked(before, connection, isOn ?? !isChecked(before, connection.connectionId)))
  }
  const checkAll = (): void => {
    if (bulk.run?.state === 'running' || !hasRows) return
    bulk.forget()
    setSelection({ kind: 'filter', except: new Set() })
  }
  const steady = useSteadyActs({ check, checkAll })
  return {
    selection,
    /** Null while it is not known. */
    count,
    hasChecked: count !== 0,
    run: bulk.run,
    /** Both stay the same functions. */
    check: steady.check,
    checkAll: steady.checkAll,
    clear: (): void => {
      bulk.stop()
      bulk.forget()
      setSelection(NOTHING)
      onCleared()
    },
    copy: (): void =>
      void bulk.copyHandles(selection, { ...queryOf(filter), ...(filter.group === 'all' ? {} : { group: filter.group }) }).then(
        (copied) => tell(copied === null ? t('connections.told.not-copied') : t('connections.bulk.copied', { count: copied })),
        () => tell(t('connections.bulk.unread')),
      ),
    refresh: (): void => {
      if (selection.kind === 'rows') void bulk.refresh([...selection.rows.values()])
    },
    stop: bulk.stop,
  }
}
