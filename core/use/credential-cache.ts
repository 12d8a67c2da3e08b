import type { ConnectionRow } from '../connections/connection-row.ts'
import type { HeldCredential } from './use-backend.ts'

/** How long a credential that was read is handed out again, milliseconds: scripts ask for one many times in a row. */
export const CREDENTIAL_KEPT_MS = 30_000
const MOST_KEPT = 100

interface Kept {
  readonly held: HeldCredential
  /** The row as it was: what changed since may have another credential. */
  readonly row: Pick<ConnectionRow, 'updated_at' | 'nango_connection_id' | 'status'>
  readonly timer: NodeJS.Timeout
}

/** Credentials that were read a moment ago, in memory alone. */
export class CredentialCache {
  readonly #kept = new Map<string, Kept>()

  /** What was read of the connection as it is now, or null. */
  get(row: ConnectionRow): HeldCredential | null {
    const kept = this.#kept.get(row.connection_id)
    if (kept === undefined) return null
    const { updated_at: updatedAt, nango_connection_id: nangoId, status } = kept.row
    if (updatedAt === row.updated_at && nangoId === row.nango_connection_id && status === row.status) return kept.held
    this.#drop(row.connection_id)
    return null
  }

  put(row: ConnectionRow, held: HeldCredential): void {
    this.#drop(row.connection_id)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#drop(oldest)
    const timer = setTimeout(() => this.#drop(row.connection_id), CREDENTIAL_KEPT_MS).unref()
    this.#kept.set(row.connection_id, { held, row, timer })
  }

  /** Forgets all of them: the vault was locked, or the host ends. */
  clear(): void {
    for (const connectionId of this.#kept.keys()) this.#drop(connectionId)
  }

  #drop(connectionId: string): void {
    const kept = this.#kept.get(connectionId)
    if (kept === undefined) return
    clearTimeout(kept.timer)
    this.#kept.delete(connectionId)
  }
}
