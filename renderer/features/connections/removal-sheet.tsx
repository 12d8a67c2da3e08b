import { useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { RadioCards } from '#renderer/ui/radio-card.tsx'
import { accountOf } from './connection-words.ts'

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
      title={
        <>
          Remove {connectorName} <bdi>{connection.label}</bdi>
        </>
      }
      safeLabel="Keep it"
      confirmLabel={isPending ? 'End the sign-in' : way === 'delete' ? 'Delete and forget' : 'Forget here'}
      isBusy={isBusy}
      onConfirm={() => onRemove(!isPending && way === 'forget')}
      onClose={onClose}
    >
      <p>
        {account === null ? null : (
          <>
            Account <bdi className="font-medium break-all text-ink-1">{account}</bdi>,{' '}
          </>
        )}
        handle <code className="font-mono text-small break-all">{connection.handle}</code>. Programs that use this handle stop working.
      </p>
      {isPending ? (
        <p>The sign-in is still open. Ending it connects nothing; if the page is approved later, that connection is removed again.</p>
      ) : (
        <>
          <RadioCards
            name="How to remove it"
            value={way}
            onValueChange={setWay}
            choices={[
              {
                value: 'delete',
                title: `Delete at ${place} and here`,
                description: `${place} deletes the credentials; everybody who uses this environment loses it.`,
              },
              {
                value: 'forget',
                title: 'Only forget it here',
                description: `It stays at ${place} and keeps working for others. This list leaves it out from then on.`,
              },
            ]}
          />
          <p className="text-small">Access at {connectorName} is not ended by this. End it in your account there if you want that too.</p>
        </>
      )}
      {error === null ? null : <ErrorNotice error={error} title="It was not removed." />}
    </ConfirmSheet>
  )
}
