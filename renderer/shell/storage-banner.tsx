import { useState } from 'react'
import { useLocation } from 'wouter'
import type { StorageStatus } from '#shared/contract/backup'
import { useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Banner } from '#renderer/ui/notice.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'

const NoticeSheet = ({ notice, onClose }: { readonly notice: NonNullable<StorageStatus['notice']>; readonly onClose: () => void }) => {
  const acknowledge = useWrite('system.acknowledgeStorage')
  return (
    <Sheet
      isOpen
      onClose={onClose}
      width={520}
      title={t(`trouble.notice.${notice.kind}`)}
      foot={
        <>
          <Button onClick={onClose}>{t('trouble.notice.close')}</Button>
          <Button variant="primary" isBusy={acknowledge.isPending} onClick={() => acknowledge.mutate({}, { onSuccess: onClose })}>
            {t('trouble.notice.read')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-ink-2">
        {notice.lostWrites === null ? null : <p className="text-ink-1">{t('trouble.notice.lost', { count: notice.lostWrites })}</p>}
        <p>{t(`trouble.notice.text.${notice.kind}`)}</p>
        {notice.folder === null ? null : (
          <div>
            <p className="text-small text-ink-3">{t('trouble.notice.folder')}</p>
            <CopyableHandle text={notice.folder} className="max-w-full" />
          </div>
        )}
        {acknowledge.error === null ? null : <ErrorNotice error={acknowledge.error} />}
      </div>
    </Sheet>
  )
}

/** Whether the stored data has something to say to the whole window. */
export const hasStorageNews = (storage: StorageStatus): boolean =>
  storage.state === 'open' && (storage.reason !== null || !storage.isWritable || storage.notice !== null)

/** Nothing can be stored now, or something about the stored data is to be read and acknowledged. */
export const StorageBanner = ({ storage }: { readonly storage: StorageStatus }) => {
  const [, go] = useLocation()
  const [isOpen, setIsOpen] = useState(false)
  const { reason, notice, isWritable } = storage
  if (!isWritable || reason !== null) {
    const known = reason === 'full' || reason === 'read_only' || reason === 'io' ? reason : 'other'
    return (
      <Banner
        tone="attention"
        title={t(`trouble.banner.${known}`)}
        action={
          <Button size="small" onClick={() => go(paths.diagnostics)}>
            {t('trouble.banner.details')}
          </Button>
        }
      >
        {t(reason === 'full' ? 'trouble.banner.full-text' : 'trouble.banner.text')}
      </Banner>
    )
  }
  if (notice === null) return null
  return (
    <>
      <Banner
        tone={notice.kind === 'restored' ? 'unknown' : 'attention'}
        title={`${t(`trouble.notice.${notice.kind}`)}.`}
        action={
          <Button size="small" onClick={() => setIsOpen(true)}>
            {t('trouble.notice.what')}
          </Button>
        }
      >
        {notice.lostWrites === null ? null : t('trouble.notice.lost', { count: notice.lostWrites })}
      </Banner>
      {isOpen ? <NoticeSheet notice={notice} onClose={() => setIsOpen(false)} /> : null}
    </>
  )
}
