import { Undo2 } from 'lucide-react'
import { useRef } from 'react'
import type { RevocationReport } from '#shared/contract/connection-life'
import type { Connection, RemovalReport } from '#shared/contract/connections'
import { useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { AccountPageLink, RevokePlaces, TokenReport } from './revoke-places.tsx'
import { didHappen, type Way } from './revoke-words.ts'

/** What was done, and what each place said. */
export interface Done {
  readonly way: Way
  readonly revocation: RevocationReport | null
  readonly removal: RemovalReport | null
}

/** What a removal or revocation did, place by place and token by token; undoes it where it can be undone. */
export const RevokeReport = ({
  connection,
  connectorName,
  name,
  place,
  done,
  now,
  onClose,
}: {
  readonly connection: Connection
  readonly connectorName: string
  readonly name: string
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly done: Done
  readonly now: number
  readonly onClose: () => void
}) => {
  const close = useRef<HTMLButtonElement>(null)
  const bring = useWrite('connections.import')
  const { removal, revocation } = done
  const canUndo = removal?.undo === 'adopt' && connection.nangoConnectionId !== null
  const refusal = bring.data?.results[0]?.reason ?? null
  // A row that names a connection at Nango takes it over as it is.
  const undo = (): void =>
    bring.mutate(
      {
        profileId: connection.profileId,
        rows: [
          {
            line: 1,
            values: {
              integration: connection.providerConfigKey,
              connection_id: connection.nangoConnectionId,
              ...(connection.label === null ? {} : { label: connection.label }),
              ...(connection.notes === null ? {} : { notes: connection.notes }),
            },
          },
        ],
      },
      {
        onSuccess: ({ results }) => {
          const [result] = results
          if (result === undefined || result.reason !== null) return
          tell(t('life.report.undone', { name }), result.handle ?? undefined)
          onClose()
        },
      },
    )
  const isHalf = revocation !== null && revocation.outcome !== 'revoked'
  return (
    <Sheet
      isOpen
      onClose={onClose}
      width={520}
      initialFocus={close}
      title={t(removal === null ? 'life.report.revoke-title' : 'life.report.removed-title', { name })}
      foot={
        <>
          {canUndo ? (
            <Button icon={Undo2} isBusy={bring.isPending} onClick={undo}>
              {t('life.report.undo')}
            </Button>
          ) : null}
          <Button ref={close} variant="primary" onClick={onClose}>
            {t('life.report.close')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <RevokePlaces title={t('life.report.title')} places={didHappen(done, connection, { connector: connectorName, place }, now)} />
        {revocation === null ? null : <TokenReport tokens={revocation.tokens} />}
        {isHalf ? (
          <Notice
            tone="attention"
            title={t('life.report.half')}
            isInline
            actions={<AccountPageLink url={revocation.pageUrl} name={connectorName} />}
          />
        ) : null}
        <p className="text-small text-ink-2">
          {t(canUndo ? 'life.report.can-undo' : removal === null ? 'life.report.revoke-final' : 'life.report.final')}
        </p>
        {bring.error === null ? null : <ErrorNotice error={bring.error} title={t('life.report.not-undone')} />}
        {refusal === null ? null : (
          <Notice tone="error" title={t('life.report.not-undone')}>
            <bdi lang="en">{refusal.words}</bdi>
          </Notice>
        )}
      </div>
    </Sheet>
  )
}
