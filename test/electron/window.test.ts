import { describe, expect, it } from 'vitest'
import { createWindow, rememberedPlace, windowOptions, type WindowOptions } from '#electron/window'
import { PatchbayError } from '#shared/errors'
import { createFakeElectron, type FakeElectron } from '#test/helpers/fake-electron'
import { fakeEvent } from '#test/helpers/fake-web-contents'

const inMemory = (values: Record<string, unknown> = {}) => ({
  values,
  get: (key: string): unknown => values[key],
  set: (key: string, value: unknown): void => {
    values[key] = value
  },
})

const setUp = (more: Partial<WindowOptions> = {}, fake: FakeElectron = createFakeElectron()) => {
  const opened: string[] = []
  const refused: string[] = []
  let now = 0
  const options: WindowOptions = {
    BrowserWindow: fake.modules.BrowserWindow,
    screen: fake.modules.screen,
    nativeTheme: fake.modules.nativeTheme,
    preferences: inMemory(),
    system: 'linux',
    preloadFile: '/app/out/preload/preload.cjs',
    iconFile: '/app/resources/icons/512x512.png',
    isPackaged: true,
    monotonicNow: () => now,
    openExternal: async (url) => {
      if (!url.startsWith('https:')) throw new PatchbayError('connect.no_browser')
      opened.push(url)
    },
    onRefused: (reason) => refused.push(reason),
    ...more,
  }
  return { fake, options, opened, refused, wait: (ms: number) => (now += ms) }
}

const open = (more: Partial<WindowOptions> = {}, fake?: FakeElectron) => {
  const context = setUp(more, fake)
  createWindow(context.options)
  const window = context.fake.windows[0]
  if (window === undefined) throw new Error('No window was created')
  return { ...context, window, contents: window.webContents }
}

describe('the window', () => {
  it('is a sandboxed page without Node, with the minimum size of the design', () => {
    expect(windowOptions(setUp().options)).toEqual({
      title: 'Patchbay',
      width: 1200,
      height: 800,
      minWidth: 900,
      minHeight: 600,
      show: false,
      icon: '/app/resources/icons/512x512.png',
      backgroundColor: '#FFFFFF',
      titleBarStyle: 'hidden',
      titleBarOverlay: { color: '#FFFFFF', symbolColor: '#52524D', height: 47 },
      webPreferences: {
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInSubFrames: false,
        nodeIntegrationInWorker: false,
        webSecurity: true,
        webviewTag: false,
        allowRunningInsecureContent: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        preload: '/app/out/preload/preload.cjs',
        devTools: false,
      },
    })
  })

  it('has the traffic lights in the toolbar on macOS', () => {
    const options = windowOptions(setUp({ system: 'darwin' }).options)
    expect(options).toMatchObject({ titleBarStyle: 'hidden', trafficLightPosition: { x: 16, y: 17 } })
    expect(options.titleBarOverlay).toBeUndefined()
  })

  it('shows itself once there is something to see', () => {
    const { window } = open()
    expect(window.calls).not.toContain('show')
    window.emit('ready-to-show')
    expect(window.calls).toContain('show')
  })

  it('follows the theme in what the system draws, until it is closed', () => {
    const { window, fake } = open()
    fake.nativeTheme.shouldUseDarkColors = true
    fake.nativeTheme.emit('updated')
    expect(window.calls).toEqual(['background #191918', 'overlay #191918'])
    window.close()
    expect(fake.nativeTheme.listenerCount('updated')).toBe(0)
  })
})

describe('navigation of the window', () => {
  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate'] as const)('%s goes nowhere but to our own page', (kind) => {
    const { contents } = open()
    expect(contents.mayNavigate(kind, 'patchbay://app/')).toBe(true)
    expect(contents.mayNavigate(kind, 'patchbay://app/#/settings')).toBe(true)
    for (const url of [
      'https://example.com/',
      'http://127.0.0.1/',
      'patchbay://auth/',
      'patchbay://app.evil/',
      'patchbay://app/assets/x.js',
      'file:///etc/passwd',
      'data:text/html,x',
      'javascript:1',
      'about:blank',
      'blob:patchbay://app/1',
    ])
      expect(contents.mayNavigate(kind, url)).toBe(false)
    expect(contents.mayNavigate(kind, 'patchbay://app/', false)).toBe(false)
  })

  it('attaches no webview', () => {
    const event = fakeEvent()
    open().contents.emit('will-attach-webview', event, {}, {})
    expect(event.defaultPrevented).toBe(true)
  })

  it.each(['https://docs.nango.dev/', 'about:blank', '', 'patchbay://app/', 'file:///etc/passwd', 'javascript:1'])(
    'opens no window for %s',
    (url) => {
      expect(open().window.openChild(url)).toBeNull()
    },
  )

  it('hands an https link to the system browser, and nothing else', async () => {
    const { window, opened, refused } = open()
    window.openChild('https://docs.nango.dev/')
    window.openChild('file:///etc/passwd')
    await Promise.resolve()
    await Promise.resolve()
    expect(opened).toEqual(['https://docs.nango.dev/'])
    expect(refused).toEqual(['open_external.refused'])
  })

  it('opens at most five links at once, more as time goes on', () => {
    const { window, opened, refused, wait } = open()
    for (let count = 0; count < 8; count += 1) window.openChild('https://example.com/')
    expect([opened.length, refused.length]).toEqual([5, 3])
    wait(2000)
    window.openChild('https://example.com/')
    expect(opened.length).toBe(6)
  })
})

describe('the place of the window', () => {
  const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] } as unknown as WindowOptions['screen']
  const place = { x: 100, y: 50, width: 1000, height: 700, isMaximized: false }

  it('is kept when the window closes and taken up by the next one', () => {
    const preferences = inMemory()
    open({ preferences }).window.close()
    expect(preferences.values).toEqual({ window: { x: 10, y: 20, width: 1200, height: 800, isMaximized: false } })
    expect(windowOptions(setUp({ preferences }).options)).toMatchObject({ x: 10, y: 20, width: 1200, height: 800 })
  })

  it('is maximized again when it was', () => {
    const { window } = open({ preferences: inMemory({ window: { ...place, isMaximized: true } }) })
    window.emit('ready-to-show')
    expect(window.calls).toEqual(['maximize', 'show'])
  })

  it.each([
    ['on a screen that is gone', { ...place, x: 5000 }],
    ['mostly off the screen', { ...place, x: 1800 }],
    ['smaller than the design', { ...place, width: 100 }],
    ['no numbers', { ...place, x: '1' }],
    ['not there', undefined],
    ['another kind', 'wide'],
  ])('is forgotten when it is %s', (_why, value) => {
    expect(rememberedPlace(inMemory({ window: value }), screen)).toBeNull()
  })

  it('counts when it can be seen', () => {
    expect(rememberedPlace(inMemory({ window: place }), screen)).toEqual(place)
  })
})
