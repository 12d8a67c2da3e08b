// Files with rows: CSV (RFC 4180) and JSON. Pure and synchronous, so that the window and the command line read the same.

/** One row of a file. `values` holds the cells by column; a row with a `problem` is not usable as it is. */
export interface FileRow {
  /** Where the row begins in a CSV file, the first line is 1; in JSON its place in the list, from 1. */
  readonly line: number
  readonly values: Readonly<Record<string, unknown>>
  readonly problem: 'too_many_cells' | 'open_quote' | 'not_an_object' | null
}

export interface ImportFile {
  readonly format: 'csv' | 'json'
  /** In the order of the file. */
  readonly columns: readonly string[]
  readonly rows: readonly FileRow[]
  /** The separator of a CSV file. */
  readonly separator: string
}

/** What keeps a whole file from being read. */
export type UnreadableReason = 'empty' | 'no_rows' | 'bad_json' | 'double_column' | 'empty_column'

/** Thrown for a file that cannot be read at all. Holds nothing of the file: without a header its first line is no header. */
export class UnreadableFile extends Error {
  readonly reason: UnreadableReason
  /** The place of the column that is not right, from 1. */
  readonly column: number | null

  constructor(reason: UnreadableReason, column: number | null = null) {
    super(reason)
    this.reason = reason
    this.column = column
  }
}

interface Cells {
  readonly line: number
  readonly cells: readonly string[]
  readonly isOpen: boolean
}

const SEPARATORS = [',', ';', '\t'] as const

/** The separator that the first line has most of, outside quotes. */
const separatorOf = (text: string): string => {
  const counts = new Map<string, number>(SEPARATORS.map((each) => [each, 0]))
  let isQuoted = false
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && (character === '\n' || character === '\r')) break
    else if (!isQuoted && counts.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  return [...counts].toSorted(([, left], [, right]) => right - left)[0]?.[0] ?? ','
}

/** The records of a CSV text (RFC 4180 section 2); also line ends of a bare LF or CR. Empty lines are left out. */
const recordsOf = function* (text: string, separator: string): Generator<Cells> {
  let line = 1
  let at = 0
  while (at < text.length) {
    const begunAt = line
    const cells: string[] = []
    let isOpen = false
    for (let isEnd = false; !isEnd;) {
      let cell = ''
      if (text[at] === '"') {
        isOpen = true
        at += 1
        while (at < text.length) {
          const close = text.indexOf('"', at)
          const part = text.slice(at, close === -1 ? text.length : close)
          cell += part
          line += part.split('\n').length - 1
          at = close === -1 ? text.length : close + 1
          if (close === -1) break
          if (text[at] !== '"') {
            isOpen = false
            break
          }
          cell += '"'
          at += 1
        }
      }
      const from = at
      while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at += 1
      cells.push(cell + text.slice(from, at))
      isEnd = text[at] !== separator
      at += 1
    }
    if (text[at - 1] === '\r' && text[at] === '\n') at += 1
    line += 1
    if (cells.length > 1 || cells[0] !== '') yield { line: begunAt, cells, isOpen }
  }
}

const parseCsv = (text: string): ImportFile => {
  const separator = separatorOf(text)
  const records = recordsOf(text, separator)
  const head = records.next().value as Cells | undefined
  if (head === undefined) throw new UnreadableFile('empty')
  const columns = head.cells.map((cell) => cell.trim())
  // Spreadsheets leave nameless columns at the end of every line.
  while (columns.length > 1 && columns.at(-1) === '') columns.pop()
  for (const [index, column] of columns.entries()) {
    if (column === '') throw new UnreadableFile('empty_column', index + 1)
    if (columns.indexOf(column) !== index) throw new UnreadableFile('double_column', index + 1)
  }
  const rows = Array.from(records, ({ line, cells, isOpen }): FileRow => {
    const hasMore = cells.slice(columns.length).some((cell) => cell.trim() !== '')
    const values = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))
    return { line, values, problem: isOpen ? 'open_quote' : hasMore ? 'too_many_cells' : null }
  })
  if (rows.length === 0) throw new UnreadableFile('no_rows')
  return { format: 'csv', columns, rows, separator }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A list, a list under one name such as `connections`, or one object a line. */
const listOf = (text: string): readonly unknown[] => {
  const value = parsed(text)
  if (Array.isArray(value)) return value
  if (isObject(value))
    return (Object.values(value).find((each) => Array.isArray(each) && each.some(isObject)) as unknown[] | undefined) ?? [value]
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const values = lines.map(parsed)
  if (values.every((each) => each === undefined)) throw new UnreadableFile('bad_json')
  return values
}

const parseJson = (text: string): ImportFile => {
  const list = listOf(text)
  if (list.length === 0) throw new UnreadableFile('no_rows')
  const columns = new Set<string>()
  const rows = list.map((value, index): FileRow => {
    if (!isObject(value)) return { line: index + 1, values: {}, problem: 'not_an_object' }
    for (const name of Object.keys(value)) columns.add(name)
    return { line: index + 1, values: value, problem: null }
  })
  return { format: 'json', columns: [...columns], rows, separator: ',' }
}

/** Reads a file, told by its first character what it is. Throws `UnreadableFile`. */
export const parseImportFile = (content: string): ImportFile => {
  const text = content.replace(/^\ufeff/, '')
  if (text.trim() === '') throw new UnreadableFile('empty')
  return /^\s*[[{]/.test(text) ? parseJson(text) : parseCsv(text)
}

const cellOf = (value: unknown, separator: string): string => {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.includes(separator) || /["\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}

/** Writes rows in the format of the file they came from. */
export const formatImportFile = (
  file: Pick<ImportFile, 'format' | 'separator'>,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string => {
  if (file.format === 'json') return `${JSON.stringify(rows, null, 2)}\n`
  const line = (cells: readonly unknown[]): string => cells.map((cell) => cellOf(cell, file.separator)).join(file.separator)
  return `${[line(columns), ...rows.map((row) => line(columns.map((column) => row[column])))].join('\r\n')}\r\n`
}
