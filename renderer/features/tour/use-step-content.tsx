import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { TourProgress } from '#shared/contract/settings'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { BreakIt, MendIt, RemoveIt, SwitchOff, UseSandbox } from './tour-deeds.tsx'
import type { useTourWatch } from './use-tour.ts'

interface StepContent {
  readonly title: string
  readonly text: string
  readonly actions: ReactNode
}

/** The part of Settings with the switch that the tour speaks of. */
const RENEWAL_SETTINGS = `${paths.settings}/sandbox/renewal`

/** What the tour says at its step, and what it offers to do. */
export const useStepContent = ({
  tour,
  write,
  watched,
  isInSandbox,
  onFinish,
}: {
  readonly tour: TourProgress
  readonly write: (tour: TourProgress) => void
  readonly watched: ReturnType<typeof useTourWatch>
  readonly isInSandbox: boolean
  readonly onFinish: () => void
}): StepContent => {
  const [location, go] = useLocation()
  const isDone = tour.step === 'done'
  const faults = useRead('sandbox.status', {}, { isEnabled: isInSandbox && isDone }).data?.faultsOn ?? 0
  const handle = watched.connection?.handle ?? ''
  const connectionId = tour.connectionId ?? ''
  const goToConnection = (): void => go(paths.connection(connectionId))
  if (!isInSandbox && !isDone) return { title: t('tour.step.sandbox.title'), text: t('tour.step.sandbox.text'), actions: <UseSandbox /> }
  switch (tour.step) {
    case 'connect': {
      const { usable, isWaiting } = watched
      if (isWaiting) return { title: t('tour.step.connect.waiting'), text: t('tour.step.connect.waiting-text'), actions: null }
      return {
        title: t('tour.step.connect.title'),
        text: t('tour.step.connect.text'),
        actions: (
          <>
            {usable === null ? null : (
              <Button onClick={() => write({ ...tour, step: 'break', connectionId: usable.connectionId })}>
                {t('tour.step.connect.use', { handle: usable.handle })}
              </Button>
            )}
            <Button variant="primary" onClick={() => requestSheet({ kind: 'connect', connectorId: 'github' })}>
              {t('tour.step.connect.do')}
            </Button>
          </>
        ),
      }
    }
    case 'break':
      return {
        title: t('tour.step.break.title'),
        text: t('tour.step.break.text', { handle }),
        actions: (
          <>
            <Button onClick={() => go(RENEWAL_SETTINGS)}>{t('tour.step.break.show')}</Button>
            <BreakIt connectionId={connectionId} />
          </>
        ),
      }
    case 'explain': {
      const isOpen = location === paths.connection(connectionId)
      return {
        title: isOpen ? t('tour.step.explain.open-title') : t('tour.step.explain.title'),
        text: isOpen ? t('tour.step.explain.open') : t('tour.step.explain.closed', { handle }),
        actions: (
          <Button variant="primary" onClick={() => (isOpen ? write({ ...tour, step: 'mend' }) : goToConnection())}>
            {isOpen ? t('tour.next') : t('tour.step.explain.show')}
          </Button>
        ),
      }
    }
    case 'mend':
      return { title: t('tour.step.mend.title'), text: t('tour.step.mend.text'), actions: <MendIt connectionId={connectionId} /> }
    case 'remove':
      return {
        title: t('tour.step.remove.title'),
        text: t('tour.step.remove.text', { handle }),
        actions: (
          <>
            {location === paths.connection(connectionId) ? null : <Button onClick={goToConnection}>{t('tour.step.explain.show')}</Button>}
            <RemoveIt connectionId={connectionId} />
          </>
        ),
      }
    case 'done':
      return {
        title: t('tour.step.done.title'),
        text: faults > 0 ? t('tour.step.done.faults', { count: faults }) : t('tour.step.done.text'),
        actions:
          faults > 0 ? (
            <SwitchOff />
          ) : (
            <>
              <Button
                onClick={() => {
                  onFinish()
                  go(`${paths.settings}/profiles`)
                }}
              >
                {t('tour.step.done.add')}
              </Button>
              <Button variant="primary" onClick={onFinish}>
                {t('tour.step.done.finish')}
              </Button>
            </>
          ),
      }
  }
}
