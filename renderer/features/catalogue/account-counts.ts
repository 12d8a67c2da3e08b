import { useMemo } from 'react'
import type { ConnectorCount } from '#shared/contract/connections'
import { useRead } from '../../api/use-api.ts'

/** What the numbers say of one connector: `2`, or `1 of 2` when one of two needs the person. */
export const accountWords = ({ count, needsYou }: Pick<ConnectorCount, 'count' | 'needsYou'>): string =>
  needsYou === 0 ? count.toLocaleString('en') : `${needsYou.toLocaleString('en')} of ${count.toLocaleString('en')}`

/** The same as a name for assistive technology: `2 accounts of Jira, 1 needs you: show them`. */
export const accountName = ({ count, needsYou }: Pick<ConnectorCount, 'count' | 'needsYou'>, connectorName: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'account' : 'accounts'} of ${connectorName}${
    needsYou === 0 ? '' : `, ${needsYou.toLocaleString('en')} ${needsYou === 1 ? 'needs' : 'need'} you`
  }: show ${count === 1 ? 'it' : 'them'}`

/** The accounts of the profile in use by connector, all of them. */
export const useAccountCounts = (): ReadonlyMap<string, ConnectorCount> => {
  const { data } = useRead('connections.countByConnector', {})
  return useMemo(() => new Map(data?.connectors.map((one) => [one.connectorId, one])), [data])
}
