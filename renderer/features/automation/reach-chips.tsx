import type { Grant } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'
import { Chip } from '#renderer/ui/chip.tsx'
import { spokenName } from '#renderer/ui/spoken-name.ts'

/** Which connections a grant reaches, in a row's width: handles, or what they have in common. */
export const ReachChips = ({
  grant,
  nameOf,
  isTight,
}: {
  readonly grant: Grant
  readonly nameOf: (connectorId: string) => string
  /** One is named, not two. */
  readonly isTight: boolean
}) => {
  const most = isTight ? 1 : 2
  const { connections, covered, coveredCount } = grant
  if (connections.kind === 'connectors')
    return (
      <span className="flex min-w-0 flex-wrap gap-1">
        {connections.connectorIds.slice(0, most).map((connectorId) => (
          <Chip key={connectorId}>{t('automation.reach.connector', { name: spokenName(nameOf(connectorId)) })}</Chip>
        ))}
        {connections.connectorIds.length > most ? (
          <span className="self-center text-small text-ink-3">
            {t('automation.reach.more', { count: connections.connectorIds.length - most })}
          </span>
        ) : null}
      </span>
    )
  if (connections.kind === 'tag') {
    const tag = connections.value === undefined ? connections.tag : `${connections.tag}: ${connections.value}`
    return <Chip>{t('automation.reach.tag', { tag, count: coveredCount })}</Chip>
  }
  if (connections.kind === 'all') return <Chip>{t('automation.reach.all', { count: coveredCount })}</Chip>
  if (covered.length === 0) return <span className="text-ink-3">{t('automation.reach.none')}</span>
  return (
    <span className="flex min-w-0 flex-wrap gap-1">
      {covered.slice(0, most).map(({ connectionId, handle }) => (
        <Chip key={connectionId} isMono>
          <bdi title={handle}>{handle}</bdi>
        </Chip>
      ))}
      {coveredCount > most ? (
        <span className="self-center text-small text-ink-3">{t('automation.reach.more', { count: coveredCount - most })}</span>
      ) : null}
    </span>
  )
}
