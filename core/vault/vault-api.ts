import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import type { Vault } from './vault.ts'

/** The contract's domain `vault`. */
export const createVaultApi = (parts: { readonly vault: Vault }): Implements<'vault', Caller> => ({
  status: () => parts.vault.status(),
  unlock: ({ passphrase }) => parts.vault.unlock(passphrase),
  lock: () => parts.vault.lock(),
  setPassphrase: ({ passphrase }) => parts.vault.setPassphrase(passphrase),
})
