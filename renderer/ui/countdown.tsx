import { useEffect, useRef, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'
import { Button } from './button.tsx'
import { clockTime, minutesAndSeconds, spokenDuration } from './relative-words.ts'
import { useNow } from './use-now.ts'

const SPOKEN_AT = [300_000, 60_000, 0] as const
const LAST = 120_000

/** `Good for 27:14` with a shrinking bar; in the last 2 minutes it offers a new page, at 0 it is that button. Spoken at start, 5 min, 1 min, 0. */
export const Countdown = ({
  until,
  totalMs,
  onRenew,
  renewLabel = t('ui.countdown.renew'),
  lead = t('ui.countdown.lead'),
}: {
  /** ISO instant. */
  readonly until: string
  /** The whole length, for the bar. */
  readonly totalMs: number
  readonly onRenew: () => void
  readonly renewLabel?: string
  /** What stands before the time. */
  readonly lead?: string
}) => {
  const now = useNow(1000)
  const left = Math.max(0, Date.parse(until) - now)
  const [spoken, setSpoken] = useState(() => t('ui.countdown.spoken', { duration: spokenDuration(left) }))
  const before = useRef(left)
  useEffect(() => {
    const passed = SPOKEN_AT.find((mark) => before.current > mark && left <= mark)
    before.current = left
    if (passed === undefined) return
    setSpoken(passed === 0 ? t('ui.countdown.out') : t('ui.countdown.spoken-again', { duration: spokenDuration(passed) }))
  }, [left])
  const isLast = left <= LAST
  return (
    <div className="flex flex-col gap-1.5">
      <span className="sr-only" aria-live="polite">
        {spoken}
      </span>
      {left === 0 ? (
        <Button onClick={onRenew}>{renewLabel}</Button>
      ) : (
        <>
          <div className="flex h-6 items-center gap-2" aria-hidden={isLast ? undefined : true}>
            <span className="text-ink-2">{lead}</span>
            <span className={cx('font-semibold tabular-nums', isLast ? 'text-attention' : 'text-ink-1')}>{minutesAndSeconds(left)}</span>
            {isLast ? (
              <button type="button" onClick={onRenew} className="ml-auto h-6 rounded-6 font-medium text-accent">
                {renewLabel}
              </button>
            ) : (
              <span className="ml-auto text-small text-ink-3">{t('ui.countdown.ends', { time: clockTime(until) })}</span>
            )}
          </div>
          <div aria-hidden="true" className="h-1 overflow-hidden rounded-full bg-active">
            <div
              className={cx('h-full origin-left', isLast ? 'bg-attention' : 'bg-accent')}
              style={{ transform: `scaleX(${Math.min(1, left / totalMs)})` }}
            />
          </div>
        </>
      )}
    </div>
  )
}
