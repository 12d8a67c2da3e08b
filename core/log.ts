import { AsyncLocalStorage } from 'node:async_hooks'
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

const LEVELS = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LEVELS)[number]

/** Named facts of one line; a Secret among them prints as `[secret]`. */
export type LogFields = Readonly<Record<string, unknown>>

/** Structured log: one JSON object a line. Write declared fields, never whole errors, bodies or parameters. */
export interface Log {
  readonly error: (event: string, fields?: LogFields) => void
  readonly warn: (event: string, fields?: LogFields) => void
  readonly info: (event: string, fields?: LogFields) => void
  readonly debug: (event: string, fields?: LogFields) => void
}

const attempts = new AsyncLocalStorage<string>()

/** Runs work on behalf of one attempt: every line written during it, and by what it leaves running, carries `attemptId`. */
export const inAttempt = <T>(attemptId: string, work: () => T): T => attempts.run(attemptId, work)

/** The level that LOG_LEVEL names, `info` for anything else. */
export const logLevelFrom = (value: string | undefined): LogLevel => LEVELS.find((level) => level === value?.toLowerCase()) ?? 'info'

const MAX_LINE = 2048
const MAX_FILE_BYTES = 5 * 1_048_576

/** Second line of defence behind Secret: what looks like a key or token is blotted out of free text. */
const SECRET_PATTERNS = [
  /nango_connect_session_[0-9a-f]+/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /\b(?:sk|pk|ghp|gho|xox[abp])[-_][\w-]{8,}/g,
  /([?&](?:connect_session_token|session_token|token|code|state)=)[^&\s"]+/g,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/gi,
]

/** Blots out what looks like a secret in text from outside. UUIDs of version 4 go too: Nango's secret keys have that shape. */
export const redact = (text: string): string =>
  SECRET_PATTERNS.reduce(
    (result, pattern) =>
      result.replace(pattern, (_match, prefix: unknown) => (typeof prefix === 'string' ? `${prefix}[redacted]` : '[redacted]')),
    text,
  )

const describe = (_key: string, value: unknown): unknown => {
  if (value instanceof Error) return { name: value.name, message: redact(value.message), ...('code' in value ? { code: value.code } : {}) }
  if (typeof value === 'string') return redact(value)
  if (typeof value === 'bigint') return String(value)
  return value
}

const formatLine = (level: LogLevel, event: string, fields: LogFields, at: number): string => {
  const attemptId = attempts.getStore()
  const head = { at: new Date(at).toISOString(), level, event, ...(attemptId === undefined ? {} : { attemptId }) }
  const line = JSON.stringify({ ...head, ...fields }, describe)
  return line.length <= MAX_LINE ? line : JSON.stringify({ ...head, cut: line.slice(0, MAX_LINE - 200) })
}

/** A log that gives each finished line to `write`. `level` is asked at each line, so that it can change meanwhile. */
export const createLog = (level: LogLevel | (() => LogLevel), write: (line: string) => void, now: () => number = Date.now): Log => {
  const isEnabled = (name: LogLevel): boolean => LEVELS.indexOf(name) <= LEVELS.indexOf(typeof level === 'function' ? level() : level)
  const at =
    (name: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (isEnabled(name)) write(formatLine(name, event, fields, now()))
    }
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }
}

/** Appends lines to `logs/patchbay.log` (0600) in the data folder; at 5 MiB the file becomes `.1` and the older one goes. */
export const openLogFile = (dataFolder: string): ((line: string) => void) => {
  const folder = join(dataFolder, 'logs')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch {
    // A folder that takes nothing must not keep the host from saying so.
  }
  const file = join(folder, 'patchbay.log')
  let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return (line) => {
    try {
      if (bytes > MAX_FILE_BYTES) {
        renameSync(file, `${file}.1`)
        bytes = 0
      }
      appendFileSync(file, `${line}\n`, { mode: 0o600 })
      bytes += Buffer.byteLength(line) + 1
    } catch {
      // A log that cannot be written must not stop the work it describes.
    }
  }
}

/** A log that says nothing. */
export const SILENT_LOG: Log = createLog('error', () => {})
