import { useMutation } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import type { FixAction } from '#shared/contract/trouble'
import { useHost } from '#renderer/api/use-api.ts'
import { errorWords } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { tell } from '#renderer/ui/toast.tsx'

/** The calls that a finding may ask for: harmless ones, each with its own words. Whatever else the host names has no button. */
const CALLS = ['profiles.test', 'sync.run', 'backup.create', 'system.acknowledgeStorage', 'sandbox.calm'] as const
type Call = (typeof CALLS)[number]

const callOf = (action: FixAction): Call | null => ('method' in action ? (CALLS.find((name) => name === action.method) ?? null) : null)

/** Mends a finding by one call, after which it is looked at again, or opens the page where a person can. */
export const FixButton = ({ action, onMended }: { readonly action: FixAction; readonly onMended: () => void }) => {
  const { api } = useHost()
  const [, go] = useLocation()
  const call = callOf(action)
  const mend = useMutation<unknown>({
    mutationFn: async () => {
      if (!('method' in action)) return undefined
      const { profileId } = action.params
      if (call === 'profiles.test') return api.profiles.test(typeof profileId === 'string' ? { profileId } : {})
      if (call === 'sandbox.calm') return api.sandbox.calm(typeof profileId === 'string' ? { profileId } : {})
      if (call === 'backup.create') return api.backup.create({})
      if (call === 'system.acknowledgeStorage') return api.system.acknowledgeStorage({})
      return api.sync.run({})
    },
    onSuccess: onMended,
    onError: (error) => tell(t('trouble.fix.failed'), errorWords(error).message),
  })
  if ('route' in action) {
    return (
      <Button size="small" onClick={() => go(action.route)}>
        {t('trouble.fix.open')}
      </Button>
    )
  }
  if (call === null) return null
  return (
    <Button size="small" isBusy={mend.isPending} onClick={() => mend.mutate()}>
      {t(`trouble.fix.${call}`)}
    </Button>
  )
}
