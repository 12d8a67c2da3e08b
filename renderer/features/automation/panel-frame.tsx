import type { ReactNode } from 'react'

/** A panel beside the page: its head, its body, which scrolls, and its foot, which stays. */
export const PanelFrame = ({
  name,
  head,
  close,
  foot,
  children,
}: {
  readonly name: string
  readonly head: ReactNode
  readonly close: ReactNode
  readonly foot?: ReactNode
  readonly children: ReactNode
}) => (
  <aside
    data-region="panel"
    aria-label={name}
    className="flex w-[400px] flex-none flex-col border-l border-line bg-surface @max-[799px]/window:w-auto @max-[799px]/window:flex-1"
  >
    <header className="drag-region clear-right flex flex-none items-start gap-3 pt-4 pb-3 pl-4">
      {head}
      {close}
    </header>
    <div className="relative min-h-0 flex-1 overflow-y-auto" tabIndex={-1}>
      {children}
    </div>
    {foot === undefined ? null : (
      <footer className="flex flex-none flex-wrap items-center gap-2 border-t border-line px-4 py-2.5">{foot}</footer>
    )}
  </aside>
)

/** A part of the panel under its small head, with a fact or a link at the right. */
export const PanelPart = ({
  title,
  aside,
  children,
}: {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}) => (
  <section aria-label={title} className="flex flex-col gap-2 border-t border-line px-4 py-3">
    <div className="flex min-h-5 items-baseline justify-between gap-3">
      <h3 className="text-small font-semibold">{title}</h3>
      {aside === undefined ? null : <span className="truncate text-small text-ink-3">{aside}</span>}
    </div>
    {children}
  </section>
)

/** Names at the left, what they are at the right; nothing is cut. */
export const PanelFacts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid grid-cols-[112px_1fr] gap-y-0.5 text-small">{children}</dl>
)

/** One line of `PanelFacts`. */
export const PanelFact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
  </>
)
