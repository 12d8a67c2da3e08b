import { PlugZap } from 'lucide-react'
import type { IntegrationDescription } from '#shared/contract/integrations'
import { authWayOf } from '#shared/auth-ways'
import { t } from '#renderer/messages/translate.ts'
import { useRead } from '../../api/use-api.ts'
import { requestSheet } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'

/** Whether Nango lacks what a sign-in through the integration needs; unknown counts as complete. */
export const isIncomplete = ({ fields, current }: IntegrationDescription): boolean =>
  current !== null && current.isReadable && current.clientId === null && fields.some(({ name }) => name === 'clientId')

/** The test of an integration that exists: is it complete, and a sign-in through it. */
export const TestIntegration = ({ description }: { readonly description: IntegrationDescription }) => {
  const { connectorId, name, current, authMode } = description
  const connector = useRead('catalogue.get', { connectorId }, { isEnabled: current !== null }).data
  if (current === null || authWayOf(authMode).kind === 'refused') return null
  if (isIncomplete(description))
    return (
      <Notice tone="attention" title={t('integrations.test.incomplete')}>
        {t('integrations.test.incomplete-text', { name })}
      </Notice>
    )
  if (connector === undefined) return null
  const used = connector.nango.integrationId
  if (used !== current.integrationId)
    return used === null ? null : <p className="text-small text-ink-3">{t('integrations.test.other', { name, id: used })}</p>
  return (
    <section aria-label={t('integrations.test.title')} className="flex items-center gap-3 rounded-8 border border-line px-3 py-2">
      <p className="min-w-0 flex-1 text-small text-ink-2">{t('integrations.test.text', { name })}</p>
      <Button size="small" icon={PlugZap} onClick={() => requestSheet({ kind: 'connect', connectorId })}>
        {t('integrations.test.button')}
      </Button>
    </section>
  )
}
