import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import type { Core } from '#core/core'
import { createCore } from '#core/create-core'
import { currentPlace } from '#core/host-paths'
import { runDesktopHost, type DesktopHostOptions } from '#electron/desktop-host'
import type { PreferencesOptions, PreferencesStore } from '#electron/platform-electron'
import { CHANNELS } from '#shared/channels'
import type { Flow } from '#shared/contract/connect'
import type { Reply } from '#shared/wire'
import { createFakeElectron, provideElectron, type FakeElectron } from '#test/helpers/fake-electron'
import { fakeEvent, fromPage } from '#test/helpers/fake-web-contents'
import { newPublicKey } from '#test/helpers/paired-program'
import { walkSignIn } from '#test/helpers/walk-sign-in'

const safeStorage = {
  getSelectedStorageBackend: () => 'gnome_libsecret',
  isAsyncEncryptionAvailable: async () => true,
  encryptStringAsync: async (text: string) => Buffer.from([...text].toReversed().join('')),
  decryptStringAsync: async (sealed: Buffer) => ({ shouldReEncrypt: false, result: [...sealed.toString()].toReversed().join('') }),
}

let Store: new (options: PreferencesOptions) => PreferencesStore
let home = ''
const running: FakeElectron[] = []

beforeAll(async () => {
  // Any fake will do for its import: electron-store asks for the app's paths only when a store is made.
  const fake = createFakeElectron()
  fake.modules.app.setPath('userData', '/nowhere')
  afterAll(provideElectron(fake))
  ;({ default: Store } = (await import('electron-store')) as unknown as { default: typeof Store })
})

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'patchbay-desktop-'))
  mkdirSync(join(home, 'pages', 'auth-window'), { recursive: true })
  writeFileSync(join(home, 'pages', 'index.html'), '<!doctype html>')
  writeFileSync(join(home, 'pages', 'auth-window', 'index.html'), '<!doctype html>')
})

afterEach(async () => {
  for (const fake of running.splice(0)) if (fake.record.exits.length === 0) await quit(fake)
  rmSync(home, { recursive: true })
})

const exited = (fake: FakeElectron): Promise<number> =>
  fake.record.exits[0] === undefined ? new Promise((resolve) => fake.app.once('fake-exit', resolve)) : Promise.resolve(fake.record.exits[0])

const quit = (fake: FakeElectron): Promise<number> => {
  const exit = exited(fake)
  fake.app.quit()
  return exit
}

const run = async (
  setup: Parameters<typeof createFakeElectron>[0] = {},
  more: { environment?: Record<string, string>; platform?: NodeJS.Platform } & Partial<Omit<DesktopHostOptions, 'place'>> = {},
) => {
  const fake = createFakeElectron({ safeStorage, ...setup })
  running.push(fake)
  const said: string[] = []
  const { environment = {}, platform = 'linux', ...options } = more
  await runDesktopHost({
    electron: fake.modules,
    place: { ...currentPlace({ PATCHBAY_HOME: join(home, 'data'), LOG_LEVEL: 'debug', ...environment }), platform },
    rendererFolder: join(home, 'pages'),
    preloadFile: '/app/out/preload/preload.cjs',
    authPreloadFile: '/app/out/preload/auth-preload.cjs',
    iconFile: '/app/icon.png',
    Store,
    createCore: (host) => createCore(host, { catalogueFile: 'resources/catalogue.json' }),
    createSocketServer: ({ core, platform: host, showWindow }) =>
      new SocketServer({ core, platform: host, isTrusted: false, hostMethods: { 'window.open': async () => showWindow() } }),
    say: (sentence) => said.push(sentence),
    ...options,
  })
  const call = (method: string, params: unknown): Promise<Reply> => {
    const contents = fake.windows[0]?.webContents
    if (contents === undefined) throw new Error('No window')
    return fake.ipcMain.invoke(fromPage(contents), CHANNELS.call, method, params) as Promise<Reply>
  }
  return { fake, said, call, data: join(home, 'data') }
}

describe('the start of the desktop host', () => {
  it('turns the sandbox on, moves Chromium aside and registers the scheme before it is ready', async () => {
    const { fake, data } = await run()
    expect(fake.record.steps).toEqual(['enableSandbox', 'setPath userData', 'setPath sessionData', 'schemes', 'lock', 'ready'])
    expect(fake.record.paths).toEqual({ userData: join(data, 'electron'), sessionData: join(data, 'electron') })
    expect(statSync(data).mode & 0o777).toBe(0o700)
    expect(statSync(join(data, 'electron')).mode & 0o777).toBe(0o700)
  })

  it('opens one window on our own page, whose calls reach the real core', async () => {
    const { fake, call, data } = await run()
    expect(fake.windows.length).toBe(1)
    expect(fake.windows[0]?.webContents.mainFrame.origin).toBe('patchbay://app')
    expect(fake.windows[0]?.calls).toContain('show')
    expect(await call('system.status', {})).toMatchObject({
      ok: true,
      value: { host: 'electron', dataFolder: data, vault: { state: 'open', tier: 'keychain', backend: 'Secret Service through Electron' } },
    })
    expect(await call('connections.getCredentials', { connectionId: 'x' })).toMatchObject({ ok: false })
  })

  it('calls back once when the window is open, for what can wait until then', async () => {
    const windows: (number | undefined)[] = []
    await run({}, { onOpen: () => windows.push(running.at(-1)?.windows.length) })
    expect(windows).toEqual([1])
  })

  it('answers on the local socket', async () => {
    const { data } = await run()
    const socket = connect(join(data, 'patchbay.sock'))
    const hello = { jsonrpc: '2.0', id: 1, method: 'system.hello', params: { client: { name: 'test', version: '1' } } }
    const reply = await new Promise<string>((resolve, reject) => {
      socket.once('data', (chunk) => resolve(String(chunk)))
      socket.once('error', reject)
      socket.write(`${JSON.stringify(hello)}\n`)
    })
    socket.destroy()
    expect(JSON.parse(reply)).toMatchObject({ id: 1, result: { contractVersion: expect.any(String) as string } })
  })

  it('tells the window of changes, and paints in the theme that was chosen', async () => {
    const { fake, call } = await run()
    expect(await call('settings.update', { theme: 'dark' })).toMatchObject({ ok: true, value: { theme: 'dark' } })
    expect(fake.nativeTheme.themeSource).toBe('dark')
    expect(fake.windows[0]?.webContents.sent).toContainEqual([CHANNELS.event, { type: 'settings.changed', data: {} }])
  })

  it('takes up the theme of the last time', async () => {
    mkdirSync(join(home, 'data'), { mode: 0o700 })
    writeFileSync(join(home, 'data', 'settings.json'), '{"theme":"light"}')
    expect((await run()).fake.nativeTheme.themeSource).toBe('light')
  })

  it('lets no page ask electron-store where our files are', async () => {
    const { fake } = await run()
    expect(fake.ipcMain.listenerCount('electron-store-get-data')).toBe(0)
    expect([...fake.ipcMain.handlers.keys()]).toEqual([CHANNELS.call])
  })

  it('lets the window load nothing but its own page', async () => {
    const { fake } = await run()
    const cancelled: boolean[] = []
    for (const url of ['patchbay://app/', 'https://example.com/x.js'])
      fake.sessionOf('').beforeRequest?.({ url }, ({ cancel }) => cancelled.push(cancel))
    expect(cancelled).toEqual([false, true])
  })

  it('offers no certificate of the person to a site, and confines every page that comes to be', async () => {
    const { fake } = await run()
    const event = fakeEvent()
    const chosen: unknown[][] = []
    fake.app.emit('select-client-certificate', event, null, 'https://example.com', [{}], (...args: unknown[]) => chosen.push(args))
    expect([event.defaultPrevented, chosen]).toEqual([true, [[]]])
    expect(new fake.BrowserWindow({}).openChild('https://example.com/')).toBeNull()
  })

  it.each([
    ['linux', null],
    ['win32', null],
    ['darwin', { template: [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }] }],
  ] as const)('has on %s the menu that the system needs', async (platform, menu) => {
    // Windows' pipe and paths cannot be made here; the rest of the host does not differ.
    const socketless = { start: async () => undefined, stop: async () => undefined }
    // A path of Windows is a relative one here: it belongs into the test's own folder.
    const before = process.cwd()
    process.chdir(home)
    try {
      const { fake } = await run({}, { platform, createSocketServer: () => socketless })
      expect(fake.record.menus).toEqual([menu])
    } finally {
      process.chdir(before)
    }
  })
})

describe('a start that must not be', () => {
  it.each([
    [{ userSwitches: ['no-sandbox'] }, {}],
    [{}, { NODE_OPTIONS: '--require /tmp/x.js' }],
    [{ userSwitches: ['remote-debugging-port'], isPackaged: true }, {}],
  ])('%j %j ends at once, with a sentence, before anything is made', async (setup, environment) => {
    const { fake, said, data } = await run(setup, { environment })
    expect(fake.record.exits).toEqual([78])
    expect(said.length).toBe(1)
    expect(fake.record.steps).toEqual([])
    expect(existsSync(data)).toBe(false)
  })

  it('a second instance ends and the first one shows its window', async () => {
    const { fake } = await run()
    const second = await run({ hasLock: false })
    expect(second.fake.record.exits).toEqual([0])
    expect(second.fake.windows).toEqual([])
    const window = fake.windows[0]
    window?.calls.splice(0)
    fake.app.emit('second-instance', fakeEvent(), ['patchbay'], '/')
    expect(window?.calls).toEqual(['show', 'focus'])
  })

  it('another host on the data folder is named in a sentence', async () => {
    await run()
    const { fake, said } = await run()
    expect(fake.record.exits).toEqual([3])
    expect(fake.record.errorBoxes).toEqual([
      { title: 'Patchbay cannot start', content: expect.stringContaining('owns this data folder') as string },
    ])
    expect(said[0]).toContain('owns this data folder')
    expect(fake.windows).toEqual([])
  })

  it('a data folder that others may write to is refused', async () => {
    mkdirSync(join(home, 'data'))
    writeFileSync(join(home, 'data', 'somebody-elses.txt'), '')
    chmodSync(join(home, 'data'), 0o777)
    const { fake } = await run()
    expect(fake.record.exits.length).toBe(1)
    expect(fake.record.errorBoxes.length).toBe(1)
    expect(readdirSync(join(home, 'data'))).toEqual(['somebody-elses.txt'])
  })

  it('a missing page ends it too', async () => {
    rmSync(join(home, 'pages', 'index.html'))
    const { fake } = await run()
    expect(fake.record.exits).toEqual([1])
    expect(fake.record.errorBoxes.length).toBe(1)
  })
})

describe('the end of the desktop host', () => {
  it('waits for the work in hand, remembers the window and leaves the folder to others', async () => {
    const { fake, data } = await run()
    expect(await quit(fake)).toBe(0)
    expect(JSON.parse(readFileSync(join(data, 'settings.json'), 'utf8'))).toMatchObject({ window: { width: 1200, height: 800 } })
    expect(existsSync(join(data, 'patchbay.sock'))).toBe(false)
    const next = await run()
    expect(next.fake.windows.length).toBe(1)
  })

  it('comes when the last window closes, except on macOS', async () => {
    const { fake } = await run()
    const exit = exited(fake)
    fake.windows[0]?.close()
    expect(await exit).toBe(0)
    const mac = await run({}, { platform: 'darwin' })
    mac.fake.windows[0]?.close()
    expect(mac.fake.record.exits).toEqual([])
    mac.fake.app.emit('activate')
    expect(mac.fake.windows.length).toBe(1)
  })

  it('comes when it is asked for over the contract', async () => {
    const { fake, call } = await run()
    const exit = exited(fake)
    expect(await call('system.shutdown', {})).toMatchObject({ ok: true })
    expect(await exit).toBe(0)
  })

  it('asked for twice, comes once', async () => {
    const { fake } = await run()
    fake.app.quit()
    await quit(fake)
    expect(fake.record.exits).toEqual([0])
  })
})

describe('what the system tells of its power', () => {
  it('has everything looked at after a sleep, and the list when the charger is back', async () => {
    const heard: string[] = []
    const { fake } = await run(
      {},
      {
        createCore: (host) => ({
          ...createCore(host, { catalogueFile: 'resources/catalogue.json' }),
          noteWake: () => heard.push('wake'),
          noteAttention: () => heard.push('attention'),
        }),
      },
    )
    heard.splice(0)
    fake.powerMonitor.emit('resume')
    fake.powerMonitor.emit('on-ac')
    expect(heard).toEqual(['wake', 'attention'])
  })
})

describe('a program that asks for a connection (A69)', () => {
  it('has the person asked in the window, which comes forward without taking the keyboard', async () => {
    const cores: Core[] = []
    const { fake, call } = await run(
      {},
      {
        createCore: (host) => {
          const core = createCore(host, { catalogueFile: 'resources/catalogue.json' })
          cores.push(core)
          return core
        },
      },
    )
    await call('profiles.create', { name: 'Sandbox', kind: 'sandbox' })
    await call('connect.start', { connectorId: 'openai', credentials: { apiKey: 'demo-key-12345' } })
    fake.windows[0]?.calls.splice(0)
    const [core] = cores
    const asked = core?.dispatch({ kind: 'cli', isTrusted: false, terminal: null }, 'connections.pick', {})
    expect(fake.windows[0]?.calls).toEqual(['showInactive', 'moveTop', 'flash on'])
    const open = (await call('connections.picks', {})) as { value: { picks: readonly { pickId: string }[] } }
    await call('connections.answerPick', { pickId: open.value.picks[0]?.pickId, connectionId: 'openai/1' })
    expect(await asked).toMatchObject({ ok: true, value: { handle: 'openai/1' } })
  })

  it('brings the window forward when a program asks for a grant', async () => {
    const cores: Core[] = []
    const { fake, call } = await run(
      {},
      {
        createCore: (host) => {
          const core = createCore(host, { catalogueFile: 'resources/catalogue.json' })
          cores.push(core)
          return core
        },
      },
    )
    await call('profiles.create', { name: 'Sandbox', kind: 'sandbox' })
    fake.windows[0]?.calls.splice(0)
    const asker = { kind: 'unproven', publicKey: newPublicKey(), via: 'socket' } as const
    const wish = { name: 'a-script', purpose: 'A test.', verbs: ['read'], connections: { kind: 'all' }, waitSeconds: 0 }
    expect(await cores[0]?.dispatch(asker, 'grants.request', wish)).toMatchObject({ ok: true, value: { state: 'waiting' } })
    expect(fake.windows[0]?.calls).toEqual(['showInactive', 'moveTop', 'flash on'])
  })
})

describe('a sign-in that succeeds (A167)', () => {
  const signIn = async (by: 'window' | 'socket', prepare: (window: FakeElectron['windows'][number]) => void = () => undefined) => {
    let core: Core | null = null
    const started = await run(
      {},
      {
        createCore: (host) => {
          core = createCore(host, {
            catalogueFile: 'resources/catalogue.json',
            pace: { firstMs: 50, laterMs: 100, quickForMs: 60_000, cleanupMs: 100 },
          })
          return core
        },
      },
    )
    const { fake, call } = started
    const [window] = fake.windows
    if (window === undefined || core === null) throw new Error('nothing was opened')
    const engine: Core = core
    await call('profiles.create', { name: 'Sandbox', kind: 'sandbox' })
    prepare(window)
    window.calls.splice(0)
    const activated = new Promise<void>((resolve) => {
      engine.onPublicEvent(({ type }) => (type === 'connection.activated' ? resolve() : undefined))
    })
    const params = { connectorId: 'slack', via: 'browser' }
    const reply = by === 'window' ? await call('connect.start', params) : await engine.dispatch({ kind: 'ui' }, 'connect.start', params)
    expect(reply).toMatchObject({ ok: true })
    await walkSignIn(fake.record.opened.at(-1) ?? '')
    await activated
    // Who the account is, is learned after that: nothing is cut off by the end of the test.
    const { flowId } = (reply as { value: Flow }).value
    const isOver = ({ steps }: Flow): boolean => steps.every(({ state }) => state === 'done' || state === 'skipped')
    await expect.poll(async () => isOver(((await call('connect.get', { flowId })) as { value: Flow }).value)).toBe(true)
    return window
  }

  it('brings the window that started it forward without taking the keyboard, and the system points at it until it is looked at', async () => {
    const window = await signIn('window')
    expect(window.calls).toEqual(['showInactive', 'moveTop', 'flash on'])
    window.emit('focus')
    expect(window.calls.at(-1)).toBe('flash off')
  })

  it('leaves a minimized window where it is, and points at it', async () => {
    const window = await signIn('window', (one) => void (one.minimized = true))
    expect(window.calls).toEqual(['flash on'])
  })

  it('does nothing to a window that is looked at', async () => {
    const window = await signIn('window', (one) => void (one.focused = true))
    expect(window.calls).toEqual([])
  })

  it('does nothing when another program started it', async () => {
    expect((await signIn('socket')).calls).toEqual([])
  })
})
