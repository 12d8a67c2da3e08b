import type { AuditEntry } from '#shared/contract/audit'
import type { ReadableDb, SqlValue, WritableDb } from '../database/sql.ts'
import { type AuditChain, type AuditHead, isSameHash, NO_HASH } from './audit-chain.ts'

/** A line as it is stored. */
export interface StoredLine {
  readonly entry: AuditEntry
  readonly hash: Uint8Array
}

interface AuditRow {
  readonly sequence: number
  readonly at: string
  readonly caller: AuditEntry['caller']
  readonly via: AuditEntry['via']
  readonly client_id: string | null
  readonly client_name: string | null
  readonly grant_id: string | null
  readonly program: string | null
  readonly pid: number | null
  readonly method: string
  readonly profile_id: string | null
  readonly connection_id: string | null
  readonly handle: string | null
  readonly target: string | null
  readonly outcome: AuditEntry['outcome']
  readonly code: string | null
  readonly duration_ms: number | null
  readonly count: number
  readonly hash: Uint8Array
}

const toLine = (row: AuditRow): StoredLine => ({
  entry: {
    sequence: row.sequence,
    at: row.at,
    caller: row.caller,
    via: row.via,
    clientId: row.client_id,
    clientName: row.client_name,
    grantId: row.grant_id,
    program: row.program,
    pid: row.pid,
    method: row.method,
    profileId: row.profile_id,
    connectionId: row.connection_id,
    handle: row.handle,
    target: row.target,
    outcome: row.outcome,
    code: row.code,
    durationMs: row.duration_ms,
    count: row.count,
  },
  hash: row.hash,
})

/** Lines whose condition holds, in the order of the condition's end. */
export const readLines = (db: ReadableDb, rest: string, ...values: readonly SqlValue[]): StoredLine[] =>
  db.all<AuditRow>(`SELECT * FROM audit ${rest}`, ...values).map(toLine)

const valuesOf = ({ entry, hash }: StoredLine): readonly SqlValue[] => [
  entry.sequence,
  entry.at,
  entry.caller,
  entry.via,
  entry.clientId,
  entry.clientName,
  entry.grantId,
  entry.program,
  entry.pid,
  entry.method,
  entry.profileId,
  entry.connectionId,
  entry.handle,
  entry.target,
  entry.outcome,
  entry.code,
  entry.durationMs,
  entry.count,
  hash,
]

/** Several lines in one statement take two thirds of the time. */
const GROUP = 10
const insertOf = (lines: number): string =>
  `INSERT INTO audit VALUES ${Array(lines).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`
const INSERT_GROUP = insertOf(GROUP)
const INSERT_ONE = insertOf(1)

/** Writes lines behind all others. */
export const insertLines = (db: WritableDb, lines: readonly StoredLine[]): void => {
  const grouped = lines.length - (lines.length % GROUP)
  for (let at = 0; at < grouped; at += GROUP) db.run(INSERT_GROUP, ...lines.slice(at, at + GROUP).flatMap(valuesOf))
  for (const line of lines.slice(grouped)) db.run(INSERT_ONE, ...valuesOf(line))
}

/** Writes where the chain begins and ends now, sealed. */
export const writeHead = (db: WritableDb, chain: AuditChain, head: AuditHead): void =>
  void db.run(
    `INSERT INTO audit_head VALUES (1, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (one) DO UPDATE SET last_sequence = excluded.last_sequence, last_hash = excluded.last_hash,
       first_sequence = excluded.first_sequence, before_hash = excluded.before_hash, unproven_from = excluded.unproven_from,
       seal = excluded.seal`,
    head.lastSequence,
    head.lastHash,
    head.firstSequence,
    head.beforeHash,
    head.unprovenFrom,
    chain.seal(head),
  )

interface HeadRow {
  readonly last_sequence: number
  readonly last_hash: Uint8Array
  readonly first_sequence: number
  readonly before_hash: Uint8Array
  readonly unproven_from: number | null
  readonly seal: Uint8Array
}

const NEW_HEAD: AuditHead = { lastSequence: 0, lastHash: NO_HASH, firstSequence: 1, beforeHash: NO_HASH, unprovenFrom: null }

/** The first and the last number that a line has; null where there is none. */
export const boundsOf = (db: ReadableDb): { readonly first: number; readonly last: number } | null => {
  const row = db.get<{ first: number | null; last: number | null }>(
    'SELECT (SELECT min(sequence) FROM audit) AS first, (SELECT max(sequence) FROM audit) AS last',
  )
  return row?.first == null || row.last == null ? null : { first: row.first, last: row.last }
}

/** Where the chain begins and ends; null where no seal proves it. What a new database has needs none, as long as there is no line. */
export const readHead = (db: ReadableDb, chain: AuditChain): AuditHead | null => {
  const row = db.get<HeadRow>('SELECT * FROM audit_head')
  if (row === undefined) return null
  if (row.seal.length === 0) return row.last_sequence === 0 && boundsOf(db) === null ? NEW_HEAD : null
  const head: AuditHead = {
    lastSequence: row.last_sequence,
    lastHash: row.last_hash,
    firstSequence: row.first_sequence,
    beforeHash: row.before_hash,
    unprovenFrom: row.unproven_from,
  }
  return isSameHash(row.seal, chain.seal(head)) ? head : null
}

/**
 * The head to write on from. Behind an end that cannot be proved the chain goes on with a mark that stays, and no number is given
 * twice: what was changed before stays visible.
 */
export const headToWriteOn = (db: ReadableDb, chain: AuditChain): AuditHead => {
  const head = readHead(db, chain)
  const bounds = boundsOf(db)
  const last = Math.max(head?.lastSequence ?? 0, bounds?.last ?? 0)
  if (head !== null) return { ...head, lastSequence: last }
  const [line] = readLines(db, 'ORDER BY sequence DESC LIMIT 1')
  const firstSequence = bounds?.first ?? last + 1
  return { lastSequence: last, lastHash: line?.hash ?? NO_HASH, firstSequence, beforeHash: NO_HASH, unprovenFrom: last + 1 }
}
