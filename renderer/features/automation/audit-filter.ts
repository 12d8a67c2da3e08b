import type { AuditCaller, AuditOutcome } from '#shared/contract/audit'
import type { ParamsOf } from '#renderer/api/use-api.ts'

/** How far back lines are shown. */
export const SPANS = ['hour', 'day', 'week', 'month'] as const
export type Span = (typeof SPANS)[number]

const SPAN_MS: Readonly<Record<Span, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
}

export const OUTCOMES: readonly AuditOutcome[] = ['done', 'denied', 'failed', 'cancelled']

/** What of the audit is shown. */
export interface AuditFilter {
  readonly clientId: string | null
  readonly grantId: string | null
  readonly connectionId: string | null
  readonly caller: AuditCaller | null
  readonly outcome: AuditOutcome | null
  /** A method, or a domain with a dot at its end. */
  readonly method: string | null
  readonly span: Span | null
}

export const NO_FILTER: AuditFilter = {
  clientId: null,
  grantId: null,
  connectionId: null,
  caller: null,
  outcome: null,
  method: null,
  span: null,
}

export const isFiltered = (filter: AuditFilter): boolean => Object.values(filter).some((value) => value !== null)

/** The filter as `audit.list` and `audit.export` take it; `now` is that of the moment it was chosen, so that pages fit together. */
export const auditParams = ({ span, ...rest }: AuditFilter, now: number): ParamsOf<'audit.export'> => ({
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
  ...(span === null ? {} : { since: new Date(now - SPAN_MS[span]).toISOString() }),
})
