import { createHmac } from 'node:crypto'
import { createAuditChain, type AuditChain } from '#core/automation/audit-chain'
import type { AuditLine } from '#core/automation/audit-line'
import { AuditLog, type AuditLogOptions } from '#core/automation/audit-log'
import { readLines } from '#core/automation/audit-store'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import type { WritableDb } from '#core/database/sql'
import { SILENT_LOG } from '#core/log'
import type { AuditEntry } from '#shared/contract/audit'

export const AUDIT_KEY = createHmac('sha256', 'a key').digest()

/** A call of a program that looked at one connection. */
export const auditLine = (changes: Partial<AuditLine> = {}): AuditLine => ({
  at: '2026-01-02T03:04:05.000Z',
  caller: 'automation',
  via: 'socket',
  clientId: 'cli_1',
  clientName: 'Reports',
  grantId: 'gr_1',
  program: '/usr/bin/python3',
  pid: 4711,
  method: 'connections.get',
  profileId: 'env',
  connectionId: 'con_1',
  handle: 'github/work',
  target: null,
  outcome: 'done',
  code: null,
  durationMs: 3,
  ...changes,
})

/** An audit over a database, in memory unless another is given. */
export interface AuditWorld {
  readonly database: OpenDatabase
  readonly db: WritableDb
  readonly chain: AuditChain
  readonly log: AuditLog
  readonly announced: number[]
  entries(): AuditEntry[]
  close(): void
}

/** Opens it; whoever does closes it. */
export const openAuditWorld = (
  options: Partial<AuditLogOptions> & { readonly database?: OpenDatabase; readonly wrap?: (db: WritableDb) => WritableDb } = {},
): AuditWorld => {
  const database = options.database ?? openMemoryDatabase()
  const { db } = database
  const chain = createAuditChain(AUDIT_KEY)
  const announced: number[] = []
  const log = new AuditLog({
    now: () => Date.parse('2026-01-02T03:04:05.000Z'),
    log: SILENT_LOG,
    announce: (sequence) => announced.push(sequence),
    ...options,
  })
  log.open(options.wrap?.(db) ?? db, chain)
  return {
    database,
    db,
    chain,
    log,
    announced,
    entries: () => readLines(db, 'ORDER BY sequence').map(({ entry }) => entry),
    close: () => {
      log.close()
      database.close()
    },
  }
}
