import { ArrowLeftRight, Info } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Connection } from '#shared/contract/connections'
import type { Flow, ReconnectDecision } from '#shared/contract/connect'
import { tellingName } from '#shared/telling-name'
import { rich, t } from '#renderer/messages/translate.ts'
import { clockTime, shortDate } from '#renderer/ui/relative-words.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { RadioCards } from '../../ui/radio-card.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useNow } from '../../ui/use-now.ts'
import { IdentityCard } from './identity-card.tsx'
import { calledName, type Identity, identityLines } from './identity-words.ts'
import { keepReason } from './start-trouble.tsx'

/** The form's id, for the button in the sheet's foot. */
export const DECISION_FORM = 'decision-form'

/** In the order in which they are offered: what changes least first. */
const ORDER: readonly ReconnectDecision[] = ['keep', 'add', 'replace']

/** What can be chosen, in the order it is shown. */
export const choicesOf = (options: readonly ReconnectDecision[]): readonly ReconnectDecision[] =>
  ORDER.filter((choice) => options.includes(choice))

const looksSame = (known: Identity, found: Identity): boolean => {
  const [one, other] = [identityLines(known), identityLines(found)]
  return one?.name === other?.name && one?.detail === other?.detail
}

/** The choice where another account answered than the one known: both in full, and what each way on means. */
export const DecisionView = ({
  flow,
  decision,
  connection,
  name,
  choice,
  label,
  error,
  onChoice,
  onLabel,
  onDecide,
}: {
  readonly flow: Flow
  readonly decision: NonNullable<NonNullable<Flow['reconnect']>['decision']>
  /** Null until it is read. */
  readonly connection: Connection | null
  /** The service. */
  readonly name: string
  readonly choice: ReconnectDecision
  /** Of the connection that `add` makes. */
  readonly label: string
  readonly error: Error | null
  readonly onChoice: (choice: ReconnectDecision) => void
  readonly onLabel: (label: string) => void
  readonly onDecide: () => void
}) => {
  const now = useNow(60_000)
  const form = useRef<HTMLFormElement>(null)
  const note = useRef<HTMLParagraphElement>(null)
  const { known, found, options } = decision
  const choices = choicesOf(options)
  const which = connection === null ? name : calledName(connection)
  const who = (identity: Identity): ReactNode => (
    <bdi className="[overflow-wrap:anywhere]">{tellingName(identity) ?? t('connect.decide.unknown')}</bdi>
  )
  const handle = <span className="font-mono break-all">{connection?.handle ?? ''}</span>
  const words: Readonly<Record<ReconnectDecision, { readonly title: string; readonly description: ReactNode }>> = {
    keep: { title: t('connect.decide.keep'), description: rich('connect.decide.keep-text', { which, who: who(known) }) },
    add: { title: t('connect.decide.add'), description: rich('connect.decide.add-text', { which, who: who(found) }) },
    replace: { title: t('connect.decide.replace'), description: rich('connect.decide.replace-text', { handle, who: who(found) }) },
  }
  // Wherever the focus is in the sheet, but in a text.
  const press = (event: KeyboardEvent): void => {
    const { target } = event
    if (target instanceof HTMLInputElement && target.type === 'text') return
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const chosen = choices[Number(event.key) - 1]
    const isOnCard = target instanceof HTMLElement && target.getAttribute('role') === 'radio'
    if (chosen !== undefined) {
      onChoice(chosen)
      form.current?.querySelectorAll<HTMLElement>('[role="radio"]')[Number(event.key) - 1]?.focus()
    } else if (event.key === 'Enter' && isOnCard) onDecide()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const latest = useRef(press)
  useEffect(() => {
    latest.current = press
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => latest.current(event)
    window.addEventListener('keydown', listen, true)
    return () => window.removeEventListener('keydown', listen, true)
  }, [])
  // The label of the new connection and what is below it are new: in a small window they could go unseen.
  useEffect(() => {
    if (choice === 'add') note.current?.scrollIntoView({ block: 'nearest' })
  }, [choice])
  const answeredAt = flow.steps.find(({ id }) => id === 'noticed')?.endedAt ?? null
  const isSame = looksSame(known, found)
  return (
    <form
      ref={form}
      id={DECISION_FORM}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onDecide()
      }}
      className="flex flex-col gap-4 short:gap-2.5"
    >
      {error === null ? null : <ErrorNotice error={error} title={t('connect.decide.not-done')} />}
      <div className="flex flex-wrap items-stretch gap-x-3 gap-y-2 max-[600px]:flex-col">
        <IdentityCard
          title={t('connect.decide.known')}
          identity={known}
          showsId={isSame}
          foot={connection === null ? '' : t('connect.decide.since', { date: shortDate(connection.createdAt, now) })}
        />
        <ArrowLeftRight aria-hidden="true" className="flex-none self-center text-ink-2" />
        <IdentityCard
          title={answeredAt === null ? t('connect.decide.answered') : t('connect.decide.answered-at', { time: clockTime(answeredAt) })}
          identity={found}
          showsId={isSame}
          isNew
          foot={t(`connect.decide.via.${flow.via}`)}
        />
      </div>
      {options.includes('keep') ? null : (
        <p className="text-ink-2">
          {keepReason(flow.reconnect?.reason)} {t('connect.decide.only-replace')}
        </p>
      )}
      <RadioCards
        name={t('connect.decide.title')}
        value={choice}
        onValueChange={onChoice}
        choices={choices.map((value, index) => ({
          value,
          ...words[value],
          ...(choices.length > 1 ? { keyCap: String(index + 1) } : {}),
        }))}
      />
      {choice === 'add' ? (
        <TextField
          label={t('connect.decide.label')}
          hint={t('connect.label-hint')}
          isOptional
          value={label}
          maxLength={200}
          onValueChange={onLabel}
        />
      ) : null}
      <p ref={note} className="flex gap-2 text-small text-ink-2">
        <Info aria-hidden="true" className="mt-px size-3.5 flex-none" />
        <span>{t(options.includes('keep') ? 'connect.decide.note' : 'connect.decide.note-replace')}</span>
      </p>
    </form>
  )
}
