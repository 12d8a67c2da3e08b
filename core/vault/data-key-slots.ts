import { randomBytes, scrypt } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PatchbayError } from '#shared/errors'
import { precisely, say } from '#shared/sentence'
import { createFileDurably, removeFileDurably } from '../database/durable-file.ts'
import { keyBuffer, openBox, randomKey, sealBox } from './sealed-box.ts'
import type { Secret } from './secret.ts'

// The two slots that need no keychain: a passphrase through scrypt, and a wrapping key in a file of its own.

const COST_LOG2 = 17
const BLOCK_SIZE = 8
const PARALLEL = 1
const SALT_BYTES = 16

const stretch = (passphrase: Secret, salt: Uint8Array, costLog2: number, blockSize: number, parallel: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const text = Buffer.from(passphrase.reveal().normalize('NFKC'))
    const cost = 2 ** costLog2
    scrypt(text, salt, 32, { N: cost, r: blockSize, p: parallel, maxmem: 256 * cost * blockSize }, (error, derived) => {
      text.fill(0)
      if (error !== null) return reject(error)
      const key = keyBuffer(derived)
      derived.fill(0)
      resolve(key)
    })
  })

const passphraseContext = (keyId: string): string => `slot|passphrase|${keyId}`

/** Seals the data key with a passphrase, scrypt N=2^17 r=8 p=1: `scrypt$17$8$1$salt$box`. */
export const sealWithPassphrase = async (passphrase: Secret, dataKey: Uint8Array, keyId: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  const key = await stretch(passphrase, salt, COST_LOG2, BLOCK_SIZE, PARALLEL)
  try {
    const box = sealBox(key, dataKey, passphraseContext(keyId))
    return ['scrypt', COST_LOG2, BLOCK_SIZE, PARALLEL, salt.toString('base64'), box.toString('base64')].join('$')
  } finally {
    key.fill(0)
  }
}

/** The data key, or null for a wrong passphrase or a damaged slot. */
export const openWithPassphrase = async (sealed: string, passphrase: Secret, keyId: string): Promise<Uint8Array | null> => {
  const [name, costLog2, blockSize, parallel, salt, box] = sealed.split('$')
  const numbers = [costLog2, blockSize, parallel].map(Number)
  const [cost = 0, block = 0, lanes = 0] = numbers
  // The bounds keep a changed file from asking for endless work or memory.
  const isSane = numbers.every(Number.isInteger) && cost >= 10 && cost <= 20 && block >= 1 && block <= 16 && lanes >= 1 && lanes <= 4
  if (name !== 'scrypt' || !isSane || salt === undefined || box === undefined) return null
  const key = await stretch(passphrase, Buffer.from(salt, 'base64'), cost, block, lanes)
  try {
    return openBox(key, Buffer.from(box, 'base64'), passphraseContext(keyId))
  } finally {
    key.fill(0)
  }
}

export const KEY_FILE = 'vault.key'

const keyFileContext = (keyId: string): string => `slot|key-file|${keyId}`

/** The wrapping key of `vault.key`; a file that others could read is closed to them first. */
const readKeyFile = (folder: string): Buffer => {
  const file = join(folder, KEY_FILE)
  let text: string
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
    text = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    // Only a file that is truly gone is a key that is gone; one that may not be read can be mended by the person.
    const isThere = existsSync(file)
    const words = say(isThere ? 'key-file.unreadable' : 'key-file.gone', { file: KEY_FILE })
    throw new PatchbayError(isThere ? 'vault.locked' : 'vault.key_missing', { ...precisely(words), cause })
  }
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 32) throw new PatchbayError('vault.key_missing', precisely(say('key-file.empty', { file: KEY_FILE })))
  return keyBuffer(bytes)
}

/** Seals the data key with the wrapping key of `vault.key`, made (0600) where it is not there yet. Throws `storage.*`. */
export const sealWithKeyFile = (folder: string, dataKey: Uint8Array, keyId: string): string => {
  const fresh = randomKey()
  createFileDurably(join(folder, KEY_FILE), `${fresh.toString('base64')}\n`)
  fresh.fill(0)
  const key = readKeyFile(folder)
  try {
    return sealBox(key, dataKey, keyFileContext(keyId)).toString('base64')
  } finally {
    key.fill(0)
  }
}

/** The data key. Throws `vault.locked` or `vault.key_missing`, with a sentence of its own. */
export const openWithKeyFile = (folder: string, sealed: string, keyId: string): Uint8Array => {
  const key = readKeyFile(folder)
  try {
    const dataKey = openBox(key, Buffer.from(sealed, 'base64'), keyFileContext(keyId))
    if (dataKey === null) throw new PatchbayError('vault.key_missing', precisely(say('key-file.foreign', { file: KEY_FILE })))
    return dataKey
  } finally {
    key.fill(0)
  }
}

/** Removes the wrapping key once no slot needs it. */
export const removeKeyFile = (folder: string): void => {
  removeFileDurably(join(folder, KEY_FILE))
}
