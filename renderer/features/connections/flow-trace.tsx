import { Copy, Download } from 'lucide-react'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { copyText } from '#renderer/ui/copy-text.ts'
import { saveText } from '#renderer/ui/save-text.ts'
import { AfterAMoment } from '#renderer/ui/skeleton-rows.tsx'
import { StepTrace } from '#renderer/ui/step-trace.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { traceFile, traceText } from './panel-trace.ts'

/** Every step of one attempt with when it began and how long it took, to be copied or saved without names and secrets. */
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
    <>
      <StepTrace steps={flow.steps} />
      <div className="-ml-2.5 flex flex-wrap">
        <Button
          size="small"
          variant="ghost"
          icon={Copy}
          onClick={() =>
            void copyText(traceText(flow)).then((isCopied) => tell(t(isCopied ? 'life.trace.copied' : 'connections.told.not-copied')))
          }
        >
          {t('life.trace.copy')}
        </Button>
        <Button
          size="small"
          variant="ghost"
          icon={Download}
          onClick={() => saveText(traceFile(flow), `${traceText(flow)}\n`, 'application/json')}
        >
          {t('life.trace.save')}
        </Button>
      </div>
    </>
  )
}
