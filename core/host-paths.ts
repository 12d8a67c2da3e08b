import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync, type Stats } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir, userInfo } from 'node:os'
import { posix, win32 } from 'node:path'
import { PatchbayError } from '#shared/errors'

// Where a host keeps its things. The command line computes the same paths on its own, so nothing here may need a dependency.

/** What the paths depend on. */
export interface HostPlace {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly userName: string
  readonly userId: number
}

/** The place of this process. */
export const currentPlace = (environment: Readonly<Record<string, string | undefined>> = process.env): HostPlace => {
  // Asked only where a path depends on it: a short command has no time to spare.
  return {
    environment,
    platform: process.platform,
    get home() {
      return homedir()
    },
    get userName() {
      return userInfo().username
    },
    get userId() {
      return userInfo().uid
    },
  }
}

/** Kept below the shortest limit of a socket address: 104 bytes on macOS, 108 on Linux. */
const MAX_SOCKET_PATH_BYTES = 100

const pathsOf = (place: HostPlace): typeof posix => (place.platform === 'win32' ? win32 : posix)

/** A variable that names a folder; the XDG rules say that a relative one is to be ignored. */
const absolute = (place: HostPlace, name: string): string | null => {
  const value = place.environment[name]
  return value !== undefined && pathsOf(place).isAbsolute(value) ? value : null
}

/** Loaded only where a path is hashed: importing it costs every command 8 ms. */
const loadCrypto = (): typeof import('node:crypto') => createRequire(import.meta.url)('node:crypto') as typeof import('node:crypto')

const hash = (text: string): string => loadCrypto().createHash('sha256').update(text).digest('hex').slice(0, 16)

/** The data folder: `PATCHBAY_HOME`, else the platform's own place for such things. */
export const dataFolderOf = (place: HostPlace): string => {
  const path = pathsOf(place)
  const chosen = place.environment['PATCHBAY_HOME']
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen)
  if (place.platform === 'win32') return path.join(absolute(place, 'APPDATA') ?? path.join(place.home, 'AppData', 'Roaming'), 'Patchbay')
  if (place.platform === 'darwin') return path.join(place.home, 'Library', 'Application Support', 'Patchbay')
  return path.join(absolute(place, 'XDG_DATA_HOME') ?? path.join(place.home, '.local', 'share'), 'patchbay')
}

/** The folder of the fallback socket. Not TMPDIR: a host and a command line started elsewhere must agree on it. */
const shortFolderOf = (place: HostPlace): string => `/tmp/patchbay-${place.userId}`

/** The socket of the host that owns the data folder; a named pipe on Windows. */
export const socketPathOf = (place: HostPlace, dataFolder: string = dataFolderOf(place)): string => {
  if (place.platform === 'win32') return `\\\\.\\pipe\\patchbay-${hash(`${place.userName.toLowerCase()}\n${dataFolder.toLowerCase()}`)}`
  const hasOwnHome = (place.environment['PATCHBAY_HOME'] ?? '') !== ''
  const runtime = hasOwnHome ? null : absolute(place, 'XDG_RUNTIME_DIR')
  const wanted = runtime === null ? posix.join(dataFolder, 'patchbay.sock') : posix.join(runtime, 'patchbay', 'patchbay.sock')
  if (Buffer.byteLength(wanted) <= MAX_SOCKET_PATH_BYTES) return wanted
  return posix.join(shortFolderOf(place), `${hash(wanted)}.sock`)
}

const refuse = (folder: string, reason: string, message: string): never => {
  throw new PatchbayError('storage.unsafe_folder', { message, data: { folder, reason } })
}

const OUR_FILES = ['patchbay.db', 'vault.json', 'patchbay.lock', 'settings.json']

const isEmptyOrOurs = (folder: string): boolean => {
  const names = readdirSync(folder)
  return names.length === 0 || OUR_FILES.some((name) => names.includes(name)) || names.every((name) => name.endsWith('.sock'))
}

const isOthers = (stats: Stats): boolean => process.geteuid !== undefined && stats.uid !== process.geteuid()

/**
 * Makes the folder or makes sure that it is this user's alone (0700). Throws `storage.unsafe_folder` when it belongs to another
 * user, is reached through another user's link, or is a place that others write to; nothing was changed then.
 */
export const ensurePrivateFolder = (folder: string): void => {
  const link = lstatSync(folder, { throwIfNoEntry: false })
  if (link === undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } else if (link.isSymbolicLink() && isOthers(link)) {
    refuse(folder, 'foreign_link', `The folder ${folder} is a link that another user made.`)
  }
  if (!existsSync(folder)) refuse(folder, 'dangling_link', `The folder ${folder} is a link to nothing.`)
  const stats = statSync(folder)
  if (!stats.isDirectory()) refuse(folder, 'not_a_folder', `${folder} is not a folder.`)
  if (process.platform === 'win32') return
  if (isOthers(stats)) refuse(folder, 'foreign_owner', `The folder ${folder} belongs to another user.`)
  if ((stats.mode & 0o077) === 0) return
  // Closing a shared place such as /tmp to everybody else would break the computer, so only what is plainly ours is mended.
  const isShared = (stats.mode & 0o1000) !== 0 || (stats.mode & 0o022) !== 0
  if (isShared && ((stats.mode & 0o1000) !== 0 || !isEmptyOrOurs(folder))) {
    refuse(folder, 'writable_by_others', `Other users may write to the folder ${folder}.`)
  }
  chmodSync(folder, 0o700)
}
