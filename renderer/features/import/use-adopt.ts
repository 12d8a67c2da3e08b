import { useEffect, useRef, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import type { RowResult } from '#shared/import-run'
import { asError } from '../../api/as-error.ts'
import { useHost } from '../../api/use-api.ts'
import { stopError } from './import-words.ts'

/** How many are shown at once; when they are adopted the next follow. */
const MOST_SHOWN = 500
/** The contract takes so many in a call; a slice that is really adopted is smaller, so that its progress is seen. */
const PREVIEW_SLICE = 100
const RUN_SLICE = 20

/** A connection that was made elsewhere, and what adopting it would do, or did. */
export interface Foreign {
  readonly connection: Connection
  readonly outcome: RowResult['outcome']
  readonly reason: RowResult['reason']
}

export type AdoptStep =
  | { readonly step: 'load'; readonly error: Error | null }
  | {
      readonly step: 'choose'
      readonly found: readonly Foreign[]
      readonly total: number
      readonly chosen: ReadonlySet<string>
      readonly isChecking: boolean
    }
  | {
      readonly step: 'run'
      readonly done: number
      readonly wanted: number
      readonly isStopping: boolean
      readonly pausedUntil: number | null
    }
  | { readonly step: 'end'; readonly results: readonly Foreign[]; readonly error: Error | null }

export interface AdoptWork {
  readonly state: AdoptStep
  readonly takesOver: boolean
  readonly setTakesOver: (takesOver: boolean) => void
  readonly choose: (connectionIds: readonly string[], isChosen: boolean) => void
  readonly start: () => void
  readonly stop: () => void
  readonly reload: () => void
}

const slices = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))

/** The connections of a profile that were made elsewhere, a dry run over them, and the run itself. */
export const useAdopt = (profileId: string): AdoptWork => {
  const { api } = useHost()
  const [state, setState] = useState<AdoptStep>({ step: 'load', error: null })
  const [takesOver, setTakingOver] = useState(false)
  const token = useRef<object | null>(null)
  const wake = useRef<(() => void) | null>(null)

  const begin = (): (() => boolean) => {
    const own = {}
    token.current = own
    return () => token.current !== own
  }

  const previewed = async (connections: readonly Connection[], takeOver: boolean): Promise<readonly Foreign[]> => {
    const found: Foreign[] = []
    for (const slice of slices(connections, PREVIEW_SLICE)) {
      const { results, stopped } = await api.connections.adopt({
        connectionIds: slice.map(({ connectionId }) => connectionId),
        preview: true,
        takeOver,
      })
      if (stopped !== null) throw stopError(stopped)
      for (const [index, connection] of slice.entries()) {
        const result = results[index]
        if (result !== undefined) found.push({ connection, outcome: result.outcome, reason: result.reason })
      }
    }
    // What can be adopted stands first.
    return [...found.filter(({ outcome }) => outcome === 'adopt'), ...found.filter(({ outcome }) => outcome !== 'adopt')]
  }

  const adoptable = (found: readonly Foreign[]): ReadonlySet<string> =>
    new Set(found.filter(({ outcome }) => outcome === 'adopt').map(({ connection }) => connection.connectionId))

  const load = async (): Promise<void> => {
    const isStopped = begin()
    try {
      const { connections, total } = await api.connections.list({ profileId, isOurs: false, sort: 'connector', limit: MOST_SHOWN })
      const found = await previewed(connections, false)
      if (!isStopped())
        setState({ step: 'choose', found, total: Math.max(total ?? 0, found.length), chosen: adoptable(found), isChecking: false })
    } catch (thrown) {
      if (!isStopped()) setState({ step: 'load', error: asError(thrown) })
    }
  }
  const first = useRef(load)
  useEffect(() => {
    void first.current()
    return () => {
      token.current = null
      wake.current?.()
    }
  }, [])

  const takeOver = async (next: boolean): Promise<void> => {
    if (state.step !== 'choose') return
    const isStopped = begin()
    setTakingOver(next)
    setState({ ...state, isChecking: true })
    try {
      const found = await previewed(
        state.found.map(({ connection }) => connection),
        next,
      )
      if (isStopped()) return
      const before = adoptable(state.found)
      // What could not be adopted before is chosen with the box that allows it.
      const chosen = new Set([...adoptable(found)].filter((id) => state.chosen.has(id) || !before.has(id)))
      setState({ ...state, found, chosen, isChecking: false })
    } catch (thrown) {
      if (!isStopped()) setState({ step: 'load', error: asError(thrown) })
    }
  }

  const wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      wake.current = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const run = async (wanted: readonly Connection[], isTakingOver: boolean): Promise<void> => {
    const isStopped = begin()
    const results: Foreign[] = []
    const show = (pausedUntil: number | null): void =>
      setState((now) => (now.step === 'run' ? { ...now, done: results.length, pausedUntil } : now))
    setState({ step: 'run', done: 0, wanted: wanted.length, isStopping: false, pausedUntil: null })
    let error: Error | null = null
    try {
      while (results.length < wanted.length && !isStopped()) {
        const slice = wanted.slice(results.length, results.length + RUN_SLICE)
        const answer = await api.connections.adopt({
          connectionIds: slice.map(({ connectionId }) => connectionId),
          takeOver: isTakingOver,
        })
        for (const [index, { outcome, reason }] of answer.results.entries()) {
          const connection = slice[index]
          if (connection !== undefined) results.push({ connection, outcome, reason })
        }
        show(null)
        if (answer.stopped === null) continue
        if (answer.stopped.retryInMs === null || answer.stopped.code !== 'nango.rate_limited') {
          error = stopError(answer.stopped)
          break
        }
        show(Date.now() + answer.stopped.retryInMs)
        await wait(answer.stopped.retryInMs)
      }
    } catch (thrown) {
      error = asError(thrown)
    }
    const rest = wanted.slice(results.length).map((connection): Foreign => ({ connection, outcome: 'not_tried', reason: null }))
    setState((now) => (now.step === 'run' ? { step: 'end', results: [...results, ...rest], error } : now))
  }

  return {
    state,
    takesOver,
    setTakesOver: (next) => void takeOver(next),
    choose: (connectionIds, isChosen) => {
      if (state.step !== 'choose') return
      const chosen = new Set(state.chosen)
      for (const id of connectionIds) {
        if (isChosen) chosen.add(id)
        else chosen.delete(id)
      }
      setState({ ...state, chosen })
    },
    start: () => {
      if (state.step !== 'choose' || state.isChecking) return
      const { found, chosen } = state
      void run(
        found.map(({ connection }) => connection).filter(({ connectionId }) => chosen.has(connectionId)),
        takesOver,
      )
    },
    stop: () => {
      if (state.step !== 'run') return
      token.current = null
      setState({ ...state, isStopping: true })
      wake.current?.()
    },
    reload: () => {
      setState({ step: 'load', error: null })
      setTakingOver(false)
      void load()
    },
  }
}
