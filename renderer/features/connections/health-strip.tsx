import { t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { shortDate } from '#renderer/ui/relative-words.ts'
import { countDays, type DayState, type HealthBar } from './health-bars.ts'

const BAR: Readonly<Record<DayState, string>> = {
  good: 'h-2 bg-connected',
  failing: 'h-6 bg-attention',
  unchecked: 'h-2 border border-dashed border-line-control',
}

/** Thirty bars, one a day: low is good, full height is failing, dashed was not checked. The words below say it as well. */
export const HealthStrip = ({ bars, now }: { readonly bars: readonly HealthBar[]; readonly now: number }) => {
  const { good, failing, unchecked } = countDays(bars)
  const words =
    good === bars.length ? t('connections.health.all-good', { good }) : t('connections.health.words', { good, failing, unchecked })
  return (
    <div className="flex flex-col gap-1.5">
      <div aria-hidden="true" className="flex h-6 items-end gap-[3px]">
        {bars.map(({ at, state }) => (
          <span
            key={at}
            title={t('connections.health.day', { day: shortDate(at, now), state })}
            className={cx('min-w-0 flex-1 rounded-[2px] forced-colors:border', BAR[state])}
          />
        ))}
      </div>
      <p className="text-small text-ink-2">{words}</p>
    </div>
  )
}
