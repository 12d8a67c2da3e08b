import { useRef, useState } from 'react'
import { useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { TextField } from '#renderer/ui/text-field.tsx'

/** Asks for a word to be typed before empty data takes the place of what is there. */
export const StartAnewSheet = ({ onClose }: { readonly onClose: () => void }) => {
  const [typed, setTyped] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const begin = useWrite('backup.startOver')
  const word = t('trouble.rescue.word')
  const isMeant = typed.trim().toLowerCase() === word
  const run = (): void => {
    if (isMeant) begin.mutate({}, { onSuccess: onClose })
  }
  return (
    <Sheet
      isOpen
      onClose={onClose}
      width={520}
      title={t('trouble.rescue.anew-title')}
      initialFocus={field}
      foot={
        <>
          <Button onClick={onClose}>{t('trouble.rescue.cancel')}</Button>
          <Button
            variant="danger-solid"
            isBusy={begin.isPending}
            disabledReason={isMeant ? null : t('trouble.rescue.type', { word })}
            onClick={run}
          >
            {t('trouble.rescue.anew')}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        <p className="text-ink-2">{t('trouble.rescue.anew-text', { word })}</p>
        <TextField ref={field} label={t('trouble.rescue.type', { word })} value={typed} onValueChange={setTyped} />
        {begin.error === null ? null : <ErrorNotice error={begin.error} title={t('trouble.rescue.failed')} />}
      </form>
    </Sheet>
  )
}
