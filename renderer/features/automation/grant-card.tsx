import { type ReactNode, useState } from 'react'
import type { Grant } from '#shared/contract/grants'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { useConnectorNames } from '#renderer/api/use-connector-names.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { Checkbox } from '#renderer/ui/checkbox.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { ApprovalFrame } from './approval-frame.tsx'
import { CoveredList } from './covered-list.tsx'
import { type Answer, approvalOf, ASKED_TERMS, firstAnswer, lessOf, obstacleOf } from './card-answer.ts'
import { tame, verbsWords } from './grant-words.ts'
import { ProgramFacts } from './program-facts.tsx'
import { ProgramTile } from './program-tile.tsx'
import { Segments } from './segments.tsx'
import { VerbChoices } from './verb-choices.tsx'

const withOne = <T,>(set: ReadonlySet<T>, one: T, isOn: boolean): ReadonlySet<T> =>
  isOn ? new Set([...set, one]) : new Set([...set].filter((each) => each !== one))

/** What is reached beyond the connections that are there now. */
const openEndedWords = ({ connections }: Grant, nameOf: (connectorId: string) => string): string | null => {
  switch (connections.kind) {
    case 'some':
      return null
    case 'connectors':
      return t('automation.reach.connectors-later', { names: connections.connectorIds.map((id) => spokenName(nameOf(id))).join(', ') })
    case 'tag':
      return t('automation.reach.tag-later', {
        tag: connections.value === undefined ? connections.tag : `${connections.tag}: ${connections.value}`,
      })
    case 'all':
      return t('automation.reach.all-later')
  }
}

/** A request of a program, as a card: who it is, what it wants, and yes, yes to less, or no. */
export const GrantCard = ({ grant, position }: { readonly grant: Grant; readonly position: string }) => {
  const [answer, setAnswer] = useState<Answer>(() => firstAnswer(grant))
  const status = useRead('system.status', {}).data
  const isOther = status !== undefined && status.profile?.profileId !== grant.profileId
  const profiles = useRead('profiles.list', {}, { isEnabled: isOther }).data?.profiles
  const nameOf = useConnectorNames()
  const approve = useWrite('grants.approve')
  const deny = useWrite('grants.deny')
  const change = (part: Partial<Answer>): void => setAnswer((before) => ({ ...before, ...part }))
  const obstacle = obstacleOf(grant, answer)
  const less = lessOf(grant, answer)
  const openEnded = openEndedWords(grant, nameOf)
  const error = approve.error ?? deny.error
  const otherProfile = isOther ? (profiles?.find(({ profileId }) => profileId === grant.profileId)?.name ?? null) : null
  const isMoreThanLooking = grant.verbs.some((verb) => verb !== 'read')
  const name = (words: ReactNode): ReactNode => <bdi>{words}</bdi>
  return (
    <ApprovalFrame
      lead={<ProgramTile size={40} />}
      title={rich('automation.card.title', { name: tame(grant.clientName), b: name })}
      aside={
        <span className="flex flex-none flex-wrap justify-end gap-1">
          {grant.via === 'mcp' ? <Chip>{t('automation.via.mcp')}</Chip> : null}
          <Chip>{t(grant.isKnown ? 'automation.card.known' : 'automation.card.first')}</Chip>
        </span>
      }
      heard={t('automation.card.heard', {
        name: tame(grant.clientName),
        verbs: verbsWords(grant.verbs),
        count: grant.coveredCount,
      })}
      position={position}
      since={grant.requestedAt}
      answerBy={grant.answerBy}
      approvableAt={grant.approvableAt}
      obstacle={obstacle === null ? null : t(`automation.card.choose-${obstacle}`)}
      hint={t('automation.card.take-back-hint')}
      allowLabel={
        less === 'verbs'
          ? t('automation.card.allow-of', { count: answer.verbs.size, total: grant.verbs.length })
          : t(less === 'less' ? 'automation.card.allow-less' : 'automation.card.allow')
      }
      isBusy={approve.isPending || deny.isPending || approve.isSuccess || deny.isSuccess}
      onAllow={() => approve.mutate(approvalOf(grant, answer))}
      onDeny={() => deny.mutate({ grantId: grant.grantId })}
    >
      <ProgramFacts program={grant.program} purpose={grant.purpose} />
      {error === null ? null : <ErrorNotice error={error} title={t('automation.card.failed')} />}
      {otherProfile === null ? null : (
        <p className="text-small text-attention">{rich('automation.card.other-profile', { profile: otherProfile, b: name })}</p>
      )}
      {openEnded === null ? null : (
        <Checkbox
          isChecked={answer.isOpenEnded}
          onChange={(isOpenEnded) => change({ isOpenEnded, ...(isOpenEnded ? { without: new Set<string>() } : {}) })}
          label={<bdi className="[overflow-wrap:anywhere]">{openEnded}</bdi>}
        />
      )}
      <CoveredList
        grant={grant}
        without={answer.without}
        nameOf={nameOf}
        onToggle={(connectionId, isOn) =>
          setAnswer((before) => ({
            ...before,
            without: withOne(before.without, connectionId, !isOn),
            // Who leaves one out means these, not also those to come.
            isOpenEnded: isOn && before.isOpenEnded,
          }))
        }
      />
      <VerbChoices
        offered={grant.verbs}
        limits={grant.limits}
        chosen={answer.verbs}
        onToggle={(verb, isOn) => setAnswer((before) => ({ ...before, verbs: withOne(before.verbs, verb, isOn) }))}
      />
      {isMoreThanLooking ? (
        <Checkbox
          isChecked={answer.asksEachTime}
          onChange={(asksEachTime) => change({ asksEachTime })}
          label={t('automation.card.asks-each-time')}
        />
      ) : null}
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span aria-hidden="true" className="text-ink-2">
          {t('automation.card.for')}
        </span>
        <Segments
          name={t('automation.card.how-long')}
          options={ASKED_TERMS.map((value) => ({ value, label: t(`automation.term.${value}`) }))}
          value={answer.term}
          onValueChange={(term) => change({ term })}
        />
        <span className="text-small text-ink-2">{t(`automation.term-text.${answer.term}`)}</span>
      </div>
    </ApprovalFrame>
  )
}
