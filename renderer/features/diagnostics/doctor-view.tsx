import { Check, ChevronRight, Square, Stethoscope } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { DOCTOR_GROUPS, type DoctorCheck } from '#shared/contract/trouble'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { Said } from '#renderer/ui/said.tsx'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { FixButton } from './fix-button.tsx'

const glyphOf = (status: DoctorCheck['status']): ReactNode => {
  if (status === 'ok') return <Check aria-hidden="true" className="text-connected" />
  return <StatusGlyph glyph={status === 'warn' ? 'attention' : 'error'} />
}

const CheckRow = ({ check, onMended }: { readonly check: DoctorCheck; readonly onMended: () => void }) => {
  const { id, status, summary, fix, fixAction, evidence, said } = check
  return (
    <li data-check={id} className="flex gap-2.5 px-4 py-2">
      <span className="flex h-5 flex-none items-center">{glyphOf(status)}</span>
      <div className="min-w-0 flex-1 break-words">
        <span className="sr-only">{t(`trouble.state.${status}`)}: </span>
        <span className="text-ink-1">
          <Said english={summary} said={said?.summary} />
        </span>
        {fix === null || status === 'ok' ? null : (
          <p className="text-ink-2">
            <Said english={fix} said={said?.fix} />
          </p>
        )}
        {evidence.length === 0 ? null : (
          <details className="group text-small text-ink-3">
            <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded-6">
              <ChevronRight aria-hidden="true" className="-ml-0.5 size-3.5 group-open:rotate-90" />
              {t('trouble.doctor.evidence')}
            </summary>
            <ul lang="en" className="flex flex-col py-1 pl-4">
              {evidence.map((line, index) => (
                <li key={index} className="font-mono text-caption break-all">
                  {line}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      {fixAction === null || status === 'ok' ? null : <FixButton action={fixAction} onMended={onMended} />}
    </li>
  )
}

const sentenceOf = (checks: readonly DoctorCheck[]): string => {
  const count = (status: DoctorCheck['status']): number => checks.filter((check) => check.status === status).length
  const warns = count('warn')
  if (count('fail') > 0) {
    const fails = t('trouble.doctor.fails', { count: count('fail') })
    return warns > 0 ? `${fails} ${t('trouble.doctor.warns-too', { count: warns })}` : fails
  }
  return warns > 0 ? t('trouble.doctor.warns', { count: warns }) : t('trouble.doctor.all-good')
}

/** The doctor's look as it goes on, group by group, with a button where a program can mend what was found. */
export const DoctorView = () => {
  const begin = useWrite('system.startDoctor')
  const cancel = useWrite('system.cancelDoctor')
  const runId = begin.data?.runId ?? null
  const read = useRead('system.doctorRun', { runId: runId ?? '' }, { isEnabled: runId !== null })
  const run = read.data?.runId === runId ? read.data : begin.data
  const isRunning = begin.isPending || run?.state === 'running'
  const hasBegun = useRef(false)
  const { mutate } = begin
  useEffect(() => {
    if (hasBegun.current) return
    hasBegun.current = true
    mutate({})
  }, [mutate])
  const checks = run?.checks ?? []
  const all = checks.length + (run?.remaining.length ?? 0)
  const groups = DOCTOR_GROUPS.map((group) => ({ group, checks: checks.filter((check) => check.group === group) }))
  return (
    <div className="relative min-h-0 flex-1 overflow-y-auto p-4">
      <div className="flex max-w-[860px] flex-col gap-4">
        <div className="flex items-start gap-4">
          <div className="min-w-0 flex-1">
            <p role="status" className="text-lead font-semibold">
              {isRunning
                ? t('trouble.doctor.progress', { done: checks.length, all })
                : run === undefined
                  ? t('trouble.doctor.lead')
                  : run.state === 'cancelled'
                    ? t('trouble.doctor.cancelled')
                    : sentenceOf(checks)}
            </p>
            <p className="text-small text-ink-2">{t('trouble.doctor.lead')}</p>
          </div>
          {isRunning && runId !== null ? (
            <Button icon={Square} onClick={() => cancel.mutate({ runId })}>
              {t('trouble.doctor.cancel')}
            </Button>
          ) : (
            <Button icon={Stethoscope} isBusy={isRunning} onClick={() => begin.mutate({})}>
              {t('trouble.doctor.again')}
            </Button>
          )}
        </div>
        {begin.error === null ? null : <ErrorNotice error={begin.error} title={t('trouble.doctor.failed')} />}
        {read.error === null || read.data !== undefined ? null : <ErrorNotice error={read.error} title={t('trouble.doctor.failed')} />}
        {groups.map(({ group, checks: found }) =>
          found.length === 0 ? null : (
            <section key={group} aria-label={t(`trouble.group.${group}`)} className="flex flex-col gap-1">
              <h2 className="text-small font-semibold text-ink-2">{t(`trouble.group.${group}`)}</h2>
              <ul className="divide-y divide-line rounded-8 border border-line">
                {found.map((check) => (
                  <CheckRow key={check.id} check={check} onMended={() => begin.mutate({})} />
                ))}
              </ul>
            </section>
          ),
        )}
      </div>
    </div>
  )
}
