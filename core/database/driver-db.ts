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

/** What stands behind a database: a driver that may be exchanged between two calls, and what its life has to know of them. */
export interface DriverSource {
  /** The driver to use now. Throws `host.stopping`, `storage.*`. */
  driver(isInside: boolean): Driver
  /** Throws when nothing may be written now. */
  admitWrite(): void
  /** Runs inside each outermost transaction, as its last part. */
  beforeCommit(run: (sql: string) => void): void
  /** The transaction is on the disk. */
  committed(): void
  /** A call failed with this, already a `storage.*` where it is one. */
  failed(error: unknown): void
  secureMark(): void
  waitForRoom(): Promise<void>
}

/** One driver for good, nothing counted. */
const fixedSource = (driver: Driver): DriverSource => ({
  driver: () => {
    if (!driver.open) throw new PatchbayError('host.stopping')
    return driver
  },
  admitWrite: () => {},
  beforeCommit: () => {},
  committed: () => {},
  failed: () => {},
  secureMark: () => {},
  waitForRoom: () => Promise.resolve(),
})

const MAX_STATEMENTS = 500
/** Statements that cannot run in a transaction, or change nothing. */
const OUTSIDE = /^\s*(?:VACUUM|PRAGMA)/i
const WRITES = /^\s*(?:INSERT|UPDATE|DELETE|REPLACE)/i

const isThenable = (value: unknown): boolean => typeof value === 'object' && value !== null && 'then' in value

/** The database as stores see it: statements kept, driver errors as `storage.*`. */
export const wrapDriver = (behind: Driver | DriverSource): WritableDb => {
  const source = 'driver' in behind ? behind : fixedSource(behind)
  const statements = new Map<string, DriverStatement>()
  let preparedFor: Driver | null = null
  let depth = 0
  /** The outermost transaction has changed something, and was allowed to. */
  let isDirty = false

  const guarded = <T>(work: (driver: Driver) => T): T => {
    const driver = source.driver(depth > 0)
    try {
      return work(driver)
    } catch (error) {
      const mapped = toStorageError(error)
      source.failed(mapped)
      throw mapped
    }
  }

  const prepared = (driver: Driver, sql: string): DriverStatement => {
    if (preparedFor !== driver) {
      statements.clear()
      preparedFor = driver
    }
    const kept = statements.get(sql)
    if (kept !== undefined) return kept
    const statement = driver.prepare(sql)
    if (statements.size >= MAX_STATEMENTS) for (const oldest of statements.keys()) if (statements.delete(oldest)) break
    statements.set(sql, statement)
    return statement
  }
  const runPrepared = (sql: string): void => guarded((driver) => void prepared(driver, sql).run())

  /** An inner part that fails is undone on its own, whether or not the outer one goes on. */
  const step = <T>(begin: string, commit: string, undo: string, work: () => T): T => {
    runPrepared(begin)
    depth++
    try {
      const result = work()
      if (isThenable(result)) throw new Error('A transaction cannot wait: its work must be synchronous.')
      if (depth === 1 && isDirty) source.beforeCommit(runPrepared)
      runPrepared(commit)
      return result
    } catch (error) {
      // A full disk makes SQLite itself roll back; then there is nothing left to undo.
      try {
        guarded((driver) => driver.inTransaction && driver.exec(undo))
      } catch {
        // What failed first is what the caller has to know.
      }
      throw error
    } finally {
      depth--
    }
  }

  const outermost = <T>(work: () => T): T => {
    isDirty = false
    const result = step('BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK', work)
    if (isDirty) source.committed()
    return result
  }
  const transaction = <T>(work: () => T): T =>
    depth === 0
      ? outermost(work)
      : step(`SAVEPOINT inner_${depth}`, `RELEASE inner_${depth}`, `ROLLBACK TO inner_${depth}; RELEASE inner_${depth}`, work)
  /** Every write is asked for, and part of a transaction, so that it is counted. */
  const asWrite = <T>(work: () => T): T => {
    if (depth === 0) {
      source.admitWrite()
      return transaction(() => asWrite(work))
    }
    if (!isDirty) source.admitWrite()
    isDirty = true
    return work()
  }

  const db = {
    get: (sql: string, ...values: readonly SqlValue[]) => {
      const ask = () => guarded((driver) => prepared(driver, sql).get(...values))
      return WRITES.test(sql) ? asWrite(ask) : ask()
    },
    all: (sql: string, ...values: readonly SqlValue[]) => {
      const ask = () => guarded((driver) => prepared(driver, sql).all(...values))
      return WRITES.test(sql) ? asWrite(ask) : ask()
    },
    run: (sql: string, ...values: readonly SqlValue[]) => {
      const write = (): { changes: number } => guarded((driver) => ({ changes: prepared(driver, sql).run(...values).changes }))
      return OUTSIDE.test(sql) ? write() : asWrite(write)
    },
    exec: (sql: string) => {
      if (depth > 0) isDirty = true
      guarded((driver) => void driver.exec(sql))
    },
    transaction,
    secureMark: () => source.secureMark(),
    waitForRoom: () => source.waitForRoom(),
  }
  // The brands exist for the type checker alone.
  return db as unknown as WritableDb
}
