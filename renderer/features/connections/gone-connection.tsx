import { Unplug } from 'lucide-react'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { Evidence, NextAction } from './decision.tsx'

/** A connection that is not here any more: what became of it, and the way back. */
export const GoneConnection = ({
  connectionId,
  place,
  nameOf,
  onClose,
}: {
  readonly connectionId: string
  readonly place: string
  readonly nameOf: (connectorId: string) => string
  readonly onClose: () => void
}) => {
  const { data } = useRead('system.diagnose', { reference: connectionId })
  const connectorId = data?.next.connectorId ?? null
  const name = connectorId === null ? '' : nameOf(connectorId)
  return (
    <>
      <EmptyState
        icon={Unplug}
        title={t('connections.panel.gone')}
        actions={
          <>
            {data === undefined ? null : <NextAction diagnosis={data} />}
            <Button size="small" onClick={onClose}>
              {t('connections.panel.close')}
            </Button>
          </>
        }
      >
        {data === undefined ? t('connections.panel.gone-text', { place }) : t(`connections.cause.${data.cause}`, { name, place })}
      </EmptyState>
      {data === undefined ? null : (
        <div className="px-6">
          <Evidence evidence={data.evidence} />
        </div>
      )}
    </>
  )
}
