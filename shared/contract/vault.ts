import { z } from 'zod'
import { everyone, method, person } from './define.ts'
import { Instant, SecretInput } from './common.ts'
import { Said } from './said.ts'

/** How the data key is sealed: by the OS keychain, by a passphrase, or only by the permissions of a file. */
export const VaultTier = z.enum(['keychain', 'passphrase', 'key-file'])
export type VaultTier = z.output<typeof VaultTier>

export const VaultStatus = z.object({
  /** `missing`: sealed data exists, but nothing on this computer can open it. */
  state: z.enum(['open', 'locked', 'missing']),
  tier: VaultTier.nullable(),
  /** Who keeps the key, by its own name: `Secret Service`, `Keychain`, `vault.key`. */
  backend: z.string().nullable(),
  /** One honest sentence about what the tier in force protects from, and what not. */
  protection: z.string(),
  /** Why it is not open and what to do, in one sentence; null while it is open. */
  reason: z.string().nullable(),
  available: z.array(
    z.object({
      tier: VaultTier,
      isAvailable: z.boolean(),
      reason: z.string().nullable(),
      said: z.object({ reason: Said.nullable() }).optional(),
    }),
  ),
  /** `protection` and `reason` by key, for another language. */
  said: z.object({ protection: Said, reason: Said.nullable() }).optional(),
  openedAt: Instant.nullable(),
})
export type VaultStatus = z.output<typeof VaultStatus>

export const vault = {
  status: method({
    summary: 'Whether the vault is open, and how its key is sealed.',
    access: 'read',
    callers: everyone,
    reach: 'none',
    worksWhileLocked: true,
    params: z.object({}),
    result: VaultStatus,
  }),
  unlock: method({
    summary: 'Opens the vault, with its passphrase where it has one.',
    access: 'admin',
    callers: person,
    worksWhileLocked: true,
    params: z.object({ passphrase: SecretInput.optional() }),
    result: VaultStatus,
  }),
  lock: method({
    summary: 'Closes the vault: secrets cannot be used until it is opened again.',
    access: 'admin',
    callers: person,
    worksWhileLocked: true,
    params: z.object({}),
    result: VaultStatus,
  }),
  setPassphrase: method({
    summary: 'Seals the vault with a passphrase instead of the tier in force.',
    access: 'admin',
    callers: person,
    params: z.object({ passphrase: z.string().min(8).max(1024) }),
    result: VaultStatus,
  }),
}

export const vaultEvents = { 'vault.changed': z.object({}) }
