import type { Implements } from '#shared/contract/contract'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'
import type { ReadableDb } from '../database/sql.ts'
import type { AuditChain } from './audit-chain.ts'
import { exportPart } from './audit-export.ts'
import type { AuditLog } from './audit-log.ts'
import { findLines } from './audit-query.ts'
import { auditUses } from './audit-usage.ts'
import { type AuditVerdict, verifyAudit } from './audit-verify.ts'

export interface AuditApiDependencies {
  readonly db: ReadableDb
  readonly chain: AuditChain
  readonly log: Pick<AuditLog, 'settle' | 'head'>
}

const MOST_USES = 500
const EXPORTED_AT_ONCE = 1_000

/** The number in a cursor. Throws `cursor.invalid`. */
const placeOf = (cursor: string | undefined, beginning: number): number => {
  if (cursor === undefined) return beginning
  if (!/^\d{1,15}$/.test(cursor)) throw new PatchbayError('cursor.invalid')
  return Number(cursor)
}

/** The domain `audit`. What waits to be written is written before it is read. */
export const createAuditApi = ({ db, chain, log }: AuditApiDependencies): Implements<'audit', Caller> => {
  let running: Promise<AuditVerdict> | null = null
  return {
    list: async ({ limit, cursor, ...filter }) => {
      const beyond = placeOf(cursor, Number.MAX_SAFE_INTEGER)
      log.settle()
      const lines = await findLines(db, filter, { beyond, isNewestFirst: true, limit: limit + 1 })
      const entries = lines.slice(0, limit).map(({ entry }) => entry)
      return { entries, nextCursor: lines.length > limit ? String(entries.at(-1)?.sequence ?? 0) : null }
    },
    usage: async (filter) => {
      log.settle()
      const oldest = db.get<{ at: string }>('SELECT at FROM audit ORDER BY sequence LIMIT 1')
      return { uses: await auditUses(db, filter, MOST_USES), keptSince: oldest?.at ?? null }
    },
    verify: async () => {
      log.settle()
      // Two who ask at once share one look.
      running ??= verifyAudit(db, chain, () => log.head).finally(() => (running = null))
      const { checked, firstSequence, lastSequence, faults } = await running
      return { isIntact: faults.length === 0, checked, firstSequence, lastSequence, faults: [...faults] }
    },
    export: async ({ format, cursor, ...filter }) => {
      const beyond = placeOf(cursor, 0)
      log.settle()
      const lines = await findLines(db, filter, { beyond, isNewestFirst: false, limit: EXPORTED_AT_ONCE + 1 })
      const entries = lines.slice(0, EXPORTED_AT_ONCE).map(({ entry }) => entry)
      const { text, count } = exportPart(format, entries, cursor === undefined)
      return { text, nextCursor: count < lines.length ? String(entries[count - 1]?.sequence ?? 0) : null }
    },
  }
}
