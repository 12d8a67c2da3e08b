import { useRef, useState } from 'react'
import { Label } from '#shared/contract/common'
import type { Connection } from '#shared/contract/connections'
import { useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { TextField } from '#renderer/ui/text-field.tsx'

/** What is wrong with a label, in words; null when it can be kept. An empty one takes the label away. */
export const labelFault = (label: string): string | null => {
  if (label.trim() === '' || Label.safeParse(label).success) return null
  return label.trim().length > 200 ? t('connections.label.too-long') : t('connections.label.control')
}

/** Changes the label; the handle stays. */
export const RenameSheet = ({
  connection,
  connectorName,
  onClose,
}: {
  readonly connection: Connection
  readonly connectorName: string
  readonly onClose: () => void
}) => {
  const [label, setLabel] = useState(connection.label ?? '')
  const field = useRef<HTMLInputElement>(null)
  const update = useWrite('connections.update')
  const fault = labelFault(label)
  return (
    <Sheet
      isOpen
      onClose={onClose}
      width={520}
      title={t('connections.label.title', { name: connectorName })}
      initialFocus={field}
      foot={
        <>
          <Button onClick={onClose}>{t('connections.label.cancel')}</Button>
          <Button variant="primary" type="submit" form="rename" isBusy={update.isPending} disabledReason={fault}>
            {t('connections.label.rename')}
          </Button>
        </>
      }
    >
      <form
        id="rename"
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (fault !== null) return
          const next = label.trim() === '' ? null : label.trim()
          update.mutate({ connectionId: connection.connectionId, label: next }, { onSuccess: onClose })
        }}
      >
        <TextField
          ref={field}
          label={t('connections.label.label')}
          isOptional
          value={label}
          onValueChange={setLabel}
          error={fault}
          hint={t('connections.label.hint', { handle: connection.handle })}
        />
        {update.error === null ? null : <ErrorNotice error={update.error} title={t('connections.label.failed')} />}
      </form>
    </Sheet>
  )
}
