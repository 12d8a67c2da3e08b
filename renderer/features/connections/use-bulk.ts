import { useEffect, useReducer, useState } from 'react'
import type { Bulk } from '#shared/contract/bulk'
import type { Api } from '#shared/contract/contract'
import { useHost, useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { saveText } from '#renderer/ui/save-text.ts'
import { tell } from '#renderer/ui/toast.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { type BulkStart, targetOf } from './bulk-target.ts'
import type { Selection } from './selection.ts'
import type { Filter } from './use-connection-list.ts'

/** Pauses begin and end without an event; while something runs it is looked at this often. */
const LOOK_MS = 1000
/** A run that ended while nobody looked is told of for so long. */
const TOLD_MS = 10 * 60_000

/** Those whose end was seen and put away; they stay in the list of runs. */
const putAway = new Set<string>()
/** Exports that are saved as soon as they are done, by the format that was asked for. */
const toBeSaved = new Map<string, 'csv' | 'json'>()

/** The file of an export, put together from its pieces. */
const readExport = async (
  api: Api,
  bulkId: string,
  format: 'csv' | 'json',
): Promise<{ readonly text: string; readonly mediaType: string }> => {
  const pieces: string[] = []
  for (let cursor: string | undefined; ;) {
    const piece = await api.bulk.export({ bulkId, format, ...(cursor === undefined ? {} : { cursor }) })
    pieces.push(piece.text)
    if (piece.nextCursor === null) return { text: pieces.join(''), mediaType: piece.mediaType }
    cursor = piece.nextCursor
  }
}

/** The actions over many of a profile: what runs, what has just ended, and how more are begun. */
export const useBulk = (profileId: string | null) => {
  const { api } = useHost()
  const { data, refetch } = useRead('bulk.list', { profileId: profileId ?? '', limit: 20 }, { isEnabled: (profileId ?? '') !== '' })
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const [error, setError] = useState<Error | null>(null)
  const now = useNow(15_000)
  const runs = data?.bulks ?? []
  const open = runs.filter(({ endedAt }) => endedAt === null).toReversed()
  const current = open.find(({ state }) => state === 'running') ?? open[0] ?? null
  const isOpen = open.length > 0
  const last = runs.find(({ bulkId, endedAt }) => endedAt !== null && !putAway.has(bulkId) && now - Date.parse(endedAt) < TOLD_MS)

  useEffect(() => {
    if (!isOpen) return undefined
    const timer = setInterval(() => void refetch(), LOOK_MS)
    return () => clearInterval(timer)
  }, [isOpen, refetch])

  const saveExport = (bulkId: string, format: 'csv' | 'json'): void =>
    void readExport(api, bulkId, format).then(
      ({ text, mediaType }) => {
        saveText(`patchbay-connections-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}.${format}`, text, mediaType)
        tell(t('bulk.told.saved'), t('bulk.told.no-secrets'))
      },
      (failure: Error) => setError(failure),
    )
  useEffect(() => {
    for (const { bulkId, state } of runs) {
      const format = toBeSaved.get(bulkId)
      if (format === undefined || state !== 'done') continue
      toBeSaved.delete(bulkId)
      saveExport(bulkId, format)
    }
  })

  /** Begins a run and gives it, or null where it was refused; then the error says why. */
  const start = async (params: BulkStart): Promise<Bulk | null> => {
    setError(null)
    try {
      const { bulk } = await api.bulk.start({ ...params, ...(profileId === null || params.retryOf !== undefined ? {} : { profileId }) })
      await refetch()
      return bulk
    } catch (failure) {
      setError(failure as Error)
      return null
    }
  }
  const tried = (promise: Promise<unknown>): void => {
    setError(null)
    void promise.then(
      () => refetch(),
      (failure: Error) => setError(failure),
    )
  }
  return {
    runs,
    /** The run that is told of: what goes on, else what has just ended. */
    shown: current ?? last ?? null,
    /** How many more wait for it. */
    queued: Math.max(0, open.length - 1),
    error,
    start,
    /** Exports a selection and saves the file once it is there. */
    exportAs: async (selection: Selection, filter: Filter, format: 'csv' | 'json'): Promise<boolean> => {
      const target = await targetOf(api, selection, filter).catch((failure: Error) => {
        setError(failure)
        return null
      })
      const bulk = target === null ? null : await start({ ...target, action: 'export' })
      if (bulk !== null) {
        toBeSaved.set(bulk.bulkId, format)
        await refetch()
      }
      return bulk !== null
    },
    saveExport,
    cancel: (bulkId: string): void => tried(api.bulk.cancel({ bulkId })),
    undo: (bulkId: string): void => tried(api.bulk.undo({ bulkId })),
    /** Tells of this one no more. */
    hide: (bulkId: string): void => {
      for (const { bulkId: each, endedAt } of runs) if (endedAt !== null && each <= bulkId) putAway.add(each)
      setError(null)
      redraw()
    },
  }
}
