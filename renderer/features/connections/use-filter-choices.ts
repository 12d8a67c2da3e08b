import { useMemo } from 'react'
import { useRead } from '#renderer/api/use-api.ts'
import { locale } from '#renderer/messages/translate.ts'

/** What the filter menu can offer: the connectors that have connections, by name, and whether there is more than one holder. */
export const useFilterChoices = (nameOf: (connectorId: string) => string) => {
  const { data } = useRead('connections.countByConnector', {})
  const direct = useRead('connections.list', { oauthMethod: 'direct', limit: 1 }).data?.connections.length ?? 0
  const nango = useRead('connections.list', { oauthMethod: 'nango', limit: 1 }, { isEnabled: direct > 0 }).data?.connections.length ?? 0
  const connectors = useMemo(
    () =>
      (data?.connectors ?? [])
        .map(({ connectorId }) => ({ connectorId, name: nameOf(connectorId) }))
        .toSorted((a, b) => a.name.localeCompare(b.name, locale())),
    [data, nameOf],
  )
  return { connectors, hasHolders: direct > 0 && nango > 0 }
}
