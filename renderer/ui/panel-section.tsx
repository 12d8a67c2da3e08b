import type { ReactNode } from 'react'

/** A part of the panel under its small head, with a fact or a small button at the right. */
export const Section = ({
  title,
  aside,
  action,
  children,
}: {
  readonly title: string
  readonly aside?: ReactNode
  readonly action?: ReactNode
  readonly children: ReactNode
}) => (
  <section aria-label={title} className="flex flex-col gap-2 border-t border-line px-4 py-3">
    <div className="flex min-h-5 items-baseline justify-between gap-3">
      <h3 className="text-small font-semibold">{title}</h3>
      {aside === undefined ? null : <span className="truncate text-small text-ink-3">{aside}</span>}
      {action === undefined ? null : <span className="-my-1 -mr-2.5 flex-none">{action}</span>}
    </div>
    {children}
  </section>
)

/** Names at the left, what they are at the right. */
export const Facts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid grid-cols-[112px_1fr] gap-y-0.5 text-small">{children}</dl>
)

/** One line of `Facts`. */
export const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
  </>
)
