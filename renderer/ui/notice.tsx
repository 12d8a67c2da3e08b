import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { StatusGlyph } from './status-glyph.tsx'
import type { Glyph } from './status-words.ts'

const SOFT: Readonly<Record<Glyph, string>> = {
  connected: 'bg-connected-soft [--glyph-cut:var(--connected-soft)]',
  attention: 'bg-attention-soft [--glyph-cut:var(--attention-soft)]',
  expired: 'bg-expired-soft [--glyph-cut:var(--expired-soft)]',
  error: 'bg-error-soft [--glyph-cut:var(--error-soft)]',
  pending: 'bg-pending-soft [--glyph-cut:var(--pending-soft)]',
  unknown: 'bg-unknown-soft [--glyph-cut:var(--unknown-soft)]',
  paused: 'bg-paused-soft [--glyph-cut:var(--paused-soft)]',
  revoked: 'bg-revoked-soft [--glyph-cut:var(--revoked-soft)]',
  empty: 'bg-revoked-soft [--glyph-cut:var(--revoked-soft)]',
}

/** Soft background, glyph, one bold sentence, one or two plain ones, one primary action. `isInline`: one line, action at the right. */
export const Notice = ({
  tone,
  title,
  children,
  actions,
  isInline = false,
}: {
  readonly tone: Glyph
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  readonly isInline?: boolean
}) => (
  <div
    role="group"
    className={cx(
      'flex gap-2.5 rounded-8 border border-transparent px-3',
      isInline ? 'min-h-11 items-center py-1.5' : 'py-2.5',
      SOFT[tone],
    )}
  >
    <span className="flex h-5 flex-none items-center">
      <StatusGlyph glyph={tone} name={true} />
    </span>
    <div className="min-w-0 flex-1 break-words text-ink-2">
      <strong className={cx('font-semibold text-ink-1', !isInline && 'block')}>{title}</strong> {children}
      {actions === undefined || isInline ? null : <div className="flex flex-wrap items-center gap-2 pt-2.5 pb-0.5">{actions}</div>}
    </div>
    {isInline ? actions : null}
  </div>
)

/** A notice for the whole window, full width under the toolbar; the shell shows at most one, the worst. */
export const Banner = ({
  tone,
  title,
  children,
  action,
}: {
  readonly tone: Glyph
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
}) => (
  <div role="status" className={cx('flex min-h-11 flex-none items-center gap-2.5 border-b border-line px-4 py-1.5', SOFT[tone])}>
    <StatusGlyph glyph={tone} />
    <p className="min-w-0 flex-1 text-ink-2">
      <strong className="font-semibold text-ink-1">{title}</strong> {children}
    </p>
    {action}
  </div>
)
