import type { Bulk } from '#shared/contract/bulk'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { runFacts, runTitle } from './bulk-words.ts'

/** The runs of this profile, the newest first: those that wait can be stopped, those that ended can be looked at. */
export const BulkRunsSheet = ({
  runs,
  onStop,
  onResults,
  onClose,
}: {
  readonly runs: readonly Bulk[]
  readonly onStop: (bulkId: string) => void
  readonly onResults: (bulkId: string) => void
  readonly onClose: () => void
}) => {
  const now = useNow(15_000)
  return (
    <Sheet isOpen onClose={onClose} title={t('bulk.runs.title')} subtitle={t('bulk.runs.lead')}>
      {runs.length === 0 ? (
        <p className="text-ink-2">{t('bulk.runs.none')}</p>
      ) : (
        <ul className="flex flex-col">
          {runs.map((run) => (
            <li key={run.bulkId} className="flex items-center gap-3 border-b border-line py-2 last:border-b-0">
              <div className="min-w-0 flex-1">
                <p className="font-medium">{runTitle(run)}</p>
                <p className="text-small text-ink-2">
                  {run.state === 'waiting' ? t('bulk.pause.queued') : runFacts(run)} ·{' '}
                  <RelativeTime at={run.endedAt ?? run.createdAt} now={now} isLong />
                </p>
              </div>
              {run.endedAt === null && run.state !== 'cancelled' ? (
                <Button size="small" onClick={() => onStop(run.bulkId)}>
                  {t('bulk.run.stop')}
                </Button>
              ) : null}
              <Button size="small" variant="ghost" onClick={() => onResults(run.bulkId)}>
                {t('bulk.run.results')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  )
}
