declare const readable: unique symbol
declare const writable: unique symbol

/** A value SQLite stores. Booleans are kept as 0 and 1 by the stores. */
export type SqlValue = string | number | bigint | null | Uint8Array

/** A database that can only be asked. Statements are prepared once and kept. */
export interface ReadableDb {
  readonly [readable]: true
  /** The first row, or undefined. */
  get<Row extends object>(sql: string, ...values: readonly SqlValue[]): Row | undefined
  all<Row extends object>(sql: string, ...values: readonly SqlValue[]): Row[]
}

/** A database that can be changed. */
export interface WritableDb extends ReadableDb {
  readonly [writable]: true
  run(sql: string, ...values: readonly SqlValue[]): { readonly changes: number }
  /** Several statements at once; for migrations. */
  exec(sql: string): void
  /** Runs `work` in an immediate transaction; joins one that is open. Durable on the disk when it returns. */
  transaction<T>(work: () => T): T
  /** Makes sure that a loss of what was committed so far would be noticed. Call it before an effect outside that cannot be repeated. */
  secureMark(): void
  /** Resolves when the disk has kept up with what was written: at once nearly always. Wait for it between the parts of a large work. */
  waitForRoom(): Promise<void>
}
