import { type ReactNode, useRef, useState } from 'react'
import type { BulkActionName, BulkPlan } from '#shared/contract/bulk'
import { errorMessage } from '#renderer/messages/error-words.ts'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { SkeletonRow } from '#renderer/ui/skeleton-rows.tsx'
import { TextField } from '#renderer/ui/text-field.tsx'
import { BulkFields } from './bulk-fields.tsx'
import { EMPTY_FORM, isNumberTyped, taskOf } from './bulk-form.ts'
import type { BulkStart } from './bulk-target.ts'
import { useBulkPlan } from './use-bulk-plan.ts'

/** A few lines: how many it would be done to, and which not and why. */
const PlanWords = ({ plan, place }: { readonly plan: BulkPlan; readonly place: string }) => (
  <div role="status" className="flex flex-col gap-2">
    <p className="font-medium">{t('bulk.plan.will-do', { action: plan.action, count: plan.willDo, total: plan.total })}</p>
    {plan.unchanged === 0 && plan.refused.length === 0 ? null : (
      <ul className="flex flex-col gap-1 text-ink-2">
        {plan.unchanged === 0 ? null : <li>{t('bulk.plan.unchanged', { action: plan.action, count: plan.unchanged })}</li>}
        {plan.refused.map((reason) => (
          <li key={reason.code} className="break-words">
            {t('bulk.plan.refused', { count: reason.count, reason: errorMessage(reason) })}{' '}
            <bdi className="font-mono text-small break-all text-ink-3">
              {reason.examples.join(', ')}
              {reason.count > reason.examples.length ? ', …' : ''}
            </bdi>
          </li>
        ))}
      </ul>
    )}
    {plan.requests === 0 ? null : <p className="text-small text-ink-2">{t('bulk.plan.requests', { count: plan.requests, place })}</p>}
  </div>
)

/** Says what an action over many would do before it does it, asks for what it needs, and for the number where something ends. */
export const BulkActionSheet = ({
  action,
  target,
  profileId,
  place,
  isBusy,
  error,
  onStart,
  onClose,
}: {
  readonly action: BulkActionName
  /** Which connections, or the run whose rest is done again. */
  readonly target: BulkStart
  readonly profileId: string | null
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly isBusy: boolean
  /** Why it could not be begun. */
  readonly error: Error | null
  readonly onStart: (params: BulkStart) => void
  readonly onClose: () => void
}) => {
  const [form, setForm] = useState(EMPTY_FORM)
  const [typed, setTyped] = useState('')
  const safe = useRef<HTMLButtonElement>(null)
  const isRetry = target.retryOf !== undefined
  const task = isRetry ? (form.acceptRisk ? { acceptRisk: true } : {}) : taskOf(action, form)
  const params = task === null ? null : { ...target, ...task }
  const { plan, error: refusal, isCurrent } = useBulkPlan(params, profileId)
  const isEnding = action === 'remove' || action === 'revoke'
  const isNumberWanted = isEnding && plan !== null && plan.willDo > 1
  const obstacle =
    params === null
      ? t('bulk.sheet.incomplete')
      : plan === null || !isCurrent
        ? t('bulk.sheet.counting')
        : plan.willDo === 0
          ? t('bulk.sheet.nothing')
          : isNumberWanted && !isNumberTyped(typed, plan.willDo)
            ? t('bulk.sheet.number-first', { number: formatNumber(plan.willDo) })
            : null
  const start = (): void => {
    if (obstacle === null && params !== null && plan !== null && !isBusy) onStart({ ...params, expectedTotal: plan.total })
  }
  const hasRisk =
    action === 'refresh' && (form.acceptRisk || plan?.refused.some(({ code }) => code === 'connection.refresh_risky') === true)
  const warning: ReactNode = action === 'revoke' ? t('bulk.sheet.revoke-text') : null
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={t(isRetry ? 'bulk.sheet.again' : 'bulk.sheet.title', { action })}
      {...(isEnding ? { initialFocus: safe } : {})}
      foot={
        <>
          <Button ref={safe} onClick={onClose}>
            {t(isEnding ? 'bulk.sheet.keep' : 'bulk.sheet.cancel')}
          </Button>
          <Button variant={isEnding ? 'danger-solid' : 'primary'} isBusy={isBusy} disabledReason={obstacle} onClick={start}>
            {t('bulk.sheet.do', { action, count: plan?.willDo ?? 0 })}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          start()
        }}
      >
        {warning === null ? null : <p className="text-ink-2">{warning}</p>}
        <BulkFields action={isRetry ? 'verify' : action} form={form} place={place} hasRisk={hasRisk} onForm={setForm} />
        {refusal === null ? null : <ErrorNotice error={refusal} />}
        {params === null || refusal !== null ? null : plan === null ? (
          <SkeletonRow className="h-10" />
        ) : (
          <PlanWords plan={plan} place={place} />
        )}
        {isNumberWanted ? (
          <TextField
            label={t('bulk.sheet.number', { number: formatNumber(plan.willDo) })}
            hint={t('bulk.sheet.number-hint')}
            type="number"
            value={typed}
            onValueChange={setTyped}
          />
        ) : null}
        {error === null ? null : <ErrorNotice error={error} title={t('bulk.sheet.not-begun')} />}
        {/* Enter in a field does what the last button does. */}
        <button type="submit" hidden />
      </form>
    </Sheet>
  )
}
