import { setTimeout as sleep } from 'node:timers/promises'
import type { FileRow } from '#shared/import-file'
import { PatchbayError } from '#shared/errors'
import type { CommandContext } from '../command.ts'

/** What a column means, as the host understands it. */
export interface MappedColumn {
  readonly column: string
  readonly field: string | null
  readonly isSecret: boolean
}

export interface Reason {
  readonly code: string
  readonly fields: readonly string[]
  readonly words: string
}

/** What became of a row, or would. `not_tried`: something stopped the run before its turn. */
export interface RowResult {
  readonly line: number
  readonly outcome: 'create' | 'update' | 'adopt' | 'done_before' | 'refused' | 'not_tried'
  readonly handle: string | null
  readonly integrationId: string | null
  readonly nangoConnectionId: string | null
  readonly reason: Reason | null
}

interface Stop {
  readonly code: string
  readonly message: string
  readonly retryInMs: number | null
}

export interface Answer {
  readonly mapping: readonly MappedColumn[]
  readonly results: readonly RowResult[]
  readonly stopped: Stop | null
}

export interface ImportCall {
  readonly profileId?: string
  readonly mapping: Readonly<Record<string, string | null>>
  readonly existing: 'refuse' | 'replace'
}

/** A message to the host holds 1 MiB at most. */
const SLICE_BYTES = 700_000
const ROW_BYTES = 600_000
const PREVIEW_ROWS = 100
/** A slice of what is really done is small, so that its progress is seen and Ctrl-C is heard. */
const RUN_ROWS = 20

const bytesOf = (row: FileRow): number => Buffer.byteLength(JSON.stringify(row.values))

/** Rows in parts that fit into a message. */
const slicesOf = function* (rows: readonly FileRow[], most: number): Generator<readonly FileRow[]> {
  let slice: FileRow[] = []
  let bytes = 0
  for (const row of rows) {
    const size = bytesOf(row)
    if (slice.length === most || (slice.length > 0 && bytes + size > SLICE_BYTES)) {
      yield slice
      slice = []
      bytes = 0
    }
    slice.push(row)
    bytes += size
  }
  if (slice.length > 0) yield slice
}

const WORDS: Readonly<Record<NonNullable<FileRow['problem']>, string>> = {
  too_many_cells: 'The row has more cells than there are columns.',
  open_quote: 'A quotation mark is not closed.',
  not_an_object: 'This is not a JSON object.',
}

const refused = (line: number, code: string, words: string): RowResult => ({
  line,
  outcome: 'refused',
  handle: null,
  integrationId: null,
  nangoConnectionId: null,
  reason: { code, fields: [], words },
})

/** What keeps a row from being sent at all, or null. */
const faultOf = (row: FileRow): RowResult | null => {
  if (row.problem !== null) return refused(row.line, 'unreadable', WORDS[row.problem])
  return bytesOf(row) > ROW_BYTES ? refused(row.line, 'unreadable', 'The row is too long.') : null
}

const send = ({ session }: CommandContext, rows: readonly FileRow[], call: ImportCall, preview: boolean): Promise<Answer> =>
  session.call('connections.import', { ...call, preview, rows: rows.map(({ line, values }) => ({ line, values })) }) as Promise<Answer>

const DUPLICATE = 'An earlier row is about the same connection.'

/** Asks what would happen to every row; rows about one connection are told over the whole file. */
export const previewRows = async (
  context: CommandContext,
  rows: readonly FileRow[],
  call: ImportCall,
): Promise<{ readonly mapping: readonly MappedColumn[]; readonly results: readonly RowResult[] }> => {
  const mapping = new Map<string, MappedColumn>()
  const results = new Map<FileRow, RowResult>()
  const seen = new Set<string>()
  for (const row of rows) {
    const fault = faultOf(row)
    if (fault !== null) results.set(row, fault)
  }
  for (const slice of slicesOf(
    rows.filter((row) => !results.has(row)),
    PREVIEW_ROWS,
  )) {
    const answer = await send(context, slice, call, true)
    if (answer.stopped !== null) throw new PatchbayError('internal', { message: answer.stopped.message })
    for (const each of answer.mapping) mapping.set(each.column, each)
    for (const [index, result] of answer.results.entries()) {
      const row = slice[index]
      if (row === undefined) continue
      const name = `${result.integrationId}\u0000${result.nangoConnectionId}`
      const isDouble = result.outcome !== 'refused' && seen.has(name)
      if (result.outcome !== 'refused') seen.add(name)
      results.set(row, isDouble ? { ...refused(row.line, 'duplicate', DUPLICATE), integrationId: result.integrationId } : result)
    }
  }
  return { mapping: [...mapping.values()], results: rows.map((row) => results.get(row) ?? refused(row.line, 'unreadable', '')) }
}

/** Imports rows one after the other, waiting where Nango asks for it. Ends early where going on would not help. */
export const runRows = async (
  context: CommandContext,
  rows: readonly FileRow[],
  call: ImportCall,
  onProgress: (done: number) => void,
): Promise<{ readonly results: readonly RowResult[]; readonly stopped: Stop | null }> => {
  const results: RowResult[] = []
  for (const slice of slicesOf(rows, RUN_ROWS)) {
    for (let open = slice; open.length > 0;) {
      const answer = await send(context, open, call, false)
      results.push(...answer.results)
      onProgress(results.length)
      open = open.slice(answer.results.length)
      if (answer.stopped === null) break
      if (answer.stopped.retryInMs === null || answer.stopped.code !== 'nango.rate_limited') return { results, stopped: answer.stopped }
      await sleep(answer.stopped.retryInMs)
    }
  }
  return { results, stopped: null }
}
