import { CornerDownLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { authWayOf } from '#shared/auth-ways'
import type { Flow } from '#shared/contract/connect'
import { rich, t } from '#renderer/messages/translate.ts'
import { useHost, useRead, useWrite } from '../../api/use-api.ts'
import { useConnectorNames } from '../../api/use-connector-names.ts'
import { paths } from '../../paths.ts'
import { middleOf, whereOf } from '../../shell/profile-words.ts'
import { requestSheet, type SheetRequest, useSheetRequest } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { hush } from '../../ui/toast.tsx'
import { modeWords } from '#renderer/ui/mode-words.ts'
import { askedFields } from './connect-draft.ts'
import { CONNECT_FORM, ConnectForm } from './connect-form.tsx'
import { FlowView } from './flow-view.tsx'
import { failureWords } from './flow-words.ts'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { HiddenFlows, unwatchHidden, watchHidden } from './hidden-flows.tsx'
import { openSignInWindow } from './open-sign-in-window.ts'
import { useConnectDraft } from './use-connect-draft.ts'

const isOpenFlow = (flow: Flow | undefined): boolean =>
  flow?.state === 'starting' || flow?.state === 'waiting' || flow?.state === 'finishing'

/** The sheet that connects an account: form, waiting, end. Opened by requestSheet from any page; `flow` shows one that waits already. */
export const ConnectSheet = () => {
  const { api } = useHost()
  const [, go] = useLocation()
  const request = useSheetRequest()
  const [shown, setShown] = useState<SheetRequest | null>(null)
  if (request !== null && request !== shown) setShown(request)
  const isOpen = request !== null
  const profile = useRead('system.status', {}).data?.profile ?? null
  const nameOf = useConnectorNames(isOpen)
  const flowId = shown?.kind === 'flow' ? shown.flowId : null
  const read = useRead('connect.get', { flowId: flowId ?? '' }, { isEnabled: isOpen && flowId !== null })
  const flow = flowId === null ? undefined : read.data
  const form = useConnectDraft(
    isOpen && shown?.kind === 'connect' ? shown.connectorId : null,
    shown?.kind === 'connect' ? (shown.label ?? null) : null,
  )
  const cancel = useWrite('connect.cancel')
  const firstField = useRef<HTMLInputElement>(null)
  const foot = useRef<HTMLButtonElement>(null)
  const { clear } = form
  const clearRef = useRef(clear)
  useEffect(() => {
    clearRef.current = clear
  })
  // Whatever was typed is gone with the sheet.
  useEffect(() => {
    if (isOpen) hush()
    else clearRef.current()
  }, [isOpen])
  useEffect(() => {
    if (isOpen && flowId !== null) unwatchHidden(flowId)
  }, [isOpen, flowId])
  // The form's button is gone once there is a flow; the focus stays in the sheet.
  const isFlow = shown?.kind === 'flow'
  useEffect(() => {
    if (isOpen && isFlow && document.activeElement === document.body) foot.current?.focus()
  }, [isOpen, isFlow, flow?.state])

  const connectorId = shown?.kind === 'connect' ? shown.connectorId : (flow?.connectorId ?? form.connector?.connectorId ?? '')
  const name =
    connectorId === '' ? t('connect.this-service') : form.connector?.connectorId === connectorId ? form.connector.name : nameOf(connectorId)
  const middle = middleOf(profile)
  const through =
    profile === null ? '' : ` · ${profile.kind === 'sandbox' ? t('connect.in-sandbox') : t('connect.through', { where: whereOf(profile) })}`
  const isWaiting = isOpenFlow(flow)

  const close = (): void => {
    if (flow !== undefined && isWaiting) watchHidden(flow.flowId)
    cancel.reset()
    requestSheet(null)
  }
  const started = (id: string): void => {
    requestSheet({ kind: 'flow', flowId: id })
    if (form.via !== 'browser') void openSignInWindow(api, id).catch(() => undefined)
  }
  const again = async (): Promise<void> => {
    if (flow === undefined) return
    // It may have ended meanwhile; a new one is wanted all the same.
    if (isOpenFlow(flow)) await api.connect.cancel({ flowId: flow.flowId }).catch(() => undefined)
    if (form.holds(flow.connectorId)) {
      const next = await form.submit()
      if (next !== null) return started(next.flowId)
    }
    requestSheet({ kind: 'connect', connectorId: flow.connectorId, ...(flow.label === null ? {} : { label: flow.label }) })
  }
  const ended =
    flow !== undefined && !isWaiting && flow.state !== 'connected'
      ? flow.state === 'cancelled'
        ? { next: 'retry' as const, nextLabel: t('connect.try-again') }
        : failureWords(flow.error ?? { code: 'connect.expired', message: '' }, { name, via: flow.via, hasAddress: false })
      : null
  const connector = form.connector
  const isCredentialForm = connector !== null && authWayOf(connector.authMode).kind !== 'page'
  const isReady = connector?.readiness === 'ready'
  const formFoot = (
    <>
      <span role="status" className="mr-auto text-small text-ink-2">
        {form.isStarting
          ? isCredentialForm
            ? t('connect.sending', { middle })
            : t('connect.cable.opening')
          : isCredentialForm
            ? t('connect.checked-here')
            : ''}
      </span>
      <Button onClick={close}>{t('connect.cancel')}</Button>
      <Button
        type="submit"
        form={CONNECT_FORM}
        variant="primary"
        isBusy={form.isStarting}
        disabledReason={connector !== null && !isReady ? (connector.readinessReason ?? t('connect.not-from-here')) : null}
      >
        {t('connect.connect')}
        <CornerDownLeft aria-hidden="true" className="size-3.5" />
      </Button>
    </>
  )
  const flowFoot = isWaiting ? (
    <>
      <span className="mr-auto text-small text-ink-2">{t('connect.wait-goes-on')}</span>
      <Button
        isBusy={cancel.isPending}
        onClick={() => flow && cancel.mutate({ flowId: flow.flowId }, { onSuccess: () => void read.refetch() })}
      >
        {t('connect.cancel-sign-in')}
      </Button>
      <Button ref={foot} keyCap="Esc" onClick={close}>
        {t('connect.hide')}
      </Button>
    </>
  ) : (
    <>
      <Button ref={foot} onClick={close}>
        {t('connect.close')}
      </Button>
      {ended === null ? null : ended.next === 'profiles' ? (
        <Button
          variant="primary"
          onClick={() => {
            close()
            go(`${paths.settings}/profiles`)
          }}
        >
          {ended.nextLabel}
        </Button>
      ) : (
        <Button variant="primary" isBusy={form.isStarting} onClick={() => void again()}>
          {ended.nextLabel}
        </Button>
      )}
    </>
  )
  const label = flow?.label ?? null
  return (
    <>
      <Sheet
        isOpen={isOpen}
        onClose={close}
        closeName={t(isWaiting ? 'connect.hide' : 'connect.close')}
        lead={<LogoTile connectorId={connectorId} name={name} size={40} />}
        title={rich('connect.title', { name: <bdi>{name}</bdi> })}
        subtitle={
          isFlow ? (
            <>
              {label === null ? t('connect.no-label') : <bdi>{t('connect.label-is', { label })}</bdi>}
              {through}
            </>
          ) : (
            `${connector === null ? '' : modeWords(connector.authMode)}${through}`
          )
        }
        width={isFlow ? 520 : 560}
        initialFocus={isFlow ? foot : firstField}
        foot={isFlow ? flowFoot : formFoot}
      >
        {isFlow ? (
          <FlowView
            flow={flow}
            error={read.error}
            name={spokenName(name)}
            middle={middle}
            hasAddress={connector !== null && askedFields(connector).some(({ group }) => group === 'config')}
            onRenew={() => void again()}
            onDone={() => requestSheet(null)}
          />
        ) : (
          <ConnectForm
            state={form}
            through={profile?.kind === 'sandbox' ? t('connect.the-sandbox') : middle}
            firstField={firstField}
            onStarted={started}
          />
        )}
      </Sheet>
      <HiddenFlows />
    </>
  )
}
