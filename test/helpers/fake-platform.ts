import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { externalAddress } from '#core/external-address'
import { openBox, sealBox } from '#core/vault/sealed-box'
import type { KeySealer, Platform } from '#core/platform'
import { DEFAULT_SETTINGS, type Settings } from '#shared/contract/settings'
import { PatchbayError } from '#shared/errors'
import { asSaid } from '#shared/sentence'

/** `unavailable`: no keychain at all; `locked`: it waits for the person; `gone`: it answers and has no such key. */
export type FakeKeychainState = 'open' | 'unavailable' | 'locked' | 'gone'

/** A keychain in memory that seals for real. */
export interface FakeKeychain extends KeySealer {
  state: FakeKeychainState
  /** How often it was asked to unseal. */
  readonly asked: number
}

/** A keychain that can be told to misbehave. */
export const createFakeKeychain = (backend = 'Fake Keychain'): FakeKeychain => {
  const wrapping = randomBytes(32)
  let asked = 0
  const keychain: FakeKeychain = {
    tier: 'keychain',
    backend,
    state: 'open',
    get asked() {
      return asked
    },
    unavailableReason: () => Promise.resolve(keychain.state === 'unavailable' ? asSaid('No keychain answers.') : null),
    seal: (key) => {
      if (keychain.state === 'unavailable') return Promise.reject(new Error('No keychain answers.'))
      if (keychain.state === 'locked') return Promise.reject(new PatchbayError('vault.locked', { message: 'The keychain is locked.' }))
      return Promise.resolve(sealBox(wrapping, key, backend).toString('base64'))
    },
    unseal: (sealed) => {
      asked++
      if (keychain.state === 'unavailable' || keychain.state === 'locked') {
        return Promise.reject(new PatchbayError('vault.locked', { message: 'The keychain is locked.' }))
      }
      const key = keychain.state === 'gone' ? null : openBox(wrapping, Buffer.from(sealed, 'base64'), backend)
      return key === null
        ? Promise.reject(new PatchbayError('vault.key_missing', { message: 'The keychain has no such key.' }))
        : Promise.resolve(key)
    },
  }
  return keychain
}

export interface FakePlatform extends Platform {
  readonly keychain: FakeKeychain
  /** Addresses handed to the browser, in order. */
  readonly opened: string[]
  readonly copied: string[]
  /** Set to make the next `openExternal` fail with `connect.no_browser`. */
  hasBrowser: boolean
  /** Whether a window is open, in which the person can be asked; none is at first. */
  hasWindow: boolean
  /** Tickets for which an auth window was asked. */
  readonly authTickets: string[]
  /** Locks the screen. */
  lockScreen(): void
  /** Moves both clocks. */
  advance(milliseconds: number): void
  /** Moves the wall clock alone, as a person or a time server would. */
  setWallClock(at: number): void
  /** Removes the data folder where it was made here. */
  dispose(): void
}

export interface FakePlatformOptions {
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch at which the clock stands still. Left out, the clocks run. */
  readonly now?: number
  readonly host?: Platform['host']
  /** The keychains, in order of preference; the first one is `keychain`. */
  readonly keychain?: FakeKeychain
  readonly keySealers?: readonly KeySealer[]
  readonly isHeadless?: boolean
  readonly hasAuthWindow?: boolean
}

/** A host for tests: a folder of its own, a settable clock, a keychain in memory, and a memory of what was opened. */
export const createFakePlatform = (options: FakePlatformOptions = {}): FakePlatform => {
  const dataFolder = options.folder ?? mkdtempSync(join(tmpdir(), 'patchbay-test-'))
  const keychain = options.keychain ?? createFakeKeychain()
  let settings: Settings = DEFAULT_SETTINGS
  let wallOffset = 0
  let monotonicOffset = 0
  const stopped = options.now
  const opened: string[] = []
  const copied: string[] = []
  const authTickets: string[] = []
  const screenListeners = new Set<() => void>()
  const platform: FakePlatform = {
    host: options.host ?? 'node',
    version: '0.0.0-test',
    pid: process.pid,
    dataFolder,
    socketPath:
      process.platform === 'win32' ? `\\\\.\\pipe\\patchbay-test-${randomBytes(8).toString('hex')}` : join(dataFolder, 'patchbay.sock'),
    isHeadless: options.isHeadless ?? true,
    environment: options.environment ?? {},
    keySealers: options.keySealers ?? [keychain],
    settings: {
      read: () => settings,
      write: (change) => (settings = { ...settings, ...change }),
    },
    keychain,
    opened,
    copied,
    authTickets,
    hasBrowser: true,
    hasWindow: false,
    isWindowOpen: () => platform.hasWindow,
    openExternal: (url, acceptedHttpOrigin) => {
      if (!platform.hasBrowser) return Promise.reject(new PatchbayError('connect.no_browser'))
      try {
        opened.push(externalAddress(url, acceptedHttpOrigin))
        return Promise.resolve()
      } catch (error) {
        return Promise.reject(error)
      }
    },
    copyText: (text) => {
      copied.push(text)
      return Promise.resolve(true)
    },
    openAuthWindow: (ticket) => {
      if (options.hasAuthWindow !== true) return Promise.resolve(null)
      authTickets.push(ticket)
      return Promise.resolve({ isOpen: true })
    },
    onScreenLock: (listener) => {
      screenListeners.add(listener)
      return () => void screenListeners.delete(listener)
    },
    lockScreen: () => {
      for (const listener of screenListeners) listener()
    },
    now: () => (stopped ?? Date.now()) + wallOffset,
    monotonicNow: () => (stopped === undefined ? performance.now() : 0) + monotonicOffset,
    advance: (milliseconds) => {
      wallOffset += milliseconds
      monotonicOffset += milliseconds
    },
    setWallClock: (at) => {
      wallOffset = at - (stopped ?? Date.now())
    },
    dispose: () => {
      if (options.folder === undefined) rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    },
  }
  return platform
}
