import type { ReactNode } from 'react'
import { formatNumber } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { useRead } from '#renderer/api/use-api.ts'
import { SandboxChip } from './sandbox-chip.tsx'
import { WindowBanner } from './window-banner.tsx'

/**
 * A page: toolbar of 48 with its name, count and actions, the banner of the window under it, then the content, which scrolls itself.
 * `panel` stands beside the whole page.
 */
export const PageFrame = ({
  title,
  count = null,
  actions,
  panel,
  children,
}: {
  readonly title: string
  readonly count?: number | null
  readonly actions?: ReactNode
  readonly panel?: ReactNode
  readonly children: ReactNode
}) => {
  const { data: status } = useRead('system.status', {})
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <main
        data-region="list"
        aria-label={title}
        className={cx('flex min-w-0 flex-1 flex-col bg-surface', panel ? '@max-[799px]/window:sr-only' : '')}
      >
        {/* Where the panel takes the place of the page, the page keeps its name for those who hear it. */}
        {panel ? <h1 className="hidden @max-[799px]/window:block">{title}</h1> : null}
        <div className={cx('flex min-h-0 flex-1 flex-col', panel ? '@max-[799px]/window:hidden' : '')}>
          <div
            className={cx(
              'drag-region @container z-20 flex h-12 flex-none items-center gap-2 border-b border-line pl-4',
              panel ? 'pr-4' : 'clear-right',
            )}
          >
            <h1 className="text-title font-semibold whitespace-nowrap">{title}</h1>
            {count === null ? null : <span className="text-ink-3">{formatNumber(count)}</span>}
            {status?.profile?.kind === 'sandbox' ? <SandboxChip isVaultOpen={status.vault.state === 'open'} /> : null}
            <div className="ml-auto flex min-w-0 items-center justify-end gap-2">{actions}</div>
          </div>
          {status === undefined ? null : <WindowBanner status={status} />}
          {children}
        </div>
      </main>
      {panel}
    </div>
  )
}
