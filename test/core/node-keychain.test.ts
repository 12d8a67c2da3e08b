import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProgram } from '#cli/serve/find-program'
import { createNodeKeychain } from '#core/node-keychain'
import { PatchbayError } from '#shared/errors'
import { say } from '#shared/sentence'
import { VaultStatus } from '#shared/contract/vault'

const isLinux = process.platform === 'linux'
const hasBus = isLinux && findProgram('dbus-run-session', process.env) !== null
const hasKeyring = hasBus && findProgram('gnome-keyring-daemon', process.env) !== null

let root: string
let data: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'patchbay-keychain-'))
  data = join(root, 'data')
  for (const folder of [data, join(root, 'run')]) mkdirSync(folder, { mode: 0o700 })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

type Outcome = VaultStatus & { readonly key: string | null }

/** What a vault makes of a login session of its own: a new bus, and the keyring daemon started as `daemon` says. */
const inSession = (daemon: string): Outcome => {
  const script = `${daemon}\nexec "$0" "$1" "$2"`
  const program = join(import.meta.dirname, '../helpers/keychain-session.ts')
  const output = execFileSync('dbus-run-session', ['--', 'sh', '-c', script, process.execPath, program, data], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...(process.env['LD_LIBRARY_PATH'] === undefined ? {} : { LD_LIBRARY_PATH: process.env['LD_LIBRARY_PATH'] }),
      HOME: root,
      XDG_DATA_HOME: join(root, 'share'),
      XDG_RUNTIME_DIR: join(root, 'run'),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
    timeout: 20_000,
  })
  const outcome = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Outcome
  VaultStatus.parse(outcome)
  return outcome
}

const UNLOCKED = 'printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null'
const LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null'

describe('the keychain of the Node host', () => {
  it.skipIf(!isLinux)('is known to be unavailable without a session bus, and not even loaded then', async () => {
    const keychain = createNodeKeychain({ environment: { XDG_RUNTIME_DIR: join(root, 'run') }, isHeadless: true })
    expect(await keychain?.unavailableReason()).toEqual(say('keychain.no-session'))
    const refusal: unknown = await keychain?.unseal('id.box').catch((error: unknown) => error)
    expect(refusal instanceof PatchbayError && refusal.code).toBe('vault.locked')
    const report = process.report.getReport() as { readonly sharedObjects: readonly string[] }
    expect(report.sharedObjects.filter((name) => name.includes('keyring'))).toEqual([])
  })

  it.skipIf(!hasBus)(
    'is not taken where the session bus has no Secret Service, or one that was never set up (needs dbus-run-session)',
    () => {
      const outcome = inSession('')
      expect(outcome).toMatchObject({ state: 'open', tier: 'key-file' })
      expect(outcome.available[0]).toMatchObject({
        tier: 'keychain',
        isAvailable: false,
        reason: expect.stringMatching(/^Secret Service (?:does not answer|has no keyring to keep a key in)\.$/),
      })
    },
  )

  it.skipIf(!hasKeyring)('keeps the key over sessions and is locked in between (needs gnome-keyring-daemon)', () => {
    const first = inSession(UNLOCKED)
    expect(first).toMatchObject({ state: 'open', tier: 'keychain', backend: 'Secret Service' })
    expect(first.key).toMatch(/^[0-9a-f]{64}$/)
    expect(readdirSync(data)).toEqual(['vault.json'])
    expect(inSession(LOCKED)).toMatchObject({ state: 'locked', tier: 'keychain', key: null })
    expect(inSession('')).toMatchObject({ state: 'locked', tier: 'keychain', key: null })
    expect(inSession(UNLOCKED).key).toBe(first.key)
  })

  it.skipIf(!hasKeyring)('reports a keyring that was lost as a missing key, and makes none (needs gnome-keyring-daemon)', () => {
    inSession(UNLOCKED)
    rmSync(join(root, 'share'), { recursive: true })
    expect(inSession(UNLOCKED)).toMatchObject({ state: 'missing', key: null })
    expect(readdirSync(data)).toEqual(['vault.json'])
  })

  it.skipIf(!hasKeyring)('waits for a keyring that is locked at the first run (needs gnome-keyring-daemon)', () => {
    mkdirSync(join(root, 'other'), { mode: 0o700 })
    data = join(root, 'other')
    inSession(UNLOCKED)
    data = join(root, 'data')
    expect(inSession(LOCKED)).toMatchObject({ state: 'locked', tier: null })
    expect(readdirSync(data)).toEqual([])
  })

  it.skipIf(!hasKeyring)('falls back honestly where the service has no keyring at all (needs gnome-keyring-daemon)', () => {
    const outcome = inSession(LOCKED)
    expect(outcome).toMatchObject({ state: 'open', tier: 'key-file' })
    expect(outcome.available[0]).toMatchObject({
      tier: 'keychain',
      isAvailable: false,
      reason: 'Secret Service has no keyring to keep a key in.',
    })
  })
})
