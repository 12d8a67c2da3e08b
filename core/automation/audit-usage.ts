import type { AuditUse } from '#shared/contract/audit'
import { METHODS } from '#shared/contract/contract'
import type { ReadableDb } from '../database/sql.ts'
import { type AuditFilter, type Condition, createPacer, storedTime, windowsOf } from './audit-query.ts'

interface UseRow {
  readonly caller: AuditUse['caller']
  readonly client_id: string | null
  readonly connection_id: string
  readonly calls: number
  readonly denied: number
  readonly first_at: string
  readonly last_at: string
  readonly held: number
  readonly last: number
}

/** Methods that hand out a credential. */
const SECRET_METHODS = [...METHODS].filter(([, { access }]) => access === 'secret').map(([name]) => name)

const keyOf = ({ caller, client_id, connection_id }: UseRow): string => `${caller}\0${client_id}\0${connection_id}`

const together = (one: UseRow, other: UseRow): UseRow => ({
  ...one,
  calls: one.calls + other.calls,
  denied: one.denied + other.denied,
  first_at: one.first_at < other.first_at ? one.first_at : other.first_at,
  last_at: one.last_at > other.last_at ? one.last_at : other.last_at,
  held: Math.max(one.held, other.held),
  last: Math.max(one.last, other.last),
})

/** The uses in one window of lines. */
const usesWithin = (db: ReadableDb, window: Condition, since: string): UseRow[] =>
  db.all<UseRow>(
    `SELECT caller, client_id, connection_id, sum(count) AS calls, sum(CASE outcome WHEN 'denied' THEN count ELSE 0 END) AS denied,
       min(at) AS first_at, max(at) AS last_at, max(sequence) AS last,
       max(outcome = 'done' AND method IN (${SECRET_METHODS.map(() => '?').join(', ')})) AS held
     FROM audit ${window.sql} AND connection_id IS NOT NULL AND at >= ?
     GROUP BY caller, client_id, connection_id`,
    ...SECRET_METHODS,
    ...window.values,
    since,
  )

/** Who used what, the last first; `calls` has those that were denied, too. It goes through the lines in windows, others have their turn. */
export const auditUses = async (
  db: ReadableDb,
  filter: Pick<AuditFilter, 'clientId' | 'connectionId' | 'since'>,
  limit: number,
): Promise<AuditUse[]> => {
  const since = filter.since === undefined ? '' : storedTime(filter.since)
  const uses = new Map<string, UseRow>()
  const pause = createPacer()
  for (const window of windowsOf(db, filter, 0, false)) {
    for (const row of usesWithin(db, window, since)) {
      if (filter.clientId !== undefined && row.client_id !== filter.clientId) continue
      const before = uses.get(keyOf(row))
      uses.set(keyOf(row), before === undefined ? row : together(before, row))
    }
    await pause()
  }
  return [...uses.values()]
    .toSorted((left, right) => right.last - left.last)
    .slice(0, limit)
    .map((row) => ({
      clientId: row.client_id,
      clientName: db.get<{ client_name: string | null }>('SELECT client_name FROM audit WHERE sequence = ?', row.last)?.client_name ?? null,
      caller: row.caller,
      connectionId: row.connection_id,
      handle: db.get<{ handle: string }>('SELECT handle FROM connections WHERE connection_id = ?', row.connection_id)?.handle ?? null,
      calls: row.calls,
      denied: row.denied,
      firstAt: row.first_at,
      lastAt: row.last_at,
      heldCredential: row.held === 1,
    }))
}
