import type { FileRow, ImportFile } from './import-file.ts'
import { formatImportFile } from './import-file.ts'

// Bringing a whole file in over `connections.import`, a slice at a time. The window and the command line do the same.

/** What a column means, as the host understands it. */
export interface MappedColumn {
  readonly column: string
  readonly field: string | null
  readonly isSecret: boolean
}

/** Why a row does not go in: the contract's code, or what is wrong with the row as it stands in its file. */
export interface RowReason {
  readonly code: string
  readonly fields: readonly string[]
  /** One sentence, in English. */
  readonly words: string
}

/** What became of a row, or would. `not_tried`: something stopped the run before its turn. */
export interface RowResult {
  readonly line: number
  readonly outcome: 'create' | 'update' | 'adopt' | 'done_before' | 'refused' | 'not_tried'
  readonly handle: string | null
  readonly integrationId: string | null
  readonly nangoConnectionId: string | null
  readonly reason: RowReason | null
}

/** What kept the rest from being tried. */
export interface ImportStop {
  readonly code: string
  readonly message: string
  readonly retryInMs: number | null
}

export interface ImportAnswer {
  readonly mapping: readonly MappedColumn[]
  readonly results: readonly RowResult[]
  readonly stopped: ImportStop | null
}

export type SendRow = Pick<FileRow, 'line'> & { readonly values: Record<string, unknown> }

/** Sends one slice to `connections.import`. */
export type SendRows = (rows: SendRow[]) => Promise<ImportAnswer>

/** How a long run is heard and ended. */
export interface ImportPace {
  /** Asked between two slices. */
  readonly isStopped?: () => boolean
  readonly onProgress?: (done: number) => void
  /** Waits where Nango asks for it; ends early where the run is stopped. */
  readonly wait: (milliseconds: number) => Promise<void>
}

/** A message to the host holds 1 MiB at most. */
const SLICE_BYTES = 700_000
const ROW_BYTES = 600_000
const PREVIEW_ROWS = 100
/** A slice of what is really done is small, so that its progress is seen and a stop is heard. */
const RUN_ROWS = 20

/** How many bytes a text takes in UTF-8. */
const utf8Length = (text: string): number => {
  let bytes = text.length
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    // The two halves of a pair are four bytes together.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}

const bytesOf = (row: FileRow): number => utf8Length(JSON.stringify(row.values))

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

const WORDS = {
  too_many_cells: 'The row has more cells than there are columns.',
  open_quote: 'A quotation mark is not closed.',
  not_an_object: 'This is not a JSON object.',
  too_long: 'The row is too long.',
  duplicate: 'An earlier row is about the same connection.',
} as const

const refused = (line: number, code: keyof typeof WORDS): RowResult => ({
  line,
  outcome: 'refused',
  handle: null,
  integrationId: null,
  nangoConnectionId: null,
  reason: { code, fields: [], words: WORDS[code] },
})

/** What keeps a row from being sent at all, or null. */
const faultOf = (row: FileRow): RowResult | null => {
  if (row.problem !== null) return refused(row.line, row.problem)
  return bytesOf(row) > ROW_BYTES ? refused(row.line, 'too_long') : null
}

const sendable = (rows: readonly FileRow[]): SendRow[] => rows.map(({ line, values }) => ({ line, values }))

/** A run that was stopped, or could not begin, while it was only asked what would happen. */
export class PreviewStopped extends Error {
  readonly stop: ImportStop | null

  constructor(stop: ImportStop | null) {
    super(stop?.message ?? 'stopped')
    this.stop = stop
  }
}

/**
 * Asks what would happen to every row; rows about one connection are told over the whole file. Throws `PreviewStopped`, and what
 * `send` throws.
 */
export const previewImport = async (
  rows: readonly FileRow[],
  send: SendRows,
  { isStopped = () => false, onProgress = () => {} }: Omit<ImportPace, 'wait'> = {},
): Promise<{ readonly mapping: readonly MappedColumn[]; readonly results: readonly RowResult[] }> => {
  const mapping = new Map<string, MappedColumn>()
  const results = new Map<FileRow, RowResult>()
  const seen = new Set<string>()
  for (const row of rows) {
    const fault = faultOf(row)
    if (fault !== null) results.set(row, fault)
  }
  const good = rows.filter((row) => !results.has(row))
  for (const slice of slicesOf(good, PREVIEW_ROWS)) {
    if (isStopped()) throw new PreviewStopped(null)
    const answer = await send(sendable(slice))
    if (answer.stopped !== null) throw new PreviewStopped(answer.stopped)
    for (const each of answer.mapping) mapping.set(each.column, each)
    for (const [index, result] of answer.results.entries()) {
      const row = slice[index]
      if (row === undefined) continue
      const name = `${result.integrationId}\u0000${result.nangoConnectionId}`
      const isDouble = result.outcome !== 'refused' && seen.has(name)
      if (result.outcome !== 'refused') seen.add(name)
      results.set(row, isDouble ? { ...refused(row.line, 'duplicate'), integrationId: result.integrationId } : result)
    }
    onProgress(results.size)
  }
  return { mapping: [...mapping.values()], results: rows.flatMap((row) => results.get(row) ?? []) }
}

/** Imports rows one after the other, waiting where Nango asks for it. Ends early where it is stopped or going on would not help. */
export const runImport = async (
  rows: readonly FileRow[],
  send: SendRows,
  { isStopped = () => false, onProgress = () => {}, wait }: ImportPace,
): Promise<{ readonly results: readonly RowResult[]; readonly stopped: ImportStop | null }> => {
  const results: RowResult[] = []
  for (const slice of slicesOf(rows, RUN_ROWS)) {
    for (let open = slice; open.length > 0;) {
      if (isStopped()) return { results, stopped: null }
      const { results: done, stopped } = await send(sendable(open))
      results.push(...done)
      onProgress(results.length)
      open = open.slice(done.length)
      if (stopped === null) break
      if (stopped.retryInMs === null || stopped.code !== 'nango.rate_limited') return { results, stopped }
      await wait(stopped.retryInMs)
    }
  }
  return { results, stopped: null }
}

/** Whether a row is to be sent after its preview: the others are refused, or done. */
export const isWanted = ({ outcome }: Pick<RowResult, 'outcome'>): boolean =>
  outcome === 'create' || outcome === 'update' || outcome === 'adopt'

/** The whole file's results: those of the run in the places where the preview wanted them; what was not reached is `not_tried`. */
export const mergeResults = (planned: readonly RowResult[], done: readonly RowResult[]): readonly RowResult[] => {
  let at = 0
  return planned.map((plan): RowResult => {
    if (!isWanted(plan)) return plan
    const result = done[at]
    at += 1
    return result ?? { ...plan, outcome: 'not_tried', reason: null }
  })
}

/** How many rows ended, or would end, in each way. */
export const countOutcomes = (results: readonly Pick<RowResult, 'outcome'>[]): Record<RowResult['outcome'], number> => {
  const counts = { create: 0, update: 0, adopt: 0, done_before: 0, refused: 0, not_tried: 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}

/** The rows that did not go in, in the format of their file, each with its line and its reason; null where all did. */
export const rejectedFile = (
  file: ImportFile,
  mapping: readonly MappedColumn[],
  results: readonly RowResult[],
  { withSecrets, reasonOf }: { readonly withSecrets: boolean; readonly reasonOf: (result: RowResult) => string },
): string | null => {
  const open = new Set(mapping.filter(({ isSecret }) => !isSecret).map(({ column }) => column))
  const rows = file.rows.flatMap((row, index) => {
    const result = results[index]
    if (result === undefined || (result.outcome !== 'refused' && result.outcome !== 'not_tried')) return []
    const values = file.columns.map((column) => [column, withSecrets || open.has(column) ? row.values[column] : ''] as const)
    return [{ ...Object.fromEntries(values), patchbay_line: row.line, patchbay_reason: reasonOf(result) }]
  })
  return rows.length === 0 ? null : formatImportFile(file, [...file.columns, 'patchbay_line', 'patchbay_reason'], rows)
}
