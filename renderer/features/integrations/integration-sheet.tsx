import { CornerDownLeft } from 'lucide-react'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { authWayOf } from '#shared/auth-ways'
import { t } from '#renderer/messages/translate.ts'
import { useHost, useRead, useWrite } from '../../api/use-api.ts'
import { whereOf } from '../../shell/profile-words.ts'
import { type IntegrationRequest, requestSheet, useIntegrationRequest } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { tell } from '../../ui/toast.tsx'
import { INTEGRATION_FORM, IntegrationForm, RemoveButton } from './integration-form.tsx'
import { RemoveIntegration } from './remove-integration.tsx'
import { useIntegrationDraft } from './use-integration-draft.ts'

/** The sheet that sets a connector up at Nango, or changes or removes an integration. Opened by requestSheet from any page. */
export const IntegrationSheet = () => {
  const { api } = useHost()
  const client = useQueryClient()
  const request = useIntegrationRequest()
  const [shown, setShown] = useState<IntegrationRequest | null>(null)
  if (request !== null && request !== shown) setShown(request)
  const isOpen = request !== null
  const profile = useRead('system.status', {}).data?.profile ?? null
  const state = useIntegrationDraft(isOpen ? shown : null)
  const remove = useWrite('integrations.remove')
  const [isRemoving, setIsRemoving] = useState(false)
  const firstField = useRef<HTMLInputElement>(null)
  const clear = useRef(state.clear)
  useEffect(() => {
    clear.current = state.clear
  })
  // What was typed is gone with the sheet, secrets first of all.
  useEffect(() => {
    if (!isOpen) clear.current()
  }, [isOpen])
  if (shown === null) return null
  const { description } = state
  const { connectorId } = shown
  const name = description?.name ?? connectorId
  const current = description?.current ?? null
  const isNew = shown.integrationId === undefined
  const connects = description !== null && authWayOf(description.authMode).kind !== 'refused'
  const close = (): void => requestSheet(null)
  const done = async (integrationId: string): Promise<void> => {
    if (!isNew) {
      close()
      tell(t('catalogue.setup.changed', { id: integrationId }))
      return
    }
    const connector = await api.catalogue.get({ connectorId }).catch(() => null)
    if (connector?.readiness === 'ready') requestSheet({ kind: 'connect', connectorId })
    else {
      close()
      tell(t('catalogue.setup.made', { name }))
    }
  }
  const takeAway = (connectionCount: number): void => {
    if (current === null) return
    const { integrationId } = current
    remove.mutate(
      { integrationId, connectionCount },
      {
        onSuccess: () => {
          setIsRemoving(false)
          close()
          tell(t('catalogue.setup.removed', { id: integrationId }))
          void client.invalidateQueries({
            predicate: ({ queryKey }) => /^(?:catalogue|integrations|connections)\./.test(String(queryKey[0])),
          })
        },
        // The number may have changed: what the question says is read again.
        onError: () => void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'integrations.describe' }),
      },
    )
  }
  return (
    <>
      <Sheet
        isOpen={isOpen}
        onClose={close}
        closeName={t('catalogue.setup.cancel')}
        width={560}
        lead={<LogoTile connectorId={connectorId} name={name} size={40} />}
        title={t(isNew ? 'catalogue.setup.title' : 'catalogue.setup.title-change', { name })}
        subtitle={profile === null ? undefined : t('catalogue.setup.subtitle', { place: `${profile.name} (${whereOf(profile)})` })}
        initialFocus={firstField}
        foot={
          <>
            {current === null ? null : <RemoveButton onRemove={() => setIsRemoving(true)} />}
            <Button onClick={close}>{t('catalogue.setup.cancel')}</Button>
            {description?.isDashboardOnly === true && isNew ? null : (
              <Button type="submit" form={INTEGRATION_FORM} variant="primary" isBusy={state.isSending}>
                {t(!isNew ? 'catalogue.setup.save' : connects ? 'catalogue.setup.submit-connect' : 'catalogue.setup.submit')}
                <CornerDownLeft aria-hidden="true" className="size-3.5" />
              </Button>
            )}
          </>
        }
      >
        <IntegrationForm state={state} firstField={firstField} onDone={(integrationId) => void done(integrationId)} />
      </Sheet>
      {current === null ? null : (
        <RemoveIntegration
          isOpen={isOpen && isRemoving}
          integrationId={current.integrationId}
          connectorId={connectorId}
          connectionCount={current.connectionCount}
          isBusy={remove.isPending}
          error={remove.error}
          onConfirm={takeAway}
          onClose={() => {
            setIsRemoving(false)
            remove.reset()
          }}
          onLeave={close}
        />
      )}
    </>
  )
}
