import { Select } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'
import { controlEdge, FieldFrame, type FieldWords } from './field-frame.tsx'

export interface Option<T extends string> {
  readonly value: T
  readonly label: string
}

/** One of several values under a label. */
export const SelectField = <T extends string>({
  options,
  value,
  onValueChange,
  placeholder = t('ui.choose'),
  ...words
}: FieldWords & {
  readonly options: readonly Option<T>[]
  readonly value: T | null
  readonly onValueChange: (value: T) => void
  readonly placeholder?: string
}) => (
  <FieldFrame {...words}>
    {(ids) => (
      <Select.Root
        items={[...options]}
        value={value}
        onValueChange={(next) => {
          if (next !== null) onValueChange(next)
        }}
      >
        <Select.Trigger
          id={ids.id}
          aria-describedby={ids['aria-describedby']}
          aria-invalid={ids['aria-invalid']}
          className={cx('flex h-8 items-center justify-between gap-2 px-2.5 text-left', controlEdge(ids['aria-invalid'] === true))}
        >
          <Select.Value placeholder={placeholder} className="truncate data-placeholder:text-ink-3" />
          <Select.Icon>
            <ChevronDown aria-hidden="true" className="text-ink-2" />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal role="region" aria-label={`${t('ui.choices')}: ${words.label}`}>
          <Select.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-60">
            <Select.Popup className="floating max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto rounded-8 p-1 transition-opacity duration-[140ms] data-ending-style:opacity-0 data-starting-style:opacity-0">
              {options.map((option) => (
                <Select.Item
                  key={option.value}
                  value={option.value}
                  className="flex h-7 items-center gap-2 rounded-6 px-2 outline-none select-none data-highlighted:bg-active"
                >
                  <span className="size-4">
                    <Select.ItemIndicator>
                      <Check aria-hidden="true" />
                    </Select.ItemIndicator>
                  </span>
                  <Select.ItemText>{option.label}</Select.ItemText>
                </Select.Item>
              ))}
            </Select.Popup>
          </Select.Positioner>
        </Select.Portal>
      </Select.Root>
    )}
  </FieldFrame>
)
