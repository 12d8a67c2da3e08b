import type { SystemStatus } from '#shared/contract/system'
import { useLocation } from 'wouter'
import { useWrite } from '#renderer/api/use-api.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Banner } from '#renderer/ui/notice.tsx'
import { clockTime } from '#renderer/ui/relative-words.ts'
import { middleOf } from './profile-words.ts'

/** The worst trouble of the whole window, or nothing. */
export const WindowBanner = ({ status }: { readonly status: SystemStatus }) => {
  const [, go] = useLocation()
  const run = useWrite('sync.run')
  const { profile, sync } = status
  if (profile === null || sync === null) return null
  const place = middleOf(profile)
  if (sync.state === 'refused') {
    return (
      <Banner
        tone="attention"
        title={`${place} refused the key of "${profile.name}".`}
        action={
          <Button size="small" variant="primary" onClick={() => go(paths.settings)}>
            Enter new key
          </Button>
        }
      >
        Connections at {place} are untouched. You see the last known state.
      </Banner>
    )
  }
  if (sync.state === 'offline') {
    return (
      <Banner
        tone="unknown"
        title={sync.offlineSince === null ? 'Offline.' : `Offline since ${clockTime(sync.offlineSince)}.`}
        action={
          <Button size="small" isBusy={run.isPending} onClick={() => run.mutate({})}>
            Try now
          </Button>
        }
      >
        You see what was known then.
      </Banner>
    )
  }
  return null
}
