import { Fragment, type ReactNode, useCallback, useState } from 'react'
import { callDetails, callEffect, isFinalEffect, textDetail } from '#shared/call-details'
import type { LiveCall } from '#shared/contract/grants'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { useConnectorNames } from '#renderer/api/use-connector-names.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { ApprovalFrame } from './approval-frame.tsx'
import { CallDetails } from './sent-values.tsx'
import { callWhat } from './call-words.ts'
import { tame } from './grant-words.ts'
import { CallerFacts, ProgramFacts } from './program-facts.tsx'
import { ProgramTile } from './program-tile.tsx'

const name = (words: ReactNode): ReactNode => <bdi>{words}</bdi>

/** One call of a program that waits for a yes, as a card: who calls, what comes of it, and what it would send. */
export const CallCard = ({ call, position }: { readonly call: LiveCall & { readonly answerBy: string }; readonly position: string }) => {
  const answer = useWrite('grants.answerCall')
  const [isRead, setIsRead] = useState(false)
  const onSeen = useCallback(() => setIsRead(true), [])
  const grants = useRead('grants.list', { clientId: call.clientId, state: 'active' }).data?.grants ?? []
  const { callId, clientName, handle, method, program, pid, details } = call
  const effect = callEffect(call)
  const toConnect = effect === 'connect' ? textDetail(details, 'connectorId') : null
  const nameOf = useConnectorNames(toConnect !== null)
  const { items, isCut } = callDetails(details)
  // How it is removed is said in words, what is connected in the title.
  const shown = method === 'connections.remove' ? [] : items.filter(({ key }) => toConnect === null || key !== 'connectorId')
  const hasDetails = shown.length > 0 || isCut
  // Of several grants of one client nobody knows which the call is made with.
  const purpose = grants.length === 1 ? (grants[0]?.purpose ?? null) : null
  const known = grants.map((grant) => grant.program).find((one) => one !== null && one.path === program && one.pid === pid) ?? null
  const effectWords = effect === null ? '' : t(`automation.call.effect.${effect}`)
  const subject = handle ?? (toConnect === null ? null : nameOf(toConnect))
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('automation.call.what'), callWhat(call)],
    ...(handle === null ? [] : [[t('automation.call.connection'), handle] as const]),
    ...(toConnect === null ? [] : [[t('automation.call.to-connect'), toConnect] as const]),
  ]
  return (
    <ApprovalFrame
      lead={<ProgramTile size={40} />}
      title={rich(
        handle !== null ? 'automation.call.title' : toConnect === null ? 'automation.call.title-any' : 'automation.call.title-connect',
        { name: tame(clientName), handle: subject ?? '', b: name },
      )}
      aside={null}
      heard={t('automation.call.heard', { name: tame(clientName), what: callWhat(call), handle: subject ?? '', effect: effectWords })}
      position={position}
      since={call.startedAt}
      answerBy={call.answerBy}
      approvableAt={null}
      obstacle={hasDetails && !isRead ? t('automation.call.read-on') : null}
      hint={t('automation.call.hint')}
      allowLabel={t('automation.call.allow')}
      isBusy={answer.isPending || answer.isSuccess}
      onAllow={() => answer.mutate({ callId, isAllowed: true })}
      onDeny={() => answer.mutate({ callId, isAllowed: false })}
    >
      <dl className="grid grid-cols-[104px_1fr] gap-y-1 rounded-8 border border-line px-3 py-2">
        {facts.map(([fact, value]) => (
          <Fragment key={fact}>
            <dt className="text-small leading-5 text-ink-2">{fact}</dt>
            <dd className="min-w-0 font-mono text-small leading-5 [overflow-wrap:anywhere]">
              <bdi>{value}</bdi>
            </dd>
          </Fragment>
        ))}
      </dl>
      {effect === null ? null : (
        <p
          className={cx('text-small', isFinalEffect(effect) ? 'rounded-8 border border-attention px-3 py-2 text-attention' : 'text-ink-2')}
        >
          {effectWords}
        </p>
      )}
      {hasDetails ? <CallDetails items={shown} isCut={isCut} onSeen={onSeen} /> : null}
      {known === null ? <CallerFacts program={program} pid={pid} purpose={purpose} /> : <ProgramFacts program={known} purpose={purpose} />}
      {answer.error === null ? null : <ErrorNotice error={answer.error} title={t('automation.card.failed')} />}
    </ApprovalFrame>
  )
}
