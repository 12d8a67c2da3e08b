import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const VERSION = 1
const NONCE = 12
const TAG = 16

/** A key that V8 keeps off its heap, so that zeroing it leaves no copy behind; arrays of 64 bytes or fewer would be moved around. */
export const keyBuffer = (content?: Uint8Array): Buffer => {
  const key = Buffer.alloc(256).subarray(0, 32)
  if (content !== undefined) {
    if (content.length !== key.length) throw new Error('A key has 32 bytes.')
    key.set(content)
  }
  return key
}

/** A fresh random key of 32 bytes. */
export const randomKey = (): Buffer => {
  const source = randomBytes(32)
  const key = keyBuffer(source)
  source.fill(0)
  return key
}

/** AES-256-GCM with a random nonce: version, nonce, tag, ciphertext. `context` is authenticated, not stored. */
export const sealBox = (key: Uint8Array, plain: Uint8Array, context: string): Buffer => {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body])
}

/** What `sealBox` sealed, or null when key, context or a single bit differ. */
export const openBox = (key: Uint8Array, box: Uint8Array, context: string): Buffer | null => {
  if (box.length < 1 + NONCE + TAG || box[0] !== VERSION) return null
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(1, 1 + NONCE), { authTagLength: TAG })
  decipher.setAAD(Buffer.from(context)).setAuthTag(box.subarray(1 + NONCE, 1 + NONCE + TAG))
  try {
    return Buffer.concat([decipher.update(box.subarray(1 + NONCE + TAG)), decipher.final()])
  } catch {
    return null
  }
}
