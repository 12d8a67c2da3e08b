import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { FieldFrame, type FieldWords } from './field-frame.tsx'

/** One of up to four short values, side by side under a label; arrow keys move between them. */
export const RadioRow = <T extends string>({
  options,
  value,
  onValueChange,
  ...words
}: FieldWords & {
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly value: T | null
  readonly onValueChange: (value: T) => void
}) => (
  <FieldFrame {...words}>
    {(ids) => (
      <RadioGroup
        aria-labelledby={`${ids.id}-label`}
        aria-describedby={ids['aria-describedby']}
        aria-invalid={ids['aria-invalid']}
        aria-required={ids['aria-required']}
        value={value}
        onValueChange={(next) => onValueChange(next as T)}
        className="flex min-h-8 flex-wrap items-center gap-x-5 gap-y-1"
      >
        {options.map((option) => (
          <label key={option.value} className="flex min-h-6 items-center gap-2">
            <Radio.Root
              value={option.value}
              className="grid size-4 flex-none place-items-center rounded-full border border-line-control bg-surface data-checked:border-accent-solid data-checked:bg-accent-solid"
            >
              <Radio.Indicator className="size-1.5 rounded-full bg-on-accent" />
            </Radio.Root>
            {option.label}
          </label>
        ))}
      </RadioGroup>
    )}
  </FieldFrame>
)
