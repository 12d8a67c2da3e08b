import { hkdfSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Instant } from '#shared/contract/common'
import { VaultTier } from '#shared/contract/vault'
import { createFileDurably, writeFileDurably } from '../database/durable-file.ts'
import { toStorageError } from '../database/storage-error.ts'
import { keyBuffer, openBox, sealBox } from './sealed-box.ts'

/** The data key, sealed once for each way it can be opened. */
const VaultSlot = z.object({
  tier: VaultTier,
  /** The host that made the slot. */
  host: z.enum(['node', 'electron']),
  /** Who keeps the key; together with the tier it says which sealer opens the slot. */
  backend: z.string().max(200),
  sealed: z.string().max(100_000),
  createdAt: Instant,
})
export type VaultSlot = z.output<typeof VaultSlot>

const VaultFile = z.object({
  version: z.literal(1),
  keyId: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/),
  createdAt: Instant,
  /** A constant under the data key: a wrong key is an error and never garbage. */
  check: z.base64(),
  /** The person chose a passphrase instead of every other way: no host adds a slot of its own. */
  isPassphraseOnly: z.boolean(),
  slots: z.array(VaultSlot).max(50),
  /** When another backend began to keep the key. */
  backendChanges: z.array(z.object({ at: Instant, from: z.string(), to: z.string() })),
})
export type VaultFile = z.output<typeof VaultFile>

const CHECK = Buffer.from('patchbay vault check')

const fileIn = (folder: string): string => join(folder, 'vault.json')

/** The vault's file, or why there is none to use. Throws `storage.*` when it may not be read. */
export const readVaultFile = (folder: string): VaultFile | 'absent' | 'damaged' => {
  let text: string
  try {
    text = readFileSync(fileIn(folder), 'utf8')
  } catch (error) {
    if (!existsSync(fileIn(folder))) return 'absent'
    throw toStorageError(error, { file: 'vault.json' })
  }
  try {
    const parsed = VaultFile.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : 'damaged'
  } catch {
    return 'damaged'
  }
}

const textOf = (file: VaultFile): string => `${JSON.stringify(file, null, 2)}\n`

/** Writes the first vault file; false, and nothing changed, when there is one. */
export const createVaultFile = (folder: string, file: VaultFile): boolean => createFileDurably(fileIn(folder), textOf(file))

/** Replaces the vault file as a whole. */
export const writeVaultFile = (folder: string, file: VaultFile): void => writeFileDurably(fileIn(folder), textOf(file))

/** Sealed data exists that only the existing data key opens. */
export const hasSealedData = (folder: string): boolean => ['patchbay.db', 'patchbay.db-wal'].some((name) => existsSync(join(folder, name)))

/** The check value of a data key. */
export const checkOf = (dataKey: Uint8Array, keyId: string): string => sealBox(dataKey, CHECK, `check|${keyId}`).toString('base64')

/** Whether this is the data key of the file. */
export const isDataKeyOf = (file: VaultFile, dataKey: Uint8Array): boolean =>
  dataKey.length === 32 && openBox(dataKey, Buffer.from(file.check, 'base64'), `check|${file.keyId}`)?.equals(CHECK) === true

/** The key for one purpose, by HKDF-SHA-256 (RFC 5869) from the data key. */
export const deriveKey = (dataKey: Uint8Array, keyId: string, purpose: 'database' | 'secrets' | 'mark' | 'audit'): Buffer => {
  const derived = new Uint8Array(hkdfSync('sha256', dataKey, Buffer.from(keyId), Buffer.from(`patchbay ${purpose}`), 32))
  const key = keyBuffer(derived)
  derived.fill(0)
  return key
}
