import { Copy, Pencil, Plus, RefreshCw, RotateCcw, Search, Trash2 } from 'lucide-react'
import type { Connection } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { GROUPS } from '#renderer/ui/status-words.ts'
import { fullName } from './connection-words.ts'
import type { ConnectionActions } from './use-connection-actions.tsx'
import type { Filter } from './use-connection-list.ts'

const TABS = ['all', ...GROUPS] as const

/** The keys of the list: moving, checking, and what is done to the connection that is open or that the keyboard is at. */
export const useListKeys = ({
  current,
  nameOf,
  actions,
  move,
  search,
  leave,
  checkAll,
  connect,
  refresh,
  showGroup,
}: {
  /** What the keys act on. */
  readonly current: Connection | null
  readonly nameOf: (connectorId: string) => string
  readonly actions: ConnectionActions
  readonly move: (step: number) => void
  readonly search: () => void
  /** Closes the panel, unchecks, or clears the filter: the first of them that there is. */
  readonly leave: () => void
  readonly checkAll: () => void
  readonly connect: () => void
  readonly refresh: (connection: Connection) => void
  readonly showGroup: (group: Filter['group']) => void
}): void => {
  const on = current === null ? null : fullName(current, nameOf(current.connectorId))
  const withCurrent = (act: (connection: Connection) => void) => () => {
    if (current !== null) act(current)
  }
  const next = { does: t('connections.key.next'), run: () => move(1), isMove: true }
  const previous = { does: t('connections.key.previous'), run: () => move(-1), isMove: true }
  useKeys([
    { keys: '/', does: t('connections.key.search'), icon: Search, run: search },
    { ...next, keys: 'ArrowDown', isAlways: true },
    { ...next, keys: 'j' },
    { ...previous, keys: 'ArrowUp', isAlways: true },
    { ...previous, keys: 'k' },
    { ...previous, keys: '[' },
    { ...next, keys: ']' },
    { keys: 'Escape', does: t('connections.key.close'), run: leave, isAlways: true, isMove: true },
    { keys: 'Space', does: t('connections.key.check'), run: () => undefined, isMove: true },
    { keys: 'Shift+ArrowDown', does: t('connections.key.check-more'), run: () => undefined, isMove: true },
    { keys: 'Mod+a', does: t('connections.key.check-all'), run: checkAll, isAlways: true, isMove: true },
    { keys: 'c', does: t('connections.key.connect'), icon: Plus, run: connect },
    { keys: 'f', does: t('connections.key.refresh'), on, icon: RefreshCw, run: withCurrent(refresh) },
    {
      keys: 'r',
      does: t('connections.do.connect-again'),
      on,
      icon: RotateCcw,
      run: withCurrent(({ connectorId, label }) => requestSheet({ kind: 'connect', connectorId, ...(label === null ? {} : { label }) })),
    },
    { keys: 'e', does: t('connections.key.label'), on, icon: Pencil, run: withCurrent(actions.rename) },
    { keys: 'y', does: t('connections.key.copy'), on, icon: Copy, run: withCurrent(actions.copyHandle) },
    { keys: 'x', does: t('connections.key.remove'), on, icon: Trash2, run: withCurrent(actions.remove) },
    ...TABS.map((group, index) => ({
      keys: String(index + 1),
      does: t('connections.key.tab'),
      run: () => showGroup(group),
      isMove: true,
    })),
  ])
}
