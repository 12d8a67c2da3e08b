import { LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cx } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'

/** A button that is only an icon: its `name` is heard and shown as a tooltip with its key. */
export const IconButton = ({
  icon: Icon,
  name,
  keyCap,
  variant = 'ghost',
  size = 'regular',
  isBusy = false,
  tooltipSide,
  className,
  onClick,
  ...rest
}: Omit<ComponentProps<'button'>, 'disabled' | 'name'> & {
  readonly icon: LucideIcon
  readonly name: string
  readonly keyCap?: string | undefined
  readonly variant?: 'ghost' | 'secondary'
  readonly size?: 'regular' | 'small'
  readonly isBusy?: boolean
  readonly tooltipSide?: 'top' | 'right' | 'bottom' | 'left'
}) => (
  <Tooltip text={name} keyCap={keyCap} {...(tooltipSide === undefined ? {} : { side: tooltipSide })}>
    <button
      type="button"
      {...rest}
      aria-label={name}
      aria-keyshortcuts={keyCap}
      aria-busy={isBusy ? true : undefined}
      onClick={(event) => {
        if (!isBusy) onClick?.(event)
      }}
      className={cx(
        'inline-grid flex-none place-items-center rounded-6 text-ink-2 transition-colors hover:bg-hover hover:text-ink-1 active:bg-active',
        size === 'regular' ? 'size-8' : 'size-6',
        variant === 'secondary' && 'border border-line-strong bg-raised',
        className,
      )}
    >
      {isBusy ? <LoaderCircle aria-hidden="true" className="animate-spin" /> : <Icon aria-hidden="true" />}
    </button>
  </Tooltip>
)
