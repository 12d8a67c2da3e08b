import { useEffect, useRef, useState } from 'react'
import type { Flow } from '#shared/contract/connect'
import { rich, t } from '#renderer/messages/translate.ts'
import { modeWords } from '#renderer/ui/mode-words.ts'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { useHost, useRead, useWrite } from '../../api/use-api.ts'
import { useConnectorNames } from '../../api/use-connector-names.ts'
import { middleOf, whereOf } from '../../shell/profile-words.ts'
import { requestSheet, type SheetRequest, useSheetRequest } from '../../shell/sheet-request.ts'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { hush } from '../../ui/toast.tsx'
import { askedFields } from './connect-draft.ts'
import { ConnectForm } from './connect-form.tsx'
import { DecisionView } from './decision-view.tsx'
import { DecisionFoot, EndFoot, FormFoot, WaitFoot } from './sheet-feet.tsx'
import { FlowView } from './flow-view.tsx'
import { HiddenFlows, unwatchHidden, watchHidden } from './hidden-flows.tsx'
import { calledName } from './identity-words.ts'
import { openSignInWindow } from './open-sign-in-window.ts'
import { useConnectDraft } from './use-connect-draft.ts'
import { useDecision } from './use-decision.ts'
import { putOffDecision, WaitingDecisions } from './waiting-decisions.tsx'

const isOpenFlow = (flow: Flow | undefined): boolean =>
  flow?.state === 'starting' || flow?.state === 'waiting' || flow?.state === 'finishing'

/** The sheet that connects an account or signs one in anew: form, waiting, a choice, end. Opened by requestSheet from any page. */
export const ConnectSheet = () => {
  const { api } = useHost()
  const request = useSheetRequest()
  const [shown, setShown] = useState<SheetRequest | null>(null)
  if (request !== null && request !== shown) setShown(request)
  const isOpen = request !== null
  const profile = useRead('system.status', {}).data?.profile ?? null
  const nameOf = useConnectorNames(isOpen)
  const flowId = shown?.kind === 'flow' ? shown.flowId : null
  const read = useRead('connect.get', { flowId: flowId ?? '' }, { isEnabled: isOpen && flowId !== null })
  const flow = flowId === null ? undefined : read.data
  const form = useConnectDraft(isOpen && shown?.kind === 'connect' ? shown : null)
  const reconnects = shown?.kind === 'connect' ? (shown.reconnectConnectionId ?? null) : flow?.reconnect ? flow.connectionId : null
  const asked = useRead('connections.get', { connectionId: reconnects ?? '' }, { isEnabled: isOpen && reconnects !== null })
  const connection = reconnects === null ? null : (asked.data ?? null)
  const cancel = useWrite('connect.cancel')
  const decision = flow?.state === 'finishing' ? (flow.reconnect?.decision ?? null) : null
  const choice = useDecision(flow)
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
  // The form's button is gone once there is a flow; the focus stays in the sheet, on what is safe where something is to be chosen.
  const isFlow = shown?.kind === 'flow'
  const isDecision = decision !== null
  useEffect(() => {
    if (isOpen && isFlow && (isDecision || document.activeElement === document.body)) foot.current?.focus()
  }, [isOpen, isFlow, isDecision, flow?.state])
  // One sign-in of a connection at a time: the one that waits is shown instead of a second form. Asked anew, for what was read
  // before may have ended since.
  useEffect(() => {
    if (!isOpen || isFlow || reconnects === null) return undefined
    let isWanted = true
    api.connect.list({ isOpen: true }).then(
      ({ flows }) => {
        const waiting = flows.find(({ connectionId }) => connectionId === reconnects)
        if (isWanted && waiting !== undefined) requestSheet({ kind: 'flow', flowId: waiting.flowId })
      },
      // What keeps it from being told keeps it from being started too.
      () => undefined,
    )
    return () => {
      isWanted = false
    }
  }, [api, isOpen, isFlow, reconnects])

  const connectorId = shown?.kind === 'connect' ? shown.connectorId : (flow?.connectorId ?? form.connector?.connectorId ?? '')
  const name =
    connectorId === '' ? t('connect.this-service') : form.connector?.connectorId === connectorId ? form.connector.name : nameOf(connectorId)
  const middle = middleOf(profile)
  const through =
    profile === null ? '' : ` · ${profile.kind === 'sandbox' ? t('connect.in-sandbox') : t('connect.through', { where: whereOf(profile) })}`
  const isWaiting = isOpenFlow(flow)
  const isAgain = reconnects !== null
  const again = isAgain ? (connection === null ? spokenName(name) : calledName(connection)) : null

  const close = (): void => {
    if (flow !== undefined && isDecision) putOffDecision(flow.flowId)
    else if (flow !== undefined && isWaiting) watchHidden(flow.flowId)
    cancel.reset()
    requestSheet(null)
  }
  const started = (id: string): void => {
    requestSheet({ kind: 'flow', flowId: id })
    if (form.via !== 'browser') void openSignInWindow(api, id).catch(() => undefined)
  }
  const beginAnew = ({ connectorId: id, label, connectionId, reconnect, error }: Flow): void =>
    requestSheet({
      kind: 'connect',
      connectorId: id,
      ...(label === null ? {} : { label }),
      ...(reconnect === undefined || error?.code === 'connection.gone' ? {} : { reconnectConnectionId: connectionId }),
    })
  const onceMore = async (): Promise<void> => {
    if (flow === undefined) return
    // It may have ended meanwhile; a new one is wanted all the same.
    if (isOpenFlow(flow)) await api.connect.cancel({ flowId: flow.flowId }).catch(() => undefined)
    if (form.holds(flow) && flow.error?.code !== 'connection.gone') {
      const next = await form.submit()
      if (next !== null) return started(next.flowId)
    }
    beginAnew(flow)
  }
  const connector = form.connector
  const subtitle = (): string => {
    const who = [again, connection?.label == null ? null : connection.handle].filter((part) => part !== null).join(' · ')
    if (isDecision) return t('connect.decide.subtitle', { name: spokenName(name), who })
    if (isAgain) return `${who}${through}`
    if (isFlow) return `${flow?.label == null ? t('connect.no-label') : t('connect.label-is', { label: flow.label })}${through}`
    return `${connector === null ? '' : modeWords(connector.authMode)}${through}`
  }
  const drawFoot = () => {
    if (!isFlow) return <FormFoot form={form} middle={middle} ref={foot} onClose={close} />
    if (flow !== undefined && isDecision)
      return (
        <DecisionFoot
          state={choice}
          options={decision.options}
          isCancelling={cancel.isPending}
          ref={foot}
          onLater={close}
          onAgain={() =>
            decision.options.includes('keep')
              ? choice.decide('keep', () => beginAnew(flow))
              : cancel.mutate({ flowId: flow.flowId }, { onSuccess: () => beginAnew(flow) })
          }
        />
      )
    if (flow !== undefined && isWaiting)
      return (
        <WaitFoot
          isCancelling={cancel.isPending}
          ref={foot}
          onCancel={() => cancel.mutate({ flowId: flow.flowId }, { onSuccess: () => void read.refetch() })}
          onHide={close}
        />
      )
    return (
      <EndFoot
        flow={flow}
        name={spokenName(name)}
        again={again}
        isBusy={form.isStarting}
        ref={foot}
        onClose={close}
        onAgain={() => void onceMore()}
      />
    )
  }
  const title = isDecision
    ? t('connect.decide.title')
    : rich(isAgain ? 'connect.again.title' : 'connect.title', { name: <bdi>{name}</bdi> })
  return (
    <>
      <Sheet
        isOpen={isOpen}
        onClose={close}
        closeName={t(isDecision ? 'connect.decide.later' : isWaiting ? 'connect.hide' : 'connect.close')}
        lead={<LogoTile connectorId={connectorId} name={name} size={40} />}
        title={title}
        subtitle={<bdi className="[overflow-wrap:anywhere]">{subtitle()}</bdi>}
        width={isFlow && !isDecision ? 520 : 560}
        initialFocus={isFlow || (isAgain && (connector === null || askedFields(connector).length === 0)) ? foot : firstField}
        foot={drawFoot()}
      >
        {flow !== undefined && isDecision ? (
          <DecisionView
            flow={flow}
            decision={decision}
            connection={connection}
            name={spokenName(name)}
            choice={choice.choice}
            label={choice.label}
            error={choice.error ?? cancel.error}
            onChoice={choice.choose}
            onLabel={choice.setLabel}
            onDecide={() => choice.decide()}
          />
        ) : isFlow ? (
          <FlowView
            flow={flow}
            error={read.error}
            name={spokenName(name)}
            connection={connection}
            middle={middle}
            hasAddress={connector !== null && askedFields(connector).some(({ group }) => group === 'config')}
            onRenew={() => void onceMore()}
            onDone={() => requestSheet(null)}
          />
        ) : (
          <ConnectForm
            state={form}
            connection={connection}
            through={profile?.kind === 'sandbox' ? t('connect.the-sandbox') : middle}
            firstField={firstField}
            onStarted={started}
          />
        )}
      </Sheet>
      <HiddenFlows />
      <WaitingDecisions />
    </>
  )
}
