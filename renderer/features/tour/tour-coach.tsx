import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { SystemStatus } from '#shared/contract/system'
import type { TourProgress } from '#shared/contract/settings'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { takeTourRequest } from '#renderer/shell/tour-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { TOUR_STEPS } from './tour-steps.ts'
import { useStepContent } from './use-step-content.tsx'
import { begun, useTourProgress, useTourRequests, useTourWatch } from './use-tour.ts'

/** The strip between the page and the status bar: it takes its own room, so that it never covers what it speaks of. */
const Strip = ({
  progress,
  title,
  text,
  actions,
  leaveName,
  onLeave,
  takesFocus,
}: {
  readonly progress: string
  readonly title: string
  readonly text: ReactNode
  readonly actions: ReactNode
  /** The name of the cross; null where an action says it already. */
  readonly leaveName: string | null
  readonly onLeave: () => void
  /** Rises each time the tour was asked for: the focus comes here. */
  readonly takesFocus: number
}) => {
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const hadFocus = useRef(false)
  useEffect(() => {
    if (takesFocus > 0) heading.current?.focus()
  }, [takesFocus])
  // The button that had the focus may have gone with its step.
  useLayoutEffect(() => {
    if (hadFocus.current && (document.activeElement === null || document.activeElement === document.body)) heading.current?.focus()
  }, [title])
  return (
    <section
      data-region="tour"
      aria-labelledby={id}
      onFocus={() => (hadFocus.current = true)}
      onBlur={(event) => {
        if (event.relatedTarget !== null && !event.currentTarget.contains(event.relatedTarget)) hadFocus.current = false
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        onLeave()
      }}
      className="z-20 flex flex-none items-center gap-x-6 gap-y-2 border-t-2 border-t-accent bg-raised px-4 py-2.5 @max-[1099px]/window:gap-x-4"
    >
      <div className="min-w-0 flex-1" aria-live="polite">
        <p className="text-small text-ink-3">{progress}</p>
        <h2 id={id} ref={heading} tabIndex={-1} data-region-start="" className="w-fit text-lead font-semibold">
          {title}
        </h2>
        <p className="max-w-[760px] text-ink-2">{text}</p>
      </div>
      <div className="flex flex-none items-center gap-2 @max-[1099px]/window:flex-col-reverse @max-[1099px]/window:items-stretch">
        {actions}
      </div>
      {leaveName === null ? null : <IconButton icon={X} name={leaveName} keyCap="Esc" onClick={onLeave} className="self-start" />}
    </section>
  )
}

const Offer = ({ onStart, onDecline }: { readonly onStart: () => void; readonly onDecline: () => void }) => (
  <Strip
    progress={t('tour.name')}
    title={t('tour.offer.title')}
    text={t('tour.offer.text')}
    takesFocus={0}
    leaveName={null}
    onLeave={onDecline}
    actions={
      <div className="flex items-center gap-2">
        <Button variant="ghost" onClick={onDecline}>
          {t('tour.offer.no')}
        </Button>
        <Button variant="primary" onClick={onStart}>
          {t('tour.offer.start')}
        </Button>
      </div>
    }
  />
)

const Coach = ({ status }: { readonly status: SystemStatus }) => {
  const { tour, write } = useTourProgress()
  const [asked, setAsked] = useState(0)
  const [location] = useLocation()
  const isOffered = useTourRequests(tour, write, () => setAsked((count) => count + 1))
  const isInSandbox = status.profile?.kind === 'sandbox'
  const watched = useTourWatch(tour, isInSandbox, write)
  const begin = (): void => {
    write(begun())
    setAsked((count) => count + 1)
  }
  const leave = (state: TourProgress['state']): void => {
    takeTourRequest()
    write({ ...tour, state })
    // Where it is to be found is no news to who stands there.
    if (location.startsWith(`${paths.settings}/sandbox`)) return
    if (state === 'left') tell(t('tour.left'), t('tour.left-where'))
    if (state === 'declined') tell(t('tour.offer.no-where'))
  }
  if (isOffered) return <Offer onStart={begin} onDecline={() => leave('declined')} />
  if (tour.state !== 'open') return null
  return <OpenTour tour={tour} write={write} watched={watched} isInSandbox={isInSandbox} asked={asked} onLeave={leave} />
}

const OpenTour = ({
  tour,
  write,
  watched,
  isInSandbox,
  asked,
  onLeave,
}: {
  readonly tour: TourProgress
  readonly write: (tour: TourProgress) => void
  readonly watched: ReturnType<typeof useTourWatch>
  readonly isInSandbox: boolean
  readonly asked: number
  readonly onLeave: (state: TourProgress['state']) => void
}) => {
  const { title, text, actions } = useStepContent({ tour, write, watched, isInSandbox, onFinish: () => onLeave('done') })
  return (
    <Strip
      progress={t('tour.progress', { step: TOUR_STEPS.indexOf(tour.step) + 1, count: TOUR_STEPS.length })}
      title={title}
      text={text}
      actions={actions}
      takesFocus={asked}
      leaveName={t('tour.leave')}
      onLeave={() => onLeave(tour.step === 'done' ? 'done' : 'left')}
    />
  )
}

/** The guided tour: a strip above the status bar that watches what really happens and goes on by itself. */
export const TourCoach = () => {
  const { data: status } = useRead('system.status', {})
  return status === undefined || status.vault.state !== 'open' || status.profile === null ? null : <Coach status={status} />
}
