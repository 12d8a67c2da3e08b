import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNodePlatform } from '#cli/serve/platform-node'
import type { Platform } from '#core/platform'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { PatchbayError } from '#shared/errors'
import { inEnglish } from '#shared/sentence'
import { createFakePlatform } from '#test/helpers/fake-platform'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-platform-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Every host that can be made without a window; each must keep what `Platform` promises. */
const HOSTS: Readonly<Record<string, () => Platform>> = {
  'the platform of the tests': () => {
    const home = join(folder, 'home')
    mkdirSync(home, { mode: 0o700 })
    return createFakePlatform({ folder: home })
  },
  'the Node host': () =>
    createNodePlatform({ environment: { PATCHBAY_HOME: join(folder, 'home'), PATH: '' }, isHeadless: true, version: '1.2.3' }),
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => (error instanceof PatchbayError ? error.code : error),
  )

describe.each(Object.entries(HOSTS))('%s', (_name, create) => {
  it('says who and where it is', () => {
    const platform = create()
    expect(['node', 'electron']).toContain(platform.host)
    expect(platform.version).toMatch(/^\d+\.\d+\.\d+/)
    expect(platform.pid).toBe(process.pid)
    expect(platform.isHeadless).toBe(true)
    expect(isAbsolute(platform.dataFolder)).toBe(true)
    expect(Buffer.byteLength(platform.socketPath)).toBeLessThanOrEqual(100)
  })

  it('has a data folder that is there and, where that exists, this user’s alone', () => {
    const { dataFolder } = create()
    expect(statSync(dataFolder).isDirectory()).toBe(true)
    if (process.platform !== 'win32') expect(statSync(dataFolder).mode & 0o777).toBe(0o700)
  })

  it('keeps what was set, and answers with defaults before', () => {
    const { settings } = create()
    expect(settings.read()).toEqual(DEFAULT_SETTINGS)
    expect(settings.write({ theme: 'dark' })).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' })
    settings.write({ density: 'compact' })
    expect(settings.read()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', density: 'compact' })
  })

  it('has a clock for people and a clock that only rises', () => {
    const platform = create()
    expect(Math.abs(platform.now() - Date.now())).toBeLessThan(60_000)
    const first = platform.monotonicNow()
    expect(platform.monotonicNow()).toBeGreaterThanOrEqual(first)
  })

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://example.com/',
    'https://good@evil.example/',
    'patchbay://x',
    'nonsense',
    '',
  ])('opens no browser for %s', async (address) => {
    const code = await codeOf(create().openExternal(address))
    expect(code === 'connect.no_browser' || code instanceof TypeError).toBe(true)
  })

  it('answers about every keychain within 5 seconds, with a reason or with none', async () => {
    for (const sealer of create().keySealers) {
      const began = performance.now()
      const reason = await sealer.unavailableReason()
      expect(performance.now() - began).toBeLessThan(5000)
      expect(reason === null || inEnglish(reason).length > 5).toBe(true)
      expect(sealer.backend).not.toBe('')
    }
  })

  it('gives back through a keychain what was sealed, and says so when it cannot seal', async () => {
    for (const sealer of create().keySealers) {
      const key = Uint8Array.from({ length: 32 }, (_value, index) => index)
      if ((await sealer.unavailableReason()) === null) {
        const sealed = await sealer.seal(key)
        expect(sealed).not.toContain(Buffer.from(key).toString('base64'))
        expect([...(await sealer.unseal(sealed))]).toEqual([...key])
        expect(await codeOf(sealer.unseal('nonsense'))).toBe('vault.key_missing')
      } else {
        expect(await codeOf(sealer.unseal('nonsense'))).toBe('vault.locked')
      }
    }
  })

  it('says whether it could copy, and whether it has an auth window', async () => {
    const platform = create()
    expect(typeof (await platform.copyText('text'))).toBe('boolean')
    expect(await platform.openAuthWindow('ticket')).toBeNull()
  })
})
