import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ERRORS } from '#shared/errors'
import { type CheckSpec, type DoctorSubjects, fail, type Finding, ok, warn } from './doctor-subjects.ts'
import { readLogLines } from './log-reader.ts'

const isPosix = process.platform !== 'win32'

const checkRuntime = ({ versions }: DoctorSubjects): Finding[] => {
  const node = versions['node'] ?? 'unknown'
  const electron = versions['electron']
  const evidence = electron === undefined ? [] : [`Electron ${electron}`]
  return Number(versions['napi'] ?? 0) >= 10
    ? [ok('host', 'runtime', `Node ${node} runs Patchbay.`, evidence)]
    : [fail('host', 'runtime', `Node ${node} is too old.`, { words: ERRORS['host.unsupported_runtime'].next }, evidence)]
}

const checkFolder = ({ platform: { dataFolder } }: DoctorSubjects): Finding[] => {
  try {
    accessSync(dataFolder, constants.R_OK | constants.W_OK)
    const { mode } = statSync(dataFolder)
    const evidence = isPosix ? [`mode 0${(mode & 0o777).toString(8)}`] : []
    if (isPosix && (mode & 0o077) !== 0) {
      return [fail('host', 'data_folder', `Others can look into ${dataFolder}.`, { words: `Run: chmod 700 "${dataFolder}"` }, evidence)]
    }
    return [ok('host', 'data_folder', `${dataFolder} is yours alone.`, evidence)]
  } catch {
    return [fail('host', 'data_folder', `${dataFolder} cannot be read and written.`, { words: ERRORS['storage.read_only'].next })]
  }
}

/** Files that nobody else may read. */
const PRIVATE_FILES = ['patchbay.db', 'vault.json', 'vault.key', 'settings.json', 'cli.pass', join('logs', 'patchbay.log')]

const checkFiles = ({ platform: { dataFolder } }: DoctorSubjects): Finding[] => {
  if (!isPosix) return []
  const open = PRIVATE_FILES.filter((name) => {
    const stats = statSync(join(dataFolder, name), { throwIfNoEntry: false })
    return stats !== undefined && (stats.mode & 0o077) !== 0
  })
  if (open.length === 0) return [ok('host', 'file_permissions', 'The files in it are yours alone.')]
  const words = `Run: chmod 600 ${open.map((name) => `"${join(dataFolder, name)}"`).join(' ')}`
  return [warn('host', 'file_permissions', `Others could read ${open.join(', ')} if they came into the folder.`, { words })]
}

const SPARSE_BYTES = 200 * 1_048_576
const EMPTY_BYTES = 20 * 1_048_576

const megabytes = (bytes: number): string =>
  bytes >= 10 * 1_073_741_824 ? `${Math.floor(bytes / 1_073_741_824)} GiB` : `${Math.floor(bytes / 1_048_576)} MiB`

const checkDisk = ({ platform: { dataFolder } }: DoctorSubjects): Finding[] => {
  const { bavail, bsize } = statfsSync(dataFolder)
  const free = bavail * bsize
  const words = 'Free some space on the disk of the data folder.'
  if (free < EMPTY_BYTES) return [fail('host', 'disk_space', `Only ${megabytes(free)} are free: writes will soon fail.`, { words })]
  if (free < SPARSE_BYTES) return [warn('host', 'disk_space', `Only ${megabytes(free)} are free.`, { words })]
  return [ok('host', 'disk_space', `${megabytes(free)} are free on the disk of the data folder.`)]
}

const canConnect = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    const end = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.setTimeout(2_000, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })

const checkSocket = async ({ platform: { socketPath } }: DoctorSubjects): Promise<Finding[]> => {
  const stats = isPosix ? statSync(socketPath, { throwIfNoEntry: false }) : undefined
  if (stats !== undefined && (stats.mode & 0o077) !== 0) {
    return [fail('host', 'socket', 'Other users may speak to Patchbay.', { words: 'Stop Patchbay and start it again.' }, [socketPath])]
  }
  if (await canConnect(socketPath)) return [ok('host', 'socket', 'The command line and your programs reach Patchbay.', [socketPath])]
  const words = 'Stop Patchbay and start it again; the window works meanwhile.'
  return [
    warn('host', 'socket', 'Nobody answers at the socket: the command line and programs do not reach this Patchbay.', { words }, [
      socketPath,
    ]),
  ]
}

const DAY_MS = 86_400_000

const checkLogs = ({ platform, logLevel }: DoctorSubjects): Finding[] => {
  const file = join(platform.dataFolder, 'logs', 'patchbay.log')
  try {
    accessSync(file, constants.W_OK)
  } catch {
    return [warn('logs', 'logs', 'The log cannot be written.', { words: `Make ${file} writable.` })]
  }
  const recent = readLogLines(platform.dataFolder, { level: 'error', limit: 100 }).lines.filter(
    ({ at, level }) => level === 'error' && at !== null && platform.now() - Date.parse(at) < DAY_MS,
  )
  const evidence = [`level ${logLevel()}`, ...recent.slice(0, 5).map(({ at, event }) => `${at ?? ''} ${event}`)]
  if (recent.length === 0) return [ok('logs', 'logs', 'The log is written; it holds no error of the last day.', evidence)]
  const words = 'Read them; the support bundle takes them along without names and secrets.'
  const count = recent.length >= 100 ? 'at least 100 errors' : recent.length === 1 ? 'one error' : `${recent.length} errors`
  return [
    warn('logs', 'logs', `The log holds ${count} of the last day.`, { words, action: { route: '/diagnostics/log/level/error' } }, evidence),
  ]
}

/** The computer, the folder, the socket. */
export const HOST_CHECKS: readonly CheckSpec[] = [
  { id: 'runtime', group: 'host', run: checkRuntime },
  { id: 'data_folder', group: 'host', run: checkFolder },
  { id: 'file_permissions', group: 'host', run: checkFiles },
  { id: 'disk_space', group: 'host', run: checkDisk },
  { id: 'socket', group: 'host', run: checkSocket, deadlineMs: 3_000 },
]

export const LOG_CHECKS: readonly CheckSpec[] = [{ id: 'logs', group: 'logs', run: checkLogs }]
