import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'

/** One of a few short values in one frame; arrow keys move between them. */
export const Segments = <T extends string>({
  name,
  options,
  value,
  onValueChange,
}: {
  readonly name: string
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly value: T
  readonly onValueChange: (value: T) => void
}) => (
  <RadioGroup
    aria-label={name}
    value={value}
    onValueChange={onValueChange}
    className="inline-flex flex-none rounded-6 border border-line-control p-px"
  >
    {options.map((option) => (
      <Radio.Root
        key={option.value}
        value={option.value}
        aria-label={option.label}
        className="flex h-7 items-center rounded-[5px] px-2.5 text-ink-2 transition-colors hover:bg-hover data-checked:bg-active data-checked:font-medium data-checked:text-ink-1 forced-colors:data-checked:underline"
      >
        {option.label}
      </Radio.Root>
    ))}
  </RadioGroup>
)
