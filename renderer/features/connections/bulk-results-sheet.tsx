import { Copy, Download, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import type { Bulk, BulkRow } from '#shared/contract/bulk'
import { useHost, usePagedRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { copyText } from '#renderer/ui/copy-text.ts'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { saveText } from '#renderer/ui/save-text.ts'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { Tabs } from '#renderer/ui/tabs.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { OUTCOMES, resultsCsv, rowReason, rowWords, runFacts, runTitle } from './bulk-words.ts'

const PAGE = 100
/** More lines than this are not copied at once. */
const COPIED_AT_MOST = 1000

type Outcome = (typeof OUTCOMES)[number]

const Reason = ({ row }: { readonly row: BulkRow }) => {
  const words = rowWords(row)
  if (words === null) return null
  return (
    <span className="pb-1 break-words text-ink-2">
      <bdi {...(words.isForeign ? { lang: 'en' } : {})}>{words.text}</bdi>
    </span>
  )
}

/** What became of each connection of a run, those that failed first, to copy, save or run again. */
export const BulkResultsSheet = ({
  run,
  onAgain,
  onClose,
}: {
  readonly run: Bulk
  /** Does again what failed or was not reached. */
  readonly onAgain: () => void
  readonly onClose: () => void
}) => {
  const { api } = useHost()
  const { counts } = run
  const [chosen, setChosen] = useState<Outcome | null>(null)
  const outcome = chosen ?? OUTCOMES.find((each) => counts[each] > 0) ?? 'done'
  const read = usePagedRead('bulk.results', { bulkId: run.bulkId, outcome, limit: PAGE })
  const rows = read.data?.pages.flatMap((page) => page.rows) ?? []
  const again = counts.failed + counts.waiting
  const isOver = run.endedAt !== null
  const [error, setError] = useState<Error | null>(null)

  const readAll = async (most: number): Promise<BulkRow[]> => {
    const all: BulkRow[] = []
    for (let cursor: string | undefined; ;) {
      const page = await api.bulk.results({ bulkId: run.bulkId, outcome, limit: 500, ...(cursor === undefined ? {} : { cursor }) })
      all.push(...page.rows)
      if (page.nextCursor === null || all.length >= most) return all.slice(0, most)
      cursor = page.nextCursor
    }
  }
  const withAll = (most: number, use: (rows: readonly BulkRow[]) => unknown): void => {
    setError(null)
    void readAll(most)
      .then(use)
      .catch((failure: Error) => setError(failure))
  }
  const copy = (): void =>
    withAll(COPIED_AT_MOST, async (all) => {
      const isCopied = await copyText(all.map((row) => [row.handle, rowReason(row)].filter((part) => part !== '').join('\t')).join('\n'))
      tell(isCopied ? t('bulk.told.copied', { count: all.length }) : t('bulk.told.not-copied'))
    })
  const save = (): void =>
    withAll(Number.POSITIVE_INFINITY, (all) => saveText(`patchbay-${run.action}-${outcome}.csv`, resultsCsv(all), 'text/csv;charset=utf-8'))

  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={runTitle(run)}
      subtitle={runFacts(run)}
      foot={
        <>
          <Button variant="ghost" icon={Copy} disabledReason={counts[outcome] > 0 ? null : t('bulk.results.none')} onClick={copy}>
            {t('bulk.results.copy')}
          </Button>
          <Button variant="ghost" icon={Download} disabledReason={counts[outcome] > 0 ? null : t('bulk.results.none')} onClick={save}>
            {t('bulk.results.save')}
          </Button>
          <span className="flex-1" />
          {again === 0 || run.undoOf !== null ? null : (
            <Button variant="primary" icon={RotateCcw} disabledReason={isOver ? null : t('bulk.results.not-over')} onClick={onAgain}>
              {t('bulk.results.again', { count: again })}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Tabs
          name={t('bulk.results.which')}
          value={outcome}
          onValueChange={setChosen}
          isTight
          items={OUTCOMES.filter((each) => counts[each] > 0 || each === outcome).map((each) => ({
            value: each,
            label: t(`bulk.outcome.${each}`),
            count: counts[each],
          }))}
        />
        {error === null ? null : <ErrorNotice error={error} />}
        {read.error === null ? null : <ErrorNotice error={read.error} title={t('bulk.results.unreadable')} />}
        {read.isPending ? (
          <SkeletonRows rows={Math.min(6, Math.max(1, counts[outcome]))} isCompact />
        ) : rows.length === 0 ? (
          <p className="text-ink-2">{t('bulk.results.empty')}</p>
        ) : (
          <ul aria-label={t(`bulk.outcome.${outcome}`)} className="flex flex-col">
            {rows.map((row) => (
              <li key={row.position} className="flex min-h-8 flex-col justify-center border-b border-line py-1 last:border-b-0">
                <CopyableHandle text={row.handle} className="max-w-full self-start" />
                <Reason row={row} />
              </li>
            ))}
          </ul>
        )}
        {read.hasNextPage ? (
          <div>
            <Button size="small" isBusy={read.isFetchingNextPage} onClick={() => void read.fetchNextPage()}>
              {t('bulk.results.more')}
            </Button>
          </div>
        ) : null}
      </div>
    </Sheet>
  )
}
