import { randomUUID } from 'node:crypto'
import { PatchbayError } from '#shared/errors'
import { inEnglish, say, sayCode, saidBy, type Sentence } from '#shared/sentence'
import type { VaultTier } from '#shared/contract/vault'
import type { Log } from '../log.ts'
import type { KeySealer, Platform } from '../platform.ts'
import { KEY_FILE, openWithKeyFile, openWithPassphrase, removeKeyFile, sealWithKeyFile, sealWithPassphrase } from './data-key-slots.ts'
import { keyBuffer, randomKey } from './sealed-box.ts'
import type { Secret } from './secret.ts'
import {
  checkOf,
  createVaultFile,
  hasSealedData,
  isDataKeyOf,
  readVaultFile,
  writeVaultFile,
  type VaultFile,
  type VaultSlot,
} from './vault-file.ts'

/** The data key is open, or why not: `locked` when a person can act, `missing` when the key is not on this computer any more. */
export type DataKeyOutcome =
  | { readonly state: 'open'; readonly dataKey: Buffer; readonly file: VaultFile }
  | {
      readonly state: 'locked' | 'missing'
      readonly reason: Sentence
      readonly file: VaultFile | null
      readonly isWrongPassphrase: boolean
    }

type SlotOutcome = { readonly dataKey: Buffer } | { readonly state: 'locked' | 'missing'; readonly reason: Sentence }

export interface DataKeyOptions {
  readonly platform: Pick<Platform, 'host' | 'dataFolder' | 'keySealers' | 'now'>
  readonly log: Log
  readonly passphrase: Secret | null
}

const PASSPHRASE_BACKEND = 'passphrase'

const instant = (options: DataKeyOptions): string => new Date(options.platform.now()).toISOString()

const reasonOf = (error: unknown): { readonly state: 'locked' | 'missing'; readonly reason: Sentence } =>
  error instanceof PatchbayError
    ? { state: error.code === 'vault.key_missing' ? 'missing' : 'locked', reason: saidBy(error) }
    : { state: 'locked', reason: say('keychain.silent') }

/** Takes a key over into a buffer of ours, wipes the other one, and compares it with the check value. */
const adopt = (file: VaultFile, unsealed: Uint8Array): SlotOutcome => {
  const isRight = isDataKeyOf(file, unsealed)
  const dataKey = isRight ? keyBuffer(unsealed) : null
  unsealed.fill(0)
  return dataKey === null ? { state: 'missing', reason: say('keychain.another-key') } : { dataKey }
}

const sealerOf = (slot: VaultSlot, sealers: readonly KeySealer[]): KeySealer | undefined =>
  sealers.find((sealer) => sealer.tier === slot.tier && sealer.backend === slot.backend)

const openSlot = async (slot: VaultSlot, file: VaultFile, options: DataKeyOptions): Promise<SlotOutcome> => {
  try {
    if (slot.tier === 'key-file' && slot.backend === KEY_FILE) {
      return adopt(file, openWithKeyFile(options.platform.dataFolder, slot.sealed, file.keyId))
    }
    const sealer = sealerOf(slot, options.platform.keySealers)
    if (sealer === undefined) return { state: 'locked', reason: say('keychain.not-ours', { backend: slot.backend }) }
    return adopt(file, await sealer.unseal(slot.sealed))
  } catch (error) {
    return reasonOf(error)
  }
}

/** Seals for one keychain and makes sure that it gives the key back; null when it does not. Throws `vault.locked` when a person can act. */
const sealVerified = async (sealer: KeySealer, dataKey: Uint8Array, options: DataKeyOptions): Promise<VaultSlot | null> => {
  const copy = keyBuffer(dataKey)
  try {
    const sealed = await sealer.seal(copy)
    const back = await sealer.unseal(sealed)
    const isSame = Buffer.from(back).equals(dataKey)
    back.fill(0)
    if (!isSame) throw new Error('The keychain gave back another key.')
    return { tier: sealer.tier, host: options.platform.host, backend: sealer.backend, sealed, createdAt: instant(options) }
  } catch (error) {
    if (error instanceof PatchbayError && error.code === 'vault.locked') throw error
    options.log.warn('vault.seal_failed', { backend: sealer.backend, error })
    return null
  } finally {
    copy.fill(0)
  }
}

const availableSealers = async (sealers: readonly KeySealer[]): Promise<KeySealer[]> => {
  const reasons = await Promise.all(sealers.map((sealer) => sealer.unavailableReason().catch(() => say('keychain.silent-it'))))
  return sealers.filter((_sealer, index) => reasons[index] === null)
}

/** Slots for all keychains that can be used now and have none yet. */
const sealForKeychains = async (dataKey: Uint8Array, has: readonly VaultSlot[], options: DataKeyOptions): Promise<VaultSlot[]> => {
  const without = options.platform.keySealers.filter((sealer) => !has.some((slot) => sealerOf(slot, [sealer]) !== undefined))
  const slots: VaultSlot[] = []
  for (const sealer of await availableSealers(without)) {
    const slot = await sealVerified(sealer, dataKey, options)
    if (slot !== null) slots.push(slot)
  }
  return slots
}

const passphraseSlot = async (passphrase: Secret, dataKey: Uint8Array, keyId: string, options: DataKeyOptions): Promise<VaultSlot> => ({
  tier: 'passphrase',
  host: options.platform.host,
  backend: PASSPHRASE_BACKEND,
  sealed: await sealWithPassphrase(passphrase, dataKey, keyId),
  createdAt: instant(options),
})

/** The first run: a keychain, else the passphrase that was given, else a key file as the last resort. */
const createDataKey = async (options: DataKeyOptions): Promise<DataKeyOutcome> => {
  const { dataFolder, host } = options.platform
  const keyId = randomUUID()
  const dataKey = randomKey()
  let slots: VaultSlot[]
  try {
    slots = await sealForKeychains(dataKey, [], options)
  } catch (error) {
    // A keychain that waits for the person is no reason to choose something weaker behind their back.
    if (options.passphrase === null) return { ...reasonOf(error), file: null, isWrongPassphrase: false }
    slots = []
  }
  if (slots.length === 0 && options.passphrase !== null) slots = [await passphraseSlot(options.passphrase, dataKey, keyId, options)]
  if (slots.length === 0) {
    const sealed = sealWithKeyFile(dataFolder, dataKey, keyId)
    slots = [{ tier: 'key-file', host, backend: KEY_FILE, sealed, createdAt: instant(options) }]
  }
  const file: VaultFile = {
    version: 1,
    keyId,
    createdAt: instant(options),
    check: checkOf(dataKey, keyId),
    isPassphraseOnly: false,
    slots,
    backendChanges: [],
  }
  if (!createVaultFile(dataFolder, file)) throw new PatchbayError('storage.busy', { data: { file: 'vault.json' } })
  options.log.info('vault.created', { tier: slots[0]?.tier, backend: slots[0]?.backend })
  return { state: 'open', dataKey, file }
}

/** Gives the keychains of this host their own slot, so that the next start needs nobody. A key file stays what it is: a slot beside it protects nothing. */
const addOwnSlots = async (file: VaultFile, dataKey: Uint8Array, options: DataKeyOptions): Promise<VaultFile> => {
  if (file.isPassphraseOnly || file.slots.some((slot) => slot.tier === 'key-file')) return file
  try {
    const added = await sealForKeychains(dataKey, file.slots, options)
    if (added.length === 0) return file
    const before = file.slots.findLast((slot) => slot.tier === 'keychain' && slot.host === options.platform.host)
    const changes = added.flatMap((slot) =>
      before === undefined || before.backend === slot.backend ? [] : [{ at: instant(options), from: before.backend, to: slot.backend }],
    )
    const next = { ...file, slots: [...file.slots, ...added], backendChanges: [...file.backendChanges, ...changes] }
    writeVaultFile(options.platform.dataFolder, next)
    for (const slot of added) options.log.info('vault.slot_added', { tier: slot.tier, backend: slot.backend })
    for (const change of changes) options.log.warn('vault.backend_changed', { from: change.from, to: change.to })
    return next
  } catch (error) {
    // The key is open; a keychain that takes no slot costs convenience at the next start, nothing else.
    options.log.warn('vault.slot_not_added', { error })
    return file
  }
}

/** Seals a slot anew where its keychain has changed its own key; the old slot is good until the new one is written. */
const rotateSlot = async (slot: VaultSlot, file: VaultFile, options: DataKeyOptions): Promise<VaultFile> => {
  try {
    const sealed = await sealerOf(slot, options.platform.keySealers)?.reseal?.(slot.sealed)
    if (sealed === undefined || sealed === null) return file
    const next = { ...file, slots: file.slots.map((each) => (each === slot ? { ...slot, sealed, createdAt: instant(options) } : each)) }
    writeVaultFile(options.platform.dataFolder, next)
    options.log.info('vault.slot_rotated', { tier: slot.tier, backend: slot.backend })
    return next
  } catch (error) {
    options.log.warn('vault.slot_not_rotated', { backend: slot.backend, error })
    return file
  }
}

const openExisting = async (file: VaultFile, options: DataKeyOptions): Promise<DataKeyOutcome> => {
  const failures: Exclude<SlotOutcome, { readonly dataKey: Buffer }>[] = []
  for (const slot of file.slots.filter((each) => each.tier !== 'passphrase').toReversed()) {
    const outcome = await openSlot(slot, file, options)
    if ('dataKey' in outcome) {
      const rotated = await rotateSlot(slot, file, options)
      return { state: 'open', dataKey: outcome.dataKey, file: await addOwnSlots(rotated, outcome.dataKey, options) }
    }
    options.log.warn('vault.slot_not_opened', {
      tier: slot.tier,
      backend: slot.backend,
      state: outcome.state,
      reason: inEnglish(outcome.reason),
    })
    failures.push(outcome)
  }
  const sealed = file.slots.filter((slot) => slot.tier === 'passphrase')
  if (options.passphrase !== null) {
    for (const slot of sealed) {
      const unsealed = await openWithPassphrase(slot.sealed, options.passphrase, file.keyId)
      const outcome = unsealed === null ? null : adopt(file, unsealed)
      if (outcome !== null && 'dataKey' in outcome) {
        return { state: 'open', dataKey: outcome.dataKey, file: await addOwnSlots(file, outcome.dataKey, options) }
      }
    }
  }
  if (sealed.length > 0) {
    const isWrong = options.passphrase !== null
    return {
      state: 'locked',
      reason: isWrong ? sayCode('vault.wrong_passphrase') : say('vault.asks-passphrase'),
      file,
      isWrongPassphrase: isWrong,
    }
  }
  const best = failures.find((failure) => failure.state === 'locked') ?? failures[0]
  return { state: best?.state ?? 'missing', reason: best?.reason ?? say('vault.no-slot'), file, isWrongPassphrase: false }
}

/** Opens the data key of the folder, or makes the first one. Never makes one where sealed data exists. Throws `storage.*`. */
export const openDataKey = async (options: DataKeyOptions): Promise<DataKeyOutcome> => {
  const { dataFolder } = options.platform
  const file = readVaultFile(dataFolder)
  const missing = (reason: Sentence): DataKeyOutcome => ({ state: 'missing', reason, file: null, isWrongPassphrase: false })
  if (file === 'damaged') return missing(say('vault.file-damaged'))
  if (file !== 'absent') return openExisting(file, options)
  if (hasSealedData(dataFolder)) return missing(say('vault.file-gone'))
  return createDataKey(options)
}

/** Seals the data key with a passphrase alone; every other slot and the key file go. */
export const sealWithPassphraseOnly = async (
  file: VaultFile,
  dataKey: Uint8Array,
  passphrase: Secret,
  options: Omit<DataKeyOptions, 'passphrase'>,
): Promise<VaultFile> => {
  const slot = await passphraseSlot(passphrase, dataKey, file.keyId, { ...options, passphrase })
  const next: VaultFile = { ...file, isPassphraseOnly: true, slots: [slot] }
  writeVaultFile(options.platform.dataFolder, next)
  removeKeyFile(options.platform.dataFolder)
  options.log.info('vault.passphrase_set', { replaced: file.slots.map((each) => each.backend) })
  return next
}

const WEAKEST_FIRST: readonly VaultTier[] = ['key-file', 'keychain', 'passphrase']

/** The slot that protects least: what an attacker would take, and so the tier in force. */
export const weakestSlot = (file: VaultFile): VaultSlot | null =>
  WEAKEST_FIRST.flatMap((tier) => file.slots.filter((slot) => slot.tier === tier))[0] ?? null
