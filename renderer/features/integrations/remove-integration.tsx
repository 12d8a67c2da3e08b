import { useState } from 'react'
import { useLocation } from 'wouter'
import { PatchbayError } from '#shared/errors'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmSheet } from '../../ui/confirm-sheet.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { TextField } from '../../ui/text-field.tsx'

/** What the core counted when it refused because more hang on it than was known. */
const countedIn = (error: Error | null): number | null => {
  if (!(error instanceof PatchbayError) || error.code !== 'integration.in_use') return null
  const { connectionCount } = error.data
  return typeof connectionCount === 'number' ? connectionCount : null
}

/**
 * Asks before an integration is deleted. While connections hang on it, it says how many go with it and asks for their number; more than
 * were known when it was opened are refused, and told.
 */
export const RemoveIntegration = ({
  isOpen,
  integrationId,
  connectorId,
  connectionCount,
  isBusy,
  error,
  onConfirm,
  onClose,
  onLeave,
}: {
  readonly isOpen: boolean
  readonly integrationId: string
  readonly connectorId: string
  readonly connectionCount: number
  readonly isBusy: boolean
  readonly error: Error | null
  readonly onConfirm: (connectionCount: number) => void
  readonly onClose: () => void
  /** Closes everything: somebody goes to look at the connections. */
  readonly onLeave: () => void
}) => {
  const [, go] = useLocation()
  const [typed, setTyped] = useState('')
  const [isWrong, setIsWrong] = useState(false)
  const refusedAt = countedIn(error)
  const count = refusedAt ?? connectionCount
  const close = (): void => {
    setTyped('')
    setIsWrong(false)
    onClose()
  }
  const confirm = (): void => {
    if (count > 0 && typed.trim() !== String(count)) {
      setIsWrong(true)
      return
    }
    setTyped('')
    onConfirm(count)
  }
  return (
    <ConfirmSheet
      isOpen={isOpen}
      title={t('catalogue.setup.remove.title', { id: integrationId })}
      safeLabel={t('catalogue.setup.remove.keep')}
      confirmLabel={t('catalogue.setup.remove.confirm', { count })}
      isBusy={isBusy}
      onConfirm={confirm}
      onClose={close}
    >
      {refusedAt === null ? null : (
        <div role="alert">
          <Notice tone="attention" title={t('integrations.remove.refused', { count: refusedAt })}>
            {t('integrations.remove.refused-text')}
          </Notice>
        </div>
      )}
      {error === null || refusedAt !== null ? null : <ErrorNotice error={error} title={t('catalogue.setup.remove.not')} />}
      <p>{count === 0 ? t('catalogue.setup.remove.none') : t('catalogue.setup.remove.some', { count })}</p>
      {count === 0 ? null : (
        <>
          <Button
            size="small"
            className="self-start"
            onClick={() => {
              close()
              onLeave()
              go(paths.connectionsOf(connectorId))
            }}
          >
            {t('integrations.remove.show', { count })}
          </Button>
          <TextField
            label={t('integrations.remove.number', { count: String(count) })}
            value={typed}
            onValueChange={(next) => {
              setTyped(next)
              setIsWrong(false)
            }}
            type="number"
            error={isWrong ? t('integrations.remove.wrong', { count: String(count) }) : null}
          />
        </>
      )}
    </ConfirmSheet>
  )
}
