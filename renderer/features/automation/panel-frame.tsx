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
