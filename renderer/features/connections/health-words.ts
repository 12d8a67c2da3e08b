import type { ConnectionHealth, HealthCause, HealthEvidence, LifetimeHint } from '#shared/contract/connection-health'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'
import { exactTime, longAgo } from '#renderer/ui/relative-words.ts'

/** The causes that a look at the service itself has shown, twice; they outweigh what Nango's list says. */
const PROVED: ReadonlySet<HealthCause> = new Set(['refused', 'provider_down', 'gone_at_nango'])

/** Whether a look has proved what is wrong, so that the notice says that and not what the status alone tells. */
export const isProved = ({ cause }: Pick<ConnectionHealth, 'cause'>): boolean => PROVED.has(cause)

/** The three values in words, each with its time. */
export const stateWords = ({ state, verifiedAt }: Pick<ConnectionHealth, 'state' | 'verifiedAt'>, now: number): string =>
  verifiedAt === null || state === 'unknown'
    ? t('life.health.unknown')
    : t(state === 'verified' ? 'life.health.verified' : 'life.health.last-known', { when: longAgo(verifiedAt, now) })

/** One thing that was seen, in the language of the window; null where only the words of another tell it. */
export const evidenceWords = ({ kind, outcome, httpStatus, at, words }: HealthEvidence): string | null => {
  if (kind === 'probe' && outcome !== null)
    return httpStatus === null
      ? t(`life.outcome.${outcome}`)
      : t('life.outcome.with-status', { words: t(`life.outcome.${outcome}`), status: httpStatus })
  if (kind === 'probe') {
    const count = /\d+/.exec(words)?.[0]
    return count === undefined ? null : t('life.evidence.looks', { count: Number(count) })
  }
  if (kind === 'refresh') return t('life.evidence.refresh')
  if (kind === 'expiry') return at === null ? null : t('life.evidence.expiry', { time: exactTime(at) })
  return null
}

const RULES: ReadonlySet<string> = new Set([
  'google_testing',
  'google_idle',
  'microsoft_idle',
  'xero_idle',
  'box_idle',
  'quickbooks_idle',
  'quickbooks_cap',
  'atlassian_idle',
  'airtable_idle',
  'zoom_idle',
  'pipedrive_idle',
  'linkedin_cap',
])

/** When a rule of the service holds; the English of the core for a rule that this window does not know. */
export const ruleWords = ({
  rule,
  condition,
}: Pick<LifetimeHint, 'rule' | 'condition'>): { readonly text: string; readonly isForeign: boolean } =>
  RULES.has(rule) ? { text: t(`life.rule.${rule}` as MessageKey), isForeign: false } : { text: condition, isForeign: true }
