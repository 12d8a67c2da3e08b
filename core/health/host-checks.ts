import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { say, sayNext } from '#shared/sentence'
import { type CheckSpec, type DoctorSubjects, fail, type Finding, ok, warn } from './doctor-subjects.ts'
import { readLogLines } from './log-reader.ts'

const isPosix = process.platform !== 'win32'

const checkRuntime = ({ versions }: DoctorSubjects): Finding[] => {
  const node = versions['node'] ?? 'unknown'
  const electron = versions['electron']
  const evidence = electron === undefined ? [] : [`Electron ${electron}`]
  return Number(versions['napi'] ?? 0) >= 10
    ? [ok('host', 'runtime', say('runtime.good', { version: node }), evidence)]
    : [fail('host', 'runtime', say('runtime.old', { version: node }), { words: sayNext('host.unsupported_runtime') }, evidence)]
}

const checkFolder = ({ platform: { dataFolder } }: DoctorSubjects): Finding[] => {
  try {
    accessSync(dataFolder, constants.R_OK | constants.W_OK)
    const { mode } = statSync(dataFolder)
    const evidence = isPosix ? [`mode 0${(mode & 0o777).toString(8)}`] : []
    if (isPosix && (mode & 0o077) !== 0) {
      const words = say('doctor.run', { command: `chmod 700 "${dataFolder}"` })
      return [fail('host', 'data_folder', say('folder.open', { folder: dataFolder }), { words }, evidence)]
    }
    return [ok('host', 'data_folder', say('folder.good', { folder: dataFolder }), evidence)]
  } catch {
    return [fail('host', 'data_folder', say('folder.closed', { folder: dataFolder }), { words: sayNext('storage.read_only') })]
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
  if (open.length === 0) return [ok('host', 'file_permissions', say('files.good'))]
  const words = say('doctor.run', { command: `chmod 600 ${open.map((name) => `"${join(dataFolder, name)}"`).join(' ')}` })
  return [warn('host', 'file_permissions', say('files.open', { files: open.join(', ') }), { words })]
}

const SPARSE_BYTES = 200 * 1_048_576
const EMPTY_BYTES = 20 * 1_048_576

const megabytes = (bytes: number): string =>
  bytes >= 10 * 1_073_741_824 ? `${Math.floor(bytes / 1_073_741_824)} GiB` : `${Math.floor(bytes / 1_048_576)} MiB`

const checkDisk = ({ platform: { dataFolder } }: DoctorSubjects): Finding[] => {
  const { bavail, bsize } = statfsSync(dataFolder)
  const bytes = bavail * bsize
  const free = megabytes(bytes)
  const words = say('disk.free-some')
  if (bytes < EMPTY_BYTES) return [fail('host', 'disk_space', say('disk.empty', { free }), { words })]
  if (bytes < SPARSE_BYTES) return [warn('host', 'disk_space', say('disk.sparse', { free }), { words })]
  return [ok('host', 'disk_space', say('disk.good', { free }))]
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
    return [fail('host', 'socket', say('socket.open'), { words: say('socket.start-again') }, [socketPath])]
  }
  if (await canConnect(socketPath)) return [ok('host', 'socket', say('socket.good'), [socketPath])]
  return [warn('host', 'socket', say('socket.silent'), { words: say('socket.start-again-soon') }, [socketPath])]
}

const DAY_MS = 86_400_000
const MOST_ERRORS = 100

const checkLogs = ({ platform, logLevel }: DoctorSubjects): Finding[] => {
  const file = join(platform.dataFolder, 'logs', 'patchbay.log')
  try {
    accessSync(file, constants.W_OK)
  } catch {
    return [warn('logs', 'logs', say('logs.closed'), { words: say('logs.open-it', { file }) })]
  }
  const recent = readLogLines(platform.dataFolder, { level: 'error', limit: MOST_ERRORS }).lines.filter(
    ({ at, level }) => level === 'error' && at !== null && platform.now() - Date.parse(at) < DAY_MS,
  )
  const evidence = [`level ${logLevel()}`, ...recent.slice(0, 5).map(({ at, event }) => `${at ?? ''} ${event}`)]
  if (recent.length === 0) return [ok('logs', 'logs', say('logs.good'), evidence)]
  const count = recent.length
  const summary = count >= MOST_ERRORS ? say('logs.many-errors', { count }) : say('logs.errors', { count })
  return [warn('logs', 'logs', summary, { words: say('logs.read'), action: { route: '/diagnostics/log/level/error' } }, evidence)]
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
