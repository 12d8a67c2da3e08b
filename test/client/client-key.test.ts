import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultKeyFile, loadClientKey } from '#client/client-key'
import { temporaryFolder } from '#test/transports/socket-peer'

let folder: ReturnType<typeof temporaryFolder>
let file: string
beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, 'clients', 'script.key')
})
afterEach(() => folder.remove())

describe('the key of a program', () => {
  test('is made once, for this user alone, and signs as itself the next time', async () => {
    const made = await loadClientKey(file)
    const again = await loadClientKey(file)
    expect(again.publicKey).toBe(made.publicKey)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    expect(readdirSync(dirname(file))).toEqual(['script.key'])
    const key = createPublicKey({ key: Buffer.from(made.publicKey, 'base64'), format: 'der', type: 'spki' })
    expect(verify(null, Buffer.from('text'), key, Buffer.from(again.sign('text'), 'base64'))).toBe(true)
  })

  test.skipIf(process.platform === 'win32')('is refused where others may read it', async () => {
    await loadClientKey(file)
    chmodSync(file, 0o640)
    await expect(loadClientKey(file)).rejects.toMatchObject({ code: 'client.unsafe_key', data: { file }, retry: 'after_fix' })
  })

  test.skipIf(process.platform === 'win32')('is no link, wherever that leads, and none is made through one', async () => {
    await loadClientKey(file)
    const elsewhere = join(folder.path, 'elsewhere.key')
    renameSync(file, elsewhere)
    const targets = [elsewhere, join(folder.path, 'none.key'), file]
    for (const [mode, target] of [[0o600, elsewhere] as const, ...targets.map((each) => [0o644, each] as const)]) {
      chmodSync(elsewhere, mode)
      rmSync(file, { force: true })
      symlinkSync(target, file)
      await expect(loadClientKey(file)).rejects.toMatchObject({ code: 'client.unsafe_key', data: { file }, retry: 'after_fix' })
    }
    expect(readdirSync(folder.path).toSorted()).toEqual(['clients', 'elsewhere.key'])
  })

  test.skipIf(process.platform === 'win32')('is a file and nothing else', async () => {
    mkdirSync(file, { recursive: true, mode: 0o700 })
    await expect(loadClientKey(file)).rejects.toMatchObject({ code: 'client.invalid_key' })
  })

  test.each([
    ['no key', 'not a key'],
    ['a key of another kind', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ])('is left as it is where the file holds %s', async (_name, content) => {
    await loadClientKey(file)
    writeFileSync(file, content, { mode: 0o600 })
    await expect(loadClientKey(file)).rejects.toMatchObject({ code: 'client.invalid_key' })
    expect(readFileSync(file, 'utf8')).toBe(content)
  })

  test.each([
    ['Nightly Report', {}, '/people/mara/.config/patchbay/clients/nightly-report.key'],
    ['../../evil', {}, '/people/mara/.config/patchbay/clients/evil.key'],
    ['Größe', {}, '/people/mara/.config/patchbay/clients/gro-e.key'],
    ['…', {}, '/people/mara/.config/patchbay/clients/unnamed.key'],
    ['x', { XDG_CONFIG_HOME: '/etc/mine' }, '/etc/mine/patchbay/clients/x.key'],
    ['x', { XDG_CONFIG_HOME: 'relative' }, '/people/mara/.config/patchbay/clients/x.key'],
  ])('of %j with %j lies in %s', (name, environment, expected) => {
    expect(defaultKeyFile(name, { environment, platform: 'linux', home: '/people/mara' })).toBe(expected)
  })

  test('lies in the roaming folder on Windows', () => {
    const environment = { APPDATA: 'C:\\Users\\mara\\AppData\\Roaming' }
    expect(defaultKeyFile('x', { environment, platform: 'win32', home: 'C:\\Users\\mara' })).toBe(
      'C:\\Users\\mara\\AppData\\Roaming\\Patchbay\\clients\\x.key',
    )
  })
})
