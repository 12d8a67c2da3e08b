import { Copy, Stethoscope } from 'lucide-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Backup } from '#shared/contract/backup'
import type { SystemStatus } from '#shared/contract/system'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { copyText } from '#renderer/ui/copy-text.ts'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { exactTime, longAgo } from '#renderer/ui/relative-words.ts'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { backupWords } from './backups-section.tsx'
import { Differences, RestoreSheet } from './restore-sheet.tsx'
import { StartAnewSheet } from './start-anew-sheet.tsx'

/** The reasons that a restored backup or a new beginning would mend; the others mend by themselves, or a newer version is needed. */
const RESTORABLE = new Set(['corrupt', 'missing'])

const detailsOf = ({ storage, version, dataFolder }: SystemStatus): string =>
  [
    `Patchbay ${version}`,
    `state: ${storage.state}`,
    `reason: ${storage.reason ?? ''}`,
    `since: ${storage.since ?? ''}`,
    `backups: ${storage.backups.count}, newest ${storage.backups.newestAt ?? ''}`,
    `folder: ${dataFolder}`,
  ].join('\n')

const NewestBackup = ({ backup, now }: { readonly backup: Backup; readonly now: number }) => {
  const comparison = useRead('backup.compare', { backupId: backup.backupId })
  return (
    <>
      <p>
        <time dateTime={backup.createdAt} title={exactTime(backup.createdAt)} className="font-medium">
          {longAgo(backup.createdAt, now)}
        </time>{' '}
        <span className="text-ink-3">{backupWords(backup)}</span>
      </p>
      {comparison.data === undefined ? null : (
        <div className="text-ink-2">
          <Differences comparison={comparison.data} />
        </div>
      )}
    </>
  )
}

/** In place of the list while the stored data cannot be used: what happened, what still works, and the ways out. */
export const RescuePage = ({ status }: { readonly status: SystemStatus }) => {
  const [, go] = useLocation()
  const now = useNow(60_000)
  const [sheet, setSheet] = useState<'restore' | 'anew' | null>(null)
  const { storage, dataFolder } = status
  const reason = storage.reason ?? 'io'
  const canMend = RESTORABLE.has(reason)
  const backups = useRead('backup.list', {}, { isEnabled: canMend })
  const newest = backups.data?.backups.find(({ isUsable }) => isUsable) ?? null
  const doctor = (
    <Button variant={canMend && newest !== null ? 'secondary' : 'primary'} icon={Stethoscope} onClick={() => go(paths.diagnostics)}>
      {t('trouble.rescue.doctor')}
    </Button>
  )
  return (
    <main
      data-region="list"
      aria-label={t(`trouble.rescue.title.${reason}`)}
      className="relative min-w-0 flex-1 overflow-y-auto bg-surface"
    >
      <div className="mx-auto flex max-w-[680px] flex-col gap-5 px-6 py-12">
        <div className="flex flex-col gap-2">
          <StatusGlyph glyph="attention" size={16} />
          <h1 className="text-empty font-semibold">{t(`trouble.rescue.title.${reason}`)}</h1>
          <p className="text-lead text-ink-2">{t(`trouble.rescue.text.${reason}`)}</p>
          {storage.since === null ? null : (
            <p className="text-small text-ink-3">{t('trouble.rescue.since', { time: exactTime(storage.since) })}</p>
          )}
        </div>
        <section aria-label={t('trouble.rescue.works')} className="flex flex-col gap-1">
          <h2 className="font-semibold">{t('trouble.rescue.works')}</h2>
          <ul className="list-disc pl-5 text-ink-2">
            <li>{t('trouble.rescue.works-nango')}</li>
            <li>{t('trouble.rescue.works-here')}</li>
            {storage.state === 'open' ? <li>{t('trouble.rescue.works-read')}</li> : null}
          </ul>
        </section>
        {canMend ? (
          <section aria-label={t('trouble.rescue.backup')} className="flex flex-col gap-1.5">
            <h2 className="font-semibold">{t('trouble.rescue.backup')}</h2>
            {newest === null ? (
              backups.isPending ? null : (
                <p className="text-ink-2">{t('trouble.rescue.no-backup')}</p>
              )
            ) : (
              <NewestBackup backup={newest} now={now} />
            )}
          </section>
        ) : null}
        <section aria-label={t('trouble.rescue.folder')} className="flex flex-col gap-0.5">
          <h2 className="font-semibold">{t('trouble.rescue.folder')}</h2>
          <CopyableHandle text={dataFolder} className="max-w-full" />
        </section>
        <div className="flex flex-wrap gap-2">
          {canMend && newest !== null ? (
            <Button variant="primary" onClick={() => setSheet('restore')}>
              {t('trouble.rescue.restore')}
            </Button>
          ) : null}
          {doctor}
          <Button
            icon={Copy}
            onClick={() =>
              void copyText(detailsOf(status)).then((isCopied) => tell(t(isCopied ? 'trouble.rescue.copied' : 'trouble.bundle.not-copied')))
            }
          >
            {t('trouble.rescue.copy')}
          </Button>
          {canMend ? (
            <Button variant="danger" onClick={() => setSheet('anew')}>
              {t('trouble.rescue.anew')}
            </Button>
          ) : null}
        </div>
      </div>
      {sheet === 'restore' && newest !== null ? <RestoreSheet backup={newest} onClose={() => setSheet(null)} /> : null}
      {sheet === 'anew' ? <StartAnewSheet onClose={() => setSheet(null)} /> : null}
    </main>
  )
}
