import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { SystemStatus } from '#shared/contract/system'
import { prefetch, useHost } from '#renderer/api/use-api.ts'
import { firstPages } from '#renderer/features/connections/first-pages.ts'
import { paths } from './paths.ts'

/** The window is drawn without the list's first rows where they take longer than this. */
const WAIT_AT_MOST_MS = 100

const isList = (): boolean => ['', '#/', `#${paths.connections}`].includes(location.hash)

/** Asks for the first rows of the list once the profile is known, and tells when the window may be drawn: once with them, not a first time without. */
export const useFirstReads = (status: SystemStatus | undefined): boolean => {
  const { api } = useHost()
  const client = useQueryClient()
  const [isDone, setIsDone] = useState(false)
  const isKnown = status !== undefined
  const profileId = status?.vault.state === 'open' && status.storage.state !== 'rescue' && isList() ? status.profile?.profileId : undefined
  useEffect(() => {
    if (!isKnown || isDone) return undefined
    if (profileId === undefined) {
      setIsDone(true)
      return undefined
    }
    const timer = setTimeout(() => setIsDone(true), WAIT_AT_MOST_MS)
    void Promise.all(firstPages().map((params) => prefetch(client, api, profileId, 'connections.list', params))).then(() => setIsDone(true))
    void prefetch(client, api, profileId, 'connections.counts', {})
    return () => clearTimeout(timer)
  }, [api, client, isKnown, isDone, profileId])
  return isDone
}
