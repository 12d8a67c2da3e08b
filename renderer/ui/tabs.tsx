import { Tabs as BaseTabs } from '@base-ui/react/tabs'
import { formatNumber } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'

export interface TabItem<T extends string> {
  readonly value: T
  readonly label: string
  readonly count?: number | null
}

/** Tabs with counts that filter what stands below; arrow keys move between them. */
export const Tabs = <T extends string>({
  items,
  value,
  onValueChange,
  name,
  isTight = false,
}: {
  readonly items: readonly TabItem<T>[]
  readonly value: T
  readonly onValueChange: (value: T) => void
  readonly name: string
  readonly isTight?: boolean
}) => (
  <BaseTabs.Root value={value} onValueChange={(next) => onValueChange(next as T)} className="min-w-0">
    <BaseTabs.List aria-label={name} activateOnFocus className="flex min-w-0 gap-0.5">
      {items.map((item) => (
        <BaseTabs.Tab
          key={item.value}
          value={item.value}
          className={cx(
            'flex h-7 flex-none items-center rounded-6 font-medium text-ink-2 transition-colors hover:bg-hover data-active:bg-active data-active:text-ink-1',
            isTight ? 'gap-1 px-1.5 text-small' : 'gap-1.5 px-2.5',
          )}
        >
          {item.label}
          {item.count === undefined || item.count === null ? null : (
            <span className="font-normal text-ink-3">{formatNumber(item.count)}</span>
          )}
        </BaseTabs.Tab>
      ))}
    </BaseTabs.List>
  </BaseTabs.Root>
)
