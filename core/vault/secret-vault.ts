import { PatchbayError } from '#shared/errors'
import type { WritableDb } from '../database/sql.ts'
import { openBox, sealBox } from './sealed-box.ts'
import { Secret } from './secret.ts'
import { getSealed, ownersOf, putSealed, removeSealed, removeSealedOf } from './vault-store.ts'

/** Names a secret: what it is, whose it is, and the one place it may be used, such as the origin a key may be sent to. */
export interface SecretReference {
  readonly kind: 'nango-key' | 'sandbox-state' | 'sandbox-key' | 'flow-session' | 'reconnect-before' | 'import-key' | 'queue-item'
  readonly owner: string
  readonly binding: string
}

/** Secrets sealed one by one, each to its kind, owner and binding. All methods but the removing ones throw `vault.locked` while locked. */
export interface SecretVault {
  /** Seals a secret in place of the one before; part of the caller's transaction. */
  put(reference: SecretReference, secret: Secret): void
  /** Null when there is none for this binding. Throws `vault.unsealable` when the stored one cannot be opened; it is kept. */
  open(reference: SecretReference): Secret | null
  remove(reference: Pick<SecretReference, 'kind' | 'owner'>): void
  removeOwner(owner: string): void
  /** Whose secrets of a kind there are; works while locked. */
  owners(kind: SecretReference['kind']): string[]
  /** Whether there is one for this binding; works while locked and says nothing about whether it opens. */
  has(reference: SecretReference): boolean
}

export interface SecretKeys {
  readonly keyId: string
  /** Throws `vault.locked` or `vault.key_missing`. */
  secretsKey(): Uint8Array
}

const context = (reference: SecretReference, keyId: string): string =>
  JSON.stringify(['secrets', reference.kind, reference.owner, reference.binding, keyId])

/** The vault of secrets in a database. A row that was changed or moved does not open. */
export const createSecretVault = (db: WritableDb, keys: SecretKeys, now: () => number): SecretVault => ({
  put: (reference, secret) => {
    const plain = Buffer.from(secret.reveal())
    try {
      const sealed = sealBox(keys.secretsKey(), plain, context(reference, keys.keyId))
      putSealed(db, { ...reference, keyId: keys.keyId, sealed }, new Date(now()).toISOString())
    } finally {
      plain.fill(0)
    }
  },
  open: (reference) => {
    const key = keys.secretsKey()
    const row = getSealed(db, reference.kind, reference.owner)
    if (row === undefined || row.binding !== reference.binding) return null
    const plain = row.keyId === keys.keyId ? openBox(key, row.sealed, context(reference, row.keyId)) : null
    if (plain === null) throw new PatchbayError('vault.unsealable', { data: { kind: reference.kind, owner: reference.owner } })
    const secret = new Secret(plain.toString())
    plain.fill(0)
    return secret
  },
  remove: (reference) => removeSealed(db, reference.kind, reference.owner),
  removeOwner: (owner) => removeSealedOf(db, owner),
  owners: (kind) => ownersOf(db, kind),
  has: (reference) => getSealed(db, reference.kind, reference.owner)?.binding === reference.binding,
})
