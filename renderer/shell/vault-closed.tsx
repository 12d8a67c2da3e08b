import { Lock } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { VaultStatus } from '#shared/contract/vault'
import { useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { CredentialField } from '#renderer/ui/credential-field.tsx'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { isCovered } from '#renderer/ui/is-covered.ts'

/** Stands in the place of a page, or of a part of one, while the vault is locked or its key is gone. */
export const VaultClosed = ({
  vault,
  takesFocus = false,
}: {
  readonly vault: VaultStatus
  /** It is the whole page: the passphrase can be typed at once. */
  readonly takesFocus?: boolean
}) => {
  const [passphrase, setPassphrase] = useState('')
  const unlock = useWrite('vault.unlock')
  const asks = vault.tier === 'passphrase'
  const field = useRef<HTMLInputElement>(null)
  // A sheet that is open keeps the focus.
  useEffect(() => {
    if (takesFocus && !isCovered()) field.current?.focus()
  }, [takesFocus])
  if (vault.state === 'missing') {
    return (
      <EmptyState icon={Lock} isPage title={t('shell.vault.gone')}>
        {t('shell.vault.gone-text')}
      </EmptyState>
    )
  }
  return (
    <form
      className="flex flex-col items-center"
      onSubmit={(event) => {
        event.preventDefault()
        unlock.mutate(asks ? { passphrase } : {}, { onSettled: () => setPassphrase(''), onError: () => field.current?.focus() })
      }}
    >
      <EmptyState icon={Lock} isPage title={t('shell.vault.locked')}>
        {t('shell.vault.locked-text')}
      </EmptyState>
      <div className="-mt-6 flex w-80 flex-col gap-2">
        {asks ? <CredentialField ref={field} label={t('shell.vault.passphrase')} value={passphrase} onValueChange={setPassphrase} /> : null}
        <Button
          type="submit"
          variant="primary"
          isBusy={unlock.isPending}
          disabledReason={asks && passphrase === '' ? t('shell.vault.asks') : null}
        >
          {t('shell.vault.open')}
        </Button>
        {unlock.error === null ? null : <ErrorNotice error={unlock.error} />}
      </div>
    </form>
  )
}
