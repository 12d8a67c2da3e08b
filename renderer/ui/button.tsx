import { LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cx } from './class-names.ts'
import { KeyCap } from './key-cap.tsx'
import { Tooltip } from './tooltip.tsx'

const VARIANTS = {
  primary: 'border border-transparent bg-accent-solid text-on-accent hover:bg-accent-hover active:bg-accent-hover',
  secondary: 'border border-line-strong bg-raised text-ink-1 hover:bg-hover active:bg-active',
  ghost: 'text-ink-2 hover:bg-hover hover:text-ink-1 active:bg-active',
  quiet: 'border border-line text-ink-2 hover:bg-hover active:bg-active',
  danger: 'border border-line-strong bg-raised text-danger hover:bg-hover active:bg-active',
  'danger-solid': 'border border-transparent bg-danger-solid text-on-danger hover:brightness-95 active:brightness-90',
} as const

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  readonly variant?: keyof typeof VARIANTS
  readonly size?: 'regular' | 'small'
  readonly icon?: LucideIcon | undefined
  /** The single key that does the same; shown inside. */
  readonly keyCap?: string | undefined
  /** The label stays, a spinner takes the icon's place, and presses do nothing. */
  readonly isBusy?: boolean
  /** Disables it, stays focusable, and says why in a tooltip. */
  readonly disabledReason?: string | null | undefined
}

/** A button with a verb on it. At most one primary in a region. */
export const Button = ({
  variant = 'secondary',
  size = 'regular',
  icon: Icon,
  keyCap,
  isBusy = false,
  disabledReason = null,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) => {
  const isDisabled = disabledReason !== null
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={isDisabled || isBusy ? true : undefined}
      aria-busy={isBusy ? true : undefined}
      aria-keyshortcuts={keyCap}
      onClick={(event) => {
        if (isDisabled || isBusy) event.preventDefault()
        else onClick?.(event)
      }}
      className={cx(
        'relative inline-flex flex-none items-center justify-center font-medium whitespace-nowrap select-none rounded-6 transition-colors',
        size === 'regular' ? 'h-8 gap-2 px-3 text-base' : 'h-7 gap-1.5 px-2.5 text-small',
        isDisabled ? 'border border-line bg-sunken text-ink-off' : VARIANTS[variant],
        className,
      )}
    >
      {Icon === undefined ? null : isBusy ? (
        <LoaderCircle aria-hidden="true" className={cx('animate-spin', size === 'small' && 'size-3.5')} />
      ) : (
        <Icon aria-hidden="true" className={size === 'small' ? 'size-3.5' : undefined} />
      )}
      {Icon === undefined && isBusy ? (
        <>
          <span className="opacity-0">{children}</span>
          <span className="absolute inset-0 grid place-items-center">
            <LoaderCircle aria-hidden="true" className="animate-spin" />
          </span>
        </>
      ) : (
        children
      )}
      {keyCap === undefined ? null : <KeyCap keys={keyCap} isBare />}
    </button>
  )
  return isDisabled ? <Tooltip text={disabledReason}>{button}</Tooltip> : button
}
