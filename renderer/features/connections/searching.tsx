import { t } from '#renderer/messages/translate.ts'
import { AfterAMoment, SkeletonRow } from '#renderer/ui/skeleton-rows.tsx'

/** In the place of the list while a search has found nothing yet and goes on. */
export const Searching = () => (
  <div role="status" className="border-t border-line">
    <AfterAMoment>
      <p className="px-4 py-3 text-ink-2">{t('connections.searching')}</p>
      {Array.from({ length: 6 }, (_, row) => (
        <SkeletonRow key={row} className="h-10 border-b border-line px-4" />
      ))}
    </AfterAMoment>
  </div>
)
