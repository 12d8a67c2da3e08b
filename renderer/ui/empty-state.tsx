import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

/** Five sockets and a loose plug: nothing is plugged in yet. */
export const LoosePlug = () => (
  <svg viewBox="0 0 152 56" fill="none" strokeWidth="2" aria-hidden="true" className="h-14 w-[152px] flex-none text-ink-3">
    {[12, 44, 76, 108, 140].map((x) => (
      <circle key={x} cx={x} cy="10" r="7" stroke="currentColor" className={x === 76 ? 'text-accent' : undefined} />
    ))}
    <g className="text-accent" stroke="currentColor">
      <rect x="73" y="25" width="6" height="16" rx="2" fill="currentColor" stroke="none" />
      <path d="M76 40v14" />
    </g>
  </svg>
)

/** A drawing or icon, one sentence, one line, one action. `isPage`: of a whole page, in the larger size. */
export const EmptyState = ({
  icon: Icon,
  drawing,
  title,
  children,
  actions,
  isPage = false,
}: {
  readonly icon?: LucideIcon
  readonly drawing?: ReactNode
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  readonly isPage?: boolean
}) => (
  <div className="mx-auto flex max-w-[440px] flex-col items-center px-6 py-12 text-center">
    {drawing}
    {Icon === undefined ? null : <Icon aria-hidden="true" className="size-6 text-ink-2" />}
    <h2 className={cx('pt-4 pb-1 font-semibold', isPage ? 'text-empty' : 'text-title')}>{title}</h2>
    <p className="text-ink-2">{children}</p>
    {actions === undefined ? null : <div className="flex flex-wrap justify-center gap-2 pt-4">{actions}</div>}
  </div>
)
