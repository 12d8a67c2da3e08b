import type { Profile } from '#shared/contract/profiles'
import { t } from '#renderer/messages/translate.ts'
import { useConnectorNames } from '../../api/use-connector-names.ts'
import { whereOf } from '../../shell/profile-words.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState, LoosePlug } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { AdoptList } from './adopt-list.tsx'
import { EndNotice, Running } from './import-end.tsx'
import { reasonText } from './import-words.ts'
import { type AdoptWork, useAdopt } from './use-adopt.ts'

const Foot = ({ work, onClose }: { readonly work: AdoptWork; readonly onClose: () => void }) => {
  const { state } = work
  if (state.step === 'run')
    return (
      <Button onClick={work.stop} isBusy={state.isStopping}>
        {t('import.stop')}
      </Button>
    )
  if (state.step !== 'choose' || state.found.length === 0) return <Button onClick={onClose}>{t('import.close')}</Button>
  return (
    <>
      <Button onClick={onClose}>{t('import.cancel')}</Button>
      <Button
        variant="primary"
        isBusy={state.isChecking}
        disabledReason={state.chosen.size > 0 ? null : t('import.adopt.none-chosen')}
        onClick={work.start}
      >
        {t('import.adopt.start', { count: state.chosen.size })}
      </Button>
    </>
  )
}

/** Makes connections that were made elsewhere one's own: which ones, what would happen, done. */
export const AdoptSheet = ({ profile, onClose }: { readonly profile: Profile; readonly onClose: () => void }) => {
  const work = useAdopt(profile.profileId)
  const nameOf = useConnectorNames()
  const { state } = work
  const content = () => {
    if (state.step === 'load')
      return state.error === null ? (
        <SkeletonRows rows={6} />
      ) : (
        <ErrorNotice
          error={state.error}
          title={t('import.adopt.not-read')}
          action={
            <Button size="small" onClick={work.reload}>
              {t('import.again')}
            </Button>
          }
        />
      )
    if (state.step === 'run')
      return <Running done={state.done} wanted={state.wanted} pausedUntil={state.pausedUntil} isStopping={state.isStopping} />
    if (state.step === 'choose')
      return state.found.length === 0 ? (
        <EmptyState drawing={<LoosePlug />} title={t('import.adopt.none')}>
          {t('import.adopt.none-text')}
        </EmptyState>
      ) : (
        <AdoptList state={state} work={work} nameOf={nameOf} />
      )
    const refused = state.results.filter(({ outcome }) => outcome === 'refused')
    return (
      <div className="flex flex-col gap-3">
        <EndNotice results={state.results} error={state.error} />
        {refused.length === 0 ? null : (
          <ul
            aria-label={t('import.refused.title')}
            tabIndex={0}
            className="max-h-60 divide-y divide-line overflow-y-auto rounded-8 border border-line"
          >
            {refused.map(({ connection, reason }) => (
              <li key={connection.connectionId} className="px-3 py-1.5">
                <bdi className="block font-mono text-small text-ink-3">{connection.handle}</bdi>
                {reasonText(reason)}
              </li>
            ))}
          </ul>
        )}
      </div>
    )
  }
  return (
    <Sheet
      isOpen
      onClose={state.step === 'run' ? work.stop : onClose}
      closeName={t(state.step === 'run' ? 'import.stop' : 'import.close')}
      title={t('import.adopt.title')}
      subtitle={t('import.adopt.in', { place: `${profile.name} (${whereOf(profile)})` })}
      foot={<Foot work={work} onClose={onClose} />}
    >
      {content()}
    </Sheet>
  )
}
