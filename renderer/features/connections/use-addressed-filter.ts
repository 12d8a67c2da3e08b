import { useEffect, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import { paths } from '#renderer/paths.ts'
import { type Filter, NO_FILTER } from './use-connection-list.ts'

/** The filter of the list. An address may bring one, that of a connector; from there on the chip holds it, not the address. */
export const useAddressedFilter = () => {
  const [, go] = useLocation()
  const [, of] = useRoute<{ connectorId: string }>(`${paths.connections}/of/:connectorId`)
  const ofId = of === null ? null : decodeURIComponent(of.connectorId)
  const [filter, setFilter] = useState<Filter>({ ...NO_FILTER, connectorId: ofId })
  useEffect(() => {
    if (ofId === null) return
    setFilter({ ...NO_FILTER, connectorId: ofId })
    go(paths.connections, { replace: true })
  }, [ofId, go])
  return { filter, setFilter, change: (part: Partial<Filter>): void => setFilter((before) => ({ ...before, ...part })) }
}
