import type { SourceImport } from './source-imports.ts'

/** What each layer may import besides itself; the longest name that a path starts with is its layer. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  core: ['shared', 'core/host-paths'],
  // Where a host keeps its things: one leaf that the command line needs too, to find the host.
  'core/host-paths': ['shared'],
  renderer: ['shared'],
  client: ['shared', 'core/host-paths'],
  cli: ['shared', 'core/host-paths'],
  // A client of the socket like any other program.
  'cli/mcp': ['client', 'core/host-paths', 'shared', 'cli'],
  'cli/serve': ['core', 'core/host-paths', 'shared', 'cli'],
  electron: ['core', 'core/host-paths', 'shared'],
  'electron/preload': ['shared'],
  'electron/auth-preload': ['shared'],
}

/** The packages of a layer: exact names, or `node:` for every module of Node's own. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  shared: ['zod'],
  client: ['node:'],
  cli: ['node:', 'virtual:'],
  'cli/mcp': ['node:', 'zod', '@modelcontextprotocol/server'],
  'electron/preload': ['electron'],
  'electron/auth-preload': ['electron'],
}

/** Packages that only some places may name. */
const RESERVED: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['core/database/open-database'],
  electron: ['electron/'],
  'electron-store': ['electron/'],
  '@nangohq/node': ['core/nango/'],
  '@nangohq/frontend': ['renderer/auth-window/'],
  '@napi-rs/keyring': ['core/node-keychain'],
  koffi: ['core/native-calls'],
  react: ['renderer/'],
}

/** The core's folders in one line; each imports only to its left, those of one entry not each other. Its root files are in it too. */
const CORE_ORDER: readonly (readonly string[])[] = [
  ['platform', 'log', 'http', 'caller'],
  ['database'],
  ['events'],
  ['vault'],
  ['node-keychain'],
  ['profiles'],
  ['catalogue'],
  ['sandbox'],
  ['nango'],
  ['oauth'],
  ['connections'],
  ['use'],
  ['core'],
  ['connect', 'sync', 'webhooks', 'forwarding', 'health'],
  ['bulk'],
  ['automation'],
  ['dispatcher'],
  ['engine-waking', 'engine-connectors', 'engine-sync', 'engine-upkeep', 'engine-automation'],
  ['engine'],
  ['engine-life'],
  ['create-core'],
]

const layerOf = (path: string): string | undefined =>
  Object.keys(LAYERS)
    .filter((layer) => path === layer || path.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0]

/** A core file's place in the line; a file in the core's root that the line does not name serves all and stands leftmost. */
const coreRank = (path: string): number => {
  const name = path.split('/')[1] ?? ''
  const rank = CORE_ORDER.findIndex((names) => names.includes(name))
  if (rank >= 0) return rank
  return path.split('/').length === 2 ? 0 : Number.NaN
}

const corePlace = (path: string): string => path.split('/')[1] ?? ''

const coreFault = (file: string, target: string): string | null => {
  const [from, to] = [coreRank(file), coreRank(target)]
  if (Number.isNaN(from)) return `${file} is in a folder of the core that has no place in its line`
  if (to > from) return `${file} imports ${target}, which stands to its right`
  const isBesides = to === from && corePlace(file) !== corePlace(target) && file.split('/').length > 2
  return isBesides ? `${file} imports ${target}, which stands beside it` : null
}

const featureOf = (path: string): string | undefined => /^renderer\/features\/([^/]+)\//.exec(path)?.[1]

/** Features know nothing of each other; what joins them (routes, settings-sections) stands in the renderer's root, and nothing else names them. */
const rendererFault = (file: string, target: string): string | null => {
  const [from, to] = [featureOf(file), featureOf(target)]
  if (to === undefined || from === to) return null
  if (from !== undefined) return `${file} (feature ${from}) imports ${target} (feature ${to})`
  return file.split('/').length === 2 ? null : `${file} serves all features and imports ${target}`
}

const ourFault = (file: string, { target, isTypeOnly }: SourceImport): string | null => {
  const [from, to] = [layerOf(file), layerOf(target)]
  if (from === undefined) return null
  if (to === undefined) return `${file} imports ${target}, which belongs to no layer`
  if (from.endsWith('preload') && !isTypeOnly && target !== 'shared/channels') return `${file} imports more than types from ${target}`
  if (from === to) return from === 'core' ? coreFault(file, target) : from === 'renderer' ? rendererFault(file, target) : null
  return LAYERS[from]?.includes(to) === true ? null : `${file} (${from}) imports ${target} (${to})`
}

const packageFault = (file: string, { target }: SourceImport): string | null => {
  const layer = layerOf(file)
  if (layer === undefined) return null
  const reserved = RESERVED[target]
  if (reserved !== undefined && !reserved.some((place) => file.startsWith(place))) return `${file} names ${target}`
  const allowed = PACKAGES[layer]
  if (allowed !== undefined && !allowed.some((name) => target === name || (name.endsWith(':') && target.startsWith(name)))) {
    return `${file} (${layer}) names ${target}`
  }
  return layer === 'renderer' && target.startsWith('node:') ? `${file} (renderer) names ${target}` : null
}

/** What is wrong with an import of a file, or null. The file is named without extension. */
export const importFault = (file: string, imported: SourceImport): string | null =>
  imported.isOurs ? ourFault(file, imported) : packageFault(file, imported)
