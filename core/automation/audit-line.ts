import type { AuditEntry } from '#shared/contract/audit'

/** One call as whoever carries it out knows it. Texts may come from outside as they are; they are cut and made whole here. */
export type AuditLine = Readonly<Omit<AuditEntry, 'sequence' | 'count'>>

/** Where calls are written down. */
export interface AuditSink {
  /** Throws `audit.unavailable` while what happened cannot be written: then programs may do nothing. */
  requireWritable(): void
  /**
   * Written within 50 ms with others, for calls that only look. Alike lines of one batch (all but time and duration the same)
   * become one with their `count`, the time of the first and the duration of the longest. Never throws.
   */
  note(line: AuditLine): void
  /**
   * Resolves once the line is durable, and all that was noted before it; commits of one turn share a transaction. Throws
   * `audit.unavailable` where it is not: the line is kept and written later.
   */
  commit(line: AuditLine): Promise<void>
}
