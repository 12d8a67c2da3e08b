import { EventEmitter } from 'node:events'
import { registerHooks } from 'node:module'
import type { ElectronModules } from '#electron/desktop-host'
import { fakeEvent, FakeIpc, FakeSession, FakeWebContents, strict, type FakeWindowOptions } from './fake-web-contents.ts'

/** A whole fake Electron: its modules for the host, and what they recorded for the test. */
export const createFakeElectron = (
  setup: {
    readonly userSwitches?: readonly string[]
    readonly isPackaged?: boolean
    readonly hasLock?: boolean
    readonly safeStorage?: object
    readonly openExternal?: (url: string) => Promise<void>
  } = {},
) => {
  const windows: FakeBrowserWindow[] = []
  const sessions = new Map<string, FakeSession>()
  const record = {
    steps: [] as string[],
    paths: {} as Record<string, string>,
    schemes: [] as { scheme: string; privileges: Record<string, boolean> }[],
    exits: [] as number[],
    errorBoxes: [] as { title: string; content: string }[],
    opened: [] as string[],
    copied: [] as string[],
    menus: [] as unknown[],
  }
  const sessionOf = (partition: string): FakeSession => {
    const known = sessions.get(partition) ?? strict('session', new FakeSession(partition))
    sessions.set(partition, known)
    return known
  }

  class FakeApp extends EventEmitter {
    readonly isPackaged = setup.isPackaged ?? false
    readonly commandLine = strict('commandLine', { hasSwitch: (name: string): boolean => setup.userSwitches?.includes(name) ?? false })

    enableSandbox(): void {
      record.steps.push('enableSandbox')
    }

    setPath(name: string, path: string): void {
      record.steps.push(`setPath ${name}`)
      record.paths[name] = path
    }

    getPath(name: string): string {
      const path = record.paths[name]
      if (path === undefined) throw new Error(`The fake app has no path ${name}`)
      return path
    }

    getVersion(): string {
      return '0.1.0'
    }

    requestSingleInstanceLock(): boolean {
      record.steps.push('lock')
      return setup.hasLock ?? true
    }

    async whenReady(): Promise<void> {
      record.steps.push('ready')
    }

    exit(code: number): void {
      record.exits.push(code)
      this.emit('fake-exit', code)
    }

    /** Emits before-quit; goes on to exit only when nobody prevents it, as in Electron. */
    quit(): void {
      const event = fakeEvent()
      this.emit('before-quit', event)
      if (!event.defaultPrevented) this.exit(0)
    }
  }
  const app = strict('app', new FakeApp())

  class FakeBrowserWindow extends EventEmitter {
    readonly options: FakeWindowOptions
    readonly webContents: FakeWebContents
    readonly calls: string[] = []
    title = ''
    destroyed = false
    focused = false
    minimized = false
    bounds = { x: 10, y: 20, width: 1200, height: 800 }

    constructor(options: FakeWindowOptions) {
      super()
      this.options = options
      this.webContents = strict('webContents', new FakeWebContents(options.webPreferences?.session ?? sessionOf(''), windows.length + 1))
      const self = strict('BrowserWindow', this as FakeBrowserWindow)
      windows.push(self)
      app.emit('web-contents-created', fakeEvent(), this.webContents)
      return self
    }

    /** Loads through the session's own scheme handler; what it does not serve fails to load. */
    async loadURL(url: string): Promise<void> {
      const { protocol, host } = new URL(url)
      const handler = this.webContents.session.schemes.get(protocol.slice(0, -1))
      const response = await handler?.({ url, method: 'GET' })
      if (response?.status !== 200) throw new Error(`ERR_FAILED (-2) loading '${url}'`)
      this.webContents.mainFrame.origin = `${protocol}//${host}`
      this.emit('ready-to-show')
    }

    /** What window.open of this window's page comes to: the child, or null. */
    openChild(url: string): FakeBrowserWindow | null {
      const answer = this.webContents.windowOpen({ url })
      if (answer.action === 'deny') return null
      const override = answer.overrideBrowserWindowOptions ?? {}
      const child = new FakeBrowserWindow({
        ...override,
        webPreferences: { ...override.webPreferences, session: this.webContents.session },
      })
      this.webContents.emit('did-create-window', child)
      return child
    }

    close(): void {
      if (this.destroyed) return
      this.emit('close', fakeEvent())
      this.destroy()
    }

    destroy(): void {
      if (this.destroyed) return
      this.destroyed = true
      this.webContents.destroyed = true
      this.webContents.mainFrame.destroyed = true
      windows.splice(windows.indexOf(this), 1)
      this.emit('closed')
      if (windows.length === 0) app.emit('window-all-closed')
    }

    isDestroyed(): boolean {
      return this.destroyed
    }

    show(): void {
      this.calls.push('show')
    }

    focus(): void {
      this.calls.push('focus')
    }

    restore(): void {
      this.calls.push('restore')
    }

    maximize(): void {
      this.calls.push('maximize')
    }

    isMinimized(): boolean {
      return this.minimized
    }

    isFocused(): boolean {
      return this.focused
    }

    showInactive(): void {
      this.calls.push('showInactive')
    }

    moveTop(): void {
      this.calls.push('moveTop')
    }

    flashFrame(isOn: boolean): void {
      this.calls.push(`flash ${isOn ? 'on' : 'off'}`)
    }

    isMaximized(): boolean {
      return this.calls.includes('maximize')
    }

    getNormalBounds(): FakeBrowserWindow['bounds'] {
      return this.bounds
    }

    setTitle(title: string): void {
      this.title = title
    }

    setBackgroundColor(color: string): void {
      this.calls.push(`background ${color}`)
    }

    setTitleBarOverlay(overlay: { readonly color: string }): void {
      this.calls.push(`overlay ${overlay.color}`)
    }
  }

  class FakePowerMonitor extends EventEmitter {
    isOnBattery = false

    isOnBatteryPower(): boolean {
      return this.isOnBattery
    }
  }
  class FakeNativeTheme extends EventEmitter {
    themeSource = 'system'
    shouldUseDarkColors = false
  }
  const ipcMain = strict('ipcMain', new FakeIpc())
  const modules = {
    app,
    BrowserWindow: FakeBrowserWindow,
    clipboard: strict('clipboard', {
      writeText: async (text: string): Promise<void> => {
        record.copied.push(text)
      },
      readText: async (): Promise<string> => record.copied.at(-1) ?? '',
    }),
    dialog: strict('dialog', {
      showErrorBox: (title: string, content: string): void => {
        record.errorBoxes.push({ title, content })
      },
    }),
    ipcMain,
    Menu: strict('Menu', {
      setApplicationMenu: (menu: unknown): void => {
        record.menus.push(menu)
      },
      buildFromTemplate: (template: unknown): unknown => ({ template }),
    }),
    nativeTheme: strict('nativeTheme', new FakeNativeTheme()),
    powerMonitor: strict('powerMonitor', new FakePowerMonitor()),
    protocol: strict('protocol', {
      registerSchemesAsPrivileged: (schemes: (typeof record)['schemes']): void => {
        record.steps.push('schemes')
        record.schemes = schemes
      },
    }),
    safeStorage: strict('safeStorage', setup.safeStorage ?? {}),
    screen: strict('screen', { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] }),
    session: strict('session module', {
      defaultSession: sessionOf(''),
      fromPartition: (partition: string, options: { readonly cache: boolean }): FakeSession => {
        if (partition.startsWith('persist:') || options.cache) throw new Error('An auth window keeps nothing on the disk')
        return sessionOf(partition)
      },
    }),
    shell: strict('shell', {
      openExternal: async (url: string): Promise<void> => {
        await setup.openExternal?.(url)
        record.opened.push(url)
      },
    }),
  }
  return {
    /** For the host: typed as the real modules, which this stands in for. */
    modules: strict('electron', modules) as unknown as ElectronModules,
    app,
    ipcMain,
    nativeTheme: modules.nativeTheme,
    powerMonitor: modules.powerMonitor,
    BrowserWindow: FakeBrowserWindow,
    windows,
    sessions,
    record,
    sessionOf,
  }
}

export type FakeElectron = ReturnType<typeof createFakeElectron>

const PROVIDED = 'patchbay.test.electron'

/** Lets packages that import 'electron' themselves, such as electron-store, get the fake. Returns the function that ends it. */
export const provideElectron = (fake: FakeElectron): (() => void) => {
  Reflect.set(globalThis, Symbol.for(PROVIDED), fake.modules)
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron'
        ? { url: `data:text/javascript,export default globalThis[Symbol.for('${PROVIDED}')]`, shortCircuit: true }
        : next(specifier, context),
  })
  return () => {
    hooks.deregister()
    Reflect.deleteProperty(globalThis, Symbol.for(PROVIDED))
  }
}
