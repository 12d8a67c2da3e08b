import { dirname, join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { startSocket } from '#core/automation/start-socket'
import type { Core } from '#core/core'
import { dataFolderOf, ensurePrivateFolder, type HostPlace, socketPathOf } from '#core/host-paths'
import { createNodeKeychain } from '#core/node-keychain'
import { redact } from '#core/log'
import type { Platform } from '#core/platform'
import { ERRORS, PatchbayError } from '#shared/errors'
import { openAuthWindow } from './auth-window.ts'
import { comeForwardAfterSignIn, comeForwardWhenAsked } from './come-forward.ts'
import { confineRequests, refusePermissions } from './contents-policy.ts'
import { connectIpc } from './ipc.ts'
import { refusalOf } from './launch-policy.ts'
import { createElectronPlatform, openPreferences, type PreferencesOptions, type PreferencesStore } from './platform-electron.ts'
import { APP_ORIGIN, AUTH_ORIGIN, contentSecurityPolicy, listServedFiles, SCHEMES, serveSite } from './protocol.ts'
import { createWindow, themeSource } from './window.ts'

/** The modules of Electron that the host uses, and no others. */
export type ElectronModules = Pick<
  typeof import('electron'),
  | 'app'
  | 'BrowserWindow'
  | 'clipboard'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'nativeTheme'
  | 'powerMonitor'
  | 'protocol'
  | 'safeStorage'
  | 'screen'
  | 'session'
  | 'shell'
>

/** A thing with a life beside the core: the local socket. */
export interface Service {
  start(): Promise<void>
  stop(): Promise<void>
}

interface HostPaths {
  readonly dataFolder: string
  readonly socketPath: string
}

export interface DesktopHostOptions {
  readonly electron: ElectronModules
  readonly place: HostPlace
  /** The built pages. */
  readonly rendererFolder: string
  readonly preloadFile: string
  readonly authPreloadFile: string
  readonly iconFile: string
  readonly Store: new (options: PreferencesOptions) => PreferencesStore
  readonly createCore: (platform: Platform) => Core
  /** Called once the window is open. */
  readonly onOpen?: (core: Core) => void
  readonly createSocketServer: (options: {
    readonly core: Core
    readonly platform: Platform
    readonly showWindow: () => { readonly isOpen: true }
  }) => Service
  /** Says a sentence where a terminal may hear it. */
  readonly say: (sentence: string) => void
}

/** How long the work in hand may take when Patchbay quits. */
export const STOP_LIMIT_MS = 10_000
const EXIT = { refused: 78, failed: 1 } as const

/** Runs Patchbay as a desktop program until it quits. Resolves once the window is open, or the reason why not was said. */
export const runDesktopHost = async (options: DesktopHostOptions): Promise<void> => {
  const { app } = options.electron
  const refusal = refusalOf({
    environment: options.place.environment,
    hasSwitch: (name) => app.commandLine.hasSwitch(name),
    isPackaged: app.isPackaged,
  })
  if (refusal !== null) {
    options.say(refusal)
    app.exit(EXIT.refused)
    return
  }

  app.enableSandbox()
  let paths: HostPaths
  try {
    paths = preparePaths(options.place)
  } catch (error) {
    giveUp(options, error)
    return
  }
  // Before ready, so that Chromium's files never mix with ours.
  app.setPath('userData', join(paths.dataFolder, 'electron'))
  app.setPath('sessionData', join(paths.dataFolder, 'electron'))
  options.electron.protocol.registerSchemesAsPrivileged(SCHEMES)
  if (!app.requestSingleInstanceLock()) {
    app.exit(0)
    return
  }
  confineEverything(options.electron)

  await app.whenReady()
  try {
    await openDesktop(options, paths)
  } catch (error) {
    giveUp(options, error)
  }
}

/** Makes the folders of a host, closed to other users. Throws `storage.unsafe_folder`. */
const preparePaths = (place: HostPlace): HostPaths => {
  const dataFolder = dataFolderOf(place)
  const socketPath = socketPathOf(place, dataFolder)
  ensurePrivateFolder(dataFolder)
  ensurePrivateFolder(join(dataFolder, 'electron'))
  if (place.platform !== 'win32') ensurePrivateFolder(dirname(socketPath))
  return { dataFolder, socketPath }
}

/** Says in one sentence why Patchbay cannot start, and exits. */
const giveUp = ({ electron: { app, dialog }, say }: DesktopHostOptions, error: unknown): void => {
  const { code, message } = error instanceof PatchbayError ? error : new PatchbayError('internal')
  const sentence = `${message} ${ERRORS[code].next}`
  say(code === 'internal' && error instanceof Error ? `${sentence} (${error.name}: ${redact(error.message)})` : sentence)
  dialog.showErrorBox('Patchbay cannot start', sentence)
  app.exit(code === 'internal' ? EXIT.failed : ERRORS[code].exit)
}

/** Whatever page comes to be: it goes nowhere and opens nothing until its owner allows it. No certificate of the person is offered to a site. */
const confineEverything = ({ app }: ElectronModules): void => {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
  app.on('select-client-certificate', (event, _contents, _url, _certificates, choose) => {
    event.preventDefault()
    choose()
  })
}

const openDesktop = async (options: DesktopHostOptions, paths: HostPaths): Promise<void> => {
  const { electron } = options
  const { app, nativeTheme } = electron
  let window: BrowserWindow | null = null
  const authFiles = listServedFiles(options.rendererFolder, AUTH_ORIGIN, '/auth-window/index.html')
  const unreadable: string[] = []
  const preferences = openPreferences(options.Store, paths.dataFolder, (keptAs) => unreadable.push(keptAs))
  // electron-store answers any page that asks where our files are; no page of ours has a reason to.
  electron.ipcMain.removeAllListeners('electron-store-get-data')

  const platform: Platform = createElectronPlatform({
    isWindowOpen: () => window !== null,
    ...paths,
    version: app.getVersion(),
    environment: options.place.environment,
    system: options.place.platform,
    safeStorage: electron.safeStorage,
    sharedKeychain: createNodeKeychain({ environment: options.place.environment, isHeadless: false }),
    shell: electron.shell,
    clipboard: electron.clipboard,
    powerMonitor: electron.powerMonitor,
    preferences,
    onSettings: (settings) => {
      nativeTheme.themeSource = themeSource(settings)
    },
    openAuthWindow: (ticket) =>
      openAuthWindow(
        {
          BrowserWindow: electron.BrowserWindow,
          sessionFrom: (partition) => electron.session.fromPartition(partition, { cache: false }),
          core,
          log: core.log,
          files: authFiles,
          preloadFile: options.authPreloadFile,
          parent: () => window,
        },
        ticket,
      ),
  })
  const core = options.createCore(platform)
  if (unreadable.length > 0) core.log.warn('settings.unreadable', { keptAs: unreadable })
  nativeTheme.themeSource = themeSource(platform.settings.read())

  const ownSession = electron.session.defaultSession
  refusePermissions(ownSession, { isAuthSession: false, savesFrom: APP_ORIGIN })
  confineRequests(ownSession, [`${APP_ORIGIN}/`, 'data:', 'blob:', 'devtools://'])
  serveSite(ownSession.protocol, {
    files: listServedFiles(options.rendererFolder, APP_ORIGIN, '/index.html'),
    contentSecurityPolicy: contentSecurityPolicy(),
    openerPolicy: 'same-origin',
  })
  electron.Menu.setApplicationMenu(
    options.place.platform === 'darwin'
      ? electron.Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
      : null,
  )

  const open = async (): Promise<void> => {
    const opened = createWindow({
      BrowserWindow: electron.BrowserWindow,
      screen: electron.screen,
      nativeTheme,
      preferences,
      system: options.place.platform,
      preloadFile: options.preloadFile,
      iconFile: options.iconFile,
      isPackaged: app.isPackaged,
      monotonicNow: platform.monotonicNow,
      openExternal: platform.openExternal,
      onRefused: (reason) => core.log.warn('window.refused', { reason }),
    })
    window = opened
    opened.on('focus', () => core.noteAttention())
    opened.on('closed', () => {
      if (window === opened) window = null
    })
    await opened.loadURL(`${APP_ORIGIN}/`)
  }
  const show = (): void => {
    if (window === null) {
      open().catch((error: unknown) => core.log.error('window.failed', { error }))
      return
    }
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  const socket = options.createSocketServer({
    core,
    platform,
    showWindow: () => {
      show()
      return { isOpen: true }
    },
  })
  const stop = async (): Promise<void> => {
    // Closed rather than torn down by the exit, so that it remembers its place.
    window?.close()
    await socket.stop()
    await core.stop()
  }
  quitInOrder(options.electron, core, stop)
  let hasFailed = false
  try {
    await core.start()
    await startSocket(socket, core)
    connectIpc({
      ipcMain: electron.ipcMain,
      core: comeForwardAfterSignIn(core, () => window),
      log: core.log,
      monotonicNow: platform.monotonicNow,
      contents: () => window?.webContents ?? null,
    })
    comeForwardWhenAsked(core, () => window)
    core.onShutdownRequest(() => app.quit())
    electron.powerMonitor.on('resume', () => core.noteWake())
    electron.powerMonitor.on('on-ac', () => core.noteAttention())
    app.on('second-instance', show)
    app.on('activate', show)
    app.on('window-all-closed', () => {
      // After a failure its own exit code ends the program.
      if (!hasFailed && options.place.platform !== 'darwin') app.quit()
    })
    await open()
    options.onOpen?.(core)
  } catch (error) {
    hasFailed = true
    await stop().catch((failure: unknown) => core.log.error('host.stop_failed', { error: failure }))
    throw error
  }
}

/** Quitting waits for the work in hand, but not for ever. */
const quitInOrder = ({ app }: ElectronModules, core: Core, stop: () => Promise<void>): void => {
  let isStopping = false
  app.on('before-quit', (event) => {
    event.preventDefault()
    if (isStopping) return
    isStopping = true
    const limit = setTimeout(() => {
      core.log.error('host.stop_too_slow', { limitMs: STOP_LIMIT_MS })
      app.exit(EXIT.failed)
    }, STOP_LIMIT_MS)
    stop()
      .then(() => 0)
      .catch((error: unknown) => {
        core.log.error('host.stop_failed', { error })
        return EXIT.failed
      })
      .then((code) => {
        clearTimeout(limit)
        app.exit(code)
      })
      .catch(() => app.exit(EXIT.failed))
  })
}
