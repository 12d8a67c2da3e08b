import { Plus, RefreshCw } from 'lucide-react'
import { useQueryClient } from '@tanstack/react-query'
import type { Connector } from '#shared/contract/catalogue'
import type { Profile } from '#shared/contract/profiles'
import { t } from '#renderer/messages/translate.ts'
import { useRead, useWrite } from '../../api/use-api.ts'
import { requestSheet } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ExternalLink, NANGO_DASHBOARD } from '../../ui/external-link.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { ConnectorGuide } from './connector-guide.tsx'
import { metaWords } from './connector-words.ts'

/** The connector's integrations at Nango, each with a way to change or remove it. */
const Integrations = ({ connector, onLeave }: { readonly connector: Connector; readonly onLeave: () => void }) => {
  const { connectorId, nango } = connector
  const list = useRead('integrations.list', {})
  const own = list.data?.integrations.filter((one) => one.providerKey === nango.providerKey) ?? []
  if (list.error !== null) return <ErrorNotice error={list.error} title={t('catalogue.about.integrations-not-read')} />
  if (own.length === 0) return null
  const open = (integrationId?: string): void => {
    onLeave()
    requestSheet({ kind: 'integration', connectorId, ...(integrationId === undefined ? {} : { integrationId }) })
  }
  return (
    <section className="flex flex-col gap-1.5">
      <div className="flex items-center justify-between gap-3">
        <h3 className="font-semibold">{t('catalogue.about.integrations')}</h3>
        <Button size="small" variant="ghost" icon={Plus} onClick={() => open()}>
          {t('catalogue.about.another')}
        </Button>
      </div>
      <ul className="flex flex-col rounded-8 border border-line">
        {own.map(({ integrationId, displayName }) => (
          <li key={integrationId} className="flex min-h-11 items-center gap-3 border-b border-line px-3 py-1.5 last:border-b-0">
            <span className="flex min-w-0 flex-1 flex-col">
              <bdi className="truncate font-medium">{displayName}</bdi>
              <span className="truncate text-small text-ink-3">
                <code className="font-mono">{integrationId}</code>
                {integrationId === nango.integrationId ? ` · ${t('catalogue.about.used')}` : ''}
              </span>
            </span>
            <Button size="small" aria-label={t('catalogue.about.change-name', { id: integrationId })} onClick={() => open(integrationId)}>
              {t('catalogue.about.change')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** One connector: what it needs, how it is connected, its integrations at Nango, and the one thing to do next. */
export const ConnectorSheet = ({
  connector,
  profile,
  onClose,
}: {
  readonly connector: Connector | null
  readonly profile: Profile | null
  readonly onClose: () => void
}) => {
  const client = useQueryClient()
  const connectorId = connector?.connectorId ?? ''
  const fresh = useRead('catalogue.get', { connectorId }, { isEnabled: connector !== null }).data ?? null
  const run = useWrite('sync.run')
  const shown = fresh?.connectorId === connector?.connectorId ? (fresh ?? connector) : connector
  const close = (): void => {
    run.reset()
    onClose()
  }
  const look = (): void =>
    run.mutate(
      {},
      { onSettled: () => void client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('catalogue.') }) },
    )
  if (shown === null) return null
  const { name, readiness, docsUrl } = shown
  const isSandbox = profile?.kind === 'sandbox'
  const isCloud = profile?.nangoHost === 'https://api.nango.dev'
  const isOutsideSandbox = isSandbox && readiness === 'needs_integration'
  const goOn = (kind: 'connect' | 'integration'): void => {
    close()
    requestSheet({ kind, connectorId: shown.connectorId })
  }
  return (
    <Sheet
      isOpen
      onClose={close}
      closeName={t('catalogue.about.close')}
      width={560}
      lead={<LogoTile connectorId={shown.connectorId} name={name} size={40} />}
      title={t('catalogue.about.title', { name })}
      subtitle={metaWords(shown).join(' · ')}
      foot={
        <>
          {readiness === 'ready' || isSandbox ? null : (
            <Button icon={RefreshCw} isBusy={run.isPending} onClick={look} className="mr-auto">
              {t('catalogue.about.look-again')}
            </Button>
          )}
          <Button onClick={close}>{t('catalogue.about.close')}</Button>
          {readiness === 'ready' ? (
            <Button variant="primary" onClick={() => goOn('connect')}>
              {t('catalogue.card.connect')}
            </Button>
          ) : null}
          {readiness === 'needs_integration' && !isSandbox ? (
            <Button variant="primary" onClick={() => goOn('integration')}>
              {t('catalogue.card.set-up')}
            </Button>
          ) : null}
        </>
      }
    >
      <div aria-live="polite" className="flex flex-col gap-4">
        {isOutsideSandbox ? <p>{t('catalogue.about.sandbox')}</p> : <ConnectorGuide connector={shown} />}
        <Integrations connector={shown} onLeave={close} />
        <p className="flex flex-wrap gap-x-5 gap-y-1 empty:hidden">
          {isCloud && readiness === 'not_from_here' ? (
            <ExternalLink href={NANGO_DASHBOARD}>{t('catalogue.about.dashboard')}</ExternalLink>
          ) : null}
          {docsUrl === null ? null : <ExternalLink href={docsUrl}>{t('catalogue.about.guide', { name })}</ExternalLink>}
        </p>
        {run.error === null ? null : <ErrorNotice error={run.error} title={t('catalogue.about.not-asked')} />}
      </div>
    </Sheet>
  )
}
