import type { Connection } from '#shared/contract/connections'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { ExternalLink } from '#renderer/ui/external-link.tsx'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { exactTime, expiryWords, untilThen } from '#renderer/ui/relative-words.ts'
import { isEndless } from './connection-words.ts'
import { RuleWords } from './health-evidence.tsx'
import { Fact, Facts, Section } from '#renderer/ui/panel-section.tsx'
import { isUnused, UNUSED_DAYS } from './unused.ts'

/** The modes whose tokens Nango renews at their use (nango-api.md section 7). */
const RENEWED = new Set(['OAUTH2', 'OAUTH2_CC', 'TWO_STEP', 'MCP_OAUTH2', 'JWT', 'APP', 'CUSTOM'])

/** When it ends, by its token or by a rule of its service; what renews it, and how the time is learned. */
export const ExpirySection = ({
  connection,
  place,
  now,
}: {
  readonly connection: Connection
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly now: number
}) => {
  const { connectionId, expiresAt, lastRefreshedAt, status } = connection
  const isPending = status === 'pending'
  const { data: health } = useRead('connections.health', { connectionId }, { isEnabled: !isPending })
  const lifetime = health?.lifetime ?? null
  const expiry = expiresAt === null ? null : expiryWords(expiresAt, now)
  const isRenewed = RENEWED.has(connection.authMode)
  const isOver = status === 'expired' || status === 'revoked'
  const aside =
    expiry?.words ??
    t(isPending ? 'connections.times.not-known' : isEndless(connection) ? 'connections.times.no-expiry' : 'connections.times.unknown')
  return (
    <Section title={t('connections.times.title')} aside={aside}>
      <Facts>
        {expiresAt === null ? null : (
          <Fact name={t(expiry?.isOver === true ? 'connections.times.ran-out' : 'connections.times.runs-out')}>{exactTime(expiresAt)}</Fact>
        )}
        {isEndless(connection) || isPending ? null : (
          <Fact name={t('connections.times.refreshed')}>
            {lastRefreshedAt === null ? t('connections.times.not-refreshed') : <RelativeTime at={lastRefreshedAt} now={now} isLong />}
          </Fact>
        )}
        {lifetime === null ? null : (
          <Fact name={t('life.expiry.likely')}>
            <time dateTime={lifetime.likelyEndsAt} title={exactTime(lifetime.likelyEndsAt)}>
              {untilThen(lifetime.likelyEndsAt, now)}
            </time>
          </Fact>
        )}
      </Facts>
      {lifetime === null ? null : (
        <p className="text-small text-ink-2">
          <RuleWords lifetime={lifetime} /> <ExternalLink href={lifetime.sourceUrl}>{t('life.expiry.source')}</ExternalLink>
        </p>
      )}
      {isPending || isOver || isEndless(connection) ? null : (
        <p className="text-small text-ink-3">
          {isRenewed ? t('life.expiry.renewed', { place }) : t('life.expiry.not-renewed')}
          {isRenewed && expiresAt === null ? ` ${t('life.expiry.learned')}` : null}
        </p>
      )}
    </Section>
  )
}

/** When it was made, used, verified and compared with the list, and what it is called elsewhere. */
export const OriginSection = ({
  connection,
  place,
  now,
}: {
  readonly connection: Connection
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly now: number
}) => {
  const { createdAt, lastSyncedAt, lastVerifiedAt, lastUsedAt, status, nangoConnectionId } = connection
  const isPending = status === 'pending'
  return (
    <Section
      title={t('life.origin.title')}
      aside={!isPending && isUnused(connection, now) ? t('life.origin.unused', { days: UNUSED_DAYS }) : undefined}
    >
      <Facts>
        <Fact name={t('connections.times.used')}>
          {lastUsedAt === null ? t('connections.times.not-used') : <RelativeTime at={lastUsedAt} now={now} isLong />}
        </Fact>
        <Fact name={t('connections.times.verified')}>
          {lastVerifiedAt === null ? t('connections.times.not-yet') : <RelativeTime at={lastVerifiedAt} now={now} isLong />}
        </Fact>
        <Fact name={t('connections.times.compared')}>
          {lastSyncedAt === null ? t('connections.times.not-yet') : <RelativeTime at={lastSyncedAt} now={now} isLong />}
        </Fact>
        <Fact name={t(isPending ? 'connections.times.started' : 'connections.times.connected')}>{exactTime(createdAt)}</Fact>
        <Fact name={t('connections.times.from')}>{t(connection.isOurs ? 'connections.times.ours' : 'connections.times.elsewhere')}</Fact>
        {nangoConnectionId === null ? null : (
          <Fact name={t('connections.times.id-at', { place })}>
            <CopyableHandle text={nangoConnectionId} className="-my-1 max-w-full" />
          </Fact>
        )}
      </Facts>
    </Section>
  )
}
