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
export const WINDOW = 1_000

interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** Which rows are walked along: those of a connection or of a client, which an index has in order, or all. */
export const sourceOf = ({ connectionId, clientId }: Pick<AuditFilter, 'connectionId' | 'clientId'>): Condition => {
  if (connectionId !== undefined) return { sql: 'audit INDEXED BY audit_by_connection WHERE connection_id = ?', values: [connectionId] }
  if (clientId !== undefined) return { sql: 'audit INDEXED BY audit_by_client WHERE client_id = ?', values: [clientId] }
  return { sql: 'audit WHERE true', values: [] }
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
  const source = sourceOf(filter)
  const condition = conditionOf(filter)
  const [sign, within, direction] = isNewestFirst ? ['<', '>=', 'DESC'] : ['>', '<=', 'ASC']
  const found: StoredLine[] = []
  for (let from = beyond; found.length < limit;) {
    const bound = db.get<{ sequence: number }>(
      `SELECT sequence FROM ${source.sql} AND sequence ${sign} ? ORDER BY sequence ${direction} LIMIT 1 OFFSET ${WINDOW - 1}`,
      ...source.values,
      from,
    )?.sequence
    const end = bound ?? (isNewestFirst ? 0 : Number.MAX_SAFE_INTEGER)
    const rest = source.sql.replace(/^audit /, '')
    const lines = readLines(
      db,
      `${rest} AND sequence ${sign} ? AND sequence ${within} ?${condition.sql} ORDER BY sequence ${direction} LIMIT ?`,
      ...source.values,
      from,
      end,
      ...condition.values,
      limit - found.length,
    )
    found.push(...lines)
    if (bound === undefined) break
    from = bound
    if (found.length < limit) await turn()
  }
  return found
}
