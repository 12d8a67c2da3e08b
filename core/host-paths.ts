import { createHash } from 'node:crypto'
import { tmpdir, userInfo } from 'node:os'
import { posix, win32 } from 'node:path'

/** What decides where Patchbay's files and its socket are. */
export interface HostSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly system: NodeJS.Platform
  readonly homeFolder: string
}

export interface HostPaths {
  readonly dataFolder: string
  readonly socketPath: string
}

/** Bytes of a socket's address, its closing zero included: 104 on macOS and BSD, 108 on Linux. */
const LONGEST_SOCKET_PATH = 103

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

const set = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value)

/** A folder from the environment counts only when it is absolute, as the XDG specification says of its own. */
const absolute = (value: string | undefined, path: typeof posix | typeof win32): string | null => {
  const folder = set(value)
  return folder !== null && path.isAbsolute(folder) ? folder : null
}

/** The data folder: PATCHBAY_HOME, made absolute, or the place that the system keeps for a program's data. */
const dataFolderOf = ({ environment, system, homeFolder }: HostSurroundings): string => {
  const path = system === 'win32' ? win32 : posix
  const chosen = set(environment['PATCHBAY_HOME'])
  if (chosen !== null) return path.resolve(chosen)
  if (system === 'win32')
    return path.join(absolute(environment['APPDATA'], path) ?? path.join(homeFolder, 'AppData', 'Roaming'), 'Patchbay')
  if (system === 'darwin') return path.join(homeFolder, 'Library', 'Application Support', 'Patchbay')
  return path.join(absolute(environment['XDG_DATA_HOME'], path) ?? path.join(homeFolder, '.local', 'share'), 'patchbay')
}

/** Where the data folder and the socket are, the same for both hosts and for the command line. */
export const hostPaths = (surroundings: HostSurroundings): HostPaths => {
  const { environment, system } = surroundings
  const dataFolder = dataFolderOf(surroundings)
  if (system === 'win32') return { dataFolder, socketPath: `\\\\.\\pipe\\patchbay-${shortHash(dataFolder.toLowerCase())}` }
  const runtime = set(environment['PATCHBAY_HOME']) === null ? absolute(environment['XDG_RUNTIME_DIR'], posix) : null
  const wanted = runtime === null ? posix.join(dataFolder, 'patchbay.sock') : posix.join(runtime, 'patchbay', 'patchbay.sock')
  if (Buffer.byteLength(wanted) <= LONGEST_SOCKET_PATH) return { dataFolder, socketPath: wanted }
  return { dataFolder, socketPath: posix.join(tmpdir(), `patchbay-${userInfo().uid}`, `${shortHash(dataFolder)}.sock`) }
}
