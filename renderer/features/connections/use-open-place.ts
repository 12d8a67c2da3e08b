import { useEffect, useRef, useState } from 'react'
import { useRead } from '#renderer/api/use-api.ts'
import type { ListRows } from './list-rows.ts'
import { type Filter, queryOf } from './use-connection-list.ts'

/**
 * Finds the place of the connection that is open where the list has not loaded it: an address or the palette may name any of 100,000.
 * `reveal` is told the key of that place; it is left alone once the list has held the connection, however far it is scrolled then.
 */
export const useOpenPlace = ({
  openId,
  rows,
  isReady,
  filter,
  reveal,
}: {
  readonly openId: string | null
  readonly rows: ListRows
  /** The rows are those of the filter. */
  readonly isReady: boolean
  readonly filter: Filter
  readonly reveal: (key: string) => void
}): void => {
  const [foundId, setFoundId] = useState<string | null>(null)
  const isLoaded = openId !== null && rows.indexOf(openId) !== -1
  if (isLoaded && foundId !== openId) setFoundId(openId)
  // What a search has found is in no order of places, nor is what was not used for long.
  const { search, unusedForDays, ...query } = queryOf(filter)
  const isWanted = openId !== null && foundId !== openId && search === undefined && unusedForDays === undefined
  const { data } = useRead(
    'connections.place',
    { connectionId: openId ?? '', ...query },
    { isEnabled: isWanted && isReady && rows.length > 0 },
  )
  const isShown = data !== undefined && (filter.group === 'all' || filter.group === data.group)
  const key = isWanted && isShown && data.at !== null ? `blank ${data.group} ${data.at}` : null
  const latest = useRef(reveal)
  useEffect(() => {
    latest.current = reveal
  })
  useEffect(() => {
    if (key !== null && isReady) latest.current(key)
  }, [key, openId, isReady])
}
