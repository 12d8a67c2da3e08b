import type { KeyObject } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, posix, win32 } from 'node:path'
import { PatchbayClientError } from './client-error.ts'

/** The key pair by which the host knows a program again. */
export interface ClientKey {
  readonly file: string
  /** The raw SPKI in base64, as `system.hello` takes it. */
  readonly publicKey: string
  /** Ed25519, in base64. */
  sign(text: string): string
}

/** What the place of a key depends on. */
export interface KeyPlace {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly home: string
}

type Crypto = typeof import('node:crypto')

const MOST_BYTES = 16_384

/** Importing node:crypto fills in all its names, among them WebCrypto, for 8 ms; asking for the module itself does not. */
const loadCrypto = async (): Promise<Crypto> =>
  typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule('node:crypto') : import('node:crypto')

/** Where the key of a program lies unless it says otherwise: one file for each name, below the user's configuration. */
export const defaultKeyFile = (name: string, place: KeyPlace): string => {
  const { environment, platform, home } = place
  const path = platform === 'win32' ? win32 : posix
  const configured = environment[platform === 'win32' ? 'APPDATA' : 'XDG_CONFIG_HOME'] ?? ''
  const folder = path.isAbsolute(configured)
    ? configured
    : platform === 'win32'
      ? path.join(home, 'AppData', 'Roaming')
      : path.join(home, '.config')
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80)
  return path.join(folder, platform === 'win32' ? 'Patchbay' : 'patchbay', 'clients', `${plain === '' ? 'unnamed' : plain}.key`)
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null)

const unsafe = (file: string, message: string): PatchbayClientError =>
  new PatchbayClientError('client.unsafe_key', {
    message,
    data: { file },
    next: 'Remove the file: a new key is made, and has to be allowed anew.',
  })

/** Opens the file itself, never what a link at its place leads to; null where there is none. */
const openOwn = (file: string): number | null => {
  // Windows has only the first; what is not there counts as none.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    if (lstatSync(file).isSymbolicLink()) throw unsafe(file, 'A link lies in the place of the key of this program.')
    return openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (codeOf(error) === 'ELOOP') throw unsafe(file, 'A link lies in the place of the key of this program.')
    throw error
  }
}

/** What is in the file that was looked at, whatever lies in its place by now. */
const readOwn = (file: string, descriptor: number): string => {
  const found = fstatSync(descriptor)
  const isOthers = process.geteuid !== undefined && found.uid !== process.geteuid()
  if (process.platform !== 'win32' && (isOthers || (found.mode & 0o077) !== 0))
    throw unsafe(file, 'Others may read or change the key of this program.')
  return found.isFile() && found.size <= MOST_BYTES ? readFileSync(descriptor, 'utf8') : ''
}

const readKey = (file: string, { createPrivateKey }: Crypto): KeyObject | null => {
  const descriptor = openOwn(file)
  if (descriptor === null) return null
  try {
    const text = readOwn(file, descriptor)
    const key = createPrivateKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (error) {
    if (error instanceof PatchbayClientError) throw error
    // Said below.
  } finally {
    closeSync(descriptor)
  }
  throw new PatchbayClientError('client.invalid_key', {
    message: 'The file holds no Ed25519 key.',
    data: { file },
    next: 'Name another file, or remove this one: a new key is made, and has to be allowed anew.',
  })
}

/** Puts the content in place all at once, and never over what another process has just put there. */
const putPrivately = (file: string, content: string): void => {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fresh = join(folder, `.${process.pid}-${Math.random().toString(36).slice(2)}.new`)
  writeFileSync(fresh, content, { mode: 0o600, flag: 'wx' })
  try {
    // Whatever umask said.
    chmodSync(fresh, 0o600)
    linkSync(fresh, file)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    // A file system without links.
    renameSync(fresh, file)
  } finally {
    rmSync(fresh, { force: true })
  }
}

/** The key in a file; a file that is not there is made, for this user alone (0600). Throws `client.unsafe_key`, `client.invalid_key`. */
export const loadClientKey = async (file: string): Promise<ClientKey> => {
  const crypto = await loadCrypto()
  let key = readKey(file, crypto)
  if (key === null) {
    const { privateKey } = crypto.generateKeyPairSync('ed25519')
    putPrivately(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    key = readKey(file, crypto) ?? privateKey
  }
  const mine = key
  return {
    file,
    publicKey: crypto.createPublicKey(mine).export({ type: 'spki', format: 'der' }).toString('base64'),
    sign: (text) => crypto.sign(null, Buffer.from(text), mine).toString('base64'),
  }
}
