import { type FormEvent, useId, useRef, useState } from 'react'
import { useHost } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { CredentialField } from '#renderer/ui/credential-field.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { passphraseProblems, SHORTEST_PASSPHRASE } from './vault-words.ts'

/** Seals the vault with a passphrase; what is typed is gone when the sheet is. */
export const PassphraseSheet = ({
  isOpen,
  isChange,
  onClose,
}: {
  readonly isOpen: boolean
  /** There is one already. */
  readonly isChange: boolean
  readonly onClose: () => void
}) => {
  const id = useId()
  const first = useRef<HTMLInputElement>(null)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const { api } = useHost()
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const close = (): void => {
    setPassphrase('')
    setAgain('')
    setIsChecked(false)
    setError(null)
    onClose()
  }
  const problems = isChecked ? passphraseProblems(passphrase, again) : {}
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setIsChecked(true)
    if (isBusy || Object.keys(passphraseProblems(passphrase, again)).length > 0) return
    setIsBusy(true)
    try {
      await api.vault.setPassphrase({ passphrase })
      tell(t(isChange ? 'settings.passphrase.changed' : 'settings.passphrase.set-done'), t('settings.passphrase.start'))
      close()
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error('unknown'))
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <Sheet
      isOpen={isOpen}
      onClose={close}
      title={t(isChange ? 'settings.passphrase.change-title' : 'settings.passphrase.set-title')}
      subtitle={t('settings.passphrase.subtitle')}
      width={520}
      initialFocus={first}
      foot={
        <>
          <Button onClick={close}>{t('settings.cancel')}</Button>
          <Button type="submit" form={id} variant="primary" isBusy={isBusy}>
            {t(isChange ? 'settings.passphrase.change' : 'settings.passphrase.set')}
          </Button>
        </>
      }
    >
      <form id={id} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        <CredentialField
          ref={first}
          label={t('settings.passphrase.label')}
          hint={t('settings.passphrase.hint', { count: SHORTEST_PASSPHRASE })}
          error={problems.passphrase}
          value={passphrase}
          onValueChange={setPassphrase}
        />
        <CredentialField label={t('settings.passphrase.again')} error={problems.again} value={again} onValueChange={setAgain} />
        <Notice tone="attention" title={t('settings.passphrase.lost')}>
          {t('settings.passphrase.lost-text')}
        </Notice>
        {error === null ? null : <ErrorNotice error={error} title={t('settings.passphrase.not-set')} />}
      </form>
    </Sheet>
  )
}
