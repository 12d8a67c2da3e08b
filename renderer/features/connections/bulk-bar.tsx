import { Copy, RefreshCw } from 'lucide-react'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { type BulkRun, COPIED_AT_MOST } from './use-bulk.ts'

/** In the place of the filter bar while rows are checked: how many, what can be done with them, and how it goes. */
export const BulkBar = ({
  count,
  matches,
  isByFilter,
  isNarrow,
  run,
  onCopy,
  onRefresh,
  onCheckAll,
  onStop,
  onClear,
}: {
  /** Null while it is not known. */
  readonly count: number | null
  readonly matches: number | null
  /** All that the filter shows are checked, not rows one by one. */
  readonly isByFilter: boolean
  readonly isNarrow: boolean
  readonly run: BulkRun | null
  readonly onCopy: () => void
  readonly onRefresh: () => void
  readonly onCheckAll: () => void
  readonly onStop: () => void
  readonly onClear: () => void
}) => {
  const done = run === null ? 0 : run.refreshed + run.skipped + run.failed.length
  const isRunning = run?.state === 'running'
  const facts =
    run === null ? null : t('connections.bulk.facts', { refreshed: run.refreshed, skipped: run.skipped, failed: run.failed.length })
  const words =
    run === null
      ? count === null
        ? t('connections.bulk.checked-all')
        : t('connections.bulk.checked', { count })
      : t(isRunning ? 'connections.bulk.refreshing' : run.state === 'stopped' ? 'connections.bulk.stopped' : 'connections.bulk.ended', {
          done,
          total: run.total,
        })
  return (
    <>
      <div
        role="group"
        aria-label={t('connections.bulk.name')}
        className="relative flex h-11 flex-none items-center gap-1.5 bg-accent-soft px-4"
      >
        <span className="min-w-0 truncate">
          <span role="status" className="font-medium">
            {words}
          </span>
          {facts === null ? null : <span className="ml-2 text-ink-2">{facts}</span>}
        </span>
        <span className="flex-1" />
        {isRunning ? (
          <Button size="small" onClick={onStop}>
            {t('connections.bulk.stop')}
          </Button>
        ) : (
          <>
            {isByFilter || matches === null || isNarrow ? null : (
              <Button variant="ghost" size="small" onClick={onCheckAll}>
                {t('connections.bulk.check-all', { count: formatNumber(matches) })}
              </Button>
            )}
            <Button
              size="small"
              icon={Copy}
              onClick={onCopy}
              disabledReason={count !== null && count <= COPIED_AT_MOST ? null : t('connections.bulk.too-many', { most: COPIED_AT_MOST })}
            >
              {t('connections.bulk.copy')}
            </Button>
            <Button size="small" icon={RefreshCw} onClick={onRefresh} disabledReason={isByFilter ? t('connections.bulk.by-hand') : null}>
              {t('connections.bulk.refresh')}
            </Button>
            <Button variant="ghost" size="small" onClick={onClear}>
              {t('connections.bulk.clear')}
            </Button>
          </>
        )}
        {isRunning ? (
          <div
            aria-hidden="true"
            className="absolute bottom-0 left-0 h-1 rounded-full bg-accent-solid"
            style={{ width: `${(100 * done) / Math.max(1, run.total)}%` }}
          />
        ) : null}
      </div>
      {run?.error == null ? null : (
        <div className="px-4 py-2">
          <ErrorNotice error={run.error} title={t('connections.bulk.kept')} />
        </div>
      )}
    </>
  )
}
