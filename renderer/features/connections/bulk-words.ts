import type { Bulk, BulkActionName, BulkOutcome } from '#shared/contract/bulk'
import { isErrorCode, PatchbayError } from '#shared/errors'
import { errorMessage } from '#renderer/messages/error-words.ts'
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
export const runError = ({ error }: Bulk): PatchbayError | null =>
  error === null ? null : new PatchbayError(isErrorCode(error.code) ? error.code : 'internal', { message: error.message })

/** Why a row ended as it did, in one sentence; empty where there is nothing to say. */
export const rowReason = (row: {
  readonly error: { readonly code: string; readonly message: string } | null
  readonly detail: unknown
}): string => {
  if (row.error !== null) return errorMessage(row.error)
  const { summary } = (row.detail ?? {}) as { readonly summary?: unknown }
  return typeof summary === 'string' ? summary : ''
}

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
export const resultsCsv = (
  rows: readonly { readonly handle: string; readonly outcome: string; readonly error: Bulk['error']; readonly detail: unknown }[],
): string =>
  [['handle', 'outcome', 'code', 'reason'], ...rows.map((row) => [row.handle, row.outcome, row.error?.code ?? '', rowReason(row)])]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('')
