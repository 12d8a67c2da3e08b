import { join } from 'node:path'
import type { Platform } from '#core/platform'
import { currentPlace, dataFolderOf, ensurePrivateFolder, socketPathOf } from '#core/host-paths'
import { copyToClipboard, readClipboard } from './node-clipboard.ts'
import { createNodeKeychain } from '#core/node-keychain'
import { createScreenLock } from '#core/screen-lock'
import { SecretClipboard } from '#core/secret-clipboard'
import { openNodeSettings } from './node-settings.ts'
import { isOnBattery } from './power-supply.ts'
import { createBrowserOpener } from './open-in-browser.ts'

export interface NodePlatformOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Started without a window. */
  readonly isHeadless: boolean
  readonly version: string
  /** Opens an auth window for a ticket; left out, this host has none. */
  readonly openAuthWindow?: Platform['openAuthWindow']
  /** Whether a page of the window is connected; left out, this host has none. */
  readonly isWindowOpen?: () => boolean
}

/** Pages that lead the browser on stay off the disk where the session has a folder in memory. */
const pageFolder = (environment: NodePlatformOptions['environment'], dataFolder: string): string => {
  const runtime = environment['XDG_RUNTIME_DIR'] ?? ''
  return runtime.startsWith('/') && (environment['PATCHBAY_HOME'] ?? '') === ''
    ? join(runtime, 'patchbay', 'open')
    : join(dataFolder, 'open')
}

/** The plain Node host's platform. Makes the data folder and throws `storage.unsafe_folder` where it is not this user's alone. */
export const createNodePlatform = (options: NodePlatformOptions): Platform => {
  const { environment, isHeadless } = options
  const place = currentPlace(environment)
  const dataFolder = dataFolderOf(place)
  ensurePrivateFolder(dataFolder)
  const socketPath = socketPathOf(place, dataFolder)
  if (process.platform !== 'win32') ensurePrivateFolder(join(socketPath, '..'))
  const keychain = createNodeKeychain({ environment, isHeadless })
  const onScreenLock = createScreenLock({ environment })
  const clipboard = new SecretClipboard({
    write: (text) => copyToClipboard(text, environment),
    read: () => readClipboard(environment),
  })
  const browser = createBrowserOpener({ environment, folder: pageFolder(environment, dataFolder) })
  return {
    host: 'node',
    version: options.version,
    pid: process.pid,
    dataFolder,
    socketPath,
    isHeadless,
    environment,
    keySealers: keychain === null ? [] : [keychain],
    settings: openNodeSettings(dataFolder),
    openExternal: (url, acceptedHttpOrigin) => browser.open(url, acceptedHttpOrigin),
    forgetOpened: () => browser.forget(),
    copyText: (text) => clipboard.copy(text),
    forgetCopied: () => clipboard.clear(),
    openAuthWindow: options.openAuthWindow ?? (() => Promise.resolve(null)),
    isWindowOpen: options.isWindowOpen ?? (() => false),
    ...(process.platform === 'linux' ? { isOnBattery: () => isOnBattery() } : {}),
    ...(onScreenLock === null ? {} : { onScreenLock }),
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
  }
}
