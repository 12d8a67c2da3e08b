import type { SystemStatus } from '#shared/contract/system'
import { useLocation } from 'wouter'
import { useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Banner } from '#renderer/ui/notice.tsx'
import { clockTime } from '#renderer/ui/relative-words.ts'
import { middleOf } from './profile-words.ts'
import { hasStorageNews, StorageBanner } from './storage-banner.tsx'

/** The worst trouble of the whole window, or nothing. */
export const WindowBanner = ({ status }: { readonly status: SystemStatus }) => {
  const [, go] = useLocation()
  const run = useWrite('sync.run')
  const { profile, sync } = status
  if (hasStorageNews(status.storage)) return <StorageBanner storage={status.storage} />
  if (profile === null || sync === null) return null
  const place = middleOf(profile)
  if (sync.state === 'refused') {
    return (
      <Banner
        tone="attention"
        title={t('shell.banner.refused', { place, profile: profile.name })}
        action={
          <Button size="small" variant="primary" onClick={() => go(paths.settings)}>
            {t('shell.banner.enter-key')}
          </Button>
        }
      >
        {t('shell.banner.refused-text', { place })}
      </Banner>
    )
  }
  if (sync.state === 'offline') {
    return (
      <Banner
        tone="unknown"
        title={
          sync.offlineSince === null ? t('shell.banner.offline') : t('shell.banner.offline-since', { time: clockTime(sync.offlineSince) })
        }
        action={
          <Button size="small" isBusy={run.isPending} onClick={() => run.mutate({})}>
            {t('shell.banner.try-now')}
          </Button>
        }
      >
        {t('shell.banner.offline-text')}
      </Banner>
    )
  }
  return null
}
