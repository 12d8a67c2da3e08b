import { setImmediate as turn } from 'node:timers/promises'
import type { AuditCaller, AuditOutcome } from '#shared/contract/audit'
import type { ReadableDb, SqlValue } from '../database/sql.ts'
import { readLines, type StoredLine } from './audit-store.ts'

/** Which lines are meant. */
export interface AuditFilter {
  readonly clientId?: string | undefined
  readonly grantId?: string | undefined
  readonly connectionId?: string | undefined
  readonly caller?: AuditCaller | undefined
  readonly outcome?: AuditOutcome | undefined
  /** A method, or a domain with a dot at its end. */
  readonly method?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** Lines that are looked at between two turns of others. */
const WINDOW = 1_000

/** A part of the lines, as what follows the name of the table. */
export interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** The windows of a walk along all lines, or those of a client, which an index has in order. */
const inOrder = function* (db: ReadableDb, source: Condition, beyond: number, isNewestFirst: boolean): Generator<Condition> {
  const [sign, within, direction] = isNewestFirst ? ['<', '>=', 'DESC'] : ['>', '<=', 'ASC']
  for (let from: number | undefined = beyond; from !== undefined;) {
    const bound: number | undefined = db.get<{ sequence: number }>(
      `SELECT sequence FROM audit ${source.sql} AND sequence ${sign} ? ORDER BY sequence ${direction} LIMIT 1 OFFSET ${WINDOW - 1}`,
      ...source.values,
      from,
    )?.sequence
    const end = bound ?? (isNewestFirst ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER)
    yield { sql: `${source.sql} AND sequence ${sign} ? AND sequence ${within} ?`, values: [...source.values, from, end] }
    from = bound
  }
}

/**
 * The windows of a walk along the lines of a connection. The index has them by stretches of 4,096 lines, so that writing touches few
 * of its pages however many connections there are; a stretch without the connection takes one look.
 */
const byStretches = function* (db: ReadableDb, connectionId: string, beyond: number, isNewestFirst: boolean): Generator<Condition> {
  const [sign, direction] = isNewestFirst ? ['<', 'DESC'] : ['>', 'ASC']
  const source = 'INDEXED BY audit_by_connection WHERE connection_id IS NOT NULL'
  const next = (rest: string, value: number): number | undefined =>
    db.get<{ stretch: number }>(
      `SELECT sequence >> 12 AS stretch FROM audit ${source} AND sequence >> 12 ${rest} ORDER BY sequence >> 12 ${direction} LIMIT 1`,
      value,
    )?.stretch
  for (let stretch = next(`${sign}= ?`, Math.floor(beyond / 4096)); stretch !== undefined; stretch = next(`${sign} ?`, stretch))
    yield { sql: `${source} AND sequence >> 12 = ? AND connection_id = ? AND sequence ${sign} ?`, values: [stretch, connectionId, beyond] }
}

/** The lines of a connection, of a client or all, in windows beyond a number. */
export const windowsOf = (
  db: ReadableDb,
  { connectionId, clientId }: Pick<AuditFilter, 'connectionId' | 'clientId'>,
  beyond: number,
  isNewestFirst: boolean,
): Generator<Condition> => {
  if (connectionId !== undefined) return byStretches(db, connectionId, beyond, isNewestFirst)
  const source =
    clientId === undefined
      ? { sql: 'WHERE true', values: [] }
      : { sql: 'INDEXED BY audit_by_client WHERE client_id = ?', values: [clientId] }
  return inOrder(db, source, beyond, isNewestFirst)
}

const TURN_MS = 3

/** Lets others have their turn once some milliseconds have gone by. */
export const createPacer = (): (() => Promise<void>) => {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < TURN_MS) return
    await turn()
    since = performance.now()
  }
}

/** An instant as it is stored, so that texts compare as times do. */
export const storedTime = (instant: string): string => new Date(instant).toISOString()

const conditionOf = (filter: AuditFilter): Condition => {
  const parts: [string, SqlValue | undefined][] = [
    ['client_id = ?', filter.clientId],
    ['grant_id = ?', filter.grantId],
    ['caller = ?', filter.caller],
    ['outcome = ?', filter.outcome],
    ['at >= ?', filter.since === undefined ? undefined : storedTime(filter.since)],
    ['at <= ?', filter.until === undefined ? undefined : storedTime(filter.until)],
  ]
  const { method } = filter
  if (method !== undefined) parts.push([method.endsWith('.') ? 'instr(method, ?) = 1' : 'method = ?', method])
  const given = parts.filter((part): part is [string, SqlValue] => part[1] !== undefined)
  return { sql: given.map(([sql]) => ` AND ${sql}`).join(''), values: given.map(([, value]) => value) }
}

/**
 * Up to `limit` lines beyond a number, newest or oldest first. It walks in windows, so that a filter which few lines pass holds
 * nobody up.
 */
export const findLines = async (
  db: ReadableDb,
  filter: AuditFilter,
  { beyond, isNewestFirst, limit }: { readonly beyond: number; readonly isNewestFirst: boolean; readonly limit: number },
): Promise<StoredLine[]> => {
  const condition = conditionOf(filter)
  const found: StoredLine[] = []
  const pause = createPacer()
  for (const window of windowsOf(db, filter, beyond, isNewestFirst)) {
    const rest = `${window.sql}${condition.sql} ORDER BY sequence ${isNewestFirst ? 'DESC' : 'ASC'} LIMIT ?`
    found.push(...readLines(db, rest, ...window.values, ...condition.values, limit - found.length))
    if (found.length >= limit) break
    await pause()
  }
  return found
}
