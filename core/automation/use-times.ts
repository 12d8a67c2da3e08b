import { METHODS } from '#shared/contract/contract'
import type { WritableDb } from '../database/sql.ts'
import type { AuditLine } from './audit-line.ts'

const EACH_MS = 60_000
const MOST_REMEMBERED = 10_000
const USES: ReadonlySet<string> = new Set(['request', 'secret'])

/** A program or the command line used the account, which keeping it in order is not, and it came to the service or to an end: an answer of the service counts too. */
const isUse = ({ caller, method, outcome, code }: AuditLine): boolean =>
  (caller === 'automation' || caller === 'cli') &&
  (outcome === 'done' || (outcome === 'failed' && /^\d{3}$/.test(code ?? ''))) &&
  USES.has(METHODS.get(method)?.access ?? '')

type Uses = ReadonlyMap<string, string>

/** When connections were last used, at most once a minute each. Whoever keeps the list of unused ones reads it there. */
export class UseTimes {
  readonly #writtenAt = new Map<string, number>()

  /** The connections whose time is to be written, with it. */
  due(lines: readonly { readonly line: AuditLine }[], now: number): Uses {
    const uses = new Map<string, string>()
    for (const { line } of lines) {
      if (line.connectionId === null || !isUse(line)) continue
      const written = this.#writtenAt.get(line.connectionId)
      if (written === undefined || Math.abs(now - written) >= EACH_MS) uses.set(line.connectionId, line.at)
    }
    return uses
  }

  write(db: WritableDb, uses: Uses): void {
    for (const [connectionId, at] of uses)
      db.run(
        'UPDATE connections SET last_used_at = ? WHERE connection_id = ? AND (last_used_at IS NULL OR last_used_at < ?)',
        at,
        connectionId,
        at,
      )
  }

  /** They are on the disk. */
  written(uses: Uses, now: number): void {
    if (this.#writtenAt.size > MOST_REMEMBERED) this.#writtenAt.clear()
    for (const connectionId of uses.keys()) this.#writtenAt.set(connectionId, now)
  }
}
