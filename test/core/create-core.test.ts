import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SecretClipboard } from '#core/secret-clipboard'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { makeCore } from '#test/helpers/make-core'

describe('starting and stopping', () => {
  test('what was acknowledged is there after a restart', async () => {
    const platform = createFakePlatform()
    const first = await makeCore({ platform })
    const profile = await first.ui.profiles.create({ name: 'Play', kind: 'sandbox' })
    await first.ui.settings.update({ theme: 'dark' })
    await first.ui.connect.start({ connectorId: 'github', open: false }).catch(() => {})
    await first.stop()
    const second = await makeCore({ platform })
    expect((await second.ui.profiles.list({})).profiles).toMatchObject([{ profileId: profile.profileId, isActive: true, kind: 'sandbox' }])
    await second.stop()
    platform.dispose()
  })

  test('a second core on the same folder is told who owns it', async () => {
    const first = await makeCore()
    await expect(makeCore({ platform: createFakePlatform({ folder: first.platform.dataFolder }) })).rejects.toMatchObject({
      code: 'host.already_running',
      data: { pid: process.pid },
    })
    await first.stop()
  })

  test('with a locked keychain the host runs, says so, and opens when the keychain does', async () => {
    const platform = createFakePlatform()
    const first = await makeCore({ platform })
    await first.ui.profiles.create({ name: 'Play', kind: 'sandbox' })
    await first.stop()
    platform.keychain.state = 'locked'
    const second = await makeCore({ platform })
    expect(await second.ui.system.status({})).toMatchObject({ vault: { state: 'locked' }, profile: null, health: 'fail' })
    await expect(second.ui.connections.list({})).rejects.toMatchObject({ code: 'vault.locked' })
    await expect(second.ui.profiles.create({ name: 'Other', kind: 'sandbox' })).rejects.toMatchObject({ code: 'vault.locked' })
    expect((await second.ui.system.doctor({})).checks.find(({ id }) => id === 'vault')).toMatchObject({ status: 'fail' })
    platform.keychain.state = 'open'
    expect(await second.ui.vault.unlock({})).toMatchObject({ state: 'open' })
    expect((await second.ui.profiles.list({})).profiles).toHaveLength(1)
    await second.stop()
    platform.dispose()
  })

  test('the address of a sign-in leaves the clipboard when the vault is locked, and when the core stops', async () => {
    const desktop = { text: '' }
    const clipboard = new SecretClipboard({
      write: (text) => Promise.resolve((desktop.text = text)).then(() => true),
      read: () => Promise.resolve(desktop.text),
    })
    const platform = Object.assign(createFakePlatform(), {
      copyText: (text: string) => clipboard.copy(text),
      forgetCopied: () => clipboard.clear(),
    })
    const { ui, stop } = await makeCore({ platform })
    await ui.profiles.create({ name: 'Play', kind: 'sandbox' })
    const { flowId } = await ui.connect.start({ connectorId: 'github', open: false })
    expect(await ui.connect.copyAddress({ flowId })).toMatchObject({ isCopied: true })
    expect(desktop.text).toMatch(/^http/)
    await ui.vault.lock({})
    await expect.poll(() => desktop.text).toBe('')
    await ui.vault.unlock({})
    await ui.connect.copyAddress({ flowId })
    await stop()
    expect(desktop.text).toBe('')
    platform.dispose()
  })

  test('a vault key that is gone is named, nothing is made anew and nothing is touched', async () => {
    const platform = createFakePlatform()
    const first = await makeCore({ platform })
    await first.ui.profiles.create({ name: 'Play', kind: 'sandbox' })
    await first.stop()
    rmSync(join(platform.dataFolder, 'vault.json'))
    const second = await makeCore({ platform })
    expect(await second.ui.system.status({})).toMatchObject({ vault: { state: 'missing' }, health: 'fail' })
    await expect(second.ui.connections.list({})).rejects.toMatchObject({ code: 'vault.key_missing' })
    await second.stop()
    platform.dispose()
  })

  test('a damaged database does not stop the start: the host says so, refuses what needs it, and leaves the file where it is', async () => {
    const platform = createFakePlatform()
    await (await makeCore({ platform })).stop()
    const damaged = 'not a database at all, and long enough to be one page or so'.repeat(200)
    writeFileSync(join(platform.dataFolder, 'patchbay.db'), damaged)
    const core = await makeCore({ platform })
    expect((await core.ui.system.status({})).storage).toMatchObject({ state: 'rescue', reason: 'corrupt', isWritable: false })
    await expect(core.ui.connections.list({})).rejects.toMatchObject({ code: 'storage.rescue', data: { reason: 'corrupt' } })
    expect(await core.ui.settings.update({ theme: 'dark' })).toMatchObject({ theme: 'dark' })
    expect(readFileSync(join(platform.dataFolder, 'patchbay.db'), 'utf8')).toBe(damaged)
    await core.stop()
    platform.dispose()
  })

  test('a locked vault keeps the list readable and its secrets shut', async () => {
    const core = await makeCore()
    await core.ui.profiles.create({ name: 'Play', kind: 'sandbox' })
    expect(await core.ui.vault.lock({})).toMatchObject({ state: 'locked' })
    expect(core.changes).toContainEqual({ type: 'vault.changed', data: {} })
    expect((await core.ui.connections.list({})).connections).toEqual([])
    await core.ui.vault.unlock({})
    await core.stop()
  })

  test('a stopped core refuses further calls', async () => {
    const core = await makeCore()
    await core.stop()
    await expect(core.ui.profiles.list({})).rejects.toMatchObject({ code: 'host.stopping' })
  })
})
