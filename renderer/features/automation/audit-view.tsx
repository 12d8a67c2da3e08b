import { ScrollText } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { AuditEntry } from '#shared/contract/audit'
import type { Grant } from '#shared/contract/grants'
import { useHost, usePagedRead, useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { PageFrame } from '#renderer/shell/page-frame.tsx'
import { Button } from '#renderer/ui/button.tsx'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { AuditFilterBar } from './audit-filter-bar.tsx'
import { type AuditFilter, auditParams, isFiltered, NO_FILTER, OUTCOMES } from './audit-filter.ts'
import { AuditGrid } from './audit-grid.tsx'
import { AuditPanel } from './audit-panel.tsx'
import { AuditVerdict } from './audit-verdict.tsx'
import type { AuditOf } from './automation-place.ts'
import { tame } from './grant-words.ts'
import { useAuditExport } from './use-audit-export.ts'

const PAGE = 100

/** Without more said, what programs did: the window itself reads all the time. */
const filterOf = (of: AuditOf | null): AuditFilter => ({
  ...NO_FILTER,
  caller: of === null || of.kind === 'outcome' ? 'automation' : null,
  outcome: of?.kind === 'outcome' ? (OUTCOMES.find((outcome) => outcome === of.id) ?? null) : null,
  clientId: of?.kind === 'client' ? of.id : null,
  grantId: of?.kind === 'grant' ? of.id : null,
  connectionId: of?.kind === 'connection' ? of.id : null,
})

/** Programs and connections by name, as far as grants and uses tell them. */
const useNames = (grants: readonly Grant[]) => {
  const uses = useRead('audit.usage', {}, { ignoresFocus: true }).data?.uses
  return useMemo(
    () => ({
      programs: new Map([
        ...(uses ?? []).flatMap(({ clientId, clientName }) =>
          clientId === null ? [] : [[clientId, tame(clientName ?? clientId)] as const],
        ),
        ...grants.map(({ clientId, clientName }) => [clientId, tame(clientName)] as const),
      ]),
      connections: new Map((uses ?? []).map(({ connectionId, handle }) => [connectionId, handle ?? connectionId])),
    }),
    [uses, grants],
  )
}

/** What was called, newest first. It stands still while it is read: new lines come in by themselves only at the top, else on demand. */
export const AuditView = ({
  frame,
  head,
  of,
  grants,
  now,
  isSmall,
}: {
  /** The head of the page. */
  readonly frame: { readonly title: string; readonly count: number | null; readonly actions: ReactNode }
  /** The tabs, and what the page says below them. */
  readonly head: ReactNode
  readonly of: AuditOf | null
  readonly grants: readonly Grant[]
  readonly now: number
  readonly isSmall: boolean
}) => {
  const { transport } = useHost()
  const [filter, setFilter] = useState(() => filterOf(of))
  const [since, setSince] = useState(() => Date.now())
  const [open, setOpen] = useState<AuditEntry | null>(null)
  const [isBehind, setIsBehind] = useState(false)
  const isAtTop = useRef(true)
  const params = { ...auditParams(filter, since), limit: PAGE }
  const read = usePagedRead('audit.list', params, { keepsPrevious: true, isStill: true })
  const isAllOfPrograms = JSON.stringify(filter) === JSON.stringify(filterOf(null))
  const exporting = useAuditExport()
  const names = useNames(grants)
  const entries = read.data?.pages.flatMap((page) => page.entries) ?? []
  const { refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = read
  useEffect(
    () =>
      transport.onEvent(({ type }) => {
        if (type !== 'audit.changed') return
        if (isAtTop.current) void refetch()
        else setIsBehind(true)
      }),
    [transport, refetch],
  )
  const onTop = useCallback((atTop: boolean) => {
    isAtTop.current = atTop
  }, [])
  const showNew = (): void => {
    setIsBehind(false)
    setOpen(null)
    setSince(Date.now())
    void refetch()
  }
  const change = (next: AuditFilter): void => {
    setFilter(next)
    setSince(Date.now())
    setOpen(null)
    setIsBehind(false)
  }
  useKeys(open === null ? [] : [{ keys: 'Escape', does: t('automation.panel.close'), run: () => setOpen(null), isMove: true }])
  return (
    <PageFrame
      {...frame}
      panel={
        open === null ? null : (
          <AuditPanel entry={open} onClose={() => setOpen(null)} onOnly={(part) => change({ ...NO_FILTER, ...part })} />
        )
      }
    >
      {head}
      <AuditFilterBar
        filter={filter}
        names={names}
        isExporting={exporting.isBusy}
        onFilter={change}
        onExport={(format) => {
          exporting.run(auditParams(filter, Date.now()), format)
        }}
      />
      {exporting.error === null ? null : (
        <div className="p-4 pb-2">
          <ErrorNotice error={exporting.error} title={t('automation.export.failed')} />
        </div>
      )}
      {read.error !== null && read.data === undefined ? (
        <div className="p-4">
          <ErrorNotice
            error={read.error}
            title={t('automation.audit.unreadable')}
            action={
              <Button size="small" onClick={() => void refetch()}>
                {t('automation.try-again')}
              </Button>
            }
          />
        </div>
      ) : read.data === undefined ? (
        <SkeletonRows rows={10} />
      ) : entries.length === 0 ? (
        <EmptyState
          icon={ScrollText}
          title={t(
            !isFiltered(filter) ? 'automation.audit.none' : isAllOfPrograms ? 'automation.audit.no-program' : 'automation.audit.none-match',
          )}
          actions={
            isFiltered(filter) ? (
              <Button onClick={() => change(NO_FILTER)}>
                {t(isAllOfPrograms ? 'automation.audit.show-all' : 'automation.filter.clear')}
              </Button>
            ) : undefined
          }
        >
          {t(isFiltered(filter) && !isAllOfPrograms ? 'automation.audit.none-match-text' : 'automation.audit.none-text')}
        </EmptyState>
      ) : (
        <div className="relative flex min-h-0 flex-1 flex-col">
          <AuditGrid
            entries={entries}
            total={hasNextPage ? null : entries.length}
            listKey={JSON.stringify(params)}
            openSequence={open?.sequence ?? null}
            isNarrow={isSmall || open !== null}
            now={now}
            onOpen={setOpen}
            onNeed={() => {
              if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
            }}
            onTop={onTop}
          />
          {isBehind ? (
            <div className="pointer-events-none absolute inset-x-0 bottom-3 z-10 flex justify-center">
              <button
                type="button"
                onClick={showNew}
                className="floating pointer-events-auto h-7 rounded-full px-3 text-small font-medium text-accent"
              >
                {t('automation.audit.new')}
              </button>
            </div>
          ) : null}
        </div>
      )}
      {entries.length === 0 ? <span className="flex-1" /> : null}
      <AuditVerdict />
    </PageFrame>
  )
}
