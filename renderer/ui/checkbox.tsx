import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'

/** A box to tick with its words; `isMixed` where only some of what it stands for are ticked. */
export const Checkbox = ({
  label,
  isChecked,
  isMixed = false,
  onChange,
}: {
  readonly label: ReactNode
  readonly isChecked: boolean
  readonly isMixed?: boolean
  readonly onChange: (isChecked: boolean) => void
}) => (
  <label className="flex min-h-6 items-start gap-2 py-0.5">
    <BaseCheckbox.Root
      checked={isChecked}
      indeterminate={isMixed}
      onCheckedChange={onChange}
      className="mt-0.5 grid size-4 flex-none place-items-center rounded-4 border border-line-control bg-surface text-on-accent data-checked:border-accent-solid data-checked:bg-accent-solid data-indeterminate:border-accent-solid data-indeterminate:bg-accent-solid"
    >
      <BaseCheckbox.Indicator>
        {isMixed ? (
          <Minus aria-hidden="true" className="size-3 stroke-[2.5]" />
        ) : (
          <Check aria-hidden="true" className="size-3 stroke-[2.5]" />
        )}
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
    <span className="min-w-0 flex-1">{label}</span>
  </label>
)
