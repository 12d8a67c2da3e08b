import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLine } from '#shared/contract/trouble'

/** The levels, gravest first. */
const LEVELS = ['error', 'warn', 'info', 'debug'] as const
type Level = (typeof LEVELS)[number]

export interface LogQuery {
  readonly level?: Level | undefined
  readonly search?: string | undefined
  readonly attemptId?: string | undefined
  readonly limit: number
  /** Where the last page ended: inode and offset, so that a file that was rotated meanwhile is still found. */
  readonly cursor?: string | undefined
}

export interface LogPage {
  readonly lines: LogLine[]
  readonly nextCursor: string | null
}

const CHUNK_BYTES = 65_536
/** What one question reads at most: a rare word in a long log is looked for page by page. */
const MOST_BYTES = 4 * 1_048_576
/** Lines that are ours are shorter; what is longer was not written by us and is cut. */
const MOST_LINE_BYTES = 16_384

interface Place {
  readonly text: string
  /** Where the line begins in its file. */
  readonly offset: number
}

/** The lines of an open file that end before `end`, last one first; reads only as far back as it is asked. */
const linesBackwards = function* (file: number, end: number, count: (bytes: number) => void): Generator<Place> {
  let rest = Buffer.alloc(0)
  let from = end
  while (from > 0) {
    const size = Math.min(CHUNK_BYTES, from)
    from -= size
    const chunk = Buffer.alloc(size)
    const read = readSync(file, chunk, 0, size, from)
    count(read)
    let block = Buffer.concat([chunk.subarray(0, read), rest])
    for (let at = block.lastIndexOf(10); at !== -1; at = block.lastIndexOf(10)) {
      const line = block.subarray(at + 1)
      block = block.subarray(0, at)
      if (line.length > 0) yield { text: line.subarray(0, MOST_LINE_BYTES).toString('utf8'), offset: from + at + 1 }
    }
    // A line without an end within reason is not one of ours.
    rest = block.length > MOST_BYTES ? Buffer.alloc(0) : block
  }
  if (rest.length > 0) yield { text: rest.subarray(0, MOST_LINE_BYTES).toString('utf8'), offset: 0 }
}

const isLevel = (value: unknown): value is Level => LEVELS.some((level) => level === value)

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const parse = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

/** A line as it is shown. One that is not JSON, as after a power cut, is told as it stands. */
export const readLogLine = (text: string, lineId: string): LogLine => {
  const value = parse(text)
  if (value === null)
    return { lineId, at: null, level: null, event: 'unreadable', attemptId: null, reference: null, fields: { text: text.slice(0, 500) } }
  const { at, level, event, attemptId, flowId, reference, ...fields } = value
  const attempt = attemptId ?? flowId
  return {
    lineId,
    at: typeof at === 'string' && INSTANT.test(at) ? at : null,
    level: isLevel(level) ? level : null,
    event: typeof event === 'string' ? event.slice(0, 200) : 'unnamed',
    attemptId: typeof attempt === 'string' ? attempt.slice(0, 100) : null,
    reference: typeof reference === 'string' ? reference.slice(0, 100) : null,
    fields,
  }
}

const isWanted = (line: LogLine, text: string, { level, search, attemptId }: LogQuery): boolean => {
  if (attemptId !== undefined && line.attemptId !== attemptId) return false
  // A line whose level cannot be read is shown at every level: it may be the one that matters.
  if (level !== undefined && line.level !== null && LEVELS.indexOf(line.level) > LEVELS.indexOf(level)) return false
  return search === undefined || search.trim() === '' || text.toLowerCase().includes(search.trim().toLowerCase())
}

interface OpenLog {
  readonly file: number
  readonly inode: string
  readonly size: number
}

const openLogs = (folder: string): OpenLog[] =>
  ['patchbay.log', 'patchbay.log.1'].flatMap((name) => {
    try {
      const file = openSync(join(folder, name), 'r')
      const { ino, size } = fstatSync(file, { bigint: true })
      return [{ file, inode: String(ino), size: Number(size) }]
    } catch {
      return []
    }
  })

/** The lines of the log in `dataFolder` and of the file before it, newest first. Reads at most 4 MiB; `nextCursor` goes on. */
export const readLogLines = (dataFolder: string, query: LogQuery): LogPage => {
  const logs = openLogs(join(dataFolder, 'logs'))
  try {
    const [inode = '', end = ''] = query.cursor?.split(':') ?? []
    const begin = query.cursor === undefined ? 0 : logs.findIndex((log) => log.inode === inode)
    if (begin === -1) return { lines: [], nextCursor: null }
    const lines: LogLine[] = []
    let bytes = 0
    const count = (read: number): void => void (bytes += read)
    for (const [index, log] of logs.entries()) {
      if (index < begin) continue
      const from = index === begin && query.cursor !== undefined ? Math.min(Number(end), log.size) : log.size
      for (const place of linesBackwards(log.file, from, count)) {
        const line = readLogLine(place.text, `${log.inode}:${place.offset}`)
        if (isWanted(line, place.text, query)) lines.push(line)
        const isLast = place.offset === 0 && index === logs.length - 1
        if (lines.length >= query.limit || bytes >= MOST_BYTES) {
          return { lines, nextCursor: isLast ? null : `${log.inode}:${place.offset}` }
        }
      }
    }
    return { lines, nextCursor: null }
  } finally {
    for (const { file } of logs) closeSync(file)
  }
}
