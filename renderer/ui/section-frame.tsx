import { type ReactNode, useId } from 'react'

/** One part of Settings: its name, a line about it, its action, its content. */
export const SectionFrame = ({
  title,
  lead,
  action,
  children,
}: {
  readonly title: string
  readonly lead: ReactNode
  readonly action?: ReactNode
  readonly children: ReactNode
}) => {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3">
      <div className="flex items-start gap-4">
        <div className="min-w-0 flex-1">
          <h2 id={id} className="text-lead font-semibold">
            {title}
          </h2>
          <p className="text-small text-ink-2">{lead}</p>
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}

/** Rows with one edge around them. */
export const Rows = ({ children }: { readonly children: ReactNode }) => (
  <div className="divide-y divide-line rounded-8 border border-line">{children}</div>
)

/** One row: words at the left, a value or control at the right. */
export const Row = ({ label, hint, children }: { readonly label: ReactNode; readonly hint?: ReactNode; readonly children: ReactNode }) => (
  <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
    <div className="min-w-40 flex-1">
      <div className="font-medium">{label}</div>
      {hint === undefined ? null : <div className="text-small text-ink-3">{hint}</div>}
    </div>
    {children}
  </div>
)
