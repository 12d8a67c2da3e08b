import { useState } from 'react'
import type { SandboxStatus, WebhookDelivery } from '#shared/contract/sandbox'
import { WebhookEvent } from '#shared/contract/sandbox'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { errorWords } from '#renderer/messages/error-words.ts'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { SelectField } from '#renderer/ui/select-field.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { TextField } from '#renderer/ui/text-field.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { SwitchBox, SwitchGroup } from './fault-switches.tsx'
import { useSandboxChange } from './use-sandbox.ts'

const SIGNATURES = ['valid', 'wrong', 'missing'] as const
const REASONS: Readonly<Record<string, MessageKey>> = {
  connection_refused: 'tour.webhooks.reason.connection_refused',
  timeout: 'tour.webhooks.reason.timeout',
  outside: 'tour.webhooks.reason.outside',
}
const GLYPHS = { sending: 'pending', waiting: 'pending', delivered: 'connected', refused: 'attention', lost: 'error' } as const

const Receiver = ({ status }: { readonly status: SandboxStatus }) => {
  const [draft, setDraft] = useState<string | null>(null)
  const update = useSandboxChange('sandbox.update')
  const commit = (): void => {
    const wanted = draft?.trim() ?? null
    if (wanted === null || wanted === (status.webhookUrl ?? '')) return
    update.change({ webhookUrl: wanted === '' ? null : wanted }, () => setDraft(null))
  }
  return (
    <form
      className="max-w-[460px]"
      onSubmit={(event) => {
        event.preventDefault()
        commit()
      }}
    >
      <TextField
        label={t('tour.webhooks.url')}
        hint={t('tour.webhooks.url-hint')}
        error={update.error === null ? null : errorWords(update.error).message}
        type="url"
        isMono
        isOptional
        value={draft ?? status.webhookUrl ?? ''}
        onValueChange={setDraft}
        onLeave={commit}
      />
    </form>
  )
}

const SigningKey = () => {
  const key = useWrite('sandbox.signingKey')
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 pb-1">
      <div className="min-w-40 flex-1">
        <div className="font-medium">{t('tour.webhooks.key')}</div>
        <div className="text-small text-ink-3">{t('tour.webhooks.key-hint')}</div>
      </div>
      {key.data === undefined ? (
        <Button isBusy={key.isPending} onClick={() => key.mutate({})}>
          {t('tour.webhooks.key-show')}
        </Button>
      ) : (
        <CopyableHandle text={key.data.signingKey} />
      )}
    </div>
  )
}

const SendOne = ({ status }: { readonly status: SandboxStatus }) => {
  const connections = useRead('connections.list', { limit: 100, sort: 'name' }).data?.connections ?? []
  const send = useWrite('sandbox.sendWebhook')
  const [chosen, setChosen] = useState<string | null>(null)
  const [event, setEvent] = useState<WebhookEvent>('creation')
  const [signature, setSignature] = useState<(typeof SIGNATURES)[number]>('valid')
  const there = connections.filter(({ nangoConnectionId }) => nangoConnectionId !== null)
  const connection = there.find(({ connectionId }) => connectionId === chosen) ?? there[0]
  const reason = status.webhookUrl === null ? t('tour.webhooks.no-url') : connection === undefined ? t('tour.webhooks.no-connection') : null
  return (
    <>
      <div className="flex flex-wrap items-start gap-x-3">
        <div className="w-52">
          <SelectField
            label={t('tour.webhooks.event')}
            value={event}
            onValueChange={setEvent}
            options={WebhookEvent.options.map((value) => ({ value, label: t(`tour.webhooks.event.${value}`) }))}
          />
        </div>
        {connection === undefined ? null : (
          <div className="w-52">
            <SelectField
              label={t('tour.sandbox.one')}
              value={connection.connectionId}
              onValueChange={setChosen}
              options={there.map((each) => ({ value: each.connectionId, label: each.handle }))}
            />
          </div>
        )}
        <div className="w-32">
          <SelectField
            label={t('tour.webhooks.signature')}
            value={signature}
            onValueChange={setSignature}
            options={SIGNATURES.map((value) => ({ value, label: t(`tour.webhooks.signature.${value}`) }))}
          />
        </div>
        <div className="pt-6">
          <Button
            isBusy={send.isPending}
            disabledReason={reason}
            onClick={() => connection !== undefined && send.mutate({ connectionId: connection.connectionId, event, signature })}
          >
            {t('tour.webhooks.send')}
          </Button>
        </div>
      </div>
      {send.error === null ? null : <ErrorNotice error={send.error} title={t('tour.webhooks.send-failed')} />}
    </>
  )
}

/** How each attempt ended, oldest first: `503, nobody listens, 200`. */
const outcomesOf = ({ attempts }: WebhookDelivery): string =>
  t('tour.webhooks.attempts', {
    count: attempts.length,
    outcomes: attempts.map(({ status, reason }) => status ?? t(REASONS[reason ?? ''] ?? 'tour.webhooks.reason.cut')).join(', '),
  })

const Deliveries = () => {
  const now = useNow(10_000)
  const { data } = useRead('sandbox.deliveries', {})
  if (data === undefined || data.deliveries.length === 0) return <p className="text-small text-ink-3">{t('tour.webhooks.none')}</p>
  return (
    <ul aria-label={t('tour.webhooks.deliveries')} className="flex flex-col gap-1.5">
      {data.deliveries.map((delivery) => (
        <li key={delivery.deliveryId} className="flex flex-wrap items-center gap-x-3">
          <StatusGlyph glyph={GLYPHS[delivery.state]} size={12} />
          <span className="font-medium">{t(`tour.webhooks.event.${delivery.event}`)}</span>
          <span>{t(`tour.webhooks.state.${delivery.state}`)}</span>
          {delivery.attempts.length === 0 ? null : <span className="text-small text-ink-3">{outcomesOf(delivery)}</span>}
          {delivery.attempts[0] === undefined ? null : (
            <span className="ml-auto text-small text-ink-3">
              <RelativeTime at={delivery.attempts[0].at} now={now} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

/** Where webhooks go, the key to check them with, one by hand, and how the last ones went. */
export const WebhookPart = ({ status }: { readonly status: SandboxStatus }) => (
  <SwitchGroup title={t('tour.webhooks.title')}>
    <SwitchBox>
      <p className="text-small text-ink-2">{t('tour.webhooks.lead')}</p>
      <Receiver status={status} />
    </SwitchBox>
    <SwitchBox>
      <SigningKey />
    </SwitchBox>
    <SwitchBox>
      <SendOne status={status} />
      <Deliveries />
    </SwitchBox>
  </SwitchGroup>
)
