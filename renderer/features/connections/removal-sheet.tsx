import { type ReactNode, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { rich, t } from '#renderer/messages/translate.ts'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { RadioCards } from '#renderer/ui/radio-card.tsx'
import { accountOf } from './connection-words.ts'

const isolated = (words: ReactNode): ReactNode => <bdi>{words}</bdi>
const strong = (words: ReactNode): ReactNode => <bdi className="font-medium break-all text-ink-1">{words}</bdi>
const code = (words: ReactNode): ReactNode => <code className="font-mono text-small break-all">{words}</code>

/** Asks how a connection is removed and says what happens where. A pending one only has its sign-in ended. */
export const RemovalSheet = ({
  connection,
  connectorName,
  place,
  isBusy,
  error,
  onRemove,
  onClose,
}: {
  readonly connection: Connection
  readonly connectorName: string
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly isBusy: boolean
  readonly error: Error | null
  readonly onRemove: (forgetOnly: boolean) => void
  readonly onClose: () => void
}) => {
  const [way, setWay] = useState<'delete' | 'forget'>('delete')
  const account = accountOf(connection)
  const isPending = connection.nangoConnectionId === null
  return (
    <ConfirmSheet
      isOpen
      title={rich('connections.remove.title', { name: connectorName, label: connection.label ?? '', b: isolated })}
      safeLabel={t('connections.remove.keep')}
      confirmLabel={t(isPending ? 'connections.remove.end' : way === 'delete' ? 'connections.remove.delete' : 'connections.remove.forget')}
      isBusy={isBusy}
      onConfirm={() => onRemove(!isPending && way === 'forget')}
      onClose={onClose}
    >
      <p>
        {account === null
          ? rich('connections.remove.handle', { handle: connection.handle, code })
          : rich('connections.remove.account', { account, handle: connection.handle, code, b: strong })}
      </p>
      {isPending ? (
        <p>{t('connections.remove.pending')}</p>
      ) : (
        <>
          <RadioCards
            name={t('connections.remove.how')}
            value={way}
            onValueChange={setWay}
            choices={[
              {
                value: 'delete',
                title: t('connections.remove.delete-title', { place }),
                description: t('connections.remove.delete-text', { place }),
              },
              {
                value: 'forget',
                title: t('connections.remove.forget-title'),
                description: t('connections.remove.forget-text', { place }),
              },
            ]}
          />
          <p className="text-small">{t('connections.remove.access', { name: connectorName })}</p>
        </>
      )}
      {error === null ? null : <ErrorNotice error={error} title={t('connections.remove.failed')} />}
    </ConfirmSheet>
  )
}
