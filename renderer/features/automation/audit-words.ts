import type { AuditEntry, AuditFault, AuditOutcome } from '#shared/contract/audit'
import { ERRORS, isErrorCode } from '#shared/errors'
import { formatNumber, locale, t } from '#renderer/messages/translate.ts'
import { errorMessage } from '#renderer/messages/error-words.ts'
import type { ResultOf } from '#renderer/api/use-api.ts'
import type { Glyph } from '#renderer/ui/status-words.ts'
import { tame } from './grant-words.ts'

/** The glyph of an outcome; null is the plain tick of what was done. */
export const OUTCOME_GLYPH: Readonly<Record<AuditOutcome, Glyph | null>> = {
  done: null,
  denied: 'revoked',
  failed: 'error',
  cancelled: 'paused',
}

/** Who called: the name that a program gave itself, or which of one's own hands. */
export const whoWords = ({ caller, clientName }: Pick<AuditEntry, 'caller' | 'clientName'>): string =>
  clientName === null || clientName === '' || caller === 'ui' || caller === 'cli' ? t(`automation.who.${caller}`) : tame(clientName)

/** What was called, in one line: of a call through a connection its method and path. */
export const entryWords = ({ target, method }: Pick<AuditEntry, 'target' | 'method'>): string => target ?? method

/** What came of it behind the outcome: the service's status, or what the error says. */
export const codeWords = ({ code }: Pick<AuditEntry, 'code'>): string | null => {
  if (code === null) return null
  return isErrorCode(code) ? errorMessage({ code, message: ERRORS[code].message }) : code
}

/** The head of a day: `Today, Friday 20 November`. */
export const dayHead = (at: string, now: number): string => {
  const date = new Date(at)
  const day = date.toLocaleDateString(locale(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(new Date(now).getFullYear() === date.getFullYear() ? {} : { year: 'numeric' }),
  })
  if (date.toDateString() === new Date(now).toDateString()) return t('automation.audit.today', { day })
  return date.toDateString() === new Date(now - 86_400_000).toDateString() ? t('automation.audit.yesterday', { day }) : day
}

/** One fault of the chain: `18,452 was changed`. */
export const faultWords = ({ sequence, kind }: AuditFault): string =>
  t(`automation.verify.fault-${kind}`, { number: formatNumber(sequence) })

/** What checking the audit found, in one or two sentences. */
export const verdictWords = ({ isIntact, checked, firstSequence, lastSequence, faults }: ResultOf<'audit.verify'>): string => {
  if (!isIntact) return t('automation.verify.broken', { count: faults.length, checked })
  if (checked === 0 || firstSequence === null || lastSequence === null) return t('automation.verify.empty')
  return t('automation.verify.intact', { count: checked, first: formatNumber(firstSequence), last: formatNumber(lastSequence) })
}
