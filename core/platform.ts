import type { Settings } from '#shared/contract/settings'
import type { VaultTier } from '#shared/contract/vault'
import type { Sentence } from '#shared/sentence'

/** Seals the data key for one host; what `seal` returns is stored as it is. */
export interface KeySealer {
  readonly tier: VaultTier
  /** Who keeps the key, by its own name: `Secret Service`, `Keychain`, `vault.key`. */
  readonly backend: string
  /** Null when it can be used now, else the reason why not. Never prompts, answers within 5 s. */
  unavailableReason(): Promise<Sentence | null>
  seal(key: Uint8Array): Promise<string>
  /** Throws `vault.locked` when the person must act first, `vault.key_missing` when the key is not there. */
  unseal(sealed: string): Promise<Uint8Array>
  /** The same key sealed with the keychain's present key, or null when the stored slot is still the best there is. */
  reseal?(sealed: string): Promise<string | null>
}

/** The non-secret preferences file, `settings.json`. */
export interface SettingsFile {
  read(): Settings
  write(change: Partial<Settings>): Settings
}

/** What a host must give the core. Nothing else of the machine is reachable from it. */
export interface Platform {
  readonly host: 'node' | 'electron'
  readonly version: string
  readonly pid: number
  readonly dataFolder: string
  readonly socketPath: string
  /** Started without a window. */
  readonly isHeadless: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  /** In order of preference; the passphrase tier is the core's own. */
  readonly keySealers: readonly KeySealer[]
  readonly settings: SettingsFile
  /** Hands an address to the system browser: https, or http on this computer or to the accepted origin. Throws `connect.no_browser`. */
  openExternal(url: string, acceptedHttpOrigin?: string): Promise<void>
  /** Takes away what `openExternal` left on the disk for the browser, once the sign-in is over. Absent where it leaves nothing. */
  forgetOpened?(): void
  /** Puts text on the clipboard for half a minute; false where the host has none. */
  copyText(text: string): Promise<boolean>
  /** Takes away at once what `copyText` left there, if it is there still: the vault is locked, or the host ends. */
  forgetCopied?(): Promise<void>
  /** Opens the auth window of a flow, or returns the address a page must open itself, or null where there is no window. */
  openAuthWindow(ticket: string): Promise<{ readonly isOpen: boolean; readonly url?: string } | null>
  /** Whether the computer runs on its battery now; absent where the host cannot tell. Answers at once. */
  isOnBattery?(): boolean
  /** Calls back each time the person's screen is locked; returns the end of that. Absent where the host is not told. */
  onScreenLock?(listener: () => void): () => void
  /** Whether a window is open in which the person can be asked; absent where the host has none. Answers at once. */
  isWindowOpen?(): boolean
  /** Wall clock, milliseconds since the epoch. */
  now(): number
  /** Milliseconds that never jump. */
  monotonicNow(): number
}
