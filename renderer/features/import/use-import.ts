import { useEffect, useRef, useState } from 'react'
import type { ImportFile } from '#shared/import-file'
import {
  isWanted,
  type MappedColumn,
  mergeResults,
  previewImport,
  PreviewStopped,
  type RowResult,
  runImport,
  type SendRows,
} from '#shared/import-run'
import { asError } from '../../api/as-error.ts'
import { useHost } from '../../api/use-api.ts'
import { stopError } from './import-words.ts'
import { type FileProblem, readImportFile } from './read-import-file.ts'

/** The file that was chosen. It may hold credentials: it lives in this state alone, and is gone with the sheet. */
export interface Source {
  readonly name: string
  readonly file: ImportFile
}

/** What the dry run said of the file as it is mapped. */
export interface Planned {
  readonly mapping: readonly MappedColumn[]
  readonly results: readonly RowResult[]
}

export type ImportStep =
  | { readonly step: 'choose'; readonly problem: FileProblem | null; readonly isReading: boolean }
  | {
      readonly step: 'check'
      readonly source: Source
      /** The last plan, also while another is made. */
      readonly planned: Planned | null
      readonly isChecking: boolean
      readonly error: Error | null
    }
  | {
      readonly step: 'run'
      readonly source: Source
      readonly planned: Planned
      readonly done: number
      readonly wanted: number
      readonly isStopping: boolean
      /** Until when Nango asked for a pause, in milliseconds since the epoch. */
      readonly pausedUntil: number | null
    }
  | {
      readonly step: 'end'
      readonly source: Source
      readonly mapping: readonly MappedColumn[]
      readonly results: readonly RowResult[]
      readonly error: Error | null
    }

export interface ImportWork {
  readonly state: ImportStep
  readonly replaces: boolean
  readonly take: (file: File) => void
  /** Says what a column means, null for nothing. */
  readonly mapTo: (column: string, field: string | null) => void
  readonly setReplaces: (replaces: boolean) => void
  readonly start: () => void
  readonly stop: () => void
  /** Another file, or the same once more. */
  readonly anew: () => void
}

const FRESH: ImportStep = { step: 'choose', problem: null, isReading: false }

/** The way of a file into a profile: read, dry run, run, end. What runs ends with the component; a slice that is sent is finished. */
export const useImport = (profileId: string): ImportWork => {
  const { api } = useHost()
  const [state, setState] = useState<ImportStep>(FRESH)
  const [replaces, setReplacing] = useState(false)
  const given = useRef<Readonly<Record<string, string | null>>>({})
  /** Columns that were taken for secrets once: what is in them is never shown, whatever they mean later. */
  const hidden = useRef<ReadonlySet<string>>(new Set())
  /** What is under way holds one of these; it ends when the token is taken away. */
  const token = useRef<object | null>(null)
  const wake = useRef<(() => void) | null>(null)
  const isSynced = useRef(false)

  const end = (): void => {
    token.current = null
    wake.current?.()
    given.current = {}
    hidden.current = new Set()
  }
  useEffect(() => end, [])

  const begin = (): (() => boolean) => {
    const own = {}
    token.current = own
    wake.current?.()
    return () => token.current !== own
  }

  const wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      wake.current = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const sender =
    (preview: boolean, mapping: Readonly<Record<string, string | null>>, isReplacing: boolean): SendRows =>
    (rows) =>
      api.connections.import({ profileId, rows, mapping, preview, existing: isReplacing ? 'replace' : 'refuse' })

  const plan = async (source: Source, isReplacing: boolean): Promise<void> => {
    const isStopped = begin()
    const before = { step: 'check', source, isChecking: true, error: null } as const
    setState((now) => ({ ...before, planned: now.step === 'check' && now.source === source ? now.planned : null }))
    try {
      if (!isSynced.current) {
        // What is at Nango decides what is new; where it cannot be asked the rows say so.
        await api.sync.run({ profileId }).catch(() => null)
        isSynced.current = true
      }
      const { mapping, results } = await previewImport(source.file.rows, sender(true, given.current, isReplacing), { isStopped })
      if (isStopped()) return
      const secret = mapping.filter(({ field, isSecret }) => isSecret && field !== null).map(({ column }) => column)
      hidden.current = new Set([...hidden.current, ...secret])
      const planned = {
        results,
        mapping: mapping.map((each) => ({ ...each, isSecret: each.isSecret || hidden.current.has(each.column) })),
      }
      setState({ step: 'check', source, planned, isChecking: false, error: null })
    } catch (thrown) {
      if (isStopped()) return
      const error = thrown instanceof PreviewStopped && thrown.stop !== null ? stopError(thrown.stop) : asError(thrown)
      setState((now) => ({ step: 'check', source, planned: now.step === 'check' ? now.planned : null, isChecking: false, error }))
    }
  }

  const take = async (file: File): Promise<void> => {
    const isStopped = begin()
    setState({ step: 'choose', problem: null, isReading: true })
    given.current = {}
    hidden.current = new Set()
    setReplacing(false)
    let read: ImportFile | FileProblem
    try {
      read = await readImportFile(file)
    } catch {
      read = { reason: 'not_text', column: null }
    }
    if (isStopped()) return
    if ('reason' in read) setState({ step: 'choose', problem: read, isReading: false })
    else void plan({ name: file.name, file: read }, false)
  }

  const run = async (source: Source, planned: Planned, isReplacing: boolean): Promise<void> => {
    const isStopped = begin()
    const rows = source.file.rows.filter((_row, index) => isWanted(planned.results[index] ?? { outcome: 'refused' }))
    const mapping = Object.fromEntries(planned.mapping.map(({ column, field }) => [column, field]))
    const done: RowResult[] = []
    const show = (change: { readonly done?: number; readonly pausedUntil: number | null }): void =>
      setState((now) => (now.step === 'run' ? { ...now, ...change } : now))
    setState({ step: 'run', source, planned, done: 0, wanted: rows.length, isStopping: false, pausedUntil: null })
    const send = sender(false, mapping, isReplacing)
    let error: Error | null = null
    try {
      const { stopped } = await runImport(
        rows,
        async (slice) => {
          const answer = await send(slice)
          // Kept here too: where a later slice fails altogether, these are done all the same.
          done.push(...answer.results)
          return answer
        },
        {
          isStopped,
          onProgress: (count) => show({ done: count, pausedUntil: null }),
          wait: (milliseconds) => {
            show({ pausedUntil: Date.now() + milliseconds })
            return wait(milliseconds)
          },
        },
      )
      if (stopped !== null) error = stopError(stopped)
    } catch (thrown) {
      error = asError(thrown)
    }
    const results = mergeResults(planned.results, done)
    setState((now) =>
      now.step === 'run' && now.source === source ? { step: 'end', source, mapping: planned.mapping, results, error } : now,
    )
  }

  return {
    state,
    replaces,
    take: (file) => void take(file),
    mapTo: (column, field) => {
      if (state.step !== 'check') return
      // One column for each meaning: the last choice counts.
      const others = Object.entries(given.current).map(([name, meant]) => [name, meant === field ? null : meant] as const)
      given.current = { ...Object.fromEntries(others), [column]: field }
      void plan(state.source, replaces)
    },
    setReplaces: (next) => {
      setReplacing(next)
      if (state.step === 'check') void plan(state.source, next)
    },
    start: () => {
      if (state.step === 'check' && state.planned !== null && !state.isChecking) void run(state.source, state.planned, replaces)
    },
    stop: () => {
      if (state.step !== 'run') return
      token.current = null
      setState({ ...state, isStopping: true })
      wake.current?.()
    },
    anew: () => {
      end()
      setReplacing(false)
      setState(FRESH)
    },
  }
}
