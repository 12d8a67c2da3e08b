import { Braces, Copy, Ellipsis, Pencil, Pin, PinOff, RefreshCw, Replace, ShieldCheck, Tags, Trash2, X } from 'lucide-react'
import { useLayoutEffect, useRef } from 'react'
import type { Connection, ConnectionStatus } from '#shared/contract/connections'
import type { Profile } from '#shared/contract/profiles'
import { PatchbayError } from '#shared/errors'
import { useRead } from '#renderer/api/use-api.ts'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { t } from '#renderer/messages/translate.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { holderOf } from '#renderer/shell/profile-words.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Cable, type CableState } from '#renderer/ui/cable.tsx'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { fullName } from '#renderer/ui/full-name.ts'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { LogoTile } from '#renderer/ui/logo-tile.tsx'
import { Menu, MenuItem, MenuSeparator } from '#renderer/ui/menu.tsx'
import { clockTime } from '#renderer/ui/relative-words.ts'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { ConnectionNotice } from './connection-notice.tsx'
import { isEndless, lacksOnlyScopes, troubleOf } from './connection-words.ts'
import { GoneConnection } from './gone-connection.tsx'
import { HealthSection } from './health-section.tsx'
import { provedTrouble } from './health-trouble.ts'
import { HistorySection } from './history-section.tsx'
import { AccessSection } from './panel-access.tsx'
import { ExpirySection, OriginSection } from './panel-expiry.tsx'
import { LabelsSection } from './panel-labels.tsx'
import { AccountSection, NotesSection } from './panel-sections.tsx'
import { UsedBySection } from './used-by-section.tsx'
import type { ConnectionActions } from './use-connection-actions.tsx'

const AT_PROVIDER: Readonly<Record<ConnectionStatus, CableState>> = {
  connected: 'whole',
  attention: 'broken',
  expired: 'broken',
  revoked: 'broken',
  pending: 'waiting',
  error: 'unknown',
  unknown: 'unknown',
  paused: 'unknown',
}

/** What was given works: the cable is whole although scopes are missing. */
const atProvider = (connection: Connection): CableState => (lacksOnlyScopes(connection) ? 'whole' : AT_PROVIDER[connection.status])

/** The cable's picture in one sentence. */
const cableWords = (connection: Connection, connectorName: string, place: string, isOffline: boolean): string => {
  if (isOffline) return t('connections.cable.offline', { place })
  if (lacksOnlyScopes(connection)) return t('connections.cable.scopes')
  const at = AT_PROVIDER[connection.status]
  if (at === 'whole') return t('connections.cable.whole')
  if (at === 'broken') return t('connections.cable.broken', { name: connectorName })
  return t(at === 'waiting' ? 'connections.cable.waiting' : 'connections.cable.unknown', { name: connectorName })
}

/** Why it cannot be refreshed now; null when it can. */
export const refreshObstacle = (connection: Connection, offlineSince: string | null): string | null => {
  if (connection.status === 'pending') return t('connections.panel.obstacle.pending')
  if (isEndless(connection)) return t('connections.panel.obstacle.endless')
  return offlineSince === null ? null : t('connections.panel.obstacle.offline', { time: clockTime(offlineSince) })
}

/** Why it cannot be tried at its service now; null when it can. */
export const verifyObstacle = (connection: Connection, offlineSince: string | null): string | null => {
  const { status } = connection
  if (status === 'pending') return t('connections.panel.obstacle.pending')
  if (status === 'revoked') return t('life.obstacle.revoked')
  if (status === 'paused') return t('life.obstacle.paused')
  return offlineSince === null ? null : t('connections.panel.obstacle.offline', { time: clockTime(offlineSince) })
}

/** Everything about one connection beside the list; its foot with the actions stays. */
export const ConnectionPanel = ({
  connectionId,
  known,
  nameOf,
  place,
  profile,
  now,
  offlineSince,
  actions,
  onClose,
}: {
  readonly connectionId: string
  /** What the list already knows, shown until the answer is there. */
  readonly known: Connection | null
  readonly nameOf: (connectorId: string) => string
  readonly place: string
  readonly profile: Profile | null
  readonly now: number
  readonly offlineSince: string | null
  readonly actions: ConnectionActions
  readonly onClose: () => void
}) => {
  const read = useRead('connections.get', { connectionId })
  const isGone = read.error instanceof PatchbayError && read.error.code === 'connection.not_found'
  const connection = isGone ? null : (read.data ?? known)
  const defaults = useRead('connections.defaults', {}).data?.defaults
  const hasHealth = connection !== null && connection.status !== 'pending'
  const health = useRead('connections.health', { connectionId }, { isEnabled: hasHealth }).data
  // Another connection is read from its beginning.
  const content = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (content.current !== null) content.current.scrollTop = 0
  }, [connectionId])
  const verify = (): void => {
    if (connection !== null && verifyObstacle(connection, offlineSince) === null) actions.verify(connection)
  }
  useKeys([
    {
      keys: 'v',
      does: t('life.do.check'),
      icon: ShieldCheck,
      on: connection === null ? null : fullName(connection, nameOf(connection.connectorId)),
      run: verify,
    },
  ])
  const close = <IconButton icon={X} name={t('connections.panel.close')} keyCap="Esc" onClick={onClose} className="-mr-2" />
  const frame = 'flex w-[400px] flex-none flex-col border-l border-line bg-surface @max-[799px]/window:w-auto @max-[799px]/window:flex-1'
  if (connection === null) {
    return (
      <aside data-region="panel" aria-label={t('connections.panel.name')} className={frame}>
        <div className="flex justify-end px-4 pt-3">{close}</div>
        {isGone ? (
          <GoneConnection connectionId={connectionId} place={place} nameOf={nameOf} onClose={onClose} />
        ) : read.error === null ? (
          <SkeletonRows rows={6} />
        ) : (
          <div className="px-4">
            <ErrorNotice
              error={read.error}
              action={
                <Button size="small" onClick={() => void read.refetch()}>
                  {t('connections.try-again')}
                </Button>
              }
            />
          </div>
        )}
      </aside>
    )
  }
  const connectorName = nameOf(connection.connectorId)
  const isOffline = offlineSince !== null
  const isRefreshing = actions.isRefreshing(connectionId)
  const refreshError = actions.refreshError(connectionId)
  const refresh = (): void => actions.refresh(connection)
  const isDefault = defaults?.some((one) => one.connectionId === connectionId) === true
  const isAtNango = connection.nangoConnectionId !== null
  const hasNotice =
    !isOffline && (provedTrouble(health, connectorName, place) !== null || troubleOf(connection, connectorName, now, isOffline) !== null)
  return (
    <aside
      data-region="panel"
      aria-label={t('connections.panel.full-name', { name: fullName(connection, connectorName) })}
      className={frame}
    >
      <header className="drag-region clear-right flex flex-none items-center gap-3 pt-4 pb-3 pl-4">
        <LogoTile connectorId={connection.connectorId} name={connectorName} size={40} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-lead" title={fullName(connection, connectorName)}>
            <span className="font-semibold">{connectorName}</span> <bdi className="text-ink-2">{connection.label}</bdi>
          </h2>
          <CopyableHandle text={connection.handle} keyCap="Y" className="max-w-full" />
        </div>
        <Menu trigger={<IconButton icon={Ellipsis} name={t('connections.panel.more')} />}>
          <MenuItem icon={Pencil} keyCap="E" onClick={() => actions.rename(connection)}>
            {t('connections.panel.label')}
          </MenuItem>
          <MenuItem icon={Copy} keyCap="Y" onClick={() => actions.copyHandle(connection)}>
            {t('connections.panel.copy')}
          </MenuItem>
          {isAtNango ? (
            <>
              <MenuItem icon={isDefault ? PinOff : Pin} onClick={() => actions.makeDefault(connection, !isDefault)}>
                {t(isDefault ? 'life.default.end' : 'life.default.make', { name: connectorName })}
              </MenuItem>
              <MenuItem icon={Tags} onClick={() => actions.editTags(connection)}>
                {t('life.labels.tags')}
              </MenuItem>
              <MenuItem icon={Braces} onClick={() => actions.editMetadata(connection)}>
                {t('life.labels.metadata')}
              </MenuItem>
              <MenuItem icon={Replace} onClick={() => actions.replace(connection)}>
                {t('life.replace.menu')}
              </MenuItem>
            </>
          ) : null}
          <MenuSeparator />
          <MenuItem icon={Trash2} keyCap="X" isDanger onClick={() => actions.remove(connection)}>
            {t('connections.panel.remove')}
          </MenuItem>
        </Menu>
        {close}
      </header>
      <div ref={content} className="relative min-h-0 flex-1 overflow-y-auto" tabIndex={-1}>
        <div className="flex flex-col gap-4 px-4 pb-4">
          <ConnectionNotice
            connection={connection}
            connectorName={connectorName}
            place={place}
            now={now}
            isOffline={isOffline}
            isRefreshing={isRefreshing}
            isVerifying={actions.isVerifying(connectionId)}
            onRefresh={refresh}
            onVerify={verify}
          />
          {refreshError === null ? null : <ErrorNotice error={refreshError} title={t('connections.panel.not-refreshed')} />}
          <Cable
            connectorId={connection.connectorId}
            connectorName={spokenName(connectorName)}
            middleName={place}
            atProvider={atProvider(connection)}
            atComputer={isOffline ? 'unknown' : 'whole'}
            words={cableWords(connection, spokenName(connectorName), place, isOffline)}
          />
        </div>
        <HealthSection
          key={`health-${connectionId}`}
          connection={connection}
          connectorName={spokenName(connectorName)}
          now={now}
          hasNotice={hasNotice}
          error={actions.verifyError(connectionId)}
        />
        <AccountSection connection={connection} place={place} holder={holderOf(connection.oauthMethod, profile)} isDefault={isDefault} />
        <AccessSection connection={connection} />
        <ExpirySection connection={connection} place={place} now={now} />
        <OriginSection connection={connection} place={place} now={now} />
        <LabelsSection connection={connection} actions={actions} />
        {isAtNango ? <UsedBySection connection={connection} now={now} /> : null}
        <HistorySection connection={connection} now={now} />
        <NotesSection key={connectionId} connection={connection} />
      </div>
      <footer className="flex flex-none items-center gap-2 border-t border-line px-4 py-2.5">
        <Button
          size="small"
          icon={ShieldCheck}
          keyCap="V"
          isBusy={actions.isVerifying(connectionId)}
          disabledReason={verifyObstacle(connection, offlineSince)}
          onClick={verify}
        >
          {t('life.do.check')}
        </Button>
        <Button
          size="small"
          icon={RefreshCw}
          keyCap="F"
          isBusy={isRefreshing}
          disabledReason={refreshObstacle(connection, offlineSince)}
          onClick={refresh}
        >
          {t('connections.panel.refresh')}
        </Button>
        <span className="flex-1" />
        <Button size="small" variant="danger" keyCap="X" onClick={() => actions.remove(connection)}>
          {t('connections.panel.remove-asks')}
        </Button>
      </footer>
    </aside>
  )
}
