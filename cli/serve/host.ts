import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PatchbayError } from '#shared/errors'
import type { Core } from '#core/core'
import type { Platform } from '#core/platform'
import { createCore } from '#core/create-core'
import { toStorageError } from '#core/database/storage-error'
import { SocketServer } from '#core/automation/socket-server'
import { startSocket } from '#core/automation/start-socket'
import { HttpServer } from './http-server.ts'
import { type AppWindow, openAppWindow } from './open-app-window.ts'
import { createNodePlatform } from './platform-node.ts'

export interface HostOptions {
  readonly version: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Started without a window of its own. */
  readonly isHeadless: boolean
  /** 0: the system chooses. */
  readonly port: number
}

/** A Node host that answers. */
export interface Host {
  readonly core: Core
  readonly platform: Platform
  readonly port: number
  /** An address that opens one session within 60 s; a secret. */
  readonly issueUrl: () => string
  /** Opens the window in an installed browser; resolves once its page is there. Throws `connect.no_browser`. */
  readonly openWindow: (environment?: Readonly<Record<string, string | undefined>>) => Promise<AppWindow>
  /** Stops everything in order; safe to call more than once. */
  readonly stop: () => Promise<void>
}

/** How long a browser may take to show the page. */
const WINDOW_START_MS = 20_000

/** The root of the package: sources and bundles both lie two folders below it. */
const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** What a client may say about the display that its person sits at. */
const DISPLAY = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS']

const displayOf = (params: unknown): Record<string, string> => {
  const { environment } = (params ?? {}) as { readonly environment?: unknown }
  if (typeof environment !== 'object' || environment === null) return {}
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => DISPLAY.includes(entry[0]) && typeof entry[1] === 'string'),
  )
}

/** A data folder that takes no writes is no reason to show nothing: the browser then keeps its things in a folder of their own. */
const openSomewhere = (open: (folder: string) => AppWindow, dataFolder: string): AppWindow => {
  try {
    return open(dataFolder)
  } catch (error) {
    const mapped = toStorageError(error)
    if (!(mapped instanceof PatchbayError) || !mapped.code.startsWith('storage.')) throw error
    return open(mkdtempSync(join(tmpdir(), 'patchbay-window-')))
  }
}

/** Starts a host: takes the data folder, then answers on the socket and on loopback. Throws `host.already_running`. */
export const startHost = async ({ version, environment, isHeadless, port }: HostOptions): Promise<Host> => {
  let http: HttpServer | null = null
  const windows = new Set<AppWindow>()
  const pageListeners = new Set<() => void>()
  const platform = createNodePlatform({
    version,
    isHeadless,
    environment,
    openAuthWindow: async (ticket) => (http === null ? null : { isOpen: false, url: http.authWindowUrl(ticket) }),
    isWindowOpen: () => http !== null && http.windowCount > 0,
  })
  const core = createCore(platform, { catalogueFile: fromRoot('resources/catalogue.json') })
  await core.start()

  const openWindow: Host['openWindow'] = async (display = {}) => {
    if (http === null) throw new PatchbayError('host.stopping')
    const url = http.issueUrl()
    const open = (dataFolder: string): AppWindow => openAppWindow({ url, dataFolder, environment: { ...environment, ...display } })
    const opened = openSomewhere(open, platform.dataFolder)
    windows.add(opened)
    const exitCode = await new Promise<number | null>((resolve) => {
      pageListeners.add(() => resolve(null))
      // A browser that ends well has handed over to one that runs already: the page comes from there.
      void opened.closed.then((code) => code !== 0 && resolve(code))
      setTimeout(() => resolve(-1), WINDOW_START_MS).unref()
    })
    opened.forgetLaunchFile()
    void opened.closed.then(() => windows.delete(opened))
    if (exitCode === null) return opened
    opened.close()
    throw new PatchbayError('connect.no_browser', { message: 'The browser did not show the window.', data: { exitCode } })
  }

  const socket = new SocketServer({
    core,
    platform,
    isTrusted: isHeadless && (environment['NANGO_SECRET_KEY'] ?? '') !== '',
    hostMethods: {
      'window.open': async (params) => {
        await openWindow(displayOf(params))
        return { isOpen: true }
      },
    },
  })

  let stopped: Promise<void> | null = null
  const stop = async (): Promise<void> => {
    const server = http
    http = null
    for (const opened of windows) {
      opened.forgetLaunchFile()
      opened.close()
    }
    await Promise.allSettled([socket.stop(), server?.stop()])
    await core.stop()
  }
  const host: Host = {
    core,
    platform,
    get port() {
      return http?.port ?? 0
    },
    issueUrl: () => http?.issueUrl() ?? '',
    openWindow,
    stop: () => (stopped ??= stop()),
  }
  try {
    http = new HttpServer({
      core,
      rendererFolder: fromRoot('out/renderer'),
      port,
      now: () => platform.monotonicNow(),
      onOpened: () => {
        for (const opened of windows) opened.forgetLaunchFile()
        for (const tell of pageListeners) tell()
        pageListeners.clear()
      },
    })
    // Where one of them fails the other is stopped, which only one that has begun can be.
    for (const begun of await Promise.allSettled([http.start(), startSocket(socket, core)]))
      if (begun.status === 'rejected') throw begun.reason
  } catch (error) {
    await host.stop()
    throw error
  }
  return host
}
