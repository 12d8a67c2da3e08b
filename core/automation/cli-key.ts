import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, timingSafeEqual, verify } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file in the data folder whose key proves the bundled command line: PKCS8 PEM, mode 0600, new at every start of a host. */
export const CLI_KEY_FILE = 'cli.key'

/**
 * The file with a pass that proves the command line once: 256 random bits, 0600, replaced at each use. Signing costs a short
 * command a fifth of its time; a pass costs nothing, cannot be replayed, and is as hard to come by as the key.
 */
export const CLI_PASS_FILE = 'cli.pass'

/** The text whose Ed25519 signature proves a key. `channel` is the path of the socket that the host listens on, so that no other host can pass a signature on. */
export const proofText = (nonce: string, channel: string): string => `patchbay-prove\n${nonce}\n${channel}`

/** The key that this start of the host accepts from its command line. */
export interface CliKey {
  /** The raw SPKI in base64, as a client names it in `system.hello`. */
  readonly publicKey: string
  isProof(nonce: string, channel: string, signature: string): boolean
  /** Whether it is the pass that lies there now; if so it is used up and another lies there. */
  takePass(pass: string): boolean
  /** Takes the file away, unless a later host has put its own there. */
  remove(): void
}

/** Whether a signature proves that the holder of an Ed25519 key, raw SPKI in base64, was asked over this channel. */
export const isProofOf = (publicKey: string, nonce: string, channel: string, signature: string | undefined): boolean => {
  if (signature === undefined) return false
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' })
    return key.asymmetricKeyType === 'ed25519' && isSignature(key, proofText(nonce, channel), signature)
  } catch {
    return false
  }
}

const isSignature = (key: KeyObject, text: string, signature: string): boolean => {
  try {
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

const replacePrivately = (file: string, content: string): void => {
  const fresh = `${file}.${process.pid}`
  rmSync(fresh, { force: true })
  writeFileSync(fresh, content, { mode: 0o600, flag: 'wx' })
  renameSync(fresh, file)
}

/** A later host may have put its own there: that stays. */
const removeOwn = (file: string, content: string): void => {
  try {
    if (readFileSync(file, 'utf8') === content) rmSync(file)
  } catch {
    // Somebody else took it away.
  }
}

/** Makes a key pair and leaves its private half in the data folder for the command line of the same user. */
export const createCliKey = (dataFolder: string): CliKey => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const file = join(dataFolder, CLI_KEY_FILE)
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  replacePrivately(file, pem)
  const passFile = join(dataFolder, CLI_PASS_FILE)
  let pass = randomBytes(32)
  let left = ''
  let isRemoved = false
  const leavePass = (): void => {
    if (isRemoved) return
    left = pass.toString('base64url')
    replacePrivately(passFile, left)
  }
  leavePass()
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    isProof: (nonce, channel, signature) => isSignature(publicKey, proofText(nonce, channel), signature),
    takePass: (given) => {
      const bytes = Buffer.from(given, 'base64url')
      if (bytes.length !== pass.length || !timingSafeEqual(bytes, pass)) return false
      // Used up at once; the next one lies there as soon as the answer is out.
      pass = randomBytes(32)
      setImmediate(() => {
        try {
          leavePass()
        } catch {
          // A full disk: what lies there proves nothing any more, and the key still does.
        }
      })
      return true
    },
    remove: () => {
      isRemoved = true
      removeOwn(file, pem)
      removeOwn(passFile, left)
    },
  }
}
