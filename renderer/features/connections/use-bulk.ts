import { useEffect, useRef, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import { type ParamsOf, useHost } from '#renderer/api/use-api.ts'
import { copyText } from '#renderer/ui/copy-text.ts'
import { isEndless } from './connection-words.ts'
import type { Selection } from './selection.ts'

/** More handles than this are not copied at once. */
export const COPIED_AT_MOST = 1000
/** Between two refreshes: far below what Nango allows in a minute, so that everything else goes on. */
const PACE_MS = 500
/** After these the next one would fare no better. */
const ENDS = new Set(['nango.rate_limited', 'nango.unreachable', 'nango.timeout', 'nango.key_refused', 'host.not_running', 'vault.locked'])

/** How a refresh of several stands. */
export interface BulkRun {
  readonly total: number
  readonly refreshed: number
  readonly skipped: number
  readonly failed: readonly Connection[]
  /** Why it ended before all were asked; null where nothing kept it. */
  readonly error: Error | null
  readonly state: 'running' | 'stopped' | 'done'
}

type Outcome = 'refreshed' | 'skipped' | 'failed'

/** Actions on several connections: copy their handles, refresh one after the other. */
export const useBulk = () => {
  const { api } = useHost()
  const [run, setRun] = useState<BulkRun | null>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])

  /** Copies the handles, one a line; gives how many, or null where the clipboard refuses. */
  const copyHandles = async (selection: Selection, query: ParamsOf<'connections.list'>): Promise<number | null> => {
    const handles: string[] = []
    if (selection.kind === 'rows') handles.push(...[...selection.rows.values()].map(({ handle }) => handle))
    else {
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof api.connections.list>> = await api.connections.list({
          ...query,
          limit: 500,
          ...(cursor === null ? {} : { cursor }),
        })
        handles.push(...page.connections.filter(({ connectionId }) => !selection.except.has(connectionId)).map(({ handle }) => handle))
        cursor = page.nextCursor
      } while (cursor !== null && handles.length < COPIED_AT_MOST)
    }
    const copied = handles.slice(0, COPIED_AT_MOST)
    return (await copyText(copied.join('\n'))) ? copied.length : null
  }

  const refreshOne = async (connection: Connection): Promise<Outcome> => {
    if (connection.status === 'pending' || isEndless(connection)) return 'skipped'
    const { outcome } = await api.connections.refresh({ connectionId: connection.connectionId })
    return outcome === 'refreshed' ? 'refreshed' : 'skipped'
  }

  /** Refreshes them in their order. `Stop` ends it after the one that is asked for; nothing that was done is undone. */
  const refresh = async (connections: readonly Connection[]): Promise<void> => {
    const mine = new AbortController()
    stop.current = mine
    let now: BulkRun = { total: connections.length, refreshed: 0, skipped: 0, failed: [], error: null, state: 'running' }
    const tell = (part: Partial<BulkRun>): void => {
      now = { ...now, ...part }
      setRun(now)
    }
    tell({})
    for (const connection of connections) {
      if (mine.signal.aborted) break
      try {
        const outcome = await refreshOne(connection)
        tell(outcome === 'refreshed' ? { refreshed: now.refreshed + 1 } : { skipped: now.skipped + 1 })
        if (outcome === 'skipped') continue
      } catch (error) {
        if (error instanceof PatchbayError && ENDS.has(error.code)) {
          tell({ error })
          break
        }
        tell({ failed: [...now.failed, connection] })
      }
      await new Promise((resolve) => setTimeout(resolve, PACE_MS))
    }
    tell({ state: mine.signal.aborted ? 'stopped' : 'done' })
  }

  return { run, refresh, copyHandles, stop: () => stop.current?.abort(), forget: () => setRun(null) }
}
