import { type ReactNode, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import { useWrite } from '#renderer/api/use-api.ts'
import { errorWords } from '#renderer/messages/error-words.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { copyText } from '#renderer/ui/copy-text.ts'
import { fullName } from '#renderer/ui/full-name.ts'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { tell } from '#renderer/ui/toast.tsx'
import { RemovalSheet } from './removal-sheet.tsx'
import { RenameSheet } from './rename-sheet.tsx'
import { onDemand } from '#renderer/shell/on-demand.tsx'

const MetadataSheet = onDemand(async () => (await import('./metadata-sheet.tsx')).MetadataSheet)
const ReplaceSheet = onDemand(async () => (await import('./replace-sheet.tsx')).ReplaceSheet)
const TagSheet = onDemand(async () => (await import('./tag-sheet.tsx')).TagSheet)

/** The actions on one connection, the sheets they open, and how a refresh went. */
export interface ConnectionActions {
  readonly refresh: (connection: Connection) => void
  readonly rename: (connection: Connection) => void
  readonly remove: (connection: Connection) => void
  /** Tries it at its service. */
  readonly verify: (connection: Connection) => void
  readonly editTags: (connection: Connection) => void
  readonly editMetadata: (connection: Connection) => void
  /** Puts another account in its place. */
  readonly replace: (connection: Connection) => void
  /** Makes it what its connector's name alone means, or no more. */
  readonly makeDefault: (connection: Connection, isDefault: boolean) => void
  readonly copyHandle: (connection: Connection) => void
  readonly isRefreshing: (connectionId: string) => boolean
  /** The failure of the last refresh of that connection. */
  readonly refreshError: (connectionId: string) => Error | null
  readonly isVerifying: (connectionId: string) => boolean
  /** Why the last look at that connection was not made. */
  readonly verifyError: (connectionId: string) => Error | null
  /** The sheet that is open. */
  readonly sheets: ReactNode
}

interface Open {
  readonly kind: 'rename' | 'remove' | 'risk' | 'tags' | 'metadata' | 'replace'
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
  const verifying = useWrite('connections.verify')
  const pinning = useWrite('connections.setDefault')

  const refresh = (connection: Connection, acceptRisk = false): void => {
    const name = fullName(connection, nameOf(connection.connectorId))
    refreshing.mutate(
      { connectionId: connection.connectionId, acceptRisk },
      {
        onSuccess: ({ outcome, connection: { expiresAt } }) =>
          outcome === 'refreshed'
            ? tell(
                t('connections.told.refreshed', { name }),
                expiresAt === null ? t('life.refresh.open') : t('life.refresh.until', { time: exactTime(expiresAt) }),
              )
            : tell(t('connections.told.works', { name }), t('connections.told.nothing')),
        onError: (error) => {
          if (error instanceof PatchbayError && error.code === 'connection.refresh_risky') setOpen({ kind: 'risk', connection })
        },
      },
    )
  }
  const verify = (connection: Connection): void => {
    const name = fullName(connection, nameOf(connection.connectorId))
    verifying.mutate(
      { connectionId: connection.connectionId },
      {
        onSuccess: ({ state, cause }) => {
          if (cause === 'no_probe') tell(t('life.told.no-way', { name }))
          else if (state === 'verified') tell(t('connections.told.works', { name }))
        },
      },
    )
  }
  const close = (): void => setOpen(null)
  const isRisk = (error: Error | null): boolean => error instanceof PatchbayError && error.code === 'connection.refresh_risky'
  const isOf = (connectionId: string): boolean => refreshing.variables?.connectionId === connectionId
  const isVerified = (connectionId: string): boolean => verifying.variables?.connectionId === connectionId
  const nameOfOpen = open === null ? '' : fullName(open.connection, nameOf(open.connection.connectorId))

  const sheets =
    open === null ? null : open.kind === 'rename' ? (
      <RenameSheet connection={open.connection} connectorName={nameOf(open.connection.connectorId)} onClose={close} />
    ) : open.kind === 'remove' ? (
      <RemovalSheet
        connection={open.connection}
        connectorName={nameOf(open.connection.connectorId)}
        place={place}
        onClose={close}
        onGone={() => onGone(open.connection.connectionId)}
      />
    ) : open.kind === 'tags' ? (
      <TagSheet connection={open.connection} name={nameOfOpen} place={place} onClose={close} />
    ) : open.kind === 'metadata' ? (
      <MetadataSheet connection={open.connection} name={nameOfOpen} place={place} onClose={close} />
    ) : open.kind === 'replace' ? (
      <ReplaceSheet connection={open.connection} connectorName={nameOf(open.connection.connectorId)} place={place} onClose={close} />
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
            name: nameOfOpen,
            b: (words) => <bdi>{words}</bdi>,
          })}
        </p>
      </ConfirmSheet>
    )

  return {
    refresh: (connection) => refresh(connection),
    rename: (connection) => setOpen({ kind: 'rename', connection }),
    remove: (connection) => setOpen({ kind: 'remove', connection }),
    verify,
    editTags: (connection) => setOpen({ kind: 'tags', connection }),
    editMetadata: (connection) => setOpen({ kind: 'metadata', connection }),
    replace: (connection) => setOpen({ kind: 'replace', connection }),
    makeDefault: (connection, isDefault) =>
      pinning.mutate(
        { connectionId: connection.connectionId, isDefault },
        {
          onSuccess: ({ handle, connectorId }) =>
            tell(t(isDefault ? 'life.default.made' : 'life.default.ended', { slug: connectorId }), isDefault ? handle : undefined),
          onError: (error) => tell(t('life.default.failed'), errorWords(error).message),
        },
      ),
    copyHandle: (connection) =>
      void copyText(connection.handle).then((isCopied) =>
        tell(isCopied ? t('connections.told.copied', { handle: connection.handle }) : t('connections.told.not-copied')),
      ),
    isRefreshing: (connectionId) => refreshing.isPending && isOf(connectionId),
    refreshError: (connectionId) => (isOf(connectionId) && !isRisk(refreshing.error) ? refreshing.error : null),
    isVerifying: (connectionId) => verifying.isPending && isVerified(connectionId),
    verifyError: (connectionId) => (isVerified(connectionId) ? verifying.error : null),
    sheets,
  }
}
