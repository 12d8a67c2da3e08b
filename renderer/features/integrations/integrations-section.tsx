import { Plus } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { useRead } from '../../api/use-api.ts'
import { useConnectorNames } from '../../api/use-connector-names.ts'
import { whereOf } from '../../shell/profile-words.ts'
import { requestSheet } from '../../shell/sheet-request.ts'
import { VaultClosed } from '../../shell/vault-closed.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState, LoosePlug } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { SectionFrame } from '../../ui/section-frame.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'

/** All integrations of the profile's Nango environment: which connector, how many connections hang on each, and the way to change one. */
export const IntegrationsSection = () => {
  const [, go] = useLocation()
  const status = useRead('system.status', {}).data
  const profile = status?.profile ?? null
  const isAsked = status?.vault.state === 'open' && profile !== null && profile.kind !== 'direct'
  const list = useRead('integrations.list', {}, { isEnabled: isAsked })
  const nameOf = useConnectorNames(isAsked)
  if (status !== undefined && status.vault.state !== 'open') return <VaultClosed vault={status.vault} />
  const all = list.data?.integrations
  const table = () => {
    if (list.error !== null)
      return (
        <ErrorNotice
          error={list.error}
          title={t('integrations.not-read')}
          action={
            <Button size="small" onClick={() => void list.refetch()}>
              {t('integrations.again')}
            </Button>
          }
        />
      )
    if (all === undefined) return isAsked ? <SkeletonRows rows={5} /> : null
    if (all.length === 0)
      return (
        <EmptyState drawing={<LoosePlug />} title={t('integrations.none')}>
          {t('integrations.none-text')}
        </EmptyState>
      )
    return (
      <div className="overflow-hidden rounded-8 border border-line">
        <table className="w-full table-fixed border-collapse text-left">
          <thead className="bg-canvas text-small text-ink-2">
            <tr>
              <th scope="col" className="h-8 pr-3 pl-4 font-medium">
                {t('integrations.name')}
              </th>
              <th scope="col" className="w-[26%] px-3 font-medium">
                {t('integrations.connector')}
              </th>
              <th scope="col" className="w-[140px] px-3 text-right font-medium">
                {t('integrations.used-by')}
              </th>
              <th scope="col" className="w-[104px]">
                <span className="sr-only">{t('integrations.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line border-t border-line">
            {all.map(({ integrationId, displayName, providerKey, connectionCount }) => (
              <tr key={integrationId} className="h-12">
                <th scope="row" className="pr-3 pl-4 font-normal">
                  <span className="flex min-w-0 items-center gap-3">
                    <LogoTile connectorId={providerKey} name={displayName} />
                    <span className="flex min-w-0 flex-col">
                      <bdi className="truncate font-medium" title={displayName}>
                        {displayName}
                      </bdi>
                      <bdi className="truncate font-mono text-caption text-ink-3" title={integrationId}>
                        {integrationId}
                      </bdi>
                    </span>
                  </span>
                </th>
                <td className="truncate px-3 text-ink-2">{nameOf(providerKey)}</td>
                <td className="px-3 text-right tabular-nums">
                  {connectionCount === 0 ? (
                    <span className="text-ink-3">{t('integrations.unused')}</span>
                  ) : (
                    <Link
                      href={paths.connectionsOf(providerKey)}
                      aria-label={t('integrations.show', { count: connectionCount, id: integrationId })}
                      className="rounded-4 font-medium text-accent hover:underline"
                    >
                      {formatNumber(connectionCount)}
                    </Link>
                  )}
                </td>
                <td className="pr-3 text-right">
                  <Button
                    size="small"
                    aria-label={t('catalogue.about.change-name', { id: integrationId })}
                    onClick={() => requestSheet({ kind: 'integration', connectorId: providerKey, integrationId })}
                  >
                    {t('catalogue.about.change')}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )
  }
  return (
    <SectionFrame
      title={t('integrations.title')}
      lead={profile === null ? t('integrations.no-profile') : t('integrations.lead', { place: `${profile.name} (${whereOf(profile)})` })}
      action={
        isAsked ? (
          <Button icon={Plus} onClick={() => go(paths.connectors)}>
            {t('integrations.add')}
          </Button>
        ) : null
      }
    >
      {table()}
    </SectionFrame>
  )
}
