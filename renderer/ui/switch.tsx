import { Switch as BaseSwitch } from '@base-ui/react/switch'
import { type ReactNode, useId } from 'react'

/** On or off, at once: nothing needs saving. */
export const Switch = ({
  label,
  hint,
  isOn,
  onChange,
}: {
  readonly label: string
  readonly hint?: ReactNode
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}) => {
  const id = useId()
  return (
    <div className="flex items-start gap-3">
      <div className="flex min-w-0 flex-1 flex-col">
        <span id={id} className="font-medium">
          {label}
        </span>
        {hint === undefined ? null : (
          <span id={`${id}-hint`} className="text-small text-ink-3">
            {hint}
          </span>
        )}
      </div>
      <BaseSwitch.Root
        checked={isOn}
        onCheckedChange={onChange}
        aria-labelledby={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="relative mt-0.5 h-4 w-7 flex-none rounded-full bg-line-control transition-colors before:absolute before:-inset-1 data-checked:bg-accent-solid"
      >
        <BaseSwitch.Thumb className="block size-3 translate-x-0.5 rounded-full bg-surface transition-transform data-checked:translate-x-3.5 data-checked:bg-on-accent" />
      </BaseSwitch.Root>
    </div>
  )
}
