import { Download, List, Undo2, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Bulk } from '#shared/contract/bulk'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { spanWords } from '#renderer/ui/relative-words.ts'
import { endedRows, leftOver, pauseWords, runError, runFacts, runTitle } from './bulk-words.ts'
import { type PaceSample, paceOf, withSample } from './bulk-pace.ts'

/** What is heard of progress, at most so often. */
const HEARD_MS = 5000

/** Words that are spoken now and then while they change, and at once where `isAtOnce`. */
const useCalmWords = (words: string, isAtOnce: boolean): string => {
  const [heard, setHeard] = useState(words)
  const latest = useRef(words)
  latest.current = words
  useEffect(() => {
    const timer = setInterval(() => setHeard(latest.current), HEARD_MS)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    if (isAtOnce) setHeard(latest.current)
  }, [isAtOnce])
  return heard
}

/** How fast a run goes, from what this window has seen of it. */
const usePace = (run: Bulk): ReturnType<typeof paceOf> => {
  const samples = useRef<readonly PaceSample[]>([])
  const [pace, setPace] = useState<ReturnType<typeof paceOf>>(null)
  useEffect(() => {
    samples.current = withSample(samples.current, { at: Date.now(), ended: endedRows(run) })
    setPace(paceOf(samples.current, run.counts.waiting))
  }, [run])
  return pace
}

const Progress = ({ run }: { readonly run: Bulk }) => {
  const { total, counts } = run
  const bad = counts.failed + counts.refused
  const share = (count: number): string => `${(100 * count) / Math.max(1, total)}%`
  return (
    <div
      role="progressbar"
      aria-label={runTitle(run)}
      aria-valuemin={0}
      aria-valuemax={Math.max(1, total)}
      aria-valuenow={endedRows(run)}
      className="flex h-1 overflow-hidden rounded-full bg-active"
    >
      <div className="h-full bg-accent" style={{ width: share(endedRows(run) - bad) }} />
      <div className="h-full bg-attention" style={{ width: share(bad) }} />
    </div>
  )
}

/** How an action over many goes, or how it ended: count, verb, progress, pace, what it waits for, and the one next thing to do. */
export const BulkRunBar = ({
  run,
  queued,
  limit,
  place,
  error,
  onStop,
  onResults,
  onRuns,
  onUndo,
  onSave,
  onHide,
}: {
  readonly run: Bulk
  /** How many more runs wait for this one. */
  readonly queued: number
  /** Requests that Nango allows in a minute; null while that is not known. */
  readonly limit: number | null
  readonly place: string
  /** Why something about runs could not be done. */
  readonly error: Error | null
  readonly onStop: () => void
  readonly onResults: () => void
  readonly onRuns: () => void
  readonly onUndo: () => void
  readonly onSave: (format: 'csv' | 'json') => void
  readonly onHide: () => void
}) => {
  const isOpen = run.endedAt === null
  const pace = usePace(run)
  const pause = pauseWords(run, place)
  const title = runTitle(run)
  const facts = runFacts(run)
  // Where it breaks, a line ends with its dot and none begins with one.
  const shown = facts.replaceAll(' · ', '\u00a0· ')
  const heard = useCalmWords([title, pause ?? facts].join('. '), !isOpen || pause !== null)
  const left = leftOver(run)
  const stopped = isOpen ? null : runError(run)
  const canUndo = !isOpen && run.canUndo
  useKeys(canUndo ? [{ keys: 'Mod+z', does: t('bulk.key.undo'), icon: Undo2, run: onUndo }] : [])
  const pacing =
    !isOpen || pause !== null || pace === null
      ? ''
      : [
          limit === null || run.action === 'label' || run.action === 'export'
            ? t('bulk.run.pace', { count: pace.perMinute })
            : t('bulk.run.pace-of', { count: pace.perMinute, limit, place }),
          pace.leftMs === null ? '' : t('bulk.run.left', { span: spanWords(pace.leftMs) }),
        ]
          .filter((part) => part !== '')
          .join(' · ')
  return (
    <section aria-label={t('bulk.run.name')} className="flex flex-none flex-col border-b border-line bg-accent-soft">
      <span className="sr-only" role="status">
        {heard}
      </span>
      <div className="flex min-h-14 items-center gap-3 px-4 py-2">
        <div className="flex min-w-0 flex-1 flex-col gap-1.5">
          <div className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-semibold">{title}</span>
            <span className="min-w-0 grow text-ink-2 tabular-nums">{shown}</span>
            <span className="text-small text-ink-2 tabular-nums">{pause ?? pacing}</span>
          </div>
          {isOpen ? <Progress run={run} /> : null}
        </div>
        <div className="flex flex-none items-center gap-2">
          {queued === 0 ? null : (
            <Button variant="ghost" size="small" icon={List} onClick={onRuns}>
              {t('bulk.run.queued', { count: queued })}
            </Button>
          )}
          {isOpen ? (
            <>
              {left - run.counts.waiting === 0 ? null : (
                <Button variant="ghost" size="small" onClick={onResults}>
                  {t('bulk.run.so-far')}
                </Button>
              )}
              {run.state === 'cancelled' ? null : <Button onClick={onStop}>{t('bulk.run.stop')}</Button>}
            </>
          ) : (
            <>
              {canUndo ? (
                <Button variant="ghost" size="small" icon={Undo2} onClick={onUndo}>
                  {t('bulk.run.undo')}
                </Button>
              ) : null}
              {run.action === 'export' && run.state === 'done' ? (
                <>
                  <Button size="small" icon={Download} onClick={() => onSave('csv')}>
                    {t('bulk.run.save-csv')}
                  </Button>
                  <Button size="small" icon={Download} onClick={() => onSave('json')}>
                    {t('bulk.run.save-json')}
                  </Button>
                </>
              ) : (
                <Button size="small" variant={left === 0 ? 'ghost' : 'secondary'} onClick={onResults}>
                  {left === 0 ? t('bulk.run.results') : t('bulk.run.show-left', { count: formatNumber(left), plural: left })}
                </Button>
              )}
              <IconButton icon={X} name={t('bulk.run.hide')} onClick={onHide} />
            </>
          )}
        </div>
      </div>
      {stopped === null && error === null ? null : (
        <div className="px-4 pb-2">
          <ErrorNotice error={error ?? stopped ?? new Error()} title={t(error === null ? 'bulk.run.in-the-way' : 'bulk.run.not-done')} />
        </div>
      )}
    </section>
  )
}
