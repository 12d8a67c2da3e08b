import { useEffect, useRef } from 'react'
import { PatchbayError } from '#shared/errors'
import { t } from '#renderer/messages/translate.ts'
import { requestSheet } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { FormTools } from './form-tools.ts'
import { PlanRowView } from './plan-row-view.tsx'
import type { PlanState } from './use-plan.ts'

/** The form's id, for the button in the sheet's foot. */
export const QUEUE_PLAN = 'queue-plan'

const StartTrouble = ({ error }: { readonly error: Error }) => {
  const queueId = error instanceof PatchbayError && error.code === 'queue.busy' ? error.data['queueId'] : undefined
  return (
    <ErrorNotice
      error={error}
      title={t('queue.plan.not-started')}
      action={
        typeof queueId === 'string' ? (
          <Button size="small" onClick={() => requestSheet({ kind: 'queue', queueId })}>
            {t('queue.dock.show')}
          </Button>
        ) : undefined
      }
    />
  )
}

/** What would be connected and how, before anything is opened: labels, what is to be filled in, what is left out and why. */
export const PlanView = ({
  plan,
  tools,
  onStart,
}: {
  readonly plan: PlanState
  readonly tools: FormTools
  readonly onStart: () => void
}) => {
  const { rows, refusal, startError, error } = plan
  const form = useRef<HTMLFormElement>(null)
  const { fieldKey } = tools
  useEffect(() => {
    if (refusal === null) return
    const box = form.current?.querySelector(`[data-plan="${refusal.at}"] [data-field="${CSS.escape(fieldKey(refusal.field))}"]`)
    box?.querySelector<HTMLElement>('input:not([aria-hidden]), textarea, button, [tabindex="0"]')?.focus()
    box?.scrollIntoView({ block: 'nearest' })
  }, [refusal, fieldKey])
  if (error !== null) return <ErrorNotice error={error} title={t('queue.plan.not-read')} />
  const incomplete = rows.filter(({ standing }) => standing === 'incomplete').length
  const impossible = rows.filter(({ standing }) => standing === 'impossible').length
  return (
    <form
      ref={form}
      id={QUEUE_PLAN}
      noValidate
      aria-label={t('queue.plan.name')}
      onSubmit={(event) => {
        event.preventDefault()
        onStart()
      }}
      className="flex flex-col"
    >
      <div aria-live="polite" className="flex flex-col gap-2 pb-2 empty:hidden">
        {startError === null ? null : <StartTrouble error={startError} />}
        {refusal === null || incomplete === 0 ? null : (
          <Notice tone="error" isInline title={t('queue.plan.refused', { count: incomplete })} />
        )}
        {impossible === 0 ? null : (
          <Notice tone="attention" isInline title={t('queue.plan.left-out', { count: impossible })}>
            {impossible === rows.length ? t('queue.plan.none-left') : t('queue.plan.others-go')}
          </Notice>
        )}
      </div>
      {rows.length === 0 ? <p className="py-3 text-ink-2">{t('queue.plan.empty')}</p> : null}
      <ol className="flex flex-col">
        {rows.map((row) => (
          <PlanRowView key={row.item.at} row={row} plan={plan} tools={tools} />
        ))}
      </ol>
    </form>
  )
}
