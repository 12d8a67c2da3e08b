import { randomBytes, randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { AsyncEntry, EntryOptions } from '@napi-rs/keyring'
import { PatchbayError } from '#shared/errors'
import { inEnglish, precisely, say } from '#shared/sentence'
import type { KeySealer } from './platform.ts'
import { openBox, sealBox } from './vault/sealed-box.ts'

type Environment = Readonly<Record<string, string | undefined>>

const SERVICE = 'Patchbay'
const PROBE_TIMEOUT_MS = 4000
/** Long enough for a person to type the password of their keychain. */
const PERSON_TIMEOUT_MS = 60_000

const BACKENDS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'Secret Service',
  darwin: 'Keychain',
  win32: 'Credential Manager',
}

// Unpinned, the library falls back to the kernel keyring in silence, which forgets everything at the next boot.
const OPTIONS: EntryOptions = { linux: { store: 'secret-service' } }

/** Whether there can be a session bus at all; without one the native library need not even be loaded. */
const hasSessionBus = (environment: Environment): boolean => {
  if ((environment['DBUS_SESSION_BUS_ADDRESS'] ?? '') !== '') return true
  const runtime = environment['XDG_RUNTIME_DIR'] ?? ''
  return runtime !== '' && statSync(join(runtime, 'bus'), { throwIfNoEntry: false })?.isSocket() === true
}

const locked = (cause: unknown): PatchbayError => new PatchbayError('vault.locked', { ...precisely(say('keychain.locked')), cause })
const gone = (): PatchbayError => new PatchbayError('vault.key_missing', precisely(say('keychain.key-gone')))

/** The keychain of this platform, or null where Patchbay knows none. `isHeadless`: nobody is there to answer a prompt. */
export const createNodeKeychain = (options: { readonly environment: Environment; readonly isHeadless: boolean }): KeySealer | null => {
  const backend = BACKENDS[process.platform]
  if (backend === undefined) return null
  const patience = options.isHeadless ? PROBE_TIMEOUT_MS : PERSON_TIMEOUT_MS

  /** The library's errors all bear one code, so the question asked decides what a failure means. */
  const ask = async <T>(
    account: string,
    timeoutMs: number,
    question: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    const signal = AbortSignal.timeout(timeoutMs)
    const late = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('The keychain did not answer in time.')), { once: true })
    })
    return Promise.race([question(new AsyncEntry(SERVICE, account, OPTIONS), signal), late])
  }

  let hasNoKeyring = false
  const isReachable = (): boolean => process.platform !== 'linux' || hasSessionBus(options.environment)

  const fetchKey = async (account: string): Promise<Uint8Array> => {
    let stored: number[] | null
    try {
      stored = await ask(account, patience, (entry, signal) => entry.getSecret(signal))
    } catch (error) {
      throw locked(error)
    }
    if (stored === null) throw gone()
    return Uint8Array.from(stored)
  }

  return {
    tier: 'keychain',
    backend,
    unavailableReason: async () => {
      if (!isReachable()) return say('keychain.no-session')
      if (hasNoKeyring) return say('keychain.no-keyring', { backend })
      try {
        // Looking for what is not there asks the keychain everything but to unlock itself.
        await ask('probe', PROBE_TIMEOUT_MS, (entry, signal) => entry.getSecret(signal))
        return null
      } catch {
        return say('keychain.silent-backend', { backend })
      }
    },
    seal: async (key) => {
      if (!isReachable()) throw locked(null)
      const id = randomUUID()
      const wrapping = randomBytes(32)
      try {
        await ask(id, patience, (entry, signal) => entry.setSecret(wrapping, signal))
        // The keychain holds a wrapping key alone: what it is asked to keep is never the data key itself.
        return `${id}.${sealBox(wrapping, key, `keychain|${id}`).toString('base64')}`
      } catch (error) {
        // A keychain without a single keyring has nothing that a person could unlock; any other refusal may be one that waits.
        if (!(error instanceof Error && /no result found/i.test(error.message))) throw locked(error)
        hasNoKeyring = true
        throw new Error(inEnglish(say('keychain.no-keyring', { backend })), { cause: error })
      } finally {
        wrapping.fill(0)
      }
    },
    unseal: async (sealed) => {
      const [id = '', box = ''] = sealed.split('.')
      if (!isReachable()) throw locked(null)
      const wrapping = await fetchKey(id)
      try {
        const key = openBox(wrapping, Buffer.from(box, 'base64'), `keychain|${id}`)
        if (key === null) throw gone()
        return key
      } finally {
        wrapping.fill(0)
      }
    },
  }
}
