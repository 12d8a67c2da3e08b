import type { Connection } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import { useWrite } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { copyText } from '#renderer/ui/copy-text.ts'
import { Notice } from '#renderer/ui/notice.tsx'
import { tell } from '#renderer/ui/toast.tsx'

const GONE = new Set(['nango.not_found', 'connection.gone', 'connection.not_found'])

/** Whether something could not be done because the connection is not at Nango, or not here, any more. */
export const isGoneError = (error: Error | null): boolean => error instanceof PatchbayError && GONE.has(error.code)

/** Says in a sheet that its connection is gone, and gives a way on; what was typed stays in the sheet and can be copied. */
export const PanelGoneNotice = ({
  connection,
  place,
  typed,
  onClose,
}: {
  readonly connection: Connection
  readonly place: string
  /** What would be lost with the sheet. */
  readonly typed: string | null
  readonly onClose: () => void
}) => {
  const look = useWrite('sync.run')
  const { connectorId, handle, label } = connection
  return (
    <div role="alert">
      <Notice
        tone="attention"
        title={t('life.gone.title', { place })}
        actions={
          <>
            <Button
              size="small"
              variant="primary"
              onClick={() => {
                onClose()
                requestSheet({ kind: 'connect', connectorId, ...(label === null ? {} : { label }) })
              }}
            >
              {t('life.do.connect-again')}
            </Button>
            {typed === null ? null : (
              <Button
                size="small"
                onClick={() =>
                  void copyText(typed).then((isCopied) => tell(t(isCopied ? 'life.gone.copied' : 'connections.told.not-copied')))
                }
              >
                {t('life.gone.copy')}
              </Button>
            )}
            <Button size="small" variant="ghost" isBusy={look.isPending} onClick={() => look.mutate({})}>
              {t('connections.why.ask', { place })}
            </Button>
          </>
        }
      >
        {rich('life.gone.text', { handle, code: (words) => <code className="font-mono text-small break-all">{words}</code> })}
        {typed === null ? null : ` ${t('life.gone.kept')}`}
      </Notice>
    </div>
  )
}
