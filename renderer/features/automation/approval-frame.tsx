import { type KeyboardEvent, type ReactNode, type RefObject, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { rich, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { cx } from '#renderer/ui/class-names.ts'
import { KeyCap, keyCaps } from '#renderer/ui/key-cap.tsx'
import { minutesAndSeconds, spokenDuration } from '#renderer/ui/relative-words.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { useArmed } from './use-armed.ts'

/** It opens by itself: a key that was meant for the page below is not taken for an answer, milliseconds. */
const DEAF_FOR_MS = 500
const LAST_MS = 15_000

const quiet = (event: Event): void => event.stopPropagation()

/**
 * Opens the card above everything: the rest of the window is inert while it is there, whatever is open in it, and hears neither keys nor
 * pointers of the card. Gives the focus back at its end.
 */
const useTopLayer = (card: RefObject<HTMLDialogElement | null>, onEscape: () => void): void => {
  const escape = useRef(onEscape)
  useEffect(() => {
    escape.current = onEscape
  })
  useLayoutEffect(() => {
    const element = card.current
    if (element === null) return undefined
    const keepOpen = (): void => {
      if (!element.open && element.isConnected) element.showModal()
    }
    const cancel = (event: Event): void => {
      event.preventDefault()
      escape.current()
    }
    keepOpen()
    element.addEventListener('cancel', cancel)
    element.addEventListener('close', keepOpen)
    const { body } = document
    for (const event of ['keydown', 'keyup'] as const) body.addEventListener(event, quiet)
    // Sheets, menus and tooltips below listen here for presses outside them.
    for (const event of ['pointerdown', 'mousedown', 'touchstart'] as const) window.addEventListener(event, quiet, true)
    return () => {
      element.removeEventListener('cancel', cancel)
      element.removeEventListener('close', keepOpen)
      for (const event of ['keydown', 'keyup'] as const) body.removeEventListener(event, quiet)
      for (const event of ['pointerdown', 'mousedown', 'touchstart'] as const) window.removeEventListener(event, quiet, true)
      element.close()
    }
  }, [card])
}

/** Goes on from the last control to the first, and back: beyond them lies the frame of a browser, where the window has no focus. */
const keepInside = (event: KeyboardEvent, card: HTMLElement | null): void => {
  const stops = [...(card?.querySelectorAll<HTMLElement>('button, [tabindex="0"]') ?? [])].filter(({ tabIndex }) => tabIndex >= 0)
  const [first, last] = [stops[0], stops.at(-1)]
  const isOutside = card?.contains(document.activeElement) !== true || document.activeElement === card
  if (event.shiftKey ? document.activeElement !== first && !isOutside : document.activeElement !== last && !isOutside) return
  event.preventDefault()
  ;(event.shiftKey ? last : first)?.focus()
}

/** Whether the end of what scrolls is in sight, and whether it ever was; the ref belongs on the last element of it. */
const useEnd = () => {
  const [isMore, setIsMore] = useState(false)
  const [wasSeen, setWasSeen] = useState(false)
  const end = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    const observer = new IntersectionObserver(
      ([entry]) => {
        setIsMore(entry?.isIntersecting === false)
        if (entry?.isIntersecting === true) setWasSeen(true)
      },
      { root: element.parentElement, rootMargin: '0px 0px 24px 0px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { isMore, wasSeen, end }
}

/** What is left of the time to answer: `0:44`, and the bar at the upper edge. */
const Bar = ({ left, total }: { readonly left: number; readonly total: number }) => (
  <div aria-hidden="true" className="h-1 flex-none bg-active">
    <div
      className={cx('h-full origin-left', left <= LAST_MS ? 'bg-error' : 'bg-attention')}
      style={{ transform: `scaleX(${Math.max(0, Math.min(1, left / Math.max(1, total)))})` }}
    />
  </div>
)

/**
 * The card that asks for a yes: above everything, heard at once, Deny with the focus and on Esc, Allow only once the card has stood still
 * for a moment. Who uses it gives it the `key` of what is asked: another question begins anew.
 */
export const ApprovalFrame = ({
  lead,
  title,
  aside,
  heard,
  position,
  since,
  answerBy,
  approvableAt,
  obstacle,
  hint,
  allowLabel,
  isBusy,
  onAllow,
  onDeny,
  children,
}: {
  readonly lead: ReactNode
  readonly title: ReactNode
  /** A word at the right of the title, such as `first time`. */
  readonly aside: ReactNode
  /** The whole question in one sentence, for those who hear it. */
  readonly heard: string
  /** `1 of 2 requests`. */
  readonly position: string
  readonly since: string
  readonly answerBy: string
  /** Null where the host sets no earliest moment. */
  readonly approvableAt: string | null
  /** Why it cannot be allowed as it stands. */
  readonly obstacle: string | null
  readonly hint: string
  readonly allowLabel: string
  readonly isBusy: boolean
  readonly onAllow: () => void
  readonly onDeny: () => void
  readonly children: ReactNode
}) => {
  const card = useRef<HTMLDialogElement>(null)
  const deny = useRef<HTMLButtonElement>(null)
  const id = useId()
  const [opened] = useState(() => performance.now())
  const [said, setSaid] = useState('')
  const now = useNow(250)
  const { isArmed, isStill } = useArmed(card, approvableAt)
  const { isMore, wasSeen, end } = useEnd()
  const left = Math.max(0, Date.parse(answerBy) - now)
  const total = Date.parse(answerBy) - Date.parse(since)
  const isHeard = (): boolean => performance.now() - opened > DEAF_FOR_MS
  const denyByKey = (): void => {
    if (isHeard() && !isBusy) onDeny()
  }
  useTopLayer(card, denyByKey)
  useEffect(() => deny.current?.focus(), [])
  useEffect(() => {
    // Who works elsewhere sees it in the list of windows.
    const before = document.title
    const look = (): void => {
      document.title = document.hasFocus() ? before : t('automation.card.title-elsewhere')
    }
    look()
    window.addEventListener('focus', look)
    return () => {
      window.removeEventListener('focus', look)
      document.title = before
    }
  }, [])
  useEffect(() => {
    // Said once the region is there: what stands in it from the start is not heard.
    const timer = setTimeout(() => setSaid(heard), 100)
    return () => clearTimeout(timer)
  }, [heard])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault()
      denyByKey()
    } else if (event.key === 'Tab') keepInside(event, card.current)
    else if ((event.key === 'Enter' || event.key === ' ') && !isHeard()) event.preventDefault()
  }
  // Nobody says yes to what was out of sight.
  const words = obstacle ?? (!wasSeen ? t('automation.card.read-on') : isArmed ? hint : t('automation.card.in-a-moment'))
  const canAllow = isArmed && wasSeen && obstacle === null
  return createPortal(
    <dialog
      ref={card}
      role="alertdialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-until`}
      data-approval=""
      data-settling={isArmed ? undefined : ''}
      onKeyDown={onKeyDown}
      className="m-auto max-h-[calc(100%-24px)] w-[520px] max-w-[calc(100%-32px)] short:w-[640px] flex-col overflow-hidden rounded-12 border border-line-strong bg-raised p-0 text-ink-1 shadow-sheet outline-none select-none open:flex [--glyph-cut:var(--raised)] backdrop:bg-scrim"
    >
      <Bar left={left} total={total} />
      <p aria-live="assertive" className="sr-only">
        {said}
      </p>
      <div className="flex flex-none items-start gap-3 px-5 pt-4 pb-3 short:pt-3 short:pb-2">
        {lead}
        <div className="flex min-w-0 flex-1 flex-col self-center">
          <h2 id={`${id}-title`} className="text-title font-semibold [overflow-wrap:anywhere]">
            {title}
          </h2>
          <p id={`${id}-until`} className="text-small text-ink-2">
            <span aria-hidden="true">
              {rich('automation.card.denied-in', {
                time: minutesAndSeconds(left),
                b: (time) => <b className="font-semibold text-ink-1 tabular-nums">{time}</b>,
              })}
            </span>
            <span className="sr-only">{t('automation.card.denied-in-spoken', { duration: spokenDuration(total) })}</span>
            {' · '}
            {position}
          </p>
        </div>
        {aside}
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto px-5 pb-4 short:gap-2 short:pb-3" tabIndex={-1}>
        {children}
        <div ref={end} className="-mt-3 h-px flex-none" />
      </div>
      <div
        className={cx(
          'flex flex-none items-center gap-2 border-t border-line bg-canvas px-5 py-3 transition-shadow short:py-2.5',
          isMore && 'z-10 shadow-under',
        )}
      >
        <span className={cx('min-w-0 flex-1 text-small', obstacle === null ? 'text-ink-2' : 'text-attention')}>{words}</span>
        <Button
          ref={deny}
          aria-keyshortcuts="Escape"
          className="focus:outline-2 focus:outline-offset-2 focus:outline-accent"
          onClick={(event) => {
            // A press by key right after it opened was meant for what lies below.
            if (event.detail > 0 || isHeard()) onDeny()
          }}
        >
          {t('automation.card.deny')}
          <KeyCap keys={keyCaps('Escape').join(' ')} isBare />
        </Button>
        <button
          type="button"
          aria-disabled={canAllow && !isBusy ? undefined : true}
          aria-busy={isBusy ? true : undefined}
          onClick={() => {
            if (canAllow && !isBusy && isStill()) onAllow()
          }}
          className={cx(
            'inline-flex h-8 flex-none items-center rounded-6 border px-3 font-medium whitespace-nowrap transition-colors',
            canAllow ? 'border-line-strong bg-raised text-ink-1 hover:bg-hover active:bg-active' : 'border-line bg-sunken text-ink-off',
          )}
        >
          {allowLabel}
        </button>
      </div>
    </dialog>,
    document.body,
  )
}
