import type { Grant } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'
import { Checkbox } from '#renderer/ui/checkbox.tsx'
import { LogoTile } from '#renderer/ui/logo-tile.tsx'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { StatusLabel } from '#renderer/ui/status-label.tsx'

type Covered = Grant['covered'][number]

const One = ({ connection, nameOf }: { readonly connection: Covered; readonly nameOf: (connectorId: string) => string }) => {
  const name = nameOf(connection.connectorId)
  return (
    <span className="flex min-w-0 flex-1 items-start gap-2">
      <LogoTile connectorId={connection.connectorId} name={name} />
      <span className="min-w-0 flex-1 pt-0.5 [overflow-wrap:anywhere]">
        <span className="font-medium">{spokenName(name)}</span> <bdi className="text-ink-2">{connection.label}</bdi>{' '}
        <bdi className="font-mono text-small text-ink-2">{connection.handle}</bdi>
      </span>
      <span className="flex-none pt-0.5 text-small">
        <StatusLabel status={connection.status} size={14} />
      </span>
    </span>
  )
}

/** The connections that a request reaches, each named in full; where there are several, each can be left out. */
export const CoveredList = ({
  grant,
  without,
  nameOf,
  onToggle,
}: {
  readonly grant: Pick<Grant, 'covered' | 'coveredCount' | 'unknownReferences' | 'connections'>
  readonly without: ReadonlySet<string>
  readonly nameOf: (connectorId: string) => string
  readonly onToggle: (connectionId: string, isOn: boolean) => void
}) => {
  const { covered, coveredCount, unknownReferences, connections } = grant
  const isChoice = covered.length > 1 || (covered.length === 1 && connections.kind !== 'some')
  return (
    <div role="group" aria-label={t('automation.card.connections')} className="flex flex-col gap-1.5">
      {covered.map((connection) =>
        isChoice ? (
          <Checkbox
            key={connection.connectionId}
            isChecked={!without.has(connection.connectionId)}
            onChange={(isOn) => onToggle(connection.connectionId, isOn)}
            label={<One connection={connection} nameOf={nameOf} />}
          />
        ) : (
          <One key={connection.connectionId} connection={connection} nameOf={nameOf} />
        ),
      )}
      {covered.length === 0 ? <p className="text-ink-2">{t('automation.card.none-covered')}</p> : null}
      {coveredCount > covered.length ? (
        <p className="text-small text-ink-2">{t('automation.card.more-covered', { count: coveredCount - covered.length })}</p>
      ) : null}
      {unknownReferences.length === 0 ? null : (
        <p className="text-small text-ink-2 [overflow-wrap:anywhere]">
          {t('automation.card.unknown', { count: unknownReferences.length })}{' '}
          {unknownReferences.map((reference, index) => (
            <span key={reference}>
              {index === 0 ? '' : ', '}
              <bdi className="font-mono">{reference}</bdi>
            </span>
          ))}
        </p>
      )}
    </div>
  )
}
