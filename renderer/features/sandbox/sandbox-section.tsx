import { useState } from 'react'
import type { SandboxFaults } from '#shared/contract/sandbox'
import { useProfileChange, useRead, useWrite } from '#renderer/api/use-api.ts'
import { Row, Rows, SectionFrame } from '#renderer/ui/section-frame.tsx'
import { t } from '#renderer/messages/translate.ts'
import { requestTour } from '#renderer/shell/tour-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { AnswerFaults, SignInFaults } from './fault-switches.tsx'
import { RenewalFaults } from './renewal-faults.tsx'
import { useSandboxChange, useSandboxStatus } from './use-sandbox.ts'
import { WebhookPart } from './webhook-part.tsx'

const TourRow = () => {
  const tour = useRead('settings.get', {}).data?.tour
  const isOpen = tour?.state === 'open'
  const isLeft = tour?.state === 'left'
  return (
    <Row label={t('tour.sandbox.tour')} hint={t('tour.sandbox.tour-hint')}>
      <Button
        variant="primary"
        disabledReason={isOpen ? t('tour.sandbox.running') : null}
        onClick={() => requestTour(isLeft ? 'resume' : 'start')}
      >
        {isLeft ? t('tour.sandbox.resume') : tour?.state === 'done' ? t('tour.sandbox.again') : t('tour.sandbox.start')}
      </Button>
    </Row>
  )
}

const ResetRow = () => {
  const reset = useWrite('sandbox.reset')
  const [isAsking, setIsAsking] = useState(false)
  return (
    <Row label={t('tour.reset.title')} hint={t('tour.reset.hint')}>
      <Button variant="danger" onClick={() => setIsAsking(true)}>
        {t('tour.reset.do')}
      </Button>
      <ConfirmSheet
        isOpen={isAsking}
        title={t('tour.reset.ask')}
        safeLabel={t('tour.reset.keep')}
        confirmLabel={t('tour.reset.do')}
        isBusy={reset.isPending}
        onConfirm={() =>
          reset.mutate(
            {},
            {
              onSuccess: () => {
                setIsAsking(false)
                tell(t('tour.reset.done'))
              },
            },
          )
        }
        onClose={() => setIsAsking(false)}
      >
        <p>{t('tour.reset.body')}</p>
        {reset.error === null ? null : <ErrorNotice error={reset.error} title={t('tour.sandbox.failed')} />}
      </ConfirmSheet>
    </Row>
  )
}

const Switches = () => {
  const { data: status, error } = useSandboxStatus()
  const update = useSandboxChange('sandbox.update')
  const calm = useSandboxChange('sandbox.calm')
  if (status === undefined) return error === null ? <SkeletonRows rows={8} /> : <ErrorNotice error={error} />
  const faults: SandboxFaults = { ...status.faults, ...(update.isPending ? update.variables : {}) } as SandboxFaults
  const failed = update.error ?? calm.error
  const onChange = (change: Partial<SandboxFaults>): void => update.change(change)
  return (
    <>
      <div className="sticky -top-4 z-10 -mx-1 flex min-h-10 items-center gap-3 bg-surface px-1 py-1">
        <span role="status">
          <Chip variant={status.faultsOn > 0 ? 'missing' : 'plain'}>
            {status.faultsOn === 0 ? t('tour.sandbox.none-on') : t('tour.sandbox.on', { count: status.faultsOn })}
          </Chip>
        </span>
        {status.faultsOn === 0 ? null : (
          <Button size="small" isBusy={calm.isPending} onClick={() => calm.change({})}>
            {t('tour.sandbox.calm')}
          </Button>
        )}
      </div>
      {failed === null ? null : <ErrorNotice error={failed} title={t('tour.sandbox.failed')} />}
      <SignInFaults faults={faults} onChange={onChange} />
      <RenewalFaults
        status={status}
        isAll={faults.refreshFailure === 'all'}
        onAll={(isAll) => onChange({ refreshFailure: isAll ? 'all' : 'off' })}
      />
      <AnswerFaults faults={faults} onChange={onChange} />
      <WebhookPart status={status} />
      <Rows>
        <ResetRow />
      </Rows>
    </>
  )
}

/** Settings, Sandbox: the guided tour, and the switches that make the sandbox misbehave while it is in use. */
export const SandboxSection = () => {
  const profiles = useRead('profiles.list', {}).data?.profiles ?? []
  const use = useProfileChange()
  const active = profiles.find(({ isActive }) => isActive)
  const sandbox = profiles.find(({ kind }) => kind === 'sandbox')
  return (
    <SectionFrame title={t('tour.sandbox.title')} lead={t('tour.sandbox.lead')}>
      <Rows>
        <TourRow />
      </Rows>
      {active?.kind === 'sandbox' ? (
        <Switches key={active.profileId} />
      ) : sandbox === undefined ? null : (
        <Notice
          tone="paused"
          title={t('tour.sandbox.not-in-use')}
          actions={
            <Button size="small" isBusy={use.isPending} onClick={() => use.mutate({ profileId: sandbox.profileId })}>
              {t('tour.sandbox.use')}
            </Button>
          }
        >
          {active === undefined ? null : t('tour.sandbox.not-in-use-body', { name: active.name })}
        </Notice>
      )}
      {use.error === null ? null : <ErrorNotice error={use.error} title={t('tour.sandbox.use-failed')} />}
    </SectionFrame>
  )
}
