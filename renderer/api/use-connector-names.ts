import { useMemo } from 'react'
import { useRead } from './use-api.ts'

/** `google-mail` as `Google Mail`: what is said until the catalogue is read. */
export const nameFromSlug = (connectorId: string): string =>
  connectorId
    .split(/[-_.]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

/** Tells the name of any connector. The catalogue is the longest answer there is: where it need not come yet, `isNeeded` says so. */
export const useConnectorNames = (isNeeded = true): ((connectorId: string) => string) => {
  const { data } = useRead('catalogue.list', {}, { isEnabled: isNeeded })
  return useMemo(() => {
    const names = new Map(data?.connectors.map(({ connectorId, name }) => [connectorId, name]))
    return (connectorId) => names.get(connectorId) ?? nameFromSlug(connectorId)
  }, [data])
}
