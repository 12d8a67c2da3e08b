import { Copy, Download, Ellipsis, type LucideIcon, RefreshCw, ShieldCheck, ShieldX, Tag, TextCursorInput, Trash2 } from 'lucide-react'
import type { BulkActionName } from '#shared/contract/bulk'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '#renderer/ui/menu.tsx'

/** What can be done with the rows that are checked. */
export type BulkChoice = Exclude<BulkActionName, 'export'> | 'copy' | 'csv' | 'json'

const QUICK: readonly (readonly [choice: 'verify' | 'refresh', icon: LucideIcon, key: string])[] = [
  ['verify', ShieldCheck, 'V'],
  ['refresh', RefreshCw, 'F'],
]
const CALM: readonly (readonly [choice: BulkChoice, icon: LucideIcon])[] = [
  ['label', TextCursorInput],
  ['tag', Tag],
  ['copy', Copy],
  ['csv', Download],
  ['json', Download],
]
const ENDING: readonly (readonly [choice: BulkChoice, icon: LucideIcon, key?: string])[] = [
  ['revoke', ShieldX],
  ['remove', Trash2, 'X'],
]

/** In the place of the filter bar while rows are checked: how many, and what can be done with them. */
export const BulkBar = ({
  count,
  matches,
  isByFilter,
  isNarrow,
  isBusy,
  onChoose,
  onCheckAll,
  onClear,
}: {
  /** Null while it is not known. */
  readonly count: number | null
  readonly matches: number | null
  /** All that the filter shows are checked, not rows one by one. */
  readonly isByFilter: boolean
  readonly isNarrow: boolean
  /** What was chosen is being handed over. */
  readonly isBusy: boolean
  readonly onChoose: (choice: BulkChoice) => void
  readonly onCheckAll: () => void
  readonly onClear: () => void
}) => (
  <div role="group" aria-label={t('bulk.bar.name')} className="flex h-11 flex-none items-center gap-1.5 bg-accent-soft px-4">
    <span role="status" className="min-w-0 truncate font-medium">
      {count === null
        ? t('bulk.bar.checked-all')
        : isByFilter && count === matches
          ? t('bulk.bar.all-match', { count })
          : t('bulk.bar.checked', { count })}
    </span>
    <span className="flex-1" />
    {isByFilter || isNarrow ? null : (
      <Button variant="ghost" size="small" onClick={onCheckAll}>
        {matches === null ? t('bulk.bar.check-all-match') : t('bulk.bar.check-all', { count: formatNumber(matches) })}
      </Button>
    )}
    {isNarrow
      ? null
      : QUICK.map(([choice, icon, key]) => (
          <Button key={choice} size="small" icon={icon} keyCap={key} isBusy={isBusy} onClick={() => onChoose(choice)}>
            {t(`bulk.do.${choice}`)}
          </Button>
        ))}
    <Menu
      trigger={
        isNarrow ? (
          <Button size="small" icon={Ellipsis}>
            {t('bulk.bar.actions')}
          </Button>
        ) : (
          <IconButton icon={Ellipsis} name={t('bulk.bar.more')} variant="secondary" className="size-7" />
        )
      }
    >
      {isNarrow ? (
        <>
          {QUICK.map(([choice, icon, key]) => (
            <MenuItem key={choice} icon={icon} keyCap={key} onClick={() => onChoose(choice)}>
              {t(`bulk.do.${choice}`)}
            </MenuItem>
          ))}
          {isByFilter ? null : <MenuItem onClick={onCheckAll}>{t('bulk.bar.check-all-match')}</MenuItem>}
          <MenuSeparator />
        </>
      ) : null}
      {CALM.map(([choice, icon]) => (
        <MenuItem key={choice} icon={icon} onClick={() => onChoose(choice)}>
          {t(`bulk.do.${choice}`)}
        </MenuItem>
      ))}
      <MenuSeparator />
      {ENDING.map(([choice, icon, key]) => (
        <MenuItem key={choice} icon={icon} keyCap={key} isDanger onClick={() => onChoose(choice)}>
          {t(`bulk.do.${choice}`)}
        </MenuItem>
      ))}
    </Menu>
    <Button variant="ghost" size="small" onClick={onClear}>
      {t('bulk.bar.clear')}
    </Button>
  </div>
)
