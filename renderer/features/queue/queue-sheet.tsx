import { CornerDownLeft } from 'lucide-react'
import { Fragment, useEffect, useRef, useState } from 'react'
import type { Queue } from '#shared/contract/queue'
import { t } from '#renderer/messages/translate.ts'
import { useRead, useWrite } from '../../api/use-api.ts'
import { useConnectorNames } from '../../api/use-connector-names.ts'
import { middleOf, whereOf } from '../../shell/profile-words.ts'
import { type QueueSheetRequest, requestSheet, useQueueRequest } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import type { FormTools } from './form-tools.ts'
import { PlanView, QUEUE_PLAN } from './plan-view.tsx'
import { QueueView } from './queue-view.tsx'
import { countsOf, headlineOf, isOver, leftOver, namedAs } from './queue-words.ts'
import { usePlan } from './use-plan.ts'

/** What is heard when the queue moves on: how far it is, and who is waited for. */
const spokenOf = (queue: Queue, nameOf: (connectorId: string) => string): string => {
  const current = queue.items.find(({ state }) => state === 'running')
  const head = headlineOf(queue)
  return current === undefined
    ? [head, countsOf(queue)].filter((part) => part !== '').join('. ')
    : t('queue.spoken', { head, name: namedAs(nameOf(current.connectorId), current.label) })
}

/** The sheet that connects several: the plan, then each one's turn, then what became of them. Opened by requestSheet from any page. */
export const QueueSheet = ({ tools }: { readonly tools: FormTools }) => {
  const request = useQueueRequest()
  const [shown, setShown] = useState<QueueSheetRequest | null>(null)
  if (request !== null && request !== shown) setShown(request)
  const isOpen = request !== null
  const profile = useRead('system.status', {}).data?.profile ?? null
  const nameOf = useConnectorNames(isOpen)
  const queueId = shown !== null && 'queueId' in shown ? shown.queueId : null
  const read = useRead('queue.get', { queueId: queueId ?? '' }, { isEnabled: isOpen && queueId !== null })
  const queue = queueId === null ? undefined : read.data
  const plan = usePlan(isOpen && shown !== null && 'plan' in shown ? shown.plan : null, profile?.profileId ?? '', tools)
  const skip = useWrite('queue.skip')
  const resume = useWrite('queue.resume')
  const cancel = useWrite('queue.cancel')
  const foot = useRef<HTMLButtonElement>(null)
  const { clear } = plan
  const clearRef = useRef(clear)
  useEffect(() => {
    clearRef.current = clear
  })
  const isQueue = queueId !== null
  // Whatever was typed is gone with the plan.
  useEffect(() => {
    if (!isOpen || isQueue) clearRef.current()
  }, [isOpen, isQueue])
  // What had the focus may have gone with its row; the focus stays in the sheet.
  useEffect(() => {
    if (isOpen && document.activeElement === document.body) foot.current?.focus()
  })

  const middle = middleOf(profile)
  const through =
    profile === null ? '' : profile.kind === 'sandbox' ? t('connect.in-sandbox') : t('connect.through', { where: whereOf(profile) })
  const close = (): void => {
    skip.reset()
    resume.reset()
    cancel.reset()
    requestSheet(null)
  }
  const start = async (): Promise<void> => {
    const started = await plan.start()
    if (started !== null) requestSheet({ kind: 'queue', queueId: started })
  }
  const write = (which: typeof skip): void => {
    if (queueId !== null) which.mutate({ queueId }, { onSettled: () => void read.refetch() })
  }
  const canStart = plan.rows.filter(({ standing }) => standing !== 'impossible')
  const isUnread = plan.rows.some(({ standing }) => standing === 'unread')
  const planFoot = (
    <Fragment key="plan">
      <span role="status" className="mr-auto text-small text-ink-2">
        {t(plan.isStarting ? 'queue.plan.starting' : 'queue.plan.not-yet')}
      </span>
      <Button onClick={close}>{t('connect.cancel')}</Button>
      <Button
        ref={foot}
        type="submit"
        form={QUEUE_PLAN}
        variant="primary"
        isBusy={plan.isStarting}
        disabledReason={isUnread ? t('queue.plan.looking') : canStart.length === 0 ? t('queue.plan.none-left') : null}
      >
        {t('queue.plan.start', { count: canStart.length })}
        <CornerDownLeft aria-hidden="true" className="size-3.5" />
      </Button>
    </Fragment>
  )
  const rest = queue === undefined ? [] : leftOver(queue)
  const queueFoot =
    queue !== undefined && isOver(queue) ? (
      <Fragment key="over">
        <Button ref={foot} onClick={close}>
          {t('connect.close')}
        </Button>
        {rest.length === 0 ? null : (
          <Button variant="primary" onClick={() => requestSheet({ kind: 'queue', plan: rest })}>
            {t('queue.again.all', { count: rest.length })}
          </Button>
        )}
      </Fragment>
    ) : (
      <Fragment key="open">
        <span className="mr-auto text-small text-ink-2">{t('queue.goes-on')}</span>
        <Button isBusy={cancel.isPending} onClick={() => write(cancel)}>
          {t('queue.cancel')}
        </Button>
        <Button ref={foot} keyCap="Esc" onClick={close}>
          {t('connect.hide')}
        </Button>
      </Fragment>
    )
  return (
    <Sheet
      isOpen={isOpen}
      onClose={close}
      closeName={t(isQueue && queue !== undefined && !isOver(queue) ? 'connect.hide' : 'connect.close')}
      title={isQueue ? (queue === undefined ? t('queue.name') : headlineOf(queue)) : t('queue.plan.title', { count: plan.rows.length })}
      subtitle={isQueue ? (queue === undefined ? '' : countsOf(queue)) : t('queue.plan.subtitle', { through })}
      width={560}
      initialFocus={foot}
      foot={isQueue ? queueFoot : planFoot}
    >
      {isQueue ? (
        <>
          <p role="status" className="sr-only">
            {queue === undefined ? '' : spokenOf(queue, nameOf)}
          </p>
          {read.error === null ? null : <ErrorNotice error={read.error} title={t('queue.not-shown')} />}
          {queue === undefined ? (
            read.error === null ? (
              <SkeletonRows rows={4} />
            ) : null
          ) : (
            <QueueView
              queue={queue}
              nameOf={nameOf}
              middle={middle}
              actions={{
                skip: () => write(skip),
                resume: () => write(resume),
                isBusy: skip.isPending || resume.isPending,
                error: isOver(queue) ? null : (skip.error ?? resume.error ?? cancel.error),
              }}
            />
          )}
        </>
      ) : (
        <PlanView plan={plan} tools={tools} onStart={() => void start()} />
      )}
    </Sheet>
  )
}
