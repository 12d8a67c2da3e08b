import { PatchbayError } from '#shared/errors'
import type { SqlValue, WritableDb } from './sql.ts'
import { toStorageError } from './storage-error.ts'

interface DriverStatement {
  get(...values: readonly unknown[]): unknown
  all(...values: readonly unknown[]): unknown[]
  run(...values: readonly unknown[]): { readonly changes: number }
  pluck(): DriverStatement
}

/** What is used of the driver. */
export interface Driver {
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(sql: string): DriverStatement
  exec(sql: string): unknown
  pragma(source: string, options?: { readonly simple?: boolean }): unknown
  close(): unknown
}

const MAX_STATEMENTS = 500

const isThenable = (value: unknown): boolean => typeof value === 'object' && value !== null && 'then' in value

/** The database as stores see it: statements kept, driver errors as `storage.*`. */
export const wrapDriver = (driver: Driver): WritableDb => {
  const statements = new Map<string, DriverStatement>()
  let depth = 0

  const guarded = <T>(work: () => T): T => {
    if (!driver.open) throw new PatchbayError('host.stopping')
    try {
      return work()
    } catch (error) {
      throw toStorageError(error)
    }
  }

  const prepared = (sql: string): DriverStatement => {
    const kept = statements.get(sql)
    if (kept !== undefined) return kept
    const statement = driver.prepare(sql)
    if (statements.size >= MAX_STATEMENTS) for (const oldest of statements.keys()) if (statements.delete(oldest)) break
    statements.set(sql, statement)
    return statement
  }

  /** An inner part that fails is undone on its own, whether or not the outer one goes on. */
  const step = <T>(begin: string, commit: string, undo: string, work: () => T): T => {
    guarded(() => prepared(begin).run())
    depth++
    try {
      const result = work()
      if (isThenable(result)) throw new Error('A transaction cannot wait: its work must be synchronous.')
      guarded(() => prepared(commit).run())
      return result
    } catch (error) {
      // A full disk makes SQLite itself roll back; then there is nothing left to undo.
      if (driver.open && driver.inTransaction) guarded(() => driver.exec(undo))
      throw error
    } finally {
      depth--
    }
  }

  const db = {
    get: (sql: string, ...values: readonly SqlValue[]) => guarded(() => prepared(sql).get(...values)),
    all: (sql: string, ...values: readonly SqlValue[]) => guarded(() => prepared(sql).all(...values)),
    run: (sql: string, ...values: readonly SqlValue[]) => guarded(() => ({ changes: prepared(sql).run(...values).changes })),
    exec: (sql: string) => guarded(() => void driver.exec(sql)),
    transaction: <T>(work: () => T): T =>
      depth === 0
        ? step('BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK', work)
        : step(`SAVEPOINT inner_${depth}`, `RELEASE inner_${depth}`, `ROLLBACK TO inner_${depth}; RELEASE inner_${depth}`, work),
  }
  // The brands exist for the type checker alone.
  return db as unknown as WritableDb
}
