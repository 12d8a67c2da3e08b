import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createElectronPlatform,
  createSafeStorageSealer,
  openPreferences,
  settingsFileOf,
  type ElectronPlatformOptions,
  type PreferencesOptions,
  type PreferencesStore,
} from '#electron/platform-electron'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { say } from '#shared/sentence'
import { createFakeElectron, provideElectron } from '#test/helpers/fake-electron'
import { strict } from '#test/helpers/fake-web-contents'

type SafeStorage = ElectronPlatformOptions['safeStorage']

/** A keychain behind safeStorage: reverses the text, and can be asked to misbehave. */
const fakeSafeStorage = (
  more: Partial<Record<'backend', string> & { isAvailable: boolean; hangs: boolean; rotation: number; fails: boolean }> = {},
) => {
  const asked: string[] = []
  const state = { backend: 'gnome_libsecret', isAvailable: true, hangs: false, rotation: 1, fails: false, ...more }
  const safeStorage = strict('safeStorage', {
    getSelectedStorageBackend: () => state.backend,
    isAsyncEncryptionAvailable: async (): Promise<boolean> => (state.hangs ? new Promise<boolean>(() => undefined) : state.isAvailable),
    encryptStringAsync: async (text: string): Promise<Buffer> => {
      asked.push('encrypt')
      return Buffer.from(`${state.rotation}:${[...text].toReversed().join('')}`)
    },
    decryptStringAsync: async (sealed: Buffer): Promise<{ shouldReEncrypt: boolean; result: string }> => {
      asked.push('decrypt')
      const [rotation, text = ''] = sealed.toString().split(':')
      if (state.fails) throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.')
      return { shouldReEncrypt: Number(rotation) !== state.rotation, result: [...text].toReversed().join('') }
    },
  }) as unknown as SafeStorage
  return { safeStorage, state, asked }
}

const key = new Uint8Array(32).map((_byte, index) => index * 7)

describe('sealing with safeStorage', () => {
  it('gives back the key it sealed, through the asynchronous functions alone', async () => {
    const { safeStorage, asked } = fakeSafeStorage()
    const sealer = createSafeStorageSealer(safeStorage, 'linux')
    const sealed = await sealer.seal(key)
    expect(sealed).not.toContain(Buffer.from(key).toString('base64'))
    expect(await sealer.unseal(sealed)).toEqual(key)
    expect(asked).toEqual(['encrypt', 'decrypt'])
  })

  it.each([
    ['linux', 'gnome_libsecret', 'Secret Service through Electron'],
    ['linux', 'kwallet6', 'KWallet through Electron'],
    ['darwin', 'unknown', 'Keychain through Electron'],
    ['win32', 'unknown', 'Windows DPAPI through Electron'],
  ] as const)('names its keeper on %s with %s', (system, backend, name) => {
    const sealer = createSafeStorageSealer(fakeSafeStorage({ backend }).safeStorage, system)
    expect([sealer.tier, sealer.backend]).toEqual(['keychain', name])
  })

  it('refuses basic_text on Linux, with the reason, and seals nothing there', async () => {
    const { safeStorage, asked } = fakeSafeStorage({ backend: 'basic_text' })
    const sealer = createSafeStorageSealer(safeStorage, 'linux')
    expect(await sealer.unavailableReason()).toEqual(say('keychain.basic-text'))
    await expect(sealer.seal(key)).rejects.toMatchObject({ code: 'vault.locked' })
    await expect(sealer.unseal('AAAA')).rejects.toMatchObject({ code: 'vault.locked' })
    expect(asked).toEqual([])
  })

  it('does not ask for a backend where there is but one', async () => {
    expect(await createSafeStorageSealer(fakeSafeStorage({ backend: 'basic_text' }).safeStorage, 'darwin').unavailableReason()).toBeNull()
  })

  it('says so when the keychain is not there now, or does not answer', async () => {
    expect(await createSafeStorageSealer(fakeSafeStorage({ isAvailable: false }).safeStorage, 'linux').unavailableReason()).toEqual(
      say('keychain.not-now'),
    )
    expect(await createSafeStorageSealer(fakeSafeStorage({ hangs: true }).safeStorage, 'linux', 20).unavailableReason()).toEqual(
      say('keychain.silent-here'),
    )
  })

  it('says that the key is missing when the keychain cannot open what it sealed', async () => {
    const { safeStorage, state } = fakeSafeStorage()
    const sealer = createSafeStorageSealer(safeStorage, 'linux')
    const sealed = await sealer.seal(key)
    state.fails = true
    await expect(sealer.unseal(sealed)).rejects.toMatchObject({ code: 'vault.key_missing' })
  })

  it('says that the key is missing when what comes back is no key', async () => {
    const sealer = createSafeStorageSealer(fakeSafeStorage().safeStorage, 'linux')
    await expect(sealer.unseal(Buffer.from('1:not base64!').toString('base64'))).rejects.toMatchObject({ code: 'vault.key_missing' })
    await expect(sealer.unseal('')).rejects.toMatchObject({ code: 'vault.key_missing' })
  })

  it('seals anew what was sealed under an older key of the keychain, and only that', async () => {
    const { safeStorage, state } = fakeSafeStorage()
    const sealer = createSafeStorageSealer(safeStorage, 'linux')
    const sealed = await sealer.seal(key)
    expect(await sealer.reseal(sealed)).toBeNull()
    state.rotation = 2
    const resealed = await sealer.reseal(sealed)
    expect(resealed).not.toBeNull()
    expect(resealed).not.toBe(sealed)
    expect(await sealer.unseal(resealed ?? '')).toEqual(key)
    expect(await sealer.reseal(resealed ?? '')).toBeNull()
  })
})

describe('preferences in electron-store', () => {
  const fake = createFakeElectron()
  fake.modules.app.setPath('userData', '/nowhere')
  afterAll(provideElectron(fake))

  let folder = ''
  let Store: new (options: PreferencesOptions) => PreferencesStore
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-settings-'))
    ;({ default: Store } = (await import('electron-store')) as unknown as { default: typeof Store })
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const open = (kept: string[] = []): PreferencesStore => openPreferences(Store, folder, (name) => kept.push(name))
  const file = (): unknown => JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))

  it('are settings.json in the data folder, for this user alone, and survive a restart', () => {
    expect(settingsFileOf(open()).write({ theme: 'dark' })).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' })
    expect(file()).toEqual({ theme: 'dark' })
    expect(statSync(join(folder, 'settings.json')).mode & 0o777).toBe(0o600)
    expect(settingsFileOf(open()).read().theme).toBe('dark')
  })

  it('count as their default when they are not understood, and stay in the file', () => {
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ theme: 'plaid', density: 'compact', future: 1 }))
    const settings = settingsFileOf(open())
    expect(settings.read()).toEqual({ ...DEFAULT_SETTINGS, density: 'compact' })
    settings.write({ singleKeyShortcuts: false })
    expect(file()).toEqual({ theme: 'plaid', density: 'compact', future: 1, singleKeyShortcuts: false })
  })

  it('refuse a value that is none', () => {
    expect(() => settingsFileOf(open()).write({ theme: 'plaid' as 'dark' })).toThrow()
  })

  it('put a file that is no JSON aside instead of writing over it', () => {
    writeFileSync(join(folder, 'settings.json'), '{"theme":"da')
    const kept: string[] = []
    settingsFileOf(open(kept)).write({ theme: 'light' })
    expect(kept.length).toBe(1)
    expect(readFileSync(join(folder, kept[0] ?? ''), 'utf8')).toBe('{"theme":"da')
    expect(file()).toEqual({ theme: 'light' })
    expect(readdirSync(folder).length).toBe(2)
  })
})

describe('the platform of the desktop host', () => {
  const setUp = (more: Parameters<typeof createFakeElectron>[0] = {}, system: NodeJS.Platform = 'linux') => {
    const fake = createFakeElectron(more)
    const tickets: string[] = []
    const themes: string[] = []
    const values: Record<string, unknown> = {}
    const platform = createElectronPlatform({
      sharedKeychain: null,
      version: '0.1.0',
      dataFolder: tmpdir(),
      socketPath: '/data/patchbay.sock',
      environment: { A: 'b', DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nowhere/bus' },
      system,
      safeStorage: fakeSafeStorage().safeStorage,
      shell: fake.modules.shell,
      clipboard: fake.modules.clipboard,
      powerMonitor: fake.modules.powerMonitor,
      preferences: { get: (name) => values[name], set: (name, value) => (values[name] = value) },
      openAuthWindow: async (ticket) => void tickets.push(ticket),
      onSettings: ({ theme }) => themes.push(theme),
    })
    return { fake, platform, tickets, themes }
  }

  it('tells whether the computer runs on its battery', () => {
    const { fake, platform } = setUp()
    expect(platform.isOnBattery?.()).toBe(false)
    fake.powerMonitor.isOnBattery = true
    expect(platform.isOnBattery?.()).toBe(true)
  })

  it('tells each lock of the screen until nobody listens any more; on Linux, where Electron is not told, the system bus is asked', () => {
    const { fake, platform } = setUp({}, 'darwin')
    let locks = 0
    const end = platform.onScreenLock?.(() => (locks += 1))
    fake.powerMonitor.emit('lock-screen')
    fake.powerMonitor.emit('lock-screen')
    end?.()
    fake.powerMonitor.emit('lock-screen')
    expect(locks).toBe(2)
    expect(setUp().platform.onScreenLock).toBeUndefined()
  })

  it('is a host with a window', () => {
    const { platform } = setUp()
    expect(platform).toMatchObject({ host: 'electron', isHeadless: false, pid: process.pid, dataFolder: tmpdir() })
    expect(platform.keySealers.map(({ tier }) => tier)).toEqual(['keychain'])
  })

  it('opens https addresses in the browser and refuses the rest before the shell sees them', async () => {
    const { platform, fake } = setUp()
    await platform.openExternal('https://example.com/a')
    await expect(platform.openExternal('file:///etc/passwd')).rejects.toMatchObject({ code: 'connect.no_browser' })
    await expect(platform.openExternal('http://example.com/')).rejects.toMatchObject({ code: 'connect.no_browser' })
    expect(fake.record.opened).toEqual(['https://example.com/a'])
  })

  it('says that there is no browser when the shell cannot open one', async () => {
    const { platform } = setUp({ openExternal: () => Promise.reject(new Error('Failed to open: no handler')) })
    await expect(platform.openExternal('https://example.com/')).rejects.toMatchObject({ code: 'connect.no_browser' })
  })

  it('copies text, opens auth windows, and tells of a changed theme', async () => {
    const { platform, fake, tickets, themes } = setUp()
    expect(await platform.copyText('https://example.com/')).toBe(true)
    expect(fake.record.copied).toEqual(['https://example.com/'])
    await platform.forgetCopied?.()
    expect(fake.record.copied).toEqual(['https://example.com/', ''])
    expect(await platform.openAuthWindow('ticket-1')).toEqual({ isOpen: true })
    expect(tickets).toEqual(['ticket-1'])
    platform.settings.write({ theme: 'dark' })
    expect(themes).toEqual(['dark'])
  })
})
