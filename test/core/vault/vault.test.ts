import { existsSync, linkSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'
import { Vault } from '#core/vault/vault'
import { VaultStatus } from '#shared/contract/vault'
import { FINDING_WORDS } from '#shared/finding-words'
import { asSaid, say } from '#shared/sentence'
import { PatchbayError } from '#shared/errors'
import { createFakeKeychain, createFakePlatform, type FakeKeychain, type FakePlatformOptions } from '#test/helpers/fake-platform'

let folder: string
let keychain: FakeKeychain

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-vault-'))
  keychain = createFakeKeychain()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A vault as a newly started host has it. */
const start = (options: FakePlatformOptions = {}): Vault =>
  new Vault({ platform: createFakePlatform({ folder, keychain, now: Date.UTC(2026, 0, 2), ...options }), log: SILENT_LOG })

const failureOf = async (work: () => unknown): Promise<PatchbayError> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof PatchbayError) return error
    throw error
  }
  throw new Error('It did not fail.')
}

const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex')
const keyOf = async (vault: Vault): Promise<string> => {
  expect((await vault.open()).state).toBe('open')
  return hex(vault.databaseKey())
}
const vaultFile = (): { slots: { tier: string; backend: string; host: string }[]; backendChanges: unknown[] } =>
  JSON.parse(readFileSync(join(folder, 'vault.json'), 'utf8')) as ReturnType<typeof vaultFile>
const passphrase = { PATCHBAY_PASSPHRASE: 'correct horse' }

describe('the first run', () => {
  it('seals with the keychain where there is one', async () => {
    const vault = start()
    const status = await vault.open()
    expect(VaultStatus.parse(status)).toEqual(status)
    expect(status).toMatchObject({
      state: 'open',
      tier: 'keychain',
      backend: 'Fake Keychain',
      protection: FINDING_WORDS['vault.protection.keychain'],
      reason: null,
    })
    expect(existsSync(join(folder, 'vault.key'))).toBe(false)
    const keys = [vault.databaseKey(), vault.secretsKey(), vault.markKey(), vault.auditKey()].map(hex)
    expect(new Set(keys).size).toBe(4)
  })

  it('seals with the passphrase of the environment where there is no keychain', async () => {
    keychain.state = 'unavailable'
    expect(await start({ environment: passphrase }).open()).toMatchObject({ state: 'open', tier: 'passphrase' })
    expect(existsSync(join(folder, 'vault.key'))).toBe(false)
  })

  it('takes a key file only as the last resort, and says so', async () => {
    keychain.state = 'unavailable'
    const status = await start().open()
    expect(status).toMatchObject({
      state: 'open',
      tier: 'key-file',
      backend: 'vault.key',
      protection: FINDING_WORDS['vault.protection.key-file'],
    })
    expect(status.available.find(({ tier }) => tier === 'keychain')).toEqual({
      tier: 'keychain',
      isAvailable: false,
      reason: 'No keychain answers.',
      said: { reason: [asSaid('No keychain answers.')] },
    })
  })

  it('waits for a locked keychain instead of choosing something weaker', async () => {
    keychain.state = 'locked'
    const vault = start()
    expect(await vault.open()).toMatchObject({ state: 'locked', tier: null, reason: 'The keychain is locked.' })
    expect(readdirSync(folder)).toEqual([])
    keychain.state = 'open'
    expect(await vault.unlock()).toMatchObject({ state: 'open', tier: 'keychain' })
  })

  it('does not trust a keychain that gives back another key', async () => {
    keychain.unseal = () => Promise.resolve(new Uint8Array(32))
    expect(await start().open()).toMatchObject({ state: 'open', tier: 'key-file' })
  })

  it.skipIf(process.platform === 'win32')('gives its files to this user alone', async () => {
    keychain.state = 'unavailable'
    await start().open()
    expect(readdirSync(folder).toSorted()).toEqual(['vault.json', 'vault.key'])
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  it('goes on from a key file that a killed first run left', async () => {
    keychain.state = 'unavailable'
    await start().open()
    rmSync(join(folder, 'vault.json'))
    const left = readFileSync(join(folder, 'vault.key'), 'utf8')
    const key = await keyOf(start())
    expect(readFileSync(join(folder, 'vault.key'), 'utf8')).toBe(left)
    expect(await keyOf(start())).toBe(key)
  })
})

describe('a later start', () => {
  it.each(['keychain', 'passphrase', 'key-file'] as const)('opens the same key by %s', async (tier) => {
    if (tier !== 'keychain') keychain.state = 'unavailable'
    const environment = tier === 'passphrase' ? passphrase : {}
    const first = start({ environment })
    const key = await keyOf(first)
    expect(first.status().tier).toBe(tier)
    expect(await keyOf(start({ environment }))).toBe(key)
  })

  it('is locked while the keychain is, opens once it is not, and makes no key meanwhile', async () => {
    const key = await keyOf(start())
    const before = readFileSync(join(folder, 'vault.json'), 'utf8')
    keychain.state = 'locked'
    const vault = start()
    expect(await vault.open()).toMatchObject({ state: 'locked', tier: 'keychain', reason: 'The keychain is locked.', openedAt: null })
    expect((await failureOf(() => vault.unlock())).code).toBe('vault.locked')
    expect((await failureOf(() => vault.databaseKey())).code).toBe('vault.locked')
    expect(readFileSync(join(folder, 'vault.json'), 'utf8')).toBe(before)
    keychain.state = 'open'
    await vault.unlock()
    expect(hex(vault.databaseKey())).toBe(key)
  })

  it('says that the key is missing when the keychain has none, and makes no new one', async () => {
    await start().open()
    const before = readFileSync(join(folder, 'vault.json'), 'utf8')
    keychain.state = 'gone'
    const vault = start()
    expect(await vault.open()).toMatchObject({ state: 'missing', reason: 'The keychain has no such key.' })
    expect((await failureOf(() => vault.unlock())).code).toBe('vault.key_missing')
    expect((await failureOf(() => vault.secretsKey())).code).toBe('vault.key_missing')
    expect(readFileSync(join(folder, 'vault.json'), 'utf8')).toBe(before)
  })

  it('says that the key file is gone, or not a key', async () => {
    keychain.state = 'unavailable'
    await start().open()
    writeFileSync(join(folder, 'vault.key'), 'nonsense')
    expect(await start().open()).toMatchObject({ state: 'missing', reason: 'The key file vault.key does not hold a key any more.' })
    writeFileSync(join(folder, 'vault.key'), Buffer.alloc(32).toString('base64'))
    expect(await start().open()).toMatchObject({ state: 'missing', reason: 'The key file vault.key belongs to another vault.' })
    rmSync(join(folder, 'vault.key'))
    const gone = await start().open()
    expect(gone).toMatchObject({ state: 'missing', tier: 'key-file', reason: 'The key file vault.key is gone.' })
    expect(gone.said?.reason).toEqual([say('key-file.gone', { file: 'vault.key' })])
    expect(existsSync(join(folder, 'vault.key'))).toBe(false)
  })

  it('makes no new key beside a database whose vault file is gone', async () => {
    await start().open()
    rmSync(join(folder, 'vault.json'))
    for (const name of ['patchbay.db', 'patchbay.db-wal']) {
      writeFileSync(join(folder, name), '')
      expect(await start().open()).toMatchObject({ state: 'missing', tier: null, backend: null })
      expect(existsSync(join(folder, 'vault.json'))).toBe(false)
      rmSync(join(folder, name))
    }
  })

  it('leaves a damaged vault file as it is, however it is damaged', async () => {
    await start().open()
    const whole = readFileSync(join(folder, 'vault.json'), 'utf8')
    const parsed = JSON.parse(whole) as Record<string, unknown>
    const damaged = [
      '',
      '{',
      'null',
      '[]',
      whole.slice(0, -20),
      JSON.stringify({ ...parsed, version: 2 }),
      JSON.stringify({ ...parsed, slots: 'x' }),
    ]
    for (const content of damaged) {
      writeFileSync(join(folder, 'vault.json'), content)
      expect((await start().open()).state).toBe('missing')
      expect(readFileSync(join(folder, 'vault.json'), 'utf8')).toBe(content)
    }
  })

  it('never takes a changed check value or slot for an open vault', async () => {
    keychain.state = 'unavailable'
    await start({ environment: passphrase }).open()
    const file = JSON.parse(readFileSync(join(folder, 'vault.json'), 'utf8')) as { check: string; slots: { sealed: string }[] }
    const check = Buffer.from(file.check, 'base64')
    check[20] = (check[20] ?? 0) ^ 1
    writeFileSync(join(folder, 'vault.json'), JSON.stringify({ ...file, check: check.toString('base64') }))
    expect((await start({ environment: passphrase }).open()).state).toBe('locked')
    for (const sealed of ['', 'scrypt$30$8$1$AAAA$AAAA', 'scrypt$17$8$1$AAAA', 'bcrypt$17$8$1$AAAA$AAAA']) {
      writeFileSync(join(folder, 'vault.json'), JSON.stringify({ ...file, slots: [{ ...file.slots[0], sealed }] }))
      expect((await start({ environment: passphrase }).open()).state).toBe('locked')
    }
  })
})

describe('the passphrase', () => {
  it('opens where it is right and changes nothing where it is wrong', async () => {
    keychain.state = 'unavailable'
    const key = await keyOf(start({ environment: passphrase }))
    const vault = start()
    expect(await vault.open()).toMatchObject({ state: 'locked', tier: 'passphrase', reason: 'It opens with its passphrase.' })
    expect((await failureOf(() => vault.unlock('wrong'))).code).toBe('vault.wrong_passphrase')
    expect((await failureOf(() => vault.unlock())).code).toBe('vault.locked')
    expect((await vault.unlock('correct horse')).state).toBe('open')
    expect(hex(vault.databaseKey())).toBe(key)
  })

  it('is the same however its characters were composed', async () => {
    keychain.state = 'unavailable'
    await start({ environment: { PATCHBAY_PASSPHRASE: 'caf\u00e9 caf\u00e9' } }).open()
    expect((await start().unlock('cafe\u0301 cafe\u0301')).state).toBe('open')
  })

  it('takes the place of every other slot once a person sets it, for good', async () => {
    const vault = start()
    const key = await keyOf(vault)
    expect(await vault.setPassphrase('a long passphrase')).toMatchObject({
      state: 'open',
      tier: 'passphrase',
      protection: FINDING_WORDS['vault.protection.passphrase'],
    })
    expect(vaultFile().slots.map(({ tier }) => tier)).toEqual(['passphrase'])
    const next = start()
    expect((await next.open()).state).toBe('locked')
    await next.unlock('a long passphrase')
    expect(hex(next.databaseKey())).toBe(key)
    expect(vaultFile().slots.map(({ tier }) => tier)).toEqual(['passphrase'])
    await next.setPassphrase('another passphrase')
    expect((await failureOf(() => start().unlock('a long passphrase'))).code).toBe('vault.wrong_passphrase')
  })

  it('takes the place of a key file, which goes', async () => {
    keychain.state = 'unavailable'
    const vault = start()
    await vault.open()
    // What a kill between two steps of writing the key file leaves: the same key under a second name.
    linkSync(join(folder, 'vault.key'), join(folder, '.vault.key.tmp'))
    await vault.setPassphrase('a long passphrase')
    expect(readdirSync(folder)).toEqual(['vault.json'])
  })

  it('cannot be set while the vault is locked', async () => {
    const vault = start()
    await vault.open()
    vault.lock()
    expect((await failureOf(() => vault.setPassphrase('a long passphrase'))).code).toBe('vault.locked')
  })
})

describe('two hosts on one vault', () => {
  it('get a slot each once one of them opened it by passphrase', async () => {
    keychain.state = 'unavailable'
    const key = await keyOf(start({ environment: passphrase }))
    const desktop = createFakeKeychain('Desktop Keychain')
    const electron = start({ host: 'electron', keychain: desktop })
    expect((await electron.open()).state).toBe('locked')
    expect(await electron.unlock('correct horse')).toMatchObject({
      state: 'open',
      tier: 'keychain',
      protection: FINDING_WORDS['vault.protection.keychain'],
    })
    expect(await keyOf(start({ host: 'electron', keychain: desktop }))).toBe(key)
    expect(vaultFile().slots.map(({ tier, host }) => `${tier} ${host}`)).toEqual(['passphrase node', 'keychain electron'])
  })

  it('say which program keeps the key when this one cannot ask it', async () => {
    await start({ host: 'electron' }).open()
    const status = await start({ keychain: createFakeKeychain('Other') }).open()
    expect(status).toMatchObject({ state: 'locked', reason: 'The key is kept by Fake Keychain, which this program cannot ask.' })
  })

  it('record a change of backend', async () => {
    keychain.state = 'unavailable'
    await start({ environment: passphrase }).open()
    await start({ keychain: createFakeKeychain('Old'), environment: passphrase }).open()
    const replacement = createFakeKeychain('New')
    expect((await start({ keychain: replacement, environment: passphrase }).open()).state).toBe('open')
    expect(vaultFile().backendChanges).toEqual([{ at: '2026-01-02T00:00:00.000Z', from: 'Old', to: 'New' }])
    expect((await start({ keychain: replacement }).open()).state).toBe('open')
  })
})

describe('locking', () => {
  it('wipes the keys, keeps the open database readable, and tells listeners', async () => {
    const vault = start()
    const told: string[] = []
    vault.onChange(({ state }) => told.push(state))
    await vault.open()
    const secrets = vault.secretsKey()
    const database = openDatabase({ file: join(folder, 'patchbay.db'), key: vault.databaseKey(), now: () => 0, log: SILENT_LOG })
    try {
      expect(vault.lock()).toMatchObject({ state: 'locked', tier: 'keychain', openedAt: null, reason: 'You locked it.' })
      expect(hex(secrets)).toBe('00'.repeat(32))
      expect((await failureOf(() => vault.secretsKey())).code).toBe('vault.locked')
      expect(database.db.all('SELECT * FROM facts')).toEqual([])
      database.db.run("INSERT INTO facts VALUES ('a', '1')")
    } finally {
      database.close()
    }
    await vault.unlock()
    expect(told).toEqual(['open', 'locked', 'open'])
    const again = openDatabase({ file: join(folder, 'patchbay.db'), key: vault.databaseKey(), now: () => 0, log: SILENT_LOG })
    expect(again.db.all('SELECT * FROM facts')).toHaveLength(1)
    again.close()
  })

  it('asks the keychain once for two that open at the same time', async () => {
    await start().open()
    const before = keychain.asked
    const vault = start()
    await Promise.all([vault.open(), vault.open(), vault.unlock()])
    expect(keychain.asked - before).toBe(1)
  })
})
