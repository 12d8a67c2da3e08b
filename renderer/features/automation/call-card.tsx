import type { ReactNode } from 'react'
import type { LiveCall } from '#shared/contract/grants'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { ApprovalFrame } from './approval-frame.tsx'
import { tame } from './grant-words.ts'
import { ProgramFacts } from './program-facts.tsx'
import { ProgramTile } from './program-tile.tsx'

const name = (words: ReactNode): ReactNode => <bdi>{words}</bdi>

/** One call of a program that waits for a yes, as a card. */
export const CallCard = ({ call, position }: { readonly call: LiveCall & { readonly answerBy: string }; readonly position: string }) => {
  const answer = useWrite('grants.answerCall')
  const known = useRead('grants.list', { clientId: call.clientId, state: 'active' }).data?.grants[0]
  const { callId, clientName, handle, method, target } = call
  return (
    <ApprovalFrame
      lead={<ProgramTile size={40} />}
      title={rich(handle === null ? 'automation.call.title-any' : 'automation.call.title', {
        name: tame(clientName),
        handle: handle ?? '',
        b: name,
      })}
      aside={null}
      heard={t('automation.call.heard', { name: tame(clientName), what: target ?? method, handle: handle ?? '' })}
      position={position}
      since={call.startedAt}
      answerBy={call.answerBy}
      approvableAt={null}
      obstacle={null}
      hint={t('automation.call.hint')}
      allowLabel={t('automation.call.allow')}
      isBusy={answer.isPending || answer.isSuccess}
      onAllow={() => answer.mutate({ callId, isAllowed: true })}
      onDeny={() => answer.mutate({ callId, isAllowed: false })}
    >
      <dl className="grid grid-cols-[104px_1fr] gap-y-1 rounded-8 border border-line px-3 py-2">
        <dt className="text-small leading-5 text-ink-2">{t('automation.call.what')}</dt>
        <dd className="min-w-0 font-mono text-small leading-5 [overflow-wrap:anywhere]">
          <bdi>{target ?? method}</bdi>
        </dd>
        {handle === null ? null : (
          <>
            <dt className="text-small leading-5 text-ink-2">{t('automation.call.connection')}</dt>
            <dd className="min-w-0 font-mono text-small leading-5 [overflow-wrap:anywhere]">
              <bdi>{handle}</bdi>
            </dd>
          </>
        )}
      </dl>
      <ProgramFacts program={known?.program ?? null} purpose={known?.purpose ?? null} />
      {answer.error === null ? null : <ErrorNotice error={answer.error} title={t('automation.card.failed')} />}
    </ApprovalFrame>
  )
}
