import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthWindowOutcome, AuthWindowSession } from '#core/core'
import { createLog } from '#core/log'
import { Secret } from '#core/vault/secret'
import { openAuthWindow, type AuthWindowOptions } from '#electron/auth-window'
import { AUTH_ORIGIN, listServedFiles } from '#electron/protocol'
import { CHANNELS } from '#shared/channels'
import type { ChangeEvent } from '#shared/contract/contract'
import { PatchbayError } from '#shared/errors'
import type { Reply } from '#shared/wire'
import { createFakeElectron, type FakeElectron } from '#test/helpers/fake-electron'
import { fakeEvent, FakeFrame, fromPage } from '#test/helpers/fake-web-contents'

const TOKEN = 'nango_connect_session_0123456789abcdef'

const pages = mkdtempSync(join(tmpdir(), 'patchbay-auth-'))
mkdirSync(join(pages, 'auth-window'))
writeFileSync(join(pages, 'auth-window', 'index.html'), '<!doctype html>')
afterAll(() => rmSync(pages, { recursive: true }))

const setUp = async (more: Partial<AuthWindowSession> = {}, fake: FakeElectron = createFakeElectron()) => {
  const outcomes: [string, AuthWindowOutcome][] = []
  const lines: string[] = []
  const listeners = new Set<(event: ChangeEvent) => void>()
  const flow = { state: 'waiting' }
  const session: AuthWindowSession = {
    flowId: 'flow1',
    connectorName: 'GitHub',
    nangoHost: 'https://nango.example.com',
    websocketsPath: '/',
    integrationId: 'github',
    sessionToken: new Secret(TOKEN),
    params: { site: 'x' },
    connectUiUrl: null,
    ...more,
  }
  const core: AuthWindowOptions['core'] = {
    redeemAuthTicket: async (ticket) => {
      if (ticket !== 'good') throw new PatchbayError('automation.denied')
      return session
    },
    reportAuthOutcome: (ticket, outcome) => void outcomes.push([ticket, outcome]),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispatch: async () => ({ ok: true, value: flow }),
  }
  const options: AuthWindowOptions = {
    BrowserWindow: fake.modules.BrowserWindow,
    sessionFrom: (partition) => fake.modules.session.fromPartition(partition, { cache: false }),
    core,
    log: createLog('debug', (line) => lines.push(line)),
    files: listServedFiles(pages, AUTH_ORIGIN, '/auth-window/index.html'),
    preloadFile: '/app/out/preload/auth-preload.cjs',
    parent: () => null,
  }
  return { fake, options, outcomes, lines, listeners, flow }
}

const open = async (more: Partial<AuthWindowSession> = {}) => {
  const context = await setUp(more)
  await openAuthWindow(context.options, 'good')
  const window = context.fake.windows[0]
  if (window === undefined) throw new Error('No window was opened')
  const contents = window.webContents
  const invoke = (channel: string, ...args: unknown[]): Promise<Reply> =>
    contents.ipc.invoke(fromPage(contents), channel, ...args) as Promise<Reply>
  return { ...context, window, contents, invoke }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the auth window', () => {
  it('is a sandboxed page in a partition of its own, in memory', async () => {
    const { window, contents } = await open()
    const { session, ...preferences } = window.options.webPreferences ?? {}
    expect(preferences).toEqual({
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
      devTools: false,
      preload: '/app/out/preload/auth-preload.cjs',
    })
    expect(session?.partition).toMatch(/^auth-[0-9a-f-]{36}$/)
    expect(contents.mainFrame.origin).toBe('patchbay://auth')
  })

  it('has a partition for each attempt', async () => {
    const [first, second] = [await open(), await open()]
    expect(first.contents.session.partition).not.toBe(second.contents.session.partition)
  })

  it.each([
    ['https://nango.example.com', "connect-src 'self' https://nango.example.com wss://nango.example.com"],
    ['http://127.0.0.1:3003', "connect-src 'self' http://127.0.0.1:3003 ws://127.0.0.1:3003"],
    ['https://nango.example.com:8443/base/', "connect-src 'self' https://nango.example.com:8443 wss://nango.example.com:8443"],
  ])('may speak to %s and to nothing else', async (nangoHost, connect) => {
    const { contents } = await open({ nangoHost })
    const page = await contents.session.schemes.get('patchbay')?.({ url: 'patchbay://auth/', method: 'GET' })
    expect(page?.headers.get('content-security-policy')).toContain(`${connect};`)
    expect(page?.headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'")
    expect(page?.headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups')
  })

  it('shows the frame of Connect UI from its own origin, and no other place', async () => {
    const { contents } = await open({ connectUiUrl: 'https://connect.nango.dev/' })
    const page = await contents.session.schemes.get('patchbay')?.({ url: 'patchbay://auth/', method: 'GET' })
    expect(page?.headers.get('content-security-policy')).toContain('frame-src https://connect.nango.dev;')
    const goes = (url: string, isMainFrame: boolean): boolean => {
      let isStopped = false
      contents.emit('will-frame-navigate', { url, isMainFrame, preventDefault: () => (isStopped = true) })
      return !isStopped
    }
    expect(goes('https://connect.nango.dev/go', false)).toBe(true)
    expect(goes('https://connect.nango.dev/go', true)).toBe(false)
    expect(goes('https://connect.nango.dev.evil.test/', false)).toBe(false)
    expect(goes('https://evil.test/', false)).toBe(false)
    const { contents: other } = await open()
    const plain = await other.session.schemes.get('patchbay')?.({ url: 'patchbay://auth/', method: 'GET' })
    expect(plain?.headers.get('content-security-policy')).toContain("frame-src 'none'")
  })

  it('does not open for a ticket that is not good', async () => {
    const { options, fake } = await setUp()
    await expect(openAuthWindow(options, 'bad')).rejects.toMatchObject({ code: 'automation.denied' })
    expect(fake.windows).toEqual([])
  })

  it('leaves nothing behind when its page cannot be loaded', async () => {
    const { options, fake, outcomes } = await setUp()
    await expect(openAuthWindow({ ...options, files: new Map() }, 'good')).rejects.toMatchObject({ code: 'internal' })
    expect(fake.windows).toEqual([])
    expect(outcomes).toEqual([['good', { kind: 'closed' }]])
  })
})

describe('what the auth page may ask', () => {
  it('gets its session once', async () => {
    const { invoke } = await open()
    expect(await invoke(CHANNELS.authSession)).toEqual({
      ok: true,
      value: {
        connectorName: 'GitHub',
        nangoHost: 'https://nango.example.com',
        websocketsPath: '/',
        integrationId: 'github',
        sessionToken: TOKEN,
        params: { site: 'x' },
        connectUiUrl: null,
      },
    })
    expect(await invoke(CHANNELS.authSession)).toMatchObject({ ok: false, error: { code: 'automation.denied' } })
  })

  it('cannot call the core', async () => {
    const { invoke, fake } = await open()
    await expect(invoke(CHANNELS.call, 'profiles.list', {})).rejects.toThrow('No handler')
    expect(fake.ipcMain.handlers.size).toBe(0)
  })

  it.each([
    ['a provider page in its frame', 'https://accounts.example.com'],
    ['our window', 'patchbay://app'],
    ['an empty page', 'null'],
  ])('%s gets nothing', async (_name, origin) => {
    const { contents, outcomes } = await open()
    contents.mainFrame.origin = origin
    expect(await contents.ipc.invoke(fromPage(contents), CHANNELS.authSession)).toMatchObject({
      ok: false,
      error: { code: 'automation.denied' },
    })
    await contents.ipc.invoke(fromPage(contents), CHANNELS.authOutcome, { kind: 'success' })
    expect(outcomes).toEqual([])
  })

  it('a frame inside it gets nothing', async () => {
    const { contents } = await open()
    const frame = new FakeFrame('inner')
    frame.origin = AUTH_ORIGIN
    frame.parent = contents.mainFrame
    expect(await contents.ipc.invoke(fromPage(contents, frame), CHANNELS.authSession)).toMatchObject({ ok: false })
  })

  it('the popup gets nothing, even by the channel of its opener', async () => {
    const { window, contents } = await open()
    const popup = window.openChild('about:blank')
    if (popup === null) throw new Error('No popup')
    expect(popup.webContents.ipc.handlers.size).toBe(0)
    expect(await contents.ipc.invoke(fromPage(popup.webContents), CHANNELS.authSession)).toMatchObject({ ok: false })
  })

  it.each([
    [undefined],
    [{}],
    [{ kind: 'maybe' }],
    [{ kind: 'error', type: 'x' }],
    [{ kind: 'error', type: 'x', message: 'y'.repeat(2001) }],
  ])('cannot report %j', async (outcome) => {
    const { invoke, outcomes, window } = await open()
    expect(await invoke(CHANNELS.authOutcome, outcome)).toMatchObject({ ok: false, error: { code: 'request.invalid' } })
    expect(outcomes).toEqual([])
    expect(window.destroyed).toBe(false)
  })
})

describe('how the auth window ends', () => {
  it('a success is told at once and stays readable for a moment', async () => {
    const { invoke, outcomes, window } = await open()
    await invoke(CHANNELS.authOutcome, { kind: 'success' })
    expect(outcomes).toEqual([['good', { kind: 'success' }]])
    expect(window.destroyed).toBe(false)
    await vi.advanceTimersByTimeAsync(1500)
    expect(window.destroyed).toBe(true)
    expect(outcomes.length).toBe(1)
  })

  it('a refusal closes it after the reply', async () => {
    const { invoke, outcomes, window } = await open()
    const outcome = { kind: 'error', type: 'callback_err', message: 'access_denied' }
    expect(await invoke(CHANNELS.authOutcome, outcome)).toEqual({ ok: true, value: {} })
    await vi.advanceTimersByTimeAsync(0)
    expect(window.destroyed).toBe(true)
    expect(outcomes).toEqual([['good', outcome]])
  })

  it('closing it is told as such, and forgets cookies, cache and passwords', async () => {
    const { outcomes, window, contents, listeners } = await open()
    window.close()
    await vi.advanceTimersByTimeAsync(0)
    expect(outcomes).toEqual([['good', { kind: 'closed' }]])
    expect(contents.session.cleared).toEqual(['storage', 'cache', 'auth', 'connections'])
    expect(contents.session.schemes.size).toBe(0)
    expect(listeners.size).toBe(0)
  })

  it.each(['connected', 'failed', 'cancelled', 'expired'])('closes once its flow is %s, however that came about', async (state) => {
    const { listeners, flow, window } = await open()
    const changed = (flowId: string): void => {
      for (const listener of listeners) listener({ type: 'connect.changed', data: { profileId: 'p', flowId } })
    }
    changed('flow1')
    await vi.advanceTimersByTimeAsync(5000)
    expect(window.destroyed).toBe(false)
    flow.state = state
    changed('other')
    await vi.advanceTimersByTimeAsync(5000)
    expect(window.destroyed).toBe(false)
    changed('flow1')
    await vi.advanceTimersByTimeAsync(1500)
    expect(window.destroyed).toBe(true)
  })

  it('writes the token into no log', async () => {
    const { invoke, window, lines } = await open()
    await invoke(CHANNELS.authSession)
    await invoke(CHANNELS.authSession)
    window.close()
    expect(lines.join()).not.toContain(TOKEN)
  })
})

describe('the sign-in popup', () => {
  it('opens empty, as a sandboxed window in the same partition, without a preload script', async () => {
    const { window, contents } = await open()
    const popup = window.openChild('about:blank')
    const { session, ...preferences } = popup?.options.webPreferences ?? {}
    expect(session).toBe(contents.session)
    expect(preferences).toEqual({
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
      devTools: false,
    })
  })

  it.each(['https://nango.example.com/', 'https://evil.example.com/', 'patchbay://auth/', 'file:///etc/passwd', 'javascript:1'])(
    'does not open at %s',
    async (url) => {
      expect((await open()).window.openChild(url)).toBeNull()
    },
  )

  it('gives way to the next attempt', async () => {
    const { window } = await open()
    const first = window.openChild('about:blank')
    expect(window.openChild('about:blank')).not.toBeNull()
    expect(first?.destroyed).toBe(true)
  })

  it('goes to the Nango server first, opens no window of its own and no webview', async () => {
    const { window } = await open()
    const popup = window.openChild('about:blank')
    if (popup === null) throw new Error('No popup')
    expect(popup.webContents.mayNavigate('will-navigate', 'https://evil.example.com/')).toBe(false)
    expect(popup.webContents.mayNavigate('will-navigate', 'https://nango.example.com/oauth/connect/github')).toBe(true)
    expect(popup.webContents.mayNavigate('will-redirect', 'https://github.com/login/oauth/authorize')).toBe(true)
    expect(popup.webContents.mayNavigate('will-redirect', 'http://github.com/')).toBe(false)
    expect(popup.openChild('https://accounts.example.com/')).toBeNull()
    const webview = fakeEvent()
    popup.webContents.emit('will-attach-webview', webview, {}, {})
    expect(webview.defaultPrevented).toBe(true)
  })

  it('shows whose page it is in its title, whatever the page calls itself', async () => {
    const { window } = await open()
    const popup = window.openChild('about:blank')
    popup?.webContents.emit('did-navigate', {}, 'https://github.com/login')
    expect(popup?.title).toBe('github.com')
    const renamed = fakeEvent()
    popup?.emit('page-title-updated', renamed, 'Your bank')
    expect(renamed.defaultPrevented).toBe(true)
  })

  it('the auth page itself goes nowhere', async () => {
    const { contents } = await open()
    for (const url of ['patchbay://auth/', 'patchbay://app/', 'https://nango.example.com/'])
      expect(contents.mayNavigate('will-navigate', url)).toBe(false)
  })
})
