import type { FlowStep } from '#shared/contract/connect'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'
import { exactTime } from './relative-words.ts'
import { stepTime } from './step-time.ts'

const tookMs = ({ startedAt, endedAt }: FlowStep): number | null =>
  startedAt === null || endedAt === null ? null : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))

/** Every step of one attempt with when it began and how long it took. */
export const StepTrace = ({ steps }: { readonly steps: readonly FlowStep[] }) => (
  <ol aria-label={t('ui.trace.name')} className="flex flex-col">
    {steps.map((step) => {
      const took = tookMs(step)
      const at = step.startedAt ?? step.endedAt
      return (
        <li
          key={step.id}
          aria-current={step.state === 'running' ? 'step' : undefined}
          className={cx('flex items-baseline gap-2', step.state === 'skipped' ? 'text-ink-3' : '')}
        >
          <span className={cx('min-w-0 flex-1', step.state === 'running' && 'font-medium')}>
            {t(`ui.trace.step.${step.id}`)}
            {step.state === 'done' ? <span className="sr-only">, {t('ui.trace.step-state.done')}</span> : null}
            {step.state === 'done' ? null : (
              <span className={step.state === 'failed' ? 'text-error' : 'text-ink-3'}> · {t(`ui.trace.step-state.${step.state}`)}</span>
            )}
          </span>
          {took === null || step.state === 'skipped' ? null : (
            <time dateTime={at ?? undefined} title={at === null ? undefined : exactTime(at)} className="flex-none text-ink-3 tabular-nums">
              {stepTime(took)}
            </time>
          )}
        </li>
      )
    })}
  </ol>
)
