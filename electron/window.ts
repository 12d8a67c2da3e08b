import type { BrowserWindow, BrowserWindowConstructorOptions, NativeTheme, Rectangle, Screen, TitleBarOverlay } from 'electron'
import { z } from 'zod'
import type { Settings } from '#shared/contract/settings'
import { PAGE_PREFERENCES } from './auth-window.ts'
import { confineContents } from './contents-policy.ts'
import type { PreferencesStore } from './platform-electron.ts'
import { APP_ORIGIN } from './protocol.ts'
import { createRateBucket } from './rate-bucket.ts'

const MIN_SIZE = { width: 900, height: 600 } as const
const TOOLBAR_HEIGHT = 48
const PLACE_KEY = 'window'

/** Tokens `--surface` and `--ink-2` of the renderer, for what the system draws before and around the page. */
const COLORS = {
  light: { surface: '#FFFFFF', ink: '#52524D' },
  dark: { surface: '#191918', ink: '#B6B6AF' },
} as const

const Place = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(MIN_SIZE.width).max(20_000),
  height: z.number().int().min(MIN_SIZE.height).max(20_000),
  isMaximized: z.boolean(),
})
type Place = z.output<typeof Place>

const overlap = (a: Rectangle, b: Rectangle): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y))

/** Where the window stood last, unless that is no longer on a screen: at least a quarter of it must be seen. */
export const rememberedPlace = (store: PreferencesStore, screen: Pick<Screen, 'getAllDisplays'>): Place | null => {
  const parsed = Place.safeParse(store.get(PLACE_KEY))
  if (!parsed.success) return null
  const place = parsed.data
  const seen = Math.max(0, ...screen.getAllDisplays().map(({ workArea }) => overlap(workArea, place)))
  return seen * 4 >= place.width * place.height ? place : null
}

const titleBarOverlay = (isDark: boolean): TitleBarOverlay => {
  const colors = isDark ? COLORS.dark : COLORS.light
  return { color: colors.surface, symbolColor: colors.ink, height: TOOLBAR_HEIGHT - 1 }
}

const titleBar = (system: NodeJS.Platform, isDark: boolean): BrowserWindowConstructorOptions =>
  system === 'darwin'
    ? { titleBarStyle: 'hidden', trafficLightPosition: { x: 16, y: 17 } }
    : { titleBarStyle: 'hidden', titleBarOverlay: titleBarOverlay(isDark) }

export interface WindowOptions {
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow
  readonly screen: Pick<Screen, 'getAllDisplays'>
  readonly nativeTheme: Pick<NativeTheme, 'shouldUseDarkColors' | 'on' | 'removeListener'>
  readonly preferences: PreferencesStore
  readonly system: NodeJS.Platform
  readonly preloadFile: string
  readonly iconFile: string
  readonly isPackaged: boolean
  readonly monotonicNow: () => number
  /** Gets only addresses that the page asked to open elsewhere; judges them itself. */
  readonly openExternal: (url: string) => Promise<void>
  readonly onRefused: (reason: string) => void
}

/** The options of the one window; `sandbox`, `contextIsolation` and the rest are never decided anywhere else. */
export const windowOptions = (
  options: Omit<WindowOptions, 'openExternal' | 'onRefused' | 'monotonicNow'>,
): BrowserWindowConstructorOptions => {
  const isDark = options.nativeTheme.shouldUseDarkColors
  const place = rememberedPlace(options.preferences, options.screen)
  return {
    title: 'Patchbay',
    ...(place === null ? { width: 1200, height: 800 } : { x: place.x, y: place.y, width: place.width, height: place.height }),
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    show: false,
    icon: options.iconFile,
    backgroundColor: (isDark ? COLORS.dark : COLORS.light).surface,
    ...titleBar(options.system, isDark),
    webPreferences: { ...PAGE_PREFERENCES, preload: options.preloadFile, devTools: !options.isPackaged },
  }
}

/** The theme the person chose, in the words of nativeTheme. */
export const themeSource = (settings: Settings): NativeTheme['themeSource'] => settings.theme

/** Creates the window, confines its page to our own origin and shows it once it can be seen. */
export const createWindow = (options: WindowOptions): BrowserWindow => {
  const window = new options.BrowserWindow(windowOptions(options))
  const { webContents } = window

  confineContents(webContents, ({ url, isMainFrame }) => isMainFrame && (url === `${APP_ORIGIN}/` || url.startsWith(`${APP_ORIGIN}/#`)))
  const mayOpen = createRateBucket(5, 0.5, options.monotonicNow)
  webContents.setWindowOpenHandler(({ url }) => {
    if (!mayOpen()) options.onRefused('open_external.too_many')
    else options.openExternal(url).catch(() => options.onRefused('open_external.refused'))
    return { action: 'deny' }
  })

  const paint = (): void => {
    const isDark = options.nativeTheme.shouldUseDarkColors
    window.setBackgroundColor((isDark ? COLORS.dark : COLORS.light).surface)
    if (options.system !== 'darwin') window.setTitleBarOverlay(titleBarOverlay(isDark))
  }
  options.nativeTheme.on('updated', paint)
  window.once('ready-to-show', () => {
    if (rememberedPlace(options.preferences, options.screen)?.isMaximized === true) window.maximize()
    window.show()
  })
  window.on('close', () => {
    options.preferences.set(PLACE_KEY, { ...window.getNormalBounds(), isMaximized: window.isMaximized() } satisfies Place)
  })
  window.on('closed', () => options.nativeTheme.removeListener('updated', paint))
  return window
}
