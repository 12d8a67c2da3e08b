import { RadioGroup } from '@base-ui/react/radio-group'
import { FieldFrame, type FieldWords } from './field-frame.tsx'
import { RadioDot } from './radio-dot.tsx'

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
            <RadioDot value={option.value} />
            {option.label}
          </label>
        ))}
      </RadioGroup>
    )}
  </FieldFrame>
)
