import type { ConnectionHealth } from '#shared/contract/connection-health'
import { t } from '#renderer/messages/translate.ts'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { evidenceWords, ruleWords } from './health-words.ts'

/** What was seen of a connection's working, each with its time; what Nango said stays in its own words. */
export const HealthEvidenceList = ({ health, now }: { readonly health: ConnectionHealth; readonly now: number }) => {
  // What is said elsewhere in the panel, with its button or its source.
  const seen = health.evidence.filter(({ kind }) => kind !== 'scopes' && kind !== 'lifetime' && kind !== 'expiry')
  if (seen.length === 0) return null
  return (
    <ul aria-label={t('life.evidence.title')} className="flex flex-col gap-1 text-small">
      {seen.map((one, index) => {
        const words = evidenceWords(one)
        return (
          <li key={index} className="flex items-baseline gap-2">
            <span className="min-w-0 flex-1 break-words">
              {words ?? (
                <>
                  {one.kind === 'nango' ? <span className="font-medium text-ink-1">{t('life.evidence.nango')} </span> : null}
                  <bdi lang="en">{one.words}</bdi>
                </>
              )}
            </span>
            {one.at === null ? null : (
              <span className="flex-none text-ink-3">
                <RelativeTime at={one.at} now={now} isLong />
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** The rule by which a service likely ends an access, with where it is published. */
export const RuleWords = ({ lifetime }: { readonly lifetime: Pick<NonNullable<ConnectionHealth['lifetime']>, 'rule' | 'condition'> }) => {
  const { text, isForeign } = ruleWords(lifetime)
  return <bdi {...(isForeign ? { lang: 'en' } : {})}>{text}</bdi>
}
