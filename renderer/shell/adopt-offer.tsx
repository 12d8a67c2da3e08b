import { Import } from 'lucide-react'
import { useState } from 'react'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { requestSheet } from './sheet-request.ts'

/** The profiles of which somebody said not now; for this window's life only. */
const declined = new Set<string>()

/** Above a list of connections none of which is one's own yet: they can be adopted. `total` is how many there are, null while unknown. */
export const AdoptOffer = ({ profileId, total }: { readonly profileId: string; readonly total: number | null }) => {
  const [isDeclined, setIsDeclined] = useState(declined.has(profileId))
  const isAsked = profileId !== '' && (total ?? 0) > 0 && !isDeclined
  const own = useRead('connections.list', { isOurs: true, limit: 1 }, { isEnabled: isAsked }).data
  if (!isAsked || total === null || own === undefined || own.connections.length > 0) return null
  return (
    <div
      role="group"
      aria-label={t('import.adopt.action')}
      className="flex min-h-11 flex-none flex-wrap items-center gap-x-2.5 gap-y-1 border-b border-line bg-canvas px-4 py-1.5"
    >
      <Import aria-hidden="true" className="flex-none text-ink-2" />
      <p className="min-w-0 flex-1 text-ink-2">
        <strong className="font-semibold text-ink-1">{t('import.offer.text', { count: total })}</strong>{' '}
        {t('import.offer.more', { count: total })}
      </p>
      <Button size="small" onClick={() => requestSheet({ kind: 'adopt' })}>
        {t('import.offer.look')}
      </Button>
      <Button
        size="small"
        variant="ghost"
        onClick={() => {
          declined.add(profileId)
          setIsDeclined(true)
        }}
      >
        {t('import.offer.later')}
      </Button>
    </div>
  )
}
