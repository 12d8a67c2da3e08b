import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'

const VARIANTS = {
  plain: 'border border-line text-ink-2',
  chosen: 'bg-active text-ink-1',
  missing: 'border border-dashed border-attention text-attention',
} as const

/** A small fact, or a filter that `onRemove` takes away (`removeName` says what, for assistive technology). */
export const Chip = ({
  children,
  variant = 'plain',
  isMono = false,
  onRemove,
  removeName,
}: {
  readonly children: ReactNode
  readonly variant?: keyof typeof VARIANTS
  readonly isMono?: boolean
  readonly onRemove?: (() => void) | undefined
  readonly removeName?: string
}) => (
  <span
    className={cx(
      'inline-flex h-6 max-w-full min-w-0 items-center gap-1 rounded-6 text-small whitespace-nowrap',
      onRemove === undefined ? 'px-2' : 'pr-0 pl-2',
      isMono && 'font-mono text-caption',
      VARIANTS[variant],
    )}
  >
    <span className="truncate">{children}</span>
    {onRemove === undefined ? null : (
      <button
        type="button"
        aria-label={removeName ?? t('ui.remove')}
        onClick={onRemove}
        className="grid size-6 place-items-center rounded-6 hover:bg-hover"
      >
        <X aria-hidden="true" className="size-3" />
      </button>
    )}
  </span>
)
