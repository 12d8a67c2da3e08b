import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/caller'
import { SILENT_LOG } from '#core/log'
import { Vault } from '#core/vault/vault'
import { createVaultApi } from '#core/vault/vault-api'
import { vault as contract } from '#shared/contract/vault'
import { createFakePlatform, type FakePlatform } from '#test/helpers/fake-platform'

const caller: Caller = { kind: 'ui' }
let platform: FakePlatform
beforeEach(() => {
  platform = createFakePlatform()
})
afterEach(() => platform.dispose())

describe('the vault over the contract', () => {
  it('answers in the shape that was promised, through setting a passphrase, locking and unlocking', async () => {
    const vault = new Vault({ platform, log: SILENT_LOG })
    const api = createVaultApi({ vault })
    expect(contract.status.result.parse(await api.status({}, caller))).toMatchObject({ state: 'locked', tier: null })
    await vault.open()
    expect(await api.setPassphrase({ passphrase: 'a long passphrase' }, caller)).toMatchObject({ state: 'open', tier: 'passphrase' })
    expect(contract.lock.result.parse(await api.lock({}, caller))).toMatchObject({ state: 'locked', tier: 'passphrase' })
    await expect(api.unlock({ passphrase: 'another passphrase' }, caller)).rejects.toMatchObject({ code: 'vault.wrong_passphrase' })
    await expect(api.unlock({}, caller)).rejects.toMatchObject({ code: 'vault.locked' })
    expect(contract.unlock.result.parse(await api.unlock({ passphrase: 'a long passphrase' }, caller))).toMatchObject({ state: 'open' })
  })
})
