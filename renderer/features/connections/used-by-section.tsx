import { KeyRound } from 'lucide-react'
import { Link } from 'wouter'
import type { Connection } from '#shared/contract/connections'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { longAgo } from '#renderer/ui/relative-words.ts'
import { Section } from '#renderer/ui/panel-section.tsx'

const SHOWN = 6

/** Which programs used it, how often and when last, and whether one was handed the credential. */
export const UsedBySection = ({ connection, now }: { readonly connection: Connection; readonly now: number }) => {
  const { connectionId, lastUsedAt } = connection
  const { data } = useRead('audit.usage', { connectionId })
  const uses = (data?.uses ?? []).filter(({ caller }) => caller === 'automation' || caller === 'cli')
  return (
    <Section
      title={t('automation.used-by.title')}
      aside={lastUsedAt === null ? t('automation.used-by.never') : t('automation.used-by.last', { when: longAgo(lastUsedAt, now) })}
    >
      {uses.length === 0 ? (
        <p className="text-small text-ink-3">{t('automation.used-by.none')}</p>
      ) : (
        <>
          <ul className="flex flex-col gap-1 text-small">
            {uses.slice(0, SHOWN).map(({ clientId, clientName, caller, calls, denied, lastAt, heldCredential }) => (
              <li key={`${caller} ${clientId ?? ''}`} className="flex min-w-0 items-center gap-2">
                <bdi className="min-w-0 flex-1 truncate" title={clientName ?? undefined}>
                  {clientName !== null && caller === 'automation' ? clientName : t(`automation.who.${caller}`)}
                </bdi>
                {heldCredential ? (
                  <span className="flex flex-none items-center gap-1 text-attention">
                    <KeyRound aria-hidden="true" className="size-3.5" />
                    {t('automation.panel.held')}
                  </span>
                ) : null}
                <span className="flex-none text-ink-2">
                  {denied === 0 ? t('automation.calls', { count: calls }) : t('automation.calls-denied', { count: calls, denied })}
                </span>
                <span className="w-14 flex-none text-right text-ink-3 tabular-nums">
                  <RelativeTime at={lastAt} now={now} />
                </span>
              </li>
            ))}
          </ul>
          <Link href={paths.auditOf('connection', connectionId)} className="self-start text-small text-accent underline underline-offset-2">
            {t('automation.used-by.all')}
          </Link>
        </>
      )}
    </Section>
  )
}
