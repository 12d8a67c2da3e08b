import { EventEmitter } from 'node:events'

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

  /** Hears messages as the preload script does. */
  readonly arrivals = new Set<(channel: string, payload: unknown) => void>()

  send(...message: unknown[]): void {
    this.sent.push(structuredClone(message))
    const [channel, payload] = structuredClone(message)
    for (const listener of this.arrivals) listener(String(channel), payload)
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

/** An invoke event as it comes from the top frame of a page. */
export const fromPage = (contents: FakeWebContents, senderFrame: FakeFrame | null = contents.mainFrame) =>
  strict('event', { sender: contents, senderFrame })
