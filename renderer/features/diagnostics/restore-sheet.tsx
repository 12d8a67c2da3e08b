import type { Backup, BackupComparison } from '#shared/contract/backup'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { tell } from '#renderer/ui/toast.tsx'

/** What a restore would change, line by line; nothing is claimed where the present data cannot be read. */
export const Differences = ({ comparison }: { readonly comparison: BackupComparison }) => {
  const { added, removed, changed } = comparison
  if (added === null || removed === null || changed === null) return <p>{t('trouble.backups.unknown')}</p>
  const parts = [
    { words: t('trouble.backups.added', { count: added.count }), ...added },
    { words: t('trouble.backups.removed', { count: removed.count }), ...removed },
    { words: t('trouble.backups.changed', { count: changed.count }), ...changed },
  ].filter(({ count }) => count > 0)
  if (parts.length === 0) return <p>{t('trouble.backups.same')}</p>
  return (
    <ul className="flex flex-col gap-1.5">
      {parts.map(({ words, names, count }) => (
        <li key={words}>
          <span className="font-medium text-ink-1">{words}</span>
          <span className="block text-small break-words">
            {names.map((name, index) => (
              <span key={name}>
                {index === 0 ? null : ', '}
                <bdi className="font-mono">{name}</bdi>
              </span>
            ))}
            {count > names.length ? ' …' : null}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** Asks before a backup is put in the place of the present data, and says what differs. */
export const RestoreSheet = ({ backup, onClose }: { readonly backup: Backup; readonly onClose: () => void }) => {
  const comparison = useRead('backup.compare', { backupId: backup.backupId })
  const restore = useWrite('backup.restore')
  return (
    <ConfirmSheet
      isOpen
      title={t('trouble.backups.sheet-title', { time: exactTime(backup.createdAt) })}
      safeLabel={t('trouble.backups.keep')}
      confirmLabel={t('trouble.backups.restore')}
      isBusy={restore.isPending}
      onConfirm={() =>
        restore.mutate(
          { backupId: backup.backupId },
          {
            onSuccess: () => {
              tell(t('trouble.backups.restored'))
              onClose()
            },
          },
        )
      }
      onClose={onClose}
    >
      {comparison.data === undefined ? (
        comparison.error === null ? (
          <p role="status">{t('trouble.backups.comparing')}</p>
        ) : (
          <ErrorNotice error={comparison.error} title={t('trouble.backups.not-compared')} />
        )
      ) : (
        <Differences comparison={comparison.data} />
      )}
      <p className="text-small">{t('trouble.backups.kept')}</p>
      {restore.error === null ? null : <ErrorNotice error={restore.error} title={t('trouble.backups.not-restored')} />}
    </ConfirmSheet>
  )
}
