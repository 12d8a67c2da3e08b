import { useEffect, useRef } from 'react'
import type { Queue } from '#shared/contract/queue'
import { PatchbayError, isErrorCode } from '#shared/errors'
import { errorMessage, errorWords } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'
import { useRead } from '../../api/use-api.ts'
import { requestSheet } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { spokenName } from '../../ui/spoken-name.ts'
import { QueueRow } from './queue-row.tsx'
import { QueueTurn } from './queue-turn.tsx'
import { isOver, leftOver, namedAs } from './queue-words.ts'

/** What can be done with a queue that is open. */
export interface QueueActions {
  readonly skip: () => void
  readonly resume: () => void
  readonly isBusy: boolean
  readonly error: Error | null
}

const Paused = ({ because, actions }: { readonly because: Queue['pausedBecause']; readonly actions: QueueActions }) => {
  const next =
    because !== null && isErrorCode(because.code) ? errorWords(new PatchbayError(because.code, { message: because.message })).next : ''
  return (
    <Notice
      tone="paused"
      title={t('queue.paused.title')}
      actions={
        <Button variant="primary" size="small" isBusy={actions.isBusy} onClick={actions.resume}>
          {t('queue.paused.resume')}
        </Button>
      }
    >
      {because === null ? t('queue.paused.text') : `${errorMessage(because)} ${next} ${t('queue.paused.text')}`}
    </Notice>
  )
}

/** A queue that runs, waits or is over: each account with its socket, the sign-in whose turn it is, and why others failed. */
export const QueueView = ({
  queue,
  nameOf,
  middle,
  actions,
}: {
  readonly queue: Queue
  readonly nameOf: (connectorId: string) => string
  readonly middle: string
  readonly actions: QueueActions
}) => {
  const list = useRef<HTMLOListElement>(null)
  const current = queue.items.find(({ state }) => state === 'running')
  const flowId = current?.flowId ?? null
  const { data: flow } = useRead('connect.get', { flowId: flowId ?? '' }, { isEnabled: flowId !== null })
  const at = current?.position ?? null
  const isWaiting = flow?.state === 'waiting'
  // The one whose turn it is stays in sight.
  useEffect(() => {
    if (at !== null) list.current?.querySelector(`[data-position="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at, isWaiting])
  const next = queue.items.find(({ state }) => state === 'waiting')
  // Where one alone is left over, the foot of the sheet offers it.
  const areLeft = isOver(queue) && leftOver(queue).length > 1
  return (
    <div className="flex flex-col gap-2">
      <div aria-live="polite" className="flex flex-col gap-2 empty:hidden">
        {queue.state === 'paused' ? <Paused because={queue.pausedBecause} actions={actions} /> : null}
        {actions.error === null ? null : <ErrorNotice error={actions.error} />}
      </div>
      <ol ref={list} className="flex flex-col">
        {queue.items.map((item) => {
          const name = nameOf(item.connectorId)
          const isCurrent = item === current
          const again = areLeft ? leftOver({ items: [item] }) : []
          return (
            <QueueRow
              key={item.position}
              item={item}
              name={name}
              isNext={item === next}
              action={
                isCurrent ? (
                  <Button
                    size="small"
                    isBusy={actions.isBusy}
                    aria-label={t('queue.turn.skip-name', { name: namedAs(name, item.label) })}
                    onClick={actions.skip}
                  >
                    {t('queue.turn.skip')}
                  </Button>
                ) : again.length > 0 ? (
                  <Button
                    size="small"
                    aria-label={t('queue.again.one-name', { name: namedAs(name, item.label) })}
                    onClick={() => requestSheet({ kind: 'queue', plan: again })}
                  >
                    {t('queue.again.one')}
                  </Button>
                ) : undefined
              }
            >
              {isCurrent ? (
                <QueueTurn
                  key={flowId}
                  flow={flowId === null ? undefined : flow}
                  name={spokenName(name)}
                  middle={middle}
                  onLater={actions.skip}
                />
              ) : undefined}
            </QueueRow>
          )
        })}
      </ol>
    </div>
  )
}
