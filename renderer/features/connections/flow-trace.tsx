import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { StepTrace } from '#renderer/ui/step-trace.tsx'
import { AfterAMoment } from '#renderer/ui/skeleton-rows.tsx'

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
  return <StepTrace steps={flow.steps} />
}
