import { type ReactNode, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import type { RemovalReport } from '#shared/contract/connections'
import type { z } from 'zod'
import { PatchbayError } from '#shared/errors'
import { useWrite } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { copyText } from '#renderer/ui/copy-text.ts'
import { tell } from '#renderer/ui/toast.tsx'
import { fullName } from './connection-words.ts'
import { RemovalSheet } from './removal-sheet.tsx'
import { RenameSheet } from './rename-sheet.tsx'

/** What a removal did, place by place: `Nango: deleted. This computer: forgotten. GitHub: not asked.` */
export const reportWords = (report: z.output<typeof RemovalReport>, connectorName: string, place: string): string =>
  t('connections.report.line', {
    place,
    nango: t(`connections.report.${report.nango}`),
    name: connectorName,
    provider: t(report.provider === 'revoked' ? 'connections.report.revoked' : 'connections.report.not_asked'),
  })

/** The actions on one connection, the sheets they open, and how a refresh went. */
export interface ConnectionActions {
  readonly refresh: (connection: Connection) => void
  readonly rename: (connection: Connection) => void
  readonly remove: (connection: Connection) => void
  readonly copyHandle: (connection: Connection) => void
  readonly isRefreshing: (connectionId: string) => boolean
  /** The failure of the last refresh of that connection. */
  readonly refreshError: (connectionId: string) => Error | null
  /** The sheet that is open. */
  readonly sheets: ReactNode
}

interface Open {
  readonly kind: 'rename' | 'remove' | 'risk'
  readonly connection: Connection
}

/** Refresh, rename, remove and copy, with their questions. `onGone` is told when a connection has been removed. */
export const useConnectionActions = ({
  nameOf,
  place,
  onGone,
}: {
  readonly nameOf: (connectorId: string) => string
  readonly place: string
  readonly onGone: (connectionId: string) => void
}): ConnectionActions => {
  const [open, setOpen] = useState<Open | null>(null)
  const refreshing = useWrite('connections.refresh')
  const removing = useWrite('connections.remove')

  const refresh = (connection: Connection, acceptRisk = false): void => {
    const name = fullName(connection, nameOf(connection.connectorId))
    refreshing.mutate(
      { connectionId: connection.connectionId, acceptRisk },
      {
        onSuccess: ({ outcome }) =>
          outcome === 'refreshed'
            ? tell(t('connections.told.refreshed', { name }))
            : tell(t('connections.told.works', { name }), t('connections.told.nothing')),
        onError: (error) => {
          if (error instanceof PatchbayError && error.code === 'connection.refresh_risky') setOpen({ kind: 'risk', connection })
        },
      },
    )
  }
  const remove = (connection: Connection, forgetOnly: boolean): void => {
    const connectorName = nameOf(connection.connectorId)
    removing.mutate(
      { connectionId: connection.connectionId, forgetOnly },
      {
        onSuccess: (report) => {
          setOpen(null)
          tell(t('connections.told.removed', { name: fullName(connection, connectorName) }), reportWords(report, connectorName, place))
          onGone(connection.connectionId)
        },
      },
    )
  }
  const close = (): void => setOpen(null)
  const isRisk = (error: Error | null): boolean => error instanceof PatchbayError && error.code === 'connection.refresh_risky'
  const isOf = (connectionId: string): boolean => refreshing.variables?.connectionId === connectionId

  const sheets =
    open === null ? null : open.kind === 'rename' ? (
      <RenameSheet connection={open.connection} connectorName={nameOf(open.connection.connectorId)} onClose={close} />
    ) : open.kind === 'remove' ? (
      <RemovalSheet
        connection={open.connection}
        connectorName={nameOf(open.connection.connectorId)}
        place={place}
        isBusy={removing.isPending}
        error={removing.error}
        onRemove={(forgetOnly) => remove(open.connection, forgetOnly)}
        onClose={close}
      />
    ) : (
      <ConfirmSheet
        isOpen
        title={t('connections.risk.title')}
        safeLabel={t('connections.risk.wait')}
        confirmLabel={t('connections.risk.try')}
        isDanger={false}
        onConfirm={() => {
          close()
          refresh(open.connection, true)
        }}
        onClose={close}
      >
        <p>
          {rich('connections.risk.text', {
            place,
            name: fullName(open.connection, nameOf(open.connection.connectorId)),
            b: (words) => <bdi>{words}</bdi>,
          })}
        </p>
      </ConfirmSheet>
    )

  return {
    refresh: (connection) => refresh(connection),
    rename: (connection) => setOpen({ kind: 'rename', connection }),
    remove: (connection) => {
      removing.reset()
      setOpen({ kind: 'remove', connection })
    },
    copyHandle: (connection) =>
      void copyText(connection.handle).then((isCopied) =>
        tell(isCopied ? t('connections.told.copied', { handle: connection.handle }) : t('connections.told.not-copied')),
      ),
    isRefreshing: (connectionId) => refreshing.isPending && isOf(connectionId),
    refreshError: (connectionId) => (isOf(connectionId) && !isRisk(refreshing.error) ? refreshing.error : null),
    sheets,
  }
}
