import { CornerDownLeft } from 'lucide-react'
import type { Ref } from 'react'
import { authWayOf } from '#shared/auth-ways'
import type { Flow, ReconnectDecision } from '#shared/contract/connect'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '../../ui/button.tsx'
import { CONNECT_FORM } from './connect-form.tsx'
import { DECISION_FORM } from './decision-view.tsx'
import { failureWords } from './flow-words.ts'
import { NextButton } from './start-trouble.tsx'
import type { ConnectDraft } from './use-connect-draft.ts'
import type { DecisionState } from './use-decision.ts'

type Foot = Ref<HTMLButtonElement>

/** Under the form: whether it is checked or on its way, and the button that sends it. */
export const FormFoot = ({
  form,
  middle,
  ref,
  onClose,
}: {
  readonly form: ConnectDraft
  readonly middle: string
  readonly ref: Foot
  readonly onClose: () => void
}) => {
  const { connector, reconnects } = form
  const isForm = connector !== null && authWayOf(connector.authMode).kind !== 'page'
  // A connection that is there has its integration.
  const isReady = connector?.readiness === 'ready' || (reconnects !== null && connector?.readiness === 'needs_integration')
  const doing = isForm ? t('connect.sending', { middle }) : t('connect.cable.opening')
  return (
    <>
      <span role="status" className="mr-auto text-small text-ink-2">
        {form.isStarting ? doing : isForm ? t('connect.checked-here') : ''}
      </span>
      <Button onClick={onClose}>{t('connect.cancel')}</Button>
      <Button
        ref={ref}
        type="submit"
        form={CONNECT_FORM}
        variant="primary"
        isBusy={form.isStarting}
        disabledReason={connector !== null && !isReady ? (connector.readinessReason ?? t('connect.not-from-here')) : null}
      >
        {t(reconnects === null ? 'connect.connect' : 'connect.again.reconnect')}
        <CornerDownLeft aria-hidden="true" className="size-3.5" />
      </Button>
    </>
  )
}

/** While it waits. */
export const WaitFoot = ({
  isCancelling,
  ref,
  onCancel,
  onHide,
}: {
  readonly isCancelling: boolean
  readonly ref: Foot
  readonly onCancel: () => void
  readonly onHide: () => void
}) => (
  <>
    <span className="mr-auto text-small text-ink-2">{t('connect.wait-goes-on')}</span>
    <Button isBusy={isCancelling} onClick={onCancel}>
      {t('connect.cancel-sign-in')}
    </Button>
    <Button ref={ref} keyCap="Esc" onClick={onHide}>
      {t('connect.hide')}
    </Button>
  </>
)

/** Under the choice where another account answered; the focus begins on what changes least. */
export const DecisionFoot = ({
  state,
  options,
  isCancelling,
  ref,
  onLater,
  onAgain,
}: {
  readonly state: DecisionState
  readonly options: readonly ReconnectDecision[]
  readonly isCancelling: boolean
  readonly ref: Foot
  readonly onLater: () => void
  readonly onAgain: () => void
}) => {
  const canKeep = options.includes('keep')
  return (
    <>
      <Button variant="ghost" className="mr-auto -ml-3" onClick={onLater} {...(canKeep ? {} : { ref })}>
        {t('connect.decide.later')}
      </Button>
      <Button isBusy={isCancelling} onClick={onAgain}>
        {t('connect.again.sign-in-again')}
      </Button>
      <Button type="submit" form={DECISION_FORM} variant="primary" isBusy={state.isBusy} {...(canKeep ? { ref } : {})}>
        {t(`connect.decide.${state.choice}`)}
        <CornerDownLeft aria-hidden="true" className="size-3.5" />
      </Button>
    </>
  )
}

/** After its end: the one next action. */
export const EndFoot = ({
  flow,
  name,
  again,
  isBusy,
  ref,
  onClose,
  onAgain,
}: {
  readonly flow: Flow | undefined
  readonly name: string
  /** The connection that was signed in anew, as it is called; null for a new one. */
  readonly again: string | null
  readonly isBusy: boolean
  readonly ref: Foot
  readonly onClose: () => void
  readonly onAgain: () => void
}) => {
  const hasEnded = flow !== undefined && flow.state !== 'connected'
  const words =
    !hasEnded || flow.state === 'cancelled'
      ? null
      : failureWords(flow.error ?? { code: 'connect.expired', message: '' }, { name, via: flow.via, hasAddress: false, again })
  // Who kept what was there has done what there was to do.
  const isKept = flow?.error?.code === 'connection.identity_mismatch' && flow.error.data?.['decision'] === 'keep'
  const isElsewhere = words !== null && words.next !== 'retry' && words.next !== 'correct'
  return (
    <>
      <Button ref={ref} onClick={onClose}>
        {t('connect.close')}
      </Button>
      {!hasEnded ? null : isElsewhere ? (
        <NextButton
          next={words.next}
          words={words.nextLabel}
          connectorId={flow.connectorId}
          integrationId={words.integrationId}
          isPrimary
        />
      ) : (
        <Button variant={isKept ? 'secondary' : 'primary'} isBusy={isBusy} onClick={onAgain}>
          {words?.nextLabel ?? t('connect.try-again')}
        </Button>
      )}
    </>
  )
}
