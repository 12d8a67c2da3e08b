import { randomBytes } from 'node:crypto'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Clipboard, PowerMonitor, SafeStorage, Shell } from 'electron'
import type { z } from 'zod'
import type { KeySealer, Platform, SettingsFile } from '#core/platform'
import { DEFAULT_SETTINGS, Settings } from '#shared/contract/settings'
import { PatchbayError } from '#shared/errors'
import { precisely, say, type Sentence } from '#shared/sentence'
import { syncFolder } from '#core/database/durable-file'
import { withStorageErrors } from '#core/database/storage-error'
import { externalAddress } from '#core/external-address'
import { createScreenLock } from '#core/screen-lock'
import { SecretClipboard } from '#core/secret-clipboard'

/** The part of electron-store (and of conf, its base) that is used. */
export interface PreferencesStore {
  get(key: string): unknown
  set(key: string, value: unknown): void
}

/** Options for electron-store: the same file that conf keeps in the Node host. */
export interface PreferencesOptions {
  readonly name: 'settings'
  readonly cwd: string
  readonly configFileMode: number
  readonly clearInvalidConfig: false
  readonly accessPropertiesByDotNotation: false
}

/** Opens `settings.json`. A file that is no JSON is put aside under another name, never overwritten. */
export const openPreferences = <S extends PreferencesStore>(
  Store: new (options: PreferencesOptions) => S,
  dataFolder: string,
  onUnreadable: (keptAs: string) => void,
): S => {
  const options: PreferencesOptions = {
    name: 'settings',
    cwd: dataFolder,
    configFileMode: 0o600,
    clearInvalidConfig: false,
    accessPropertiesByDotNotation: false,
  }
  try {
    return new Store(options)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const keptAs = `settings.unreadable-${randomBytes(4).toString('hex')}.json`
    renameSync(join(dataFolder, 'settings.json'), join(dataFolder, keptAs))
    onUnreadable(keptAs)
    return new Store(options)
  }
}

/** Preferences over a store; what is missing or no longer understood counts as its default and stays in the file. */
export const settingsFileOf = (store: PreferencesStore): SettingsFile => {
  const read = (): Settings => {
    const known = Object.entries(Settings.shape).map(([name, schema]) => {
      const parsed = (schema as z.ZodType).safeParse(store.get(name))
      return [name, parsed.success ? parsed.data : DEFAULT_SETTINGS[name as keyof Settings]]
    })
    return Settings.parse(Object.fromEntries(known))
  }
  return {
    read,
    write: (change) => {
      for (const [name, value] of Object.entries(Settings.partial().parse(change))) if (value !== undefined) store.set(name, value)
      return read()
    },
  }
}

/** How long a keychain may take; longer means a prompt that nobody sees. */
const KEYCHAIN_LIMIT_MS = 5_000

const BACKENDS: Readonly<Record<string, string>> = {
  gnome_libsecret: 'Secret Service',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
}

/** Told apart from what the Node host calls the same keychain: neither can open what the other sealed there. */
const backendName = (safeStorage: SafeStorage, system: NodeJS.Platform): string => {
  const keychain =
    system === 'darwin'
      ? 'Keychain'
      : system === 'win32'
        ? 'Windows DPAPI'
        : (BACKENDS[safeStorage.getSelectedStorageBackend()] ?? 'no keychain')
  return `${keychain} through Electron`
}

const within = async <T>(work: Promise<T>, limitMs: number): Promise<T> => {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new PatchbayError('vault.locked', { message: 'The keychain does not answer.' })), limitMs)
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}

/** Seals with the keychain of the system through Electron's asynchronous safeStorage; only after the app is ready. */
export const createSafeStorageSealer = (
  safeStorage: SafeStorage,
  system: NodeJS.Platform,
  limitMs = KEYCHAIN_LIMIT_MS,
): KeySealer & Required<Pick<KeySealer, 'reseal'>> => {
  const unavailableReason = async (): Promise<Sentence | null> => {
    if (system === 'linux') {
      const backend = safeStorage.getSelectedStorageBackend()
      if (backend === 'basic_text') return say('keychain.basic-text')
      if (backend === 'unknown') return say('keychain.not-ready')
    }
    try {
      const isAvailable = await within(safeStorage.isAsyncEncryptionAvailable(), limitMs)
      return isAvailable ? null : say('keychain.not-now')
    } catch {
      return say('keychain.silent-here')
    }
  }
  const requireAvailable = async (): Promise<void> => {
    const reason = await unavailableReason()
    if (reason !== null) throw new PatchbayError('vault.locked', precisely(reason))
  }
  const open = async (sealed: string): Promise<{ readonly key: string; readonly shouldReseal: boolean }> => {
    await requireAvailable()
    try {
      const answer = await within(safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64')), limitMs)
      return { key: answer.result, shouldReseal: answer.shouldReEncrypt }
    } catch (error) {
      if (error instanceof PatchbayError) throw error
      throw new PatchbayError('vault.key_missing', { cause: error })
    }
  }
  const sealText = async (text: string): Promise<string> => {
    await requireAvailable()
    return (await within(safeStorage.encryptStringAsync(text), limitMs)).toString('base64')
  }
  return {
    tier: 'keychain',
    get backend() {
      return backendName(safeStorage, system)
    },
    unavailableReason,
    seal: (key) => sealText(Buffer.from(key).toString('base64')),
    unseal: async (sealed) => {
      const { key } = await open(sealed)
      const bytes = Buffer.from(key, 'base64')
      // safeStorage authenticates nothing on Linux: a wrong keychain key can yield text that is no key of ours.
      if (bytes.length === 0 || bytes.toString('base64') !== key) throw new PatchbayError('vault.key_missing')
      return new Uint8Array(bytes)
    },
    reseal: async (sealed) => {
      const { key, shouldReseal } = await open(sealed)
      return shouldReseal ? sealText(key) : null
    },
  }
}

export interface ElectronPlatformOptions {
  readonly version: string
  readonly dataFolder: string
  readonly socketPath: string
  readonly environment: Platform['environment']
  readonly system: NodeJS.Platform
  readonly safeStorage: SafeStorage
  /** The keychain as the Node host reaches it, or null where there is none. */
  readonly sharedKeychain: KeySealer | null
  readonly shell: Pick<Shell, 'openExternal'>
  readonly clipboard: Pick<Clipboard, 'writeText' | 'readText'>
  readonly powerMonitor: Pick<PowerMonitor, 'isOnBatteryPower' | 'on' | 'off'>
  readonly preferences: PreferencesStore
  readonly openAuthWindow: (ticket: string) => Promise<void>
  readonly onSettings: (settings: Settings) => void
  /** Left out: there is no window. */
  readonly isWindowOpen?: () => boolean
}

const linuxScreenLock = (environment: Platform['environment']): Pick<Platform, 'onScreenLock'> => {
  const onScreenLock = createScreenLock({ environment })
  return onScreenLock === null ? {} : { onScreenLock }
}

/** The Platform of the desktop host. */
export const createElectronPlatform = (options: ElectronPlatformOptions): Platform => {
  const settings = settingsFileOf(options.preferences)
  const clipboard = new SecretClipboard({
    write: async (text) => {
      await options.clipboard.writeText(text)
      return true
    },
    read: async () => options.clipboard.readText(),
  })
  return {
    host: 'electron',
    version: options.version,
    pid: process.pid,
    dataFolder: options.dataFolder,
    socketPath: options.socketPath,
    isHeadless: false,
    environment: options.environment,
    // The second slot is the one that the Node host opens: both share the data folder.
    keySealers: [
      createSafeStorageSealer(options.safeStorage, options.system),
      ...(options.sharedKeychain === null ? [] : [options.sharedKeychain]),
    ],
    settings: {
      read: settings.read,
      write: (change) => {
        const written = withStorageErrors({ file: 'settings.json' }, () => {
          const next = settings.write(change)
          syncFolder(options.dataFolder)
          return next
        })
        options.onSettings(written)
        return written
      },
    },
    openExternal: async (url, acceptedHttpOrigin) => {
      const address = externalAddress(url, acceptedHttpOrigin)
      try {
        await options.shell.openExternal(address)
      } catch (error) {
        throw new PatchbayError('connect.no_browser', { cause: error })
      }
    },
    copyText: (text) => clipboard.copy(text),
    forgetCopied: () => clipboard.clear(),
    openAuthWindow: async (ticket) => {
      await options.openAuthWindow(ticket)
      return { isOpen: true }
    },
    isWindowOpen: options.isWindowOpen ?? (() => false),
    isOnBattery: () => options.powerMonitor.isOnBatteryPower(),
    // Electron tells of it on macOS and Windows alone.
    ...(options.system === 'linux'
      ? linuxScreenLock(options.environment)
      : {
          onScreenLock: (listener: () => void) => {
            const { powerMonitor } = options
            powerMonitor.on('lock-screen', listener)
            return () => void powerMonitor.off('lock-screen', listener)
          },
        }),
    now: Date.now,
    monotonicNow: () => performance.now(),
  }
}
