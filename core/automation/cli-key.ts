import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file in the data folder whose key proves the bundled command line: PKCS8 PEM, mode 0600, new at every start of a host. */
export const CLI_KEY_FILE = 'cli.key'

/** The text whose Ed25519 signature proves a key. `channel` is the path of the socket that the host listens on, so that no other host can pass a signature on. */
export const proofText = (nonce: string, channel: string): string => `patchbay-prove\n${nonce}\n${channel}`

/** The key that this start of the host accepts from its command line. */
export interface CliKey {
  /** The raw SPKI in base64, as a client names it in `system.hello`. */
  readonly publicKey: string
  isProof(nonce: string, channel: string, signature: string): boolean
  /** Takes the file away, unless a later host has put its own there. */
  remove(): void
}

const isSignature = (key: KeyObject, text: string, signature: string): boolean => {
  try {
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

/** Makes a key pair and leaves its private half in the data folder for the command line of the same user. */
export const createCliKey = (dataFolder: string): CliKey => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const file = join(dataFolder, CLI_KEY_FILE)
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const fresh = `${file}.${process.pid}`
  rmSync(fresh, { force: true })
  writeFileSync(fresh, pem, { mode: 0o600, flag: 'wx' })
  renameSync(fresh, file)
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    isProof: (nonce, channel, signature) => isSignature(publicKey, proofText(nonce, channel), signature),
    remove: () => {
      try {
        if (readFileSync(file, 'utf8') === pem) rmSync(file)
      } catch {
        // Somebody else took it away.
      }
    },
  }
}
