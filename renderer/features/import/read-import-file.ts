import { type ImportFile, parseImportFile, type UnreadableReason, UnreadableFile } from '#shared/import-file'

/** What the window reads at most; the command line takes more. */
export const IMPORT_LIMITS = { bytes: 16 * 1_048_576, rows: 10_000, columns: 200, columnName: 200 } as const

/** Why a file is not read, with the column that it is about. */
export interface FileProblem {
  readonly reason: UnreadableReason | 'too_large' | 'not_text' | 'spreadsheet' | 'too_many_rows' | 'too_many_columns' | 'long_column'
  readonly column: number | null
}

const problem = (reason: FileProblem['reason'], column: number | null = null): FileProblem => ({ reason, column })

/** A ZIP, as of every newer spreadsheet, or the older kind. */
const isSpreadsheet = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03) || (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11)

const textOf = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Reads CSV or JSON within the limits. What is wrong is told without anything of the file. */
export const readImportFile = async (file: Pick<File, 'size' | 'arrayBuffer'>): Promise<ImportFile | FileProblem> => {
  if (file.size > IMPORT_LIMITS.bytes) return problem('too_large')
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (isSpreadsheet(bytes)) return problem('spreadsheet')
  const text = textOf(bytes)
  if (text === null || text.includes('\0')) return problem('not_text')
  try {
    const read = parseImportFile(text)
    if (read.rows.length > IMPORT_LIMITS.rows) return problem('too_many_rows')
    if (read.columns.length > IMPORT_LIMITS.columns) return problem('too_many_columns')
    const long = read.columns.findIndex((column) => column.length > IMPORT_LIMITS.columnName || column === '')
    return long === -1 ? read : problem(read.columns[long] === '' ? 'empty_column' : 'long_column', long + 1)
  } catch (error) {
    if (error instanceof UnreadableFile) return problem(error.reason, error.column)
    throw error
  }
}
