import { Lock } from 'lucide-react'
import { useState } from 'react'
import type { VaultStatus } from '#shared/contract/vault'
import { useWrite } from '#renderer/api/use-api.ts'
import { Button } from '#renderer/ui/button.tsx'
import { CredentialField } from '#renderer/ui/credential-field.tsx'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'

/** Stands in the place of a page while the vault is locked or its key is gone. */
export const VaultClosed = ({ vault }: { readonly vault: VaultStatus }) => {
  const [passphrase, setPassphrase] = useState('')
  const unlock = useWrite('vault.unlock')
  const asks = vault.tier === 'passphrase'
  if (vault.state === 'missing') {
    return (
      <EmptyState icon={Lock} isPage title="The key of this vault is gone">
        Bring back the keychain or key file it was sealed with. Nothing was deleted and no new key was made.
      </EmptyState>
    )
  }
  return (
    <form
      className="flex flex-col items-center"
      onSubmit={(event) => {
        event.preventDefault()
        unlock.mutate(asks ? { passphrase } : {}, { onSettled: () => setPassphrase('') })
      }}
    >
      <EmptyState icon={Lock} isPage title="The vault is locked">
        Connections, sign-ins and calls wait until it is open.
      </EmptyState>
      <div className="-mt-6 flex w-80 flex-col gap-2">
        {asks ? <CredentialField label="Passphrase" value={passphrase} onValueChange={setPassphrase} /> : null}
        <Button
          type="submit"
          variant="primary"
          isBusy={unlock.isPending}
          disabledReason={asks && passphrase === '' ? 'Type the passphrase first' : null}
        >
          Open
        </Button>
        {unlock.error === null ? null : <ErrorNotice error={unlock.error} />}
      </div>
    </form>
  )
}
