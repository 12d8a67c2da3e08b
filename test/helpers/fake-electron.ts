import { EventEmitter } from 'node:events'
import type { ElectronModules } from '#electron/desktop-host'

/** Makes an object strict: to read a member that the fake does not define is a mistake in the test's or the host's knowledge of Electron. */
export const strict = <T extends object>(name: string, target: T): T =>
  new Proxy(target, {
    get: (object, member, receiver) => {
      if (typeof member === 'symbol' || member in object || UNASKED.has(member)) return Reflect.get(object, member, receiver) as unknown
      throw new Error(`The fake ${name} has no ${member}`)
    },
    set: (object, member, value, receiver) => {
      if (typeof member === 'string' && !(member in object)) throw new Error(`The fake ${name} has no ${member} to set`)
      return Reflect.set(object, member, value, receiver)
    },
  })

/** What the language, the emitter and the assertion library look for on any object. */
const UNASKED = new Set(['then', 'toJSON', 'asymmetricMatch', '$$typeof', 'nodeType', '_events', '_eventsCount', '_maxListeners', 'domain'])

/** An Electron event as listeners get it. */
export interface FakeEvent {
  defaultPrevented: boolean
  preventDefault: () => void
}

export const fakeEvent = <T extends object>(more: T = {} as T): FakeEvent & T => {
  const event = {
    defaultPrevented: false,
    preventDefault: (): void => {
      event.defaultPrevented = true
    },
    ...more,
  }
  return event
}

type Handler = (...args: never[]) => unknown

/** ipcMain, or the ipc of one page: one handler a channel, as in Electron. */
export class FakeIpc extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>()

  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => Promise<unknown>): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.handlers.set(channel, handler)
  }

  /** What a page's invoke comes to; arguments cross as copies, as they do between processes. */
  async invoke(event: unknown, channel: string, ...args: unknown[]): Promise<unknown> {
    const handler = this.handlers.get(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    return structuredClone(await handler(event, ...(structuredClone(args) as unknown[])))
  }
}

export class FakeFrame {
  origin = 'null'
  detached = false
  parent: FakeFrame | null = null
  frameToken: string
  destroyed = false

  constructor(frameToken: string) {
    this.frameToken = frameToken
  }

  isDestroyed(): boolean {
    return this.destroyed
  }
}

export type ProtocolHandler = (request: { readonly url: string; readonly method: string }) => Promise<Response>

export class FakeSession extends EventEmitter {
  readonly partition: string
  readonly handlers: Record<string, Handler> = {}
  readonly schemes = new Map<string, ProtocolHandler>()
  readonly cleared: string[] = []
  beforeRequest: ((details: { readonly url: string }, callback: (answer: { readonly cancel: boolean }) => void) => void) | null = null

  constructor(partition: string) {
    super()
    this.partition = partition
  }

  readonly protocol = strict('session.protocol', {
    handle: (scheme: string, handler: ProtocolHandler): void => {
      if (this.schemes.has(scheme)) throw new Error(`The scheme ${scheme} is handled already`)
      this.schemes.set(scheme, handler)
    },
    unhandle: (scheme: string): void => {
      this.schemes.delete(scheme)
    },
  })

  readonly webRequest = strict('session.webRequest', {
    onBeforeRequest: (listener: NonNullable<FakeSession['beforeRequest']>): void => {
      this.beforeRequest = listener
    },
  })

  setPermissionRequestHandler(handler: Handler): void {
    this.handlers['permissionRequest'] = handler
  }

  setPermissionCheckHandler(handler: Handler): void {
    this.handlers['permissionCheck'] = handler
  }

  setDevicePermissionHandler(handler: Handler): void {
    this.handlers['device'] = handler
  }

  setBluetoothPairingHandler(handler: Handler): void {
    this.handlers['bluetooth'] = handler
  }

  setDisplayMediaRequestHandler(handler: Handler): void {
    this.handlers['displayMedia'] = handler
  }

  async clearStorageData(): Promise<void> {
    this.cleared.push('storage')
  }

  async clearCache(): Promise<void> {
    this.cleared.push('cache')
  }

  async clearAuthCache(): Promise<void> {
    this.cleared.push('auth')
  }

  async closeAllConnections(): Promise<void> {
    this.cleared.push('connections')
  }
}

export interface WindowOpenAnswer {
  readonly action: 'allow' | 'deny'
  readonly overrideBrowserWindowOptions?: FakeWindowOptions
}

export class FakeWebContents extends EventEmitter {
  readonly session: FakeSession
  readonly ipc = strict('webContents.ipc', new FakeIpc())
  readonly mainFrame: FakeFrame
  readonly sent: unknown[][] = []
  destroyed = false
  windowOpen: (details: { readonly url: string }) => WindowOpenAnswer = () => ({ action: 'allow' })

  constructor(session: FakeSession, id: number) {
    super()
    this.session = session
    this.mainFrame = strict('webFrameMain', new FakeFrame(`frame-${id}`))
  }

  setWindowOpenHandler(handler: FakeWebContents['windowOpen']): void {
    this.windowOpen = handler
  }

  send(...message: unknown[]): void {
    this.sent.push(structuredClone(message))
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  /** Whether a navigation of this kind goes through. */
  mayNavigate(kind: 'will-navigate' | 'will-redirect' | 'will-frame-navigate', url: string, isMainFrame = true): boolean {
    const event = fakeEvent({ url, isMainFrame })
    this.emit(kind, event)
    return !event.defaultPrevented
  }
}

export interface FakeWindowOptions {
  readonly webPreferences?: Readonly<Record<string, unknown>> & { readonly session?: FakeSession }
  readonly [option: string]: unknown
}

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
      return false
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
    powerMonitor: strict('powerMonitor', new EventEmitter()),
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

/** An invoke event as it comes from the top frame of a page. */
export const fromPage = (contents: FakeWebContents, senderFrame: FakeFrame | null = contents.mainFrame) =>
  strict('event', { sender: contents, senderFrame })
