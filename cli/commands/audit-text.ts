import type { AuditEntry, AuditFault, AuditUse } from '#shared/contract/audit'
import type { View } from '../output.ts'
import { type Cell, formatTable, relativeTime, safeText } from '../text-format.ts'
import { quoted, targetText } from './grant-text.ts'

const OWN_WORDS = { ui: 'the window', cli: 'a terminal', automation: 'a program', unproven: 'nobody known' } as const

/** Who it was: what a program calls itself in quotes, our own hands without. */
const whoText = ({ caller, clientName }: Pick<AuditEntry, 'caller' | 'clientName'>): string =>
  (caller === 'automation' || caller === 'unproven') && clientName !== null ? quoted(clientName) : OWN_WORDS[caller]

const outcomeCell = ({ outcome, code, count }: AuditEntry, { paint }: View): Cell => ({
  text: `${outcome}${code === null ? '' : ` ${safeText(code)}`}${count > 1 ? `, ${count} times` : ''}`,
  paint: { done: paint.good, denied: paint.warn, failed: paint.bad, cancelled: paint.dim }[outcome],
})

/** The lines of the audit as a table, newest first. */
export const formatAudit = (result: unknown, view: View): string => {
  const { entries, nextCursor } = result as { readonly entries: readonly AuditEntry[]; readonly nextCursor: string | null }
  if (entries.length === 0) return 'The audit holds no such call.'
  const table = formatTable(
    ['NO', 'WHEN', 'WHO', 'METHOD', 'CONNECTION', 'CALL', 'RESULT'],
    entries.map((entry) => [
      { text: String(entry.sequence) },
      { text: relativeTime(entry.at, view.now) },
      { text: `${whoText(entry)}${entry.via === 'mcp' ? ' (MCP)' : ''}` },
      { text: safeText(entry.method) },
      { text: entry.handle === null ? '-' : safeText(entry.handle) },
      { text: entry.target === null ? '-' : targetText(entry.target) },
      outcomeCell(entry, view),
    ]),
    view.columns,
    view.paint,
  )
  return nextCursor === null ? table : `${table}\n${view.paint.dim(`There are more: --limit 500, or --cursor ${safeText(nextCursor)}`)}`
}

/** Who used what, the last first. */
export const formatUsage = (result: unknown, view: View): string => {
  const { uses, keptSince } = result as { readonly uses: readonly AuditUse[]; readonly keptSince: string | null }
  const kept = keptSince === null ? [] : [view.paint.dim(`The audit reaches back to ${keptSince.slice(0, 10)}.`)]
  if (uses.length === 0) return ['The audit knows of no use.', ...kept].join('\n')
  const table = formatTable(
    ['WHO', 'CONNECTION', 'CALLS', 'DENIED', 'CREDENTIAL', 'FIRST', 'LAST'],
    uses.map((use) => [
      { text: whoText(use) },
      { text: use.handle === null ? `${safeText(use.connectionId)} (gone)` : safeText(use.handle) },
      { text: String(use.calls) },
      { text: String(use.denied), ...(use.denied > 0 && { paint: view.paint.warn }) },
      { text: use.heldCredential ? 'was handed out' : '-', ...(use.heldCredential && { paint: view.paint.warn }) },
      { text: relativeTime(use.firstAt, view.now) },
      { text: relativeTime(use.lastAt, view.now) },
    ]),
    view.columns,
    view.paint,
  )
  return [table, ...kept].join('\n')
}

const FAULT_WORDS: Readonly<Record<AuditFault['kind'], string>> = {
  changed: 'was changed',
  missing: 'is missing',
  reordered: "stands in another's place",
  cut_off: 'was there and is gone, with all that came after it',
}

export interface Verified {
  readonly isIntact: boolean
  readonly checked: number
  readonly firstSequence: number | null
  readonly lastSequence: number | null
  readonly faults: readonly AuditFault[]
}

/** Whether the audit is as it was written, in words. */
export const formatVerified = (result: unknown, { paint }: View): string => {
  const { isIntact, checked, firstSequence, lastSequence, faults } = result as Verified
  const range = firstSequence === null || lastSequence === null ? '' : `, ${firstSequence} to ${lastSequence}`
  const lines = `${checked} line${checked === 1 ? '' : 's'} checked${range}`
  if (isIntact) {
    const older = (firstSequence ?? 1) > 1 ? ' Older ones were let go in their time.' : ''
    return `${paint.good('The audit is intact')}: ${lines}.${older}`
  }
  return [
    `${paint.bad('The audit is not as it was written')}: ${lines}.`,
    ...faults.map(({ sequence, kind }) => `  Line ${sequence} ${FAULT_WORDS[kind]}.`),
    ...(faults.length === 20 ? ['  There may be more.'] : []),
    'Somebody with access to the data folder, or a damaged disk, has changed it.',
  ].join('\n')
}
