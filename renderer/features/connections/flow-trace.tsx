import type { FlowStep } from '#shared/contract/connect'
import { useRead } from '#renderer/api/use-api.ts'
import { stepTime } from '#renderer/features/connect/flow-steps.ts'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { AfterAMoment } from '#renderer/ui/skeleton-rows.tsx'

const tookMs = ({ startedAt, endedAt }: FlowStep): number | null =>
  startedAt === null || endedAt === null ? null : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))

/** Every step of one attempt with when it began and how long it took. */
export const FlowTrace = ({ flowId }: { readonly flowId: string }) => {
  const { data: flow, error } = useRead('connect.get', { flowId })
  if (error !== null) return <p className="text-ink-3">{t('connections.history.how-gone')}</p>
  if (flow === undefined) {
    return (
      <AfterAMoment>
        <p className="text-ink-3">{t('connections.history.reading')}</p>
      </AfterAMoment>
    )
  }
  return (
    <ol aria-label={t('connections.history.how')} className="flex flex-col">
      {flow.steps.map((step) => {
        const took = tookMs(step)
        const at = step.startedAt ?? step.endedAt
        return (
          <li key={step.id} className={cx('flex items-baseline gap-2', step.state === 'skipped' ? 'text-ink-3' : '')}>
            <span className="min-w-0 flex-1">
              {t(`connections.step.${step.id}`)}
              {step.state === 'done' ? <span className="sr-only">, {t('connections.step-state.done')}</span> : null}
              {step.state === 'done' ? null : (
                <span className={step.state === 'failed' ? 'text-error' : 'text-ink-3'}>
                  {' '}
                  · {t(`connections.step-state.${step.state}`)}
                </span>
              )}
            </span>
            {took === null || step.state === 'skipped' ? null : (
              <time
                dateTime={at ?? undefined}
                title={at === null ? undefined : exactTime(at)}
                className="flex-none text-ink-3 tabular-nums"
              >
                {stepTime(took)}
              </time>
            )}
          </li>
        )
      })}
    </ol>
  )
}
