import { useEffect, useRef, useState } from 'react'
import type { Grant } from '#shared/contract/grants'
import { asError } from '#renderer/api/as-error.ts'
import { useHost, useRead } from '#renderer/api/use-api.ts'

/** How long what was taken back can be given back from its row. */
const UNDO_MS = 6000

/** What is done with grants from their rows and their panel; what was taken back can be undone for a moment. */
export const useGrantActs = () => {
  const { api } = useHost()
  const { refetch } = useRead('grants.list', {})
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const [undoable, setUndoable] = useState<ReadonlySet<string>>(new Set())
  const [error, setError] = useState<Error | null>(null)
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>())
  const drop = (grantId: string): void => {
    clearTimeout(timers.current.get(grantId))
    timers.current.delete(grantId)
    setUndoable((before) => new Set([...before].filter((each) => each !== grantId)))
  }
  useEffect(() => {
    const all = timers.current
    return () => {
      for (const timer of all.values()) clearTimeout(timer)
    }
  }, [])
  const act = async (grantId: string, work: () => Promise<unknown>): Promise<void> => {
    if (busy.has(grantId)) return
    setBusy((before) => new Set([...before, grantId]))
    setError(null)
    try {
      await work()
      await refetch()
    } catch (failure) {
      setError(asError(failure))
    } finally {
      setBusy((before) => new Set([...before].filter((each) => each !== grantId)))
    }
  }
  return {
    error,
    isBusy: (grantId: string): boolean => busy.has(grantId),
    canUndo: (grantId: string): boolean => undoable.has(grantId),
    /** The one that was taken back last and can be given back; null where there is none. */
    lastTaken: [...undoable].at(-1) ?? null,
    takeBack: ({ grantId }: Grant): void =>
      void act(grantId, async () => {
        await api.grants.revoke({ grantId })
        setUndoable((before) => new Set([...before, grantId]))
        timers.current.set(
          grantId,
          setTimeout(() => drop(grantId), UNDO_MS),
        )
      }),
    restore: (grantId: string): void =>
      void act(grantId, async () => {
        drop(grantId)
        await api.grants.restore({ grantId })
      }),
    forget: ({ grantId }: Grant): void => void act(grantId, () => api.grants.forget({ grantId })),
  }
}

export type GrantActs = ReturnType<typeof useGrantActs>
