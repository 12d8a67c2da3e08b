import { displayText } from '#shared/display-text'
import { PatchbayError } from '#shared/errors'
import type { AuditLine } from './audit-line.ts'

/** A line that waits to be written, and who waits for that. */
export interface WaitingLine {
  readonly line: AuditLine
  count: number
  durationMs: number | null
  readonly key: string | null
  readonly resolve: (() => void) | null
  readonly reject: ((error: unknown) => void) | null
}

const maybeText = (value: string | null): string | null => (value === null ? null : displayText(value))
const whole = (value: number | null): number | null => (value === null || !Number.isFinite(value) ? null : Math.round(value))

/** A line as the database gives it back: texts fit to be shown, whatever they held, and whole numbers. */
const fitted = (line: AuditLine): AuditLine => ({
  at: line.at,
  caller: line.caller,
  via: line.via,
  clientId: maybeText(line.clientId),
  clientName: maybeText(line.clientName),
  grantId: maybeText(line.grantId),
  program: maybeText(line.program),
  pid: whole(line.pid),
  method: displayText(line.method),
  profileId: maybeText(line.profileId),
  connectionId: maybeText(line.connectionId),
  handle: maybeText(line.handle),
  target: maybeText(line.target),
  outcome: line.outcome,
  code: maybeText(line.code),
  durationMs: whole(line.durationMs),
})

/** What alike lines have in common: all but when and how long. */
const keyOf = (line: AuditLine): string =>
  `${line.caller}\0${line.via}\0${line.clientId}\0${line.grantId}\0${line.pid}\0${line.method}\0${line.connectionId}\0${line.outcome}\0${line.code}\0${line.profileId}\0${line.handle}\0${line.target}\0${line.clientName}\0${line.program}`

/** The lines that are not written yet, in order. No more than `most` are kept; those after are counted. */
export class AuditBatch {
  readonly #most: number
  #lines: WaitingLine[] = []
  readonly #byKey = new Map<string, WaitingLine>()
  #lost = 0

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#lines.length
  }

  /** How many calls could not be kept since the last line that told of it. */
  get lost(): number {
    return this.#lost
  }

  /** Adds a call, to an alike line where one waits. */
  note(line: AuditLine): void {
    const key = keyOf(line)
    const alike = this.#byKey.get(key)
    if (alike !== undefined) {
      alike.count += 1
      if (line.durationMs !== null && (alike.durationMs ?? -1) < line.durationMs) alike.durationMs = line.durationMs
      return
    }
    if (this.#lines.length >= this.#most) {
      this.#lost += 1
      return
    }
    const waiting: WaitingLine = { line, count: 1, durationMs: line.durationMs, key, resolve: null, reject: null }
    this.#lines.push(waiting)
    this.#byKey.set(key, waiting)
  }

  /** Adds a line of its own; resolves once `done` was told of it. Throws `audit.unavailable` where it is not written. */
  commit(line: AuditLine): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#lines.length >= this.#most) {
        this.#lost += 1
        return reject(new PatchbayError('audit.unavailable'))
      }
      this.#lines.push({ line, count: 1, durationMs: line.durationMs, key: null, resolve, reject })
    })
  }

  /** Up to `limit` lines that come next, fit to be stored; they stay until `done`. */
  next(limit: number): { readonly line: AuditLine; readonly count: number }[] {
    return this.#lines.slice(0, limit).map(({ line, count, durationMs }) => ({ line: fitted({ ...line, durationMs }), count }))
  }

  /** The first so many lines are on the disk. */
  done(count: number): void {
    for (const { key, resolve } of this.#take(count)) {
      if (key !== null) this.#byKey.delete(key)
      resolve?.()
    }
  }

  /** The first line can never be written. */
  drop(): void {
    for (const { key, count, reject } of this.#take(1)) {
      if (key !== null) this.#byKey.delete(key)
      this.#lost += count
      reject?.(new PatchbayError('audit.unavailable'))
    }
  }

  /** Nothing can be written now: nobody waits on, the lines stay. */
  refuse(cause: unknown): void {
    this.#lines = this.#lines.map((waiting) => {
      waiting.reject?.(new PatchbayError('audit.unavailable', { cause }))
      return waiting.reject === null ? waiting : { ...waiting, resolve: null, reject: null }
    })
  }

  /** A line tells of the calls that were lost. */
  toldOfLost(count: number): void {
    this.#lost -= count
  }

  #take(count: number): WaitingLine[] {
    const taken = this.#lines.slice(0, count)
    this.#lines = this.#lines.slice(count)
    return taken
  }
}
