import { useMemo } from 'react'
import { useRead } from './use-api.ts'

/** `google-mail` as `Google Mail`: what is said until the catalogue is read. */
export const nameFromSlug = (connectorId: string): string =>
  connectorId
    .split(/[-_.]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

/** Tells the name of any connector. */
export const useConnectorNames = (): ((connectorId: string) => string) => {
  const { data } = useRead('catalogue.list', {})
  return useMemo(() => {
    const names = new Map(data?.connectors.map(({ connectorId, name }) => [connectorId, name]))
    return (connectorId) => names.get(connectorId) ?? nameFromSlug(connectorId)
  }, [data])
}
