import { DatabaseBackup } from 'lucide-react'
import { useState } from 'react'
import type { Backup } from '#shared/contract/backup'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { locale, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { exactTime, longAgo } from '#renderer/ui/relative-words.ts'
import { tell } from '#renderer/ui/toast.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { RestoreSheet } from './restore-sheet.tsx'

const SHOWN = 5

/** What a backup is, in one line: when, why it was made, how much is in it. */
export const backupWords = ({ reason, connections, sizeBytes, isUsable }: Backup): string =>
  [
    t(`trouble.backups.reason.${reason}`),
    ...(connections === null ? [] : [t('trouble.backups.connections', { count: connections })]),
    t('trouble.backups.size', { size: (sizeBytes / 1_048_576).toLocaleString(locale(), { maximumFractionDigits: 1 }) }),
    ...(isUsable ? [] : [t('trouble.backups.unusable')]),
  ].join(' · ')

/** The backups of the stored data: listed, made now, restored after a look at what differs. */
export const BackupsSection = () => {
  const now = useNow(60_000)
  const list = useRead('backup.list', {})
  const make = useWrite('backup.create')
  const [chosen, setChosen] = useState<Backup | null>(null)
  const [isWhole, setIsWhole] = useState(false)
  const backups = list.data?.backups ?? []
  const shown = isWhole ? backups.slice(0, 100) : backups.slice(0, SHOWN)
  return (
    <section aria-label={t('trouble.backups.title')} className="flex flex-col gap-2 pt-2">
      <div className="flex items-start gap-4">
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold">{t('trouble.backups.title')}</h3>
          <p className="text-small text-ink-2">{t('trouble.backups.lead')}</p>
        </div>
        <Button
          icon={DatabaseBackup}
          isBusy={make.isPending}
          onClick={() =>
            make.mutate(
              {},
              {
                onSuccess: () => {
                  tell(t('trouble.backups.made'))
                  void list.refetch()
                },
              },
            )
          }
        >
          {t('trouble.backups.make')}
        </Button>
      </div>
      {make.error === null ? null : <ErrorNotice error={make.error} title={t('trouble.backups.failed')} />}
      {list.error === null || list.data !== undefined ? null : <ErrorNotice error={list.error} title={t('trouble.backups.unreadable')} />}
      {list.data !== undefined && backups.length === 0 ? <p className="text-ink-3">{t('trouble.backups.none')}</p> : null}
      {shown.length === 0 ? null : (
        <ul className="divide-y divide-line rounded-8 border border-line">
          {shown.map((backup) => (
            <li key={backup.backupId} className="flex min-h-12 items-center gap-4 px-4 py-2">
              <div className="min-w-0 flex-1">
                <time dateTime={backup.createdAt} title={exactTime(backup.createdAt)} className="font-medium">
                  {longAgo(backup.createdAt, now)}
                </time>
                <p className="text-small text-ink-3">{backupWords(backup)}</p>
              </div>
              <Button
                size="small"
                aria-label={t('trouble.backups.restore-named', { time: exactTime(backup.createdAt) })}
                disabledReason={backup.isUsable ? null : t('trouble.backups.unusable')}
                onClick={() => setChosen(backup)}
              >
                {t('trouble.backups.restore')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {!isWhole && backups.length > SHOWN ? (
        <Button size="small" variant="ghost" className="self-start" onClick={() => setIsWhole(true)}>
          {t('trouble.backups.more', { count: backups.length })}
        </Button>
      ) : null}
      {chosen === null ? null : <RestoreSheet backup={chosen} onClose={() => setChosen(null)} />}
    </section>
  )
}
