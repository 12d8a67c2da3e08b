import type { Bulk, BulkActionName, BulkOutcome, BulkRow } from '#shared/contract/bulk'
import type { HealthCause } from '#shared/contract/connection-health'
import { fromWire, type PatchbayError } from '#shared/errors'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { errorMessage, isOwnMessage } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'
import { clockTime } from '#renderer/ui/relative-words.ts'

/** What is told of a run first: what it does, or did, and to how many. */
export const runTitle = (run: Bulk): string => {
  const facts = { action: run.undoOf === null ? run.action : 'undo', count: run.total }
  if (run.endedAt === null) return run.state === 'selecting' ? t('bulk.run.choosing', { count: run.total }) : t('bulk.run.doing', facts)
  if (run.state === 'done') return t('bulk.run.done', facts)
  return t(run.state === 'cancelled' ? 'bulk.run.cancelled' : 'bulk.run.stopped', facts)
}

/** How many rows have ended. */
export const endedRows = ({ total, counts }: Pick<Bulk, 'total' | 'counts'>): number => total - counts.waiting

/** How many rows a person should look at: what failed, cannot be done, or was not reached. */
export const leftOver = ({ counts }: Pick<Bulk, 'counts'>): number => counts.failed + counts.refused + counts.waiting

/** What became of how many, the parts that are none left out. */
export const runFacts = (run: Bulk): string => {
  const { counts, action, endedAt } = run
  const parts: readonly (readonly [number, string])[] = [
    [counts.done, t('bulk.fact.done', { action: run.undoOf === null ? action : 'undo', count: counts.done })],
    [counts.failed, t('bulk.fact.failed', { count: counts.failed })],
    [counts.refused, t('bulk.fact.refused', { count: counts.refused })],
    [counts.unchanged, t('bulk.fact.unchanged', { action, count: counts.unchanged })],
    [counts.waiting, t(endedAt === null ? 'bulk.fact.waiting' : 'bulk.fact.not-reached', { count: counts.waiting })],
  ]
  return parts.flatMap(([count, words]) => (count > 0 ? [words] : [])).join(' · ')
}

const exactClock = (at: string): string => `${clockTime(at)}:${String(new Date(at).getSeconds()).padStart(2, '0')}`

/** Why a run does not go on just now, and that it does by itself; null while it goes on. */
export const pauseWords = (run: Bulk, place: string): string | null => {
  if (run.endedAt !== null) return null
  if (run.state === 'cancelled') return t('bulk.pause.ending')
  if (run.state === 'waiting') return t('bulk.pause.queued')
  if (run.pausedUntil === null) return null
  const facts = { time: exactClock(run.pausedUntil), done: endedRows(run), total: run.total, place }
  switch (run.pauseReason) {
    case 'nango.rate_limited':
      return t('bulk.pause.rate', facts)
    case 'vault.locked':
      return t('bulk.pause.vault', facts)
    default:
      return t('bulk.pause.offline', facts)
  }
}

/** What stood in the way of a run, as an error that can be shown; null where nothing did. */
export const runError = ({ error }: Bulk): PatchbayError | null => (error === null ? null : fromWire(error))

type EndedRow = Pick<BulkRow, 'detail'> & { readonly error: Bulk['error'] }

const CAUSES: Readonly<Record<HealthCause, MessageKey>> = {
  well: 'bulk.cause.well',
  not_checked: 'bulk.cause.not_checked',
  no_probe: 'bulk.cause.no_probe',
  refused_once: 'bulk.cause.refused_once',
  refused: 'bulk.cause.refused',
  down_once: 'bulk.cause.down_once',
  provider_down: 'bulk.cause.provider_down',
  not_understood: 'bulk.cause.not_understood',
  no_answer: 'bulk.cause.no_answer',
  asked_for_pause: 'bulk.cause.asked_for_pause',
  not_renewed: 'bulk.cause.not_renewed',
  token_due: 'bulk.cause.token_due',
  expired: 'bulk.cause.expired',
  gone_at_nango: 'bulk.cause.gone_at_nango',
  unreachable: 'bulk.cause.unreachable',
  pending: 'bulk.cause.pending',
  paused: 'bulk.cause.paused',
  revoked: 'bulk.cause.revoked',
}
/** Those of what was revoked; where it was, nothing need be said. */
const REVOCATIONS: Readonly<Record<string, MessageKey>> = {
  not_supported: 'bulk.revocation.not_supported',
  failed: 'bulk.revocation.failed',
  unknown: 'bulk.revocation.unknown',
}

const keyIn = (keys: Readonly<Record<string, MessageKey>>, fact: unknown): MessageKey | null =>
  typeof fact === 'string' && Object.hasOwn(keys, fact) ? (keys[fact] ?? null) : null

/** What the facts of a row say, where they say why: what a look showed, or what became of a revocation. */
const factKey = ({ detail }: EndedRow): MessageKey | null => keyIn(CAUSES, detail?.['cause']) ?? keyIn(REVOCATIONS, detail?.['outcome'])

/** Why a row ended as it did, in one sentence; null where there is nothing to say. `isForeign`: in the words of another, or of a later version. */
export const rowWords = (row: EndedRow): { readonly text: string; readonly isForeign: boolean } | null => {
  const key = factKey(row)
  if (key !== null) return { text: t(key), isForeign: false }
  return row.error === null ? null : { text: errorMessage(row.error), isForeign: !isOwnMessage(row.error) }
}

/** As `rowWords`, as text; empty where there is nothing to say. */
export const rowReason = (row: EndedRow): string => rowWords(row)?.text ?? ''

/** The outcomes in the order in which a person wants to see them. */
export const OUTCOMES: readonly Exclude<BulkOutcome, 'running'>[] = ['failed', 'refused', 'waiting', 'unchanged', 'done']

/** Whether an action ends or changes something, so that it is first told what it would do. */
export const isAskedFirst = (action: BulkActionName): boolean => action !== 'export' && action !== 'verify' && action !== 'refresh'

/** A cell of a CSV file (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it. */
const cell = (text: string): string => {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Results as a CSV file: handle, what became of it, code and reason. */
export const resultsCsv = (rows: readonly (EndedRow & { readonly handle: string; readonly outcome: string })[]): string =>
  [['handle', 'outcome', 'code', 'reason'], ...rows.map((row) => [row.handle, row.outcome, row.error?.code ?? '', rowReason(row)])]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('')
