import { useMemo } from 'react'
import type { ConnectorCount } from '#shared/contract/connections'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { useRead } from '../../api/use-api.ts'

/** What the numbers say of one connector: `2`, or `1 of 2` when one of two needs the person. */
export const accountWords = ({ count, needsYou }: Pick<ConnectorCount, 'count' | 'needsYou'>): string =>
  needsYou === 0 ? formatNumber(count) : t('catalogue.accounts', { needsYou: formatNumber(needsYou), count: formatNumber(count) })

/** The same as a name for assistive technology: `Expired: 1 of 2 accounts of Jira needs you: show them`. It holds what is seen, so that it can be spoken. */
export const accountName = ({ count, needsYou }: Pick<ConnectorCount, 'count' | 'needsYou'>, status: string, name: string): string =>
  t('catalogue.accounts.name', { status, count, needsYou, name })

/** The accounts of the profile in use by connector, all of them. */
export const useAccountCounts = (): ReadonlyMap<string, ConnectorCount> => {
  const { data } = useRead('connections.countByConnector', {})
  return useMemo(() => new Map(data?.connectors.map((one) => [one.connectorId, one])), [data])
}
