import {
  Copy,
  Download,
  type LucideIcon,
  Pencil,
  Plus,
  RefreshCw,
  RotateCcw,
  Search,
  ShieldCheck,
  ShieldX,
  Tag,
  TextCursorInput,
  Trash2,
} from 'lucide-react'
import type { Connection } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { fullName } from '#renderer/ui/full-name.ts'
import { GROUPS } from '#renderer/ui/status-words.ts'
import type { BulkChoice } from './bulk-bar.tsx'
import type { ConnectionActions } from './use-connection-actions.tsx'
import type { Filter } from './use-connection-list.ts'

/** What is done only with checked rows; the palette offers what has no key. */
const MANY: readonly (readonly [keys: string, choice: BulkChoice, icon: LucideIcon])[] = [
  ['', 'label', TextCursorInput],
  ['', 'tag', Tag],
  ['', 'csv', Download],
  ['', 'json', Download],
  ['', 'revoke', ShieldX],
]

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
  verify,
  hasPanel,
  checked,
  onChecked,
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
  readonly verify: (connection: Connection) => void
  readonly hasPanel: boolean
  /** How many rows are checked, null where that is not known: then the keys act on them. */
  readonly checked: number | null
  readonly onChecked: (choice: BulkChoice) => void
  readonly showGroup: (group: Filter['group']) => void
}): void => {
  const onOne = current === null ? null : fullName(current, nameOf(current.connectorId))
  const areChecked = checked !== 0
  const on = areChecked ? (checked === null ? t('bulk.bar.checked-all') : t('bulk.bar.checked', { count: checked })) : onOne
  const onAll = areChecked ? on : null
  const ofMany = MANY.map(([keys, choice, icon]) => ({ keys, does: t(`bulk.do.${choice}`), on: onAll, icon, run: () => onChecked(choice) }))
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
    {
      keys: 'f',
      does: t('connections.key.refresh'),
      on,
      icon: RefreshCw,
      run: areChecked ? () => onChecked('refresh') : withCurrent(refresh),
    },
    {
      keys: 'r',
      does: t('connections.do.connect-again'),
      on: onOne,
      icon: RotateCcw,
      run: withCurrent(({ connectorId, connectionId }) =>
        requestSheet({ kind: 'connect', connectorId, reconnectConnectionId: connectionId }),
      ),
    },
    { keys: 'e', does: t('connections.key.label'), on: onOne, icon: Pencil, run: withCurrent(actions.rename) },
    { keys: 'y', does: t('connections.key.copy'), on: onOne, icon: Copy, run: withCurrent(actions.copyHandle) },
    {
      keys: 'x',
      does: t('connections.key.remove'),
      on,
      icon: Trash2,
      run: areChecked ? () => onChecked('remove') : withCurrent(actions.remove),
    },
    // An open panel has this key itself.
    ...(hasPanel && !areChecked
      ? []
      : [
          {
            keys: 'v',
            does: t('bulk.do.verify'),
            on,
            icon: ShieldCheck,
            run: areChecked ? () => onChecked('verify') : withCurrent(verify),
          },
        ]),
    ...ofMany,
    ...TABS.map((group, index) => ({
      keys: String(index + 1),
      does: t('connections.key.tab'),
      run: () => showGroup(group),
      isMove: true,
    })),
  ])
}
