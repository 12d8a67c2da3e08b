import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inEnglish } from '#shared/sentence'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'

describe('why a connection does not work', () => {
  let nango: FakeNango
  let core: TestCore
  beforeEach(async () => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
    nango.fillConnections(3)
    core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
    await core.cli.sync.run({})
  })
  afterEach(async () => {
    await core.stop()
    await nango.stop()
  })

  const forget = (path: string): Promise<Response> => fetch(`${nango.url}${path}`, { method: 'DELETE', headers: nango.authorization })
  /** The diagnosis of a reference, each text of which is told by key too. */
  const diagnose = async (params: { readonly reference: string; readonly asksNango?: boolean }) => {
    const found = await core.cli.system.diagnose(params)
    for (const { summary, said } of [found, ...found.evidence]) expect(inEnglish(said?.summary ?? [])).toBe(summary)
    expect(inEnglish(found.next.said?.words ?? [])).toBe(found.next.words)
    return found
  }
  const first = async (): Promise<string> => (await core.cli.connections.list({})).connections[0]?.connectionId ?? ''

  test('nothing is wrong with one that Nango has', async () => {
    const found = await diagnose({ reference: await first() })
    expect(found).toMatchObject({ cause: 'well', next: { action: 'none' } })
    expect(found.evidence.map(({ id, status }) => [id, status])).toEqual(
      expect.arrayContaining([
        ['environment', 'ok'],
        ['integration', 'ok'],
        ['connection', 'ok'],
      ]),
    )
  })

  test('gone at Nango: offers to connect the same connector and label again', async () => {
    const { connections } = await core.cli.connections.list({})
    const [gone] = connections
    await forget(`/connections/${gone?.nangoConnectionId ?? ''}?provider_config_key=n8n`)
    const found = await diagnose({ reference: gone?.handle ?? '' })
    expect(found).toMatchObject({
      cause: 'gone_at_nango',
      connectionId: gone?.connectionId,
      next: { action: 'relink', connectorId: 'n8n', label: gone?.label ?? null },
    })
    expect(found.evidence).toContainEqual(expect.objectContaining({ id: 'connection', status: 'fail' }))
  })

  test('its integration is gone at Nango', async () => {
    const connectionId = await first()
    await forget('/integrations/n8n')
    expect(await diagnose({ reference: connectionId })).toMatchObject({
      cause: 'integration_missing',
      next: { action: 'nango' },
    })
  })

  test('the same id is under another integration: leads to the row that has it', async () => {
    const id = 'filled-000000'
    const moved = (await core.cli.connections.list({})).connections.find(({ nangoConnectionId }) => nangoConnectionId === id)
    nango.seedConnections([{ connectionId: id, integrationKey: 'openai', credentials: { type: 'API_KEY', apiKey: 'k' } }])
    await forget(`/connections/${id}?provider_config_key=n8n`)
    const reference = moved?.connectionId ?? ''
    expect(await diagnose({ reference })).toMatchObject({ cause: 'moved_integration', next: { action: 'look_again' } })
    nango.seedConnections([{ connectionId: id, integrationKey: 'n8n', credentials: { type: 'API_KEY', apiKey: 'k' } }])
    await core.cli.sync.run({})
    await forget(`/connections/${id}?provider_config_key=n8n`)
    const found = await diagnose({ reference })
    expect(found).toMatchObject({ cause: 'moved_integration', next: { action: 'open' } })
    expect((await core.cli.connections.get({ connectionId: found.next.connectionId ?? '' })).connectorId).toBe('openai')
  })

  test('knows an id of Nango, one that was removed here, and says when nobody knows it', async () => {
    const { connections } = await core.cli.connections.list({})
    const [known, removed] = connections
    expect(await diagnose({ reference: known?.nangoConnectionId ?? '' })).toMatchObject({
      cause: 'well',
      connectionId: known?.connectionId,
    })
    await core.ui.connections.remove({ connectionId: removed?.connectionId ?? '' })
    expect(await diagnose({ reference: removed?.handle ?? '' })).toMatchObject({
      cause: 'removed_here',
      next: { action: 'relink', connectorId: 'n8n' },
    })
    expect(await diagnose({ reference: 'nobody/knows' })).toMatchObject({ cause: 'unknown_reference' })
    nango.seedConnections([{ connectionId: 'new-there', integrationKey: 'n8n', credentials: { type: 'API_KEY', apiKey: 'k' } }])
    expect(await diagnose({ reference: 'new-there' })).toMatchObject({
      cause: 'not_compared',
      next: { action: 'look_again' },
    })
  })

  test('an unreachable Nango is told as such, and without asking only what is known here', async () => {
    const connectionId = await first()
    await nango.stop()
    expect(await diagnose({ reference: connectionId })).toMatchObject({ cause: 'unreachable', next: { action: 'wait' } })
    const before = nango.requests.length
    expect(await diagnose({ reference: connectionId, asksNango: false })).toMatchObject({ cause: 'well' })
    expect(nango.requests).toHaveLength(before)
  })
})
