import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeCore, type TestCore } from '#test/helpers/make-core'

let host: TestCore
let folder: string

beforeEach(async () => {
  host = await makeCore()
  folder = join(host.platform.dataFolder, 'connectors')
  mkdirSync(folder)
  await host.ui.profiles.create({ name: 'Play', kind: 'sandbox' })
})
afterEach(() => host.stop())

const put = (file: string, manifest: unknown): void => writeFileSync(join(folder, file), JSON.stringify(manifest))

describe('a host with manifests in its data folder', () => {
  it('does not connect through Nango what a manifest takes out of it, and says what to change', async () => {
    put('github.json', { slug: 'github', nango: { enabled: false } })
    await expect(host.ui.connect.start({ connectorId: 'github', open: false })).rejects.toMatchObject({
      code: 'direct.unavailable',
      data: { connectorId: 'github', manifest: 'github.json', next: expect.stringContaining('github.json') },
    })
    expect((await host.ui.connections.list({})).connections).toEqual([])
    expect((await host.ui.connect.start({ connectorId: 'slack', open: false })).state).toBe('waiting')
  })

  it('connects a connector of its own through the integration it names', async () => {
    put('code.json', { slug: 'our-code', name: 'Our code', nango: { provider_key: 'github' } })
    expect(await host.ui.catalogue.get({ connectorId: 'our-code' })).toMatchObject({ name: 'Our code', readiness: 'ready' })
    const flow = await host.ui.connect.start({ connectorId: 'our-code', open: false })
    expect(flow).toMatchObject({ connectorId: 'our-code', state: 'waiting' })
    expect((await host.ui.connections.list({})).connections).toMatchObject([{ connectorId: 'our-code', handle: 'our-code/1' }])
  })

  it('names broken manifests in doctor and goes on', async () => {
    put('github.json', { slug: 'github', nango: { enabled: 'no' } })
    put('slack.json', { slug: 'slack', name: 'Chat' })
    const checkOf = async () => (await host.ui.system.doctor({})).checks.find(({ id }) => id === 'connector_manifests')
    const check = await checkOf()
    expect(check).toMatchObject({ status: 'warn', fix: expect.stringContaining(folder) })
    expect(check?.summary).toContain('github.json: nango.enabled')
    expect(check?.summary).not.toContain('slack.json')
    expect((await host.ui.catalogue.get({ connectorId: 'slack' })).name).toBe('Chat')
    rmSync(join(folder, 'github.json'))
    host.platform.advance(1_000)
    expect(await checkOf()).toMatchObject({ status: 'ok' })
  })
})
