import type { ReactNode } from 'react'
import { useRead } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { Row, Rows, SectionFrame } from '#renderer/ui/section-frame.tsx'

/** Where everything lies and how to remove it; in between stands what else is to be known of it. */
export const DataSection = ({ children }: { readonly children: ReactNode }) => {
  const { data: status } = useRead('system.status', {})
  if (status === undefined) return <SkeletonRows rows={3} />
  const isKeychain = status.vault.tier === 'keychain'
  return (
    <SectionFrame title={t('settings.data')} lead={t('settings.data.lead')}>
      <Rows>
        <Row label={t('settings.data.folder')} hint={t('settings.data.folder-hint')}>
          <CopyableHandle text={status.dataFolder} className="max-w-full" />
        </Row>
        <Row label={t('settings.data.socket')} hint={t('settings.data.socket-hint')}>
          <CopyableHandle text={status.socketPath} className="max-w-full" />
        </Row>
      </Rows>
      {children}
      <div className="flex flex-col gap-2 pt-2">
        <h3 className="font-semibold">{t('settings.data.remove')}</h3>
        <ol className="flex list-decimal flex-col gap-1 pl-5 text-ink-2">
          <li>{t('settings.data.remove-connections')}</li>
          <li>{t('settings.data.remove-close')}</li>
          <li>
            {rich('settings.data.remove-folder', {
              folder: status.dataFolder,
              path: (words) => <span className="font-mono text-small break-all text-ink-1">{words}</span>,
            })}
          </li>
          {isKeychain ? (
            <li>{t('settings.data.remove-keychain', { keychain: status.vault.backend ?? t('settings.tier.keychain') })}</li>
          ) : null}
        </ol>
        <p className="text-ink-2">
          <strong className="font-semibold text-ink-1">{t('settings.data.at-nango')}</strong> {t('settings.data.at-nango-text')}
        </p>
      </div>
    </SectionFrame>
  )
}
