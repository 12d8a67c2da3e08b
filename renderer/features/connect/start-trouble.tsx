import { useLocation } from 'wouter'
import { PatchbayError } from '#shared/errors'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { EndNotice } from './end-notice.tsx'
import { failureWords, isPreflight, type NextStep } from './flow-words.ts'
import type { ConnectDraft } from './use-connect-draft.ts'

/** The one way on that is not this form: null where it is this form. */
export const NextButton = ({
  next,
  words,
  connectorId,
  integrationId,
  isPrimary = false,
}: {
  readonly next: NextStep
  readonly words: string
  readonly connectorId: string
  /** The integration that is at fault; null for one that is still to be made. */
  readonly integrationId: string | null
  readonly isPrimary?: boolean
}) => {
  const [, go] = useLocation()
  const button = (run: () => void) => (
    <Button size={isPrimary ? 'regular' : 'small'} variant={isPrimary ? 'primary' : 'secondary'} onClick={run}>
      {words}
    </Button>
  )
  const leave = (path: string) => (): void => {
    requestSheet(null)
    go(path)
  }
  switch (next) {
    case 'profiles':
      return button(leave(`${paths.settings}/profiles`))
    case 'connections':
      return button(leave(paths.connections))
    case 'integration':
      return button(() => requestSheet({ kind: 'integration', connectorId, ...(integrationId === null ? {} : { integrationId }) }))
    case 'retry':
    case 'correct':
      return null
  }
}

const Busy = ({ error, isReconnect }: { readonly error: PatchbayError; readonly isReconnect: boolean }) => {
  const flowId = error.data['flowId']
  return (
    <Notice
      tone="pending"
      title={t(isReconnect ? 'connect.busy.title-again' : 'connect.busy.title')}
      actions={
        typeof flowId === 'string' ? (
          <Button size="small" onClick={() => requestSheet({ kind: 'flow', flowId })}>
            {t('connect.busy.show')}
          </Button>
        ) : undefined
      }
    >
      {t(isReconnect ? 'connect.busy.text-again' : 'connect.busy.text')}
    </Notice>
  )
}

const REASONS = { scope_missing: 'scope_missing', unsupported: 'unsupported', unusable: 'unusable' } as const

/** The words for why the sign-in of now cannot be kept aside. */
export const keepReason = (reason: unknown): string =>
  t(`connect.again.reason.${REASONS[String(reason) as keyof typeof REASONS] ?? 'unusable'}`)

const Risk = ({ error, isBusy, onAccept }: { readonly error: PatchbayError; readonly isBusy: boolean; readonly onAccept: () => void }) => (
  <Notice
    tone="attention"
    title={t('connect.again.risk-title')}
    actions={
      <Button size="small" isBusy={isBusy} onClick={onAccept}>
        {t('connect.again.risk-accept')}
      </Button>
    }
  >
    {keepReason(error.data['reason'])} {t('connect.again.risk-text')}
  </Notice>
)

/** Why nothing was started, or why what was started failed at once: cause, evidence, one next action. */
export const StartTrouble = ({
  state,
  hasAddress,
  again,
  onAccept,
}: {
  readonly state: ConnectDraft
  readonly hasAddress: boolean
  /** The connection that is signed in anew, as it is called; null for a new one. */
  readonly again: string | null
  /** The risk is taken. */
  readonly onAccept: () => void
}) => {
  const { startError, failed, connector, isStarting } = state
  const connectorId = connector?.connectorId ?? failed?.connectorId ?? ''
  const name = spokenName(connector?.name ?? connectorId)
  const told = failed?.error ?? (startError instanceof PatchbayError ? startError : undefined)
  if (startError instanceof PatchbayError && startError.code === 'connect.busy')
    return <Busy error={startError} isReconnect={again !== null} />
  if (startError instanceof PatchbayError && startError.code === 'connection.reconnect_risky')
    return <Risk error={startError} isBusy={isStarting} onAccept={onAccept} />
  if (told !== undefined && (failed !== null || isPreflight(told.code))) {
    const words = failureWords(told, { name, via: failed?.via ?? null, hasAddress, again })
    const isHere = words.next === 'retry' || words.next === 'correct'
    const button = <NextButton next={words.next} words={words.nextLabel} connectorId={connectorId} integrationId={words.integrationId} />
    return <EndNotice tone={isHere ? 'error' : 'attention'} words={words} {...(isHere ? {} : { actions: button })} />
  }
  if (startError === null) return null
  return <ErrorNotice error={startError} title={t(again === null ? 'connect.not-started' : 'connect.again.not-started')} />
}
